"""Settings, options, markup and credentials on one line of text: left the name, right the value."""

import re
from collections.abc import Iterator

from envfence.literals import DOC, HOLE, Literal

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
_SAYS = r"(?!(?:requires?|needs?|must|cannot|should|may|can|is|are|and|or|with|without|instead|for|if)\s)"
_OPTION = re.compile(  # -p value, --password "value"; a bare word, no verb, only where nothing but options follows
    rf"(?<![\w-])--?{_SECRET}(?P<name>[A-Za-z][\w.-]*+)(?:[ \t]++|=)(?:{_QUOTED}"
    rf"|{_SAYS}(?P<word>[^\s\"'`<>|&;()\[\]{{}}-][^\s\"'`<>|&;()\[\]{{}}]{{1,500}}+)"
    r"(?=[\"'`;&|<]|[ \t]*(?:\\?\r?\n|\Z|--?\w|[|&;<>])))"
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
_MARKS = ("://", "basic", "bearer", "eyj", "-----begin", "identified", "password ", "password\t")  # one is in each
_LONGEST_MARK = 100  # characters from where a match begins to the end of its mark
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
    yield from evident(text, start, stop, end, role)


def evident(text: str, start: int, stop: int, end: int, role: str) -> Iterator[Literal]:
    """Yield what shows itself to be a credential on a line, ``text[start:stop]``; a key may go on until ``end``."""
    stop = min(stop, start + _LONGEST_LINE)
    low = text[start : stop + _LONGEST_MARK].lower()
    if not any(mark in low for mark in _MARKS):
        return
    for found in _EVIDENT.finditer(text, start, min(end, stop + 200)):
        kind = found.lastgroup or ""
        if kind == "bare" and not _SQL.search(text, start, found.start()):
            continue
        if found.start() < stop:  # a private key goes on after its first line
            yield _literal(found, role)._replace(name=_NAMES[kind])


def _literal(match: re.Match[str], role: str) -> Literal:
    kind = match.lastgroup or ""
    start, end = match.span(kind)
    name = match["name"] if "name" in match.re.groupindex else ""
    return Literal(match[kind].replace("${", HOLE), start, end, name, role=role, quoted=kind not in ("word", "bare"))
