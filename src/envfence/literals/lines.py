"""Literals of line-based configuration: INI, TOML, properties, `.env`, nginx and their kin."""

import re
from typing import NamedTuple

from envfence.literals import DEFAULT, VALUE, Literal
from envfence.literals.comments import comment
from envfence.literals.holes import filled
from envfence.literals.offsets import line_end

_LINE = (
    r"^[ \t]*+(?:"
    r"(?P<comment>[#;]|//(?!\S*:_)|(?:REM|rem)[ \t]|::|<!--)[^\n]*+"
    r"|\[\[?(?P<section>[^\]\n]++)\]\]?[ \t\r]*+(?=[#;\n]|\Z)"
    r"|(?:export[ \t]++|set[ \t]++)?(?P<key>\"[^\"\n]*+\"|'[^'\n]*+'|[^\s\"'=:{\[(<,]%s)[ \t]*+"
    r"(?::=|=>|=|:(?!//))[ \t]*+(?P<value>[^\n]*+)"
    r"|(?P<bare>[^\n]++)"
    r")"
)
_SETTING = _LINE % r"[^=:\n]*+(?::_[^=\n]*+)?"  # a key may hold blanks
_DIRECTIVE = _LINE % r"[^\s=:]*+"  # but not where blanks end it
_USES_DIRECTIVES = re.compile(r"\.(?:conf|cnf)(?:\.|$)|nginx|redis|httpd", re.IGNORECASE)
_SPECIAL = re.compile(r"[\"'\[{\\#;$%<]|[ \t]//|\A\Z")  # what needs a closer look: quotes, comments, holes, escapes
_VALUE = re.compile(
    r"(?P<triple>\"{3}(?:[^\"]++|\"(?!\"\"))*+\"{3}|'{3}(?:[^']++|'(?!''))*+'{3})"
    r"|(?P<quoted>\"(?:[^\"\\\n]++|\\.)*+\"|'[^'\n]*+')(?=[ \t\r]*+(?:[#;,\n]|//|\Z))"
    r"|(?P<flow>\[|\{(?!\{))"
    r"|(?P<plain>(?:[^\s\\]++|\\(?:\r?\n[ \t]*+)?|[ \t]++(?![#;\r\n]))*+)"
)
_MARGIN = {"triple": 3, "quoted": 1}
_WORD = re.compile(r"\"[^\"\n]*+\"|'[^'\n]*+'|[^\s;{\"']++", re.ASCII)
_PAIR = re.compile(r"([A-Za-z_][\w.]*+)=(\"[^\"\n]*+\"|'[^'\n]*+'|[^\s,\"']*+)")
_INVENTORY = re.compile(r"\S [A-Za-z_]\w*\Z")  # `web1 ansible_host=…`: several settings on one line
_HOLDS_PAIRS = frozenset(("environment", "env", "setenv"))
_ESCAPE = re.compile(r"\\(?:([\"\\nt])|\r?\n[ \t]*+)")
_CONTROL = {"n": "\n", "t": "\t"}


class _Bound(NamedTuple):
    """What a value is bound to."""

    name: str
    path: tuple[str, ...]
    role: str = VALUE


def literals(text: str, path: str = "") -> list[Literal]:
    """Return the values by key below their section, the defaults inside them, and the comments."""
    directives = bool(_USES_DIRECTIVES.search(path))
    found: list[Literal] = []
    section: tuple[str, ...] = ()
    waiting = ""  # a key whose values are on the indented lines below it
    at = 0
    for line in re.compile(_DIRECTIVE if directives else _SETTING, re.MULTILINE).finditer(text):
        if line.start() < at:  # inside a value of several lines
            continue
        kind = line.lastgroup
        if kind == "value":
            key, value = line.group("key", "value")
            if " " in key and _INVENTORY.search(key) and text[line.end("key")] == "=":
                _pairs(text, line.start(), line.end(), section, found)
                continue
            key = key.strip(" \t\"'+")
            start, indented = line.start("value"), line.start("key") > line.start()
            waiting = waiting if indented else ""
            if not _SPECIAL.search(value) and key[-1:] != "?" and key.lower() not in _HOLDS_PAIRS:
                value = value.rstrip()
                found.append(Literal(value, start, start + len(value), key, section, "", "", VALUE, False))
                continue
            bound = _Bound(key.rstrip("?"), section, DEFAULT if key[-1:] == "?" else VALUE)
            at = _value(text, start, bound, line.start("key") - line.start(), found)
            waiting = waiting if at > start else bound.name
        elif kind == "comment":
            found.append(comment(text, line.start("comment"), line.end()))
        elif kind == "section":
            section, waiting = (line["section"].strip(" \t\"'"),), ""
        elif directives:
            _words(text, line.start("bare"), line.end(), section, found)
        elif waiting and line.start("bare") > line.start():
            _value(text, line.start("bare"), _Bound(waiting, section), 0, found)
    return found


def _value(text: str, at: int, bound: _Bound, column: int, found: list[Literal]) -> int:
    """Add the value that begins at a position and the comment behind it, and return where the value ends."""
    value = _VALUE.match(text, at)
    kind, end = (value.lastgroup or "plain", value.end()) if value else ("plain", at)
    if kind == "flow":
        from envfence.literals.flow import read as read_flow

        items, end = read_flow(text, at, column)
        for key, inner, first, last in items:
            around = (*bound.path, bound.name, *inner)
            name, path = (key, around) if key else (around[-1], around[:-1])
            _add(text, (first, last), int(text[first] in "\"'"), _Bound(name, path, bound.role), found)
    elif end > at:
        _add(text, (at, end), _MARGIN.get(kind, 0), bound, found)
    last = line_end(text, end)
    rest = text[end:last].lstrip()
    if rest.startswith(("#", ";", "//")):
        found.append(comment(text, last - len(rest), last))
    return end


def _add(text: str, span: tuple[int, int], margin: int, bound: _Bound, found: list[Literal]) -> None:
    """Add the value of a span, ``margin`` of which at either end are quotes."""
    start, end = span
    first, last = start + margin, end - margin
    if bound.name.lower() in _HOLDS_PAIRS and _PAIR.search(text, first, last):
        _pairs(text, first, last, (*bound.path, bound.name), found)
        return
    if margin and text[start] == "'":
        found.append(Literal(text[first:last], start, end, bound.name, bound.path, role=bound.role))
        return
    value, defaults = filled(text, first, last, bound.name, bound.path)
    if "\\" in value:
        value = _ESCAPE.sub(lambda escape: _CONTROL.get(escape[1], escape[1] or ""), value)
    found.append(Literal(value, start, end, bound.name, bound.path, "", "", bound.role, margin > 0))
    found += defaults


def _pairs(text: str, start: int, end: int, path: tuple[str, ...], found: list[Literal]) -> None:
    """Add each `NAME=value` of several on one line."""
    for pair in _PAIR.finditer(text, start, end):
        quoted = int(text.startswith(("'", '"'), pair.start(2)))
        _add(text, pair.span(2), quoted, _Bound(pair[1], path), found)


def _words(text: str, start: int, end: int, path: tuple[str, ...], found: list[Literal]) -> None:
    """Add the words of a directive, which is the first word: `proxy_pass http://…;`."""
    name = ""
    for word in _WORD.finditer(text, start, end):
        if word[0].startswith("#"):
            found.append(comment(text, word.start(), end))
            return
        if name and len(word[0]) > 1:  # one character is neither an address nor a credential
            _add(text, word.span(), int(word[0][0] in "\"'"), _Bound(name, path), found)
        name = name or word[0]
