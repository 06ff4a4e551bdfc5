"""Credentials inside a longer text: settings in a comment, a docstring, a JSON string, a query or a connection string.

From a word that may name a credential the reader looks at its line: left for the whole name, right for the value.
"""

import re
from collections.abc import Iterable, Iterator

from envfence.literals import DOC, HOLE, VALUE, Literal
from envfence.literals.candidates import is_likely, lowered

_HINT = re.compile(
    r"passw|pwd|passphrase|\bpass\b|_pass\b|_?pw\b|secret|token|credential|key|salt|nonce|verifier|jwt|auth"
    r"|identified|bearer\s|basic\s|\beyj|://[^\s/]{0,200}@|-----begin|-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
_EVIDENT_HINT = re.compile(r"://[^\s/]{0,200}@|\bbasic\s|\bbearer\s|\beyj|-----begin|identified|password '")
_SECRET = r"(?=[\w.-]{0,60}?(?i:pass|pwd|pw|secret|token|credential|key|salt|nonce|verifier|jwt|auth))"
_NAME = rf"(?<![\w$@-])(?=[A-Za-z_]){_SECRET}(?P<name>[\w.-]{{1,100}}+)"
_QUOTED = (
    r"(?:\"(?P<double>[^\"\\\n]{1,2000}+)\"|'(?P<single>[^'\\\n]{1,2000}+)'"
    r"|\\+\"(?P<escaped>[^\"\\\n]{1,2000}+)\\+\")"
)
_PAIR = re.compile(
    _NAME + r"(?:"
    # "name": "value", name = 'value', 'name' => "value", and the same with its quotes escaped
    rf"(?:\\?[\"'`])?\]?[ \t]*+(?:=>|:=|(?<![=!<>])[=:](?![=>]))[ \t]*+[bru]?{_QUOTED}"
    # name=value, as in a query, a shell command or a connection string
    r"|=(?P<word>[^\s\"'`<>,;&|(){}\[\]\\]{2,500}+)(?=[\s\"'`;&|<\\]|\Z))"
)
_LINE = re.compile(  # a line that is a setting, maybe behind a comment's or a list's mark
    r"[ \t]*+(?:(?://|--|[-#*+;>|]|\$|export|set|ENV)[ \t]*+)*+"
    r"[\"']?(?P<name>[A-Za-z_][\w.-]*+)[\"']?[ \t]*+[:=][ \t]*+"
    r"(?P<word>[^\s\"'`<>,;(){}\[\]][^\s\"`<>,;(){}\[\]]{1,2000}+)[ \t]*+,?"
    r"(?:(?:#|//)[^\n]*+|\*/[ \t]*)?\r?(?=\n|\Z)"
)
_OPTION = re.compile(  # -p value, --password "value"; a bare word only where nothing but options follows
    rf"(?<![\w-])--?{_SECRET}(?P<name>[A-Za-z][\w.-]*+)[ \t]++(?:{_QUOTED}"
    r"|(?P<word>[^\s\"'`<>|&;()\[\]{}-][^\s\"'`<>|&;()\[\]{}]{1,500}+)"
    r"(?=[\"'`;&|<]|[ \t]*(?:\\?\r?\n|\Z|--?\w|[|&;>])))"
)
_ELEMENT = re.compile(  # <password>value</password>
    rf"<{_SECRET}(?P<name>[A-Za-z_][\w.:-]*+)(?:[ \t][^<>\n]{{0,200}})?>[ \t]*(?P<word>[^\s<>]{{2,500}}+)[ \t]*</"
)
_ATTRIBUTES = re.compile(  # <property name="password" value="value"/>
    rf"\b(?:name|key)=[\"']{_SECRET}(?P<name>[\w.:-]++)[\"'][ \t]+value={_QUOTED}"
)
_EVIDENT = re.compile(
    r"(?P<address>[A-Za-z][\w+.-]{1,30}+://[^\s/\"'`<>@]{1,200}+@[^\s\"'`<>]{1,200}+)"
    r"|\b(?P<scheme>(?i:basic|bearer)[ \t]+[\w+/=.~-]{8,4000}+)"
    r"|\b(?P<jwt>eyJ[\w-]{8,4000}+\.eyJ[\w-]{2,4000}+\.[\w-]*+)"
    r"|(?P<pem>-----BEGIN [A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-----(?:\\[nr]|[\s\"'+,\\|>])*[\w+/=:]{4,100})"
    r"|(?i:\b(?:identified[ \t]+by|(?:with|login|encrypted)[ \t]+password|password(?=[ \t]+'))[ \t]+"
    r"(?:password[ \t]+)?)"
    r"(?:\\*\"(?P<sql>[^\"\\\n]{1,200}+)\\*\"|\\*'(?P<sql1>[^'\\\n]{1,200}+)\\*'"
    r"|(?P<bare>[\w@!#%.$-]{3,100}+)(?=[;\\\"']|[ \t]*(?:\n|\Z)))"
)
_SQL = re.compile(r"(?i)\b(?:create|alter|grant|set)\b")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![\w-])")
_UUID_NAME = re.compile(r"(?P<name>[A-Za-z_][\w-]{0,60})[\"'\\]{0,3}[ \t]{0,4}[:=][ \t]{0,4}[\"'\\]{0,3}$")
_NAMES = {
    "scheme": "Authorization",
    "jwt": "token",
    "pem": "private_key",
    "sql": "password",
    "sql1": "password",
    "bare": "password",
    "address": "",
}
_LONGEST_LINE = 20_000


