"""What a file interpolates: holes in its values, and the defaults inside `${NAME:-default}`."""

import re

from envfence.literals import DEFAULT, HOLE, Literal

_TOKEN = re.compile(
    r"\\.|\$\$"  # escaped
    r"|\$\{\{|\{\{|[$#%]\{|\}"  # opens or closes
    # A whole interpolation; a lower-case $word may be a part of a password.
    r"|\$[A-Z_][A-Z0-9_]*+(?![a-z])|\$\(\w++\)|<%[^%<]*+%>"
)
# {{ .Values.name | default "…" }}, {{ name | default('…') }}, ${{ vars.NAME || '…' }}: compiled when there is one
_PIPED = r"(?<![\w.$-])([\w.$-]++)\s*+(?:\|\s*+default\b\s*+\(?|\|\|)\s*+([\"'])([^\"'\n]*+)\2"
_LONGEST_PIPE = 400
_HEAD = re.compile(
    r"\$\{(?:(?P<shell>\w++)(?!-[A-Z][A-Z_-]*+:):?[-=]"  # shell and compose: ${NAME:-default}
    r"|(?P<spring>\w[\w.-]*+):(?![-=?+\s]|\d+:-?\d+\}))"  # Spring and Maven: ${name:default}; ${NAME:0:8} cuts
)
# Ruby in a template: <%= ENV.fetch("NAME", "default") %>, <%= ENV["NAME"] || "default" %>
_RUBY = r"ENV(?:\.fetch\(|\[)[\"'](\w+)[\"'](?:\]\s*\|\||,|\)\s*\{)\s*[\"']([^\"'\n]*)[\"']"
_BRACE = re.compile(r"\\[\s\S]|\$\{|\}")


class _Open:
    """An interpolation that is not closed yet, and the text collected inside it."""

    __slots__ = ("closer", "default", "last", "name", "parts", "start")

    def __init__(self, text: str, start: int, opener: str) -> None:
        head = _HEAD.match(text, start) if opener == "${" else None
        self.closer = "}}" if opener.endswith("{{") else "}"
        self.start = start
        self.name = (head["shell"] or head["spring"]) if head else ""
        self.default = head.end() if head else 0
        self.last = self.default or start
        self.parts: list[str] = []


def filled(text: str, start: int, end: int, name: str = "", path: tuple[str, ...] = ()) -> tuple[str, list[Literal]]:
    """Return text[start:end] with HOLE for each interpolation, and the defaults inside as literals.

    A default is named for its variable, or ``name`` where that is a position: ``PORT=${1:-8080}``. It needs one pass.
    """
    raw = text[start:end]
    if "$" not in raw and "{" not in raw and "<%" not in raw:
        return raw, []
    found: list[Literal] = []
    stack = [_Open(text, start, "")]
    for token in _TOKEN.finditer(text, start, end):
        at, word, top = token.start(), token[0], stack[-1]
        if at < top.last or word[0] == "\\":
            continue
        if word == "}":
            if len(stack) > 1 and text.startswith(top.closer, at):
                _close(text, stack, at, found, name, path)
        elif word[-1] == "{":
            stack.append(_Open(text, at, word))
        else:
            top.parts += (text[top.last : at], "$" if word == "$$" else HOLE)
            if word.startswith("<%") and (read := re.search(_RUBY, word)):
                first, last = (at + place for place in read.span(2))
                found.append(Literal(read[2], first - 1, last + 1, read[1], path, role=DEFAULT))
            top.last = token.end()
    bottom = stack[0]
    return "".join((*bottom.parts, text[bottom.last : end])), found


def _close(text: str, stack: list[_Open], at: int, found: list[Literal], name: str, path: tuple[str, ...]) -> None:
    done, below = stack.pop(), stack[-1]
    if 0 < done.default < at:
        value = "".join((*done.parts, text[done.last : at]))
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        bound = name if done.name.isdigit() and name else done.name
        if value != HOLE:
            found.append(
                Literal(value[1:-1] if quoted else value, done.default, at, bound, path, "", "", DEFAULT, quoted)
            )
    if done.closer == "}}" and at - done.start < _LONGEST_PIPE:
        found += [
            Literal(piped[3], piped.start(2), piped.end(), piped[1].rsplit(".", 1)[-1], path, role=DEFAULT)
            for piped in re.compile(_PIPED).finditer(text, done.start, at)
        ]
    below.parts += (text[below.last : done.start], HOLE)
    below.last = at + len(done.closer)


def closers(text: str) -> dict[int, int]:
    """Return, for the offset of each `${` that is closed, the offset behind its `}`."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    if "${" not in text:
        return ends
    for brace in _BRACE.finditer(text):
        if brace[0] == "${":
            opened.append(brace.start())
        elif brace[0] == "}" and opened:
            ends[opened.pop()] = brace.end()
    return ends
