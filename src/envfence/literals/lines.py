"""Literals of line-based configuration: INI, TOML, properties, `.env`, nginx and their kin."""

import re

from envfence.literals import DEFAULT, VALUE, Literal, prose
from envfence.literals.flow import read as read_flow
from envfence.literals.holes import filled

Path = tuple[str, ...]

_LINE = (
    r"[ \t]*+(?:"
    r"(?P<comment>[#;]|//(?!\S*:_)|(?:REM|rem)[ \t]|::|<!--)"
    r"|\[\[?(?P<section>[^\]\n]++)\]\]?[ \t\r]*+(?=[#;\n]|\Z)"
    r"|(?:export[ \t]++|set[ \t]++)?(?P<key>\"[^\"\n]*+\"|'[^'\n]*+'|[^\s\"'=:{\[(<,]%s)[ \t]*+"
    r"(?P<mark>\?=|:=|\+=|=>|=|:(?!//))[ \t]*+"
    r"|(?P<directive>[A-Za-z_][\w.-]*+)[ \t]++(?=[^\s{=])"
    r")?"
)
_SETTING = re.compile(_LINE % r"[^=:\n]*+(?::_[^=\n]*+)?")  # a key may hold blanks
_DIRECTIVE = re.compile(_LINE % r"[^\s=:]*+")  # but not where blanks end it
_VALUE = re.compile(
    r"(?P<triple>\"{3}(?:[^\"]++|\"(?!\"\"))*+\"{3}|'{3}(?:[^']++|'(?!''))*+'{3})"
    r"|(?P<quoted>\"(?:[^\"\\\n]++|\\.)*+\"|'[^'\n]*+')(?=[ \t\r]*+(?:[#;,\n]|//|\Z))"
    r"|(?P<flow>[\[{](?!\{))"
    r"|(?P<plain>(?:[^\s\\]++|\\(?:\r?\n[ \t]*+)?|[ \t]++(?![#;\r\n]))*+)"
)
_WORD = re.compile(r"\"[^\"\n]*+\"|'[^'\n]*+'|[^\s;{\"']++")
_PAIR = re.compile(r"([A-Za-z_][\w.]*+)=(\"[^\"\n]*+\"|'[^'\n]*+'|[^\s,\"']*+)")
_HOLDS_PAIRS = frozenset(("environment", "env", "setenv"))
_USES_DIRECTIVES = re.compile(r"\.(?:conf|cnf)(?:\.|$)|nginx|redis|httpd", re.I)
_ESCAPE = re.compile(r"\\(?:([\"\\nt])|\r?\n[ \t]*+)")
_CONTROL = {"n": "\n", "t": "\t"}


def literals(text: str, path: str = "") -> list[Literal]:
    """Return the values by key below their section, the defaults inside them, and the comments."""
    directives = bool(_USES_DIRECTIVES.search(path))
    match = (_DIRECTIVE if directives else _SETTING).match
    found: list[Literal] = []
    section: Path = ()
    waiting = ""  # a key whose values are on the indented lines below it
    at, size = 0, len(text)
    while at < size:
        line = match(text, at)
        assert line is not None  # every part is optional
        kind, start = line.lastgroup, line.end()
        if kind == "mark":
            key = line["key"].strip(" \t\"'")
            role = DEFAULT if line["mark"] == "?=" else VALUE
            end = _value(text, start, key, section, role, line.start("key") - at, found)
            waiting = key if end == start else ""
            at = _comment_after(text, end, found)
            continue
        end = _line_end(text, start)
        if kind == "comment":
            found += prose.comment(text, line.start("comment"), end)
        elif kind == "section":
            section, waiting = (line["section"].strip(" \t\"'"),), ""
        elif kind == "directive" and directives:
            _words(text, start, end, line["directive"], section, found)
        elif waiting and start > at:
            _value(text, line.start("directive") if line["directive"] else start, waiting, section, VALUE, 0, found)
        at = end + 1
    return found


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _comment_after(text: str, at: int, found: list[Literal]) -> int:
    end = _line_end(text, at)
    if end - at > 2:
        rest = text[at:end]
        start = at + len(rest) - len(rest.lstrip())
        if text.startswith(("#", ";", "//"), start):
            found += prose.comment(text, start, end)
    return end + 1


def _value(text: str, at: int, name: str, path: Path, role: str, column: int, found: list[Literal]) -> int:
    """Add the value that begins at a position, and return where it ends."""
    value = _VALUE.match(text, at)
    assert value is not None  # a plain value may be empty
    kind, end = value.lastgroup, value.end()
    if kind == "flow":
        items, end = read_flow(text, at, column)
        for key, inner, first, last in items:
            around = (*path, name, *inner)
            bound = (key, around) if key else (around[-1], around[:-1])
            _add(text, first, last, *bound, role, 1 if text[first] in "\"'" else 0, found)
        return end
    margin = {"triple": 3, "quoted": 1}.get(kind or "", 0)
    if end > at:
        _add(text, at, end, name, path, role, margin, found)
    return end


def _add(text: str, start: int, end: int, name: str, path: Path, role: str, margin: int, found: list[Literal]) -> None:
    inner = (start + margin, end - margin)
    if name.lower() in _HOLDS_PAIRS and (pairs := list(_PAIR.finditer(text, *inner))):
        for pair in pairs:
            quoted = text[pair.start(2) : pair.start(2) + 1] in ("'", '"')
            _add(text, *pair.span(2), pair[1], (*path, name), role, int(quoted), found)
        return
    if margin and text[start] == "'":
        found.append(Literal(text[slice(*inner)], start, end, name, path, "", "", role))
        return
    value, defaults = filled(text, *inner, name, path)
    if "\\" in value:
        value = _ESCAPE.sub(lambda escape: _CONTROL.get(escape[1], escape[1] or ""), value)
    found.append(Literal(value, start, end, name, path, "", "", role, margin > 0))
    found += defaults


def _words(text: str, start: int, end: int, name: str, path: Path, found: list[Literal]) -> None:
    for word in _WORD.finditer(text, start, end):
        if word[0].startswith("#"):
            found += prose.comment(text, word.start(), end)
            return
        _add(text, *word.span(), name, path, VALUE, int(word[0][0] in "\"'"), found)