def inner(text: str, found: Iterable[Literal]) -> list[Literal]:
    """Return what is embedded in the literals that hold more than a value, with the role of the whole."""
    inside: list[Literal] = []
    done = -1
    for literal in sorted(found, key=lambda each: each.start):
        if literal.end > done and (literal.role == DOC or len(literal.value) > 8):
            inside += within(text, max(literal.start, done), literal.end, literal.role)
            done = literal.end
    return inside


def evident(text: str, found: Iterable[Literal]) -> list[Literal]:
    """Return what is evident in a file of configuration or commands, however its lines were taken apart."""
    low = lowered(text)
    inside: list[Literal] = []
    texts = sorted((literal.start, literal.end) for literal in found if literal.role == DOC)
    at = 0
    while hint := _EVIDENT_HINT.search(low, at):
        start = text.rfind("\n", 0, hint.start()) + 1
        at = text.find("\n", hint.end())
        at = len(text) if at < 0 else at
        role = DOC if is_likely(texts, hint.start(), hint.end()) else VALUE
        inside += _evident(text, start, min(at, start + _LONGEST_LINE), len(text), role)
    return inside


def within(text: str, start: int, end: int, role: str = DOC) -> Iterator[Literal]:
    """Yield what is embedded in ``text[start:end]``."""
    low = lowered(text[start:end])
    at = 0
    while hint := _HINT.search(low, at):
        first = max(start, text.rfind("\n", start, start + hint.start()) + 1)
        at = low.find("\n", hint.end())
        at = len(low) if at < 0 else at
        yield from on_line(text, first, start + at, end, role)


def on_line(text: str, start: int, stop: int, end: int, role: str) -> Iterator[Literal]:
    """Yield what is embedded in a line, ``text[start:stop]``; a private key may go on until ``end``."""
    stop = min(stop, start + _LONGEST_LINE)
    for pair in _PAIR.finditer(text, start, stop):
        yield _literal(pair, role)
    for option in _OPTION.finditer(text, start, stop):
        yield _literal(option, role)
    if text.find("<", start, stop) >= 0:
        for markup in (*_ELEMENT.finditer(text, start, stop), *_ATTRIBUTES.finditer(text, start, stop)):
            yield _literal(markup, role)
    if role == DOC and (setting := _LINE.match(text, start, stop)):
        yield _literal(setting, role)
    for uuid in _UUID.finditer(text, start, stop):
        if bound := _UUID_NAME.search(text, max(start, uuid.start() - 70), uuid.start()):
            yield Literal(uuid[0], *uuid.span(), bound["name"], role=role)
    yield from _evident(text, start, stop, end, role)


def _evident(text: str, start: int, stop: int, end: int, role: str) -> Iterator[Literal]:
    for evident in _EVIDENT.finditer(text, start, min(end, stop + 200)):
        kind = evident.lastgroup or ""
        if kind == "bare" and not _SQL.search(text, start, evident.start()):
            continue
        if evident.start() < stop:  # a private key goes on after its first line
            yield _literal(evident, role)._replace(name=_NAMES[kind])


def _literal(match: re.Match[str], role: str) -> Literal:
    kind = match.lastgroup or ""
    start, end = match.span(kind)
    name = match["name"] if "name" in match.re.groupindex else ""
    return Literal(match[kind].replace("${", HOLE), start, end, name, role=role, quoted=kind not in ("word", "bare"))
