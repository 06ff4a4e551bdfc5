"""Literals of programming languages and JSON: what each string or number is bound to, passed to or compared with.

The languages differ in `languages.py` only; what a literal is for is found in `context.py`.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from envfence.literals import DEFAULT, DOC, HOLE, VALUE, Literal, defaults, windows
from envfence.literals.candidates import Spans
from envfence.literals.context import place
from envfence.literals.heads import LONGEST_HEAD
from envfence.literals.languages import BICEP, JSON, PYTHON, SQL, TERRAFORM, syntax_of
from envfence.literals.tokens import Code, Token, read

SHORTEST = 2  # characters of a host, a port or a password
LONGEST_BEFORE = 400  # characters left of a literal that may hold its name
FEW_NAMES = 30  # so many are looked for one by one
MOST_USES = 12  # how many uses of a constant to follow

Wanted = Callable[[str, str], bool]  # a value, and what stands before it

_PORT_NUMBER = re.compile(
    r"(?:(?<![A-Za-z])port|Port|(?<![A-Z])PORT)(?=[^A-Za-z]|[sS]?\b)[^\n]{0,60}?(?<![\w.-])(\d{2,5})(?![\w.])"
)
_KEY = re.compile(r"[\w.-]+")
_IS_KEY = re.compile(r"\s*(?:=>|:(?![:=])|\]\s*=(?!=))")
_SECRET_WORDS = "passw pwd secret token cred key auth user login".split()
_ADDRESS = re.compile(r"[\d.:]+\Z|[\s\S]{0,500}?(?:://|localhost|\.)")
_WORD = re.compile(r"[A-Za-z_]\w*")
_ASSIGNS = re.compile(r"\s*(?:=(?!=)|:(?!:)|\()")
_IS_SET = re.compile(r"[ \t]*(?::[^=\n]*)?=(?!=)")
_IS_SET_KEY = re.compile(r"[ \t]*:")
_SCRIPT = re.compile(r"\s*+(?:#!\S*sh\b|#!\S*env (?:ba|z)?sh\b|set -[a-z]*[eux])")
_TEXT = re.compile(r"<<[<~-]?[\"']?(?:README|USAGE|HELP|DOCS?|MD|MARKDOWN|TEXT|MESSAGE)\b")  # a heredoc that is read
_HOLES = re.compile(
    r"\$?\{\{?(?!\s*\\?[\"'])[^{}\n]*\}?\}|%\([\w.]+\)[sd]|%[sdr](?!\w)|#\{[^{}\n]*\}"
    r"|\$[A-Za-z_]\w*|<%=?[^%]*%>"
)
_ONLY_BRACES = re.compile(r"\{(?!\s*[\"'])[^{}\n]*\}|%\([\w.]+\)[sd]|%[sdr](?!\w)")


def literals(text: str, path: str, lines: Spans, wanted: Wanted = lambda _value, _before: True) -> list[Literal]:
    """Return the strings, comments and port numbers on these lines, each with the context of its every use.

    Only of a value that is ``wanted``, given what stands before it, the context is found.
    """
    syntax = syntax_of(path)
    code = read(text, syntax, windows.around(text, syntax, lines))
    found = [literal for group in _likely(code, lines) for literal in _of_tokens(code, group, lines, wanted)]
    found += _numbers(code, lines, wanted)
    return found if syntax is JSON else found + _uses(code, found)  # JSON names nothing twice


def _likely(code: Code, lines: Spans) -> Iterator[list[Token]]:
    """Yield what stands on the lines; strings that the language joins, as nothing stands between them, as one."""
    tokens = code.tokens
    starts = [token.start for token in tokens]
    at = 0
    for first, last in lines:
        at = max(at, bisect_right(starts, first) - 1)
        while at < len(tokens) and tokens[at].start < last:
            end = at + 1
            if tokens[at].end > first:
                begin, end = _joined(code, at)
                yield tokens[begin:end]
            at = end


def _joined(code: Code, at: int) -> tuple[int, int]:
    """Return the range of the tokens that are one with the token, as nothing stands between them."""
    tokens, begin, end = code.tokens, at, at + 1
    while begin and _continues(code, tokens[begin - 1], tokens[begin]):
        begin -= 1
    while end < len(tokens) and _continues(code, tokens[end - 1], tokens[end]):
        end += 1
    return begin, end


def _continues(code: Code, last: Token, token: Token) -> bool:
    between = code.bare[last.end : token.start]
    if last.is_comment or token.is_comment or between.strip(" \t\r\n\\rRbBfFuU"):
        return False
    return "\n" not in between or code.opener(token.start) >= 0


def _of_tokens(code: Code, group: list[Token], lines: Spans, wanted: Wanted) -> list[Literal]:
    start, end = group[0].start, group[-1].end
    if group[0].is_comment:
        return [Literal(code.text[start:end], start, end, role=DOC)]
    if code.text.startswith("<<", start):
        return _of_heredoc(code, start, end, lines)
    if code.syntax is SQL and code.text.startswith(":", start - 1):
        return []  # a variable of psql: PASSWORD :'password'
    given = defaults.inside(code, start, end)
    value = "".join(_value(code, token) for token in group)
    if len(value) < SHORTEST or (
        _KEY.fullmatch(value) and _IS_KEY.match(code.bare, end) and "?" not in code.bare[max(0, start - 60) : start]
    ):
        return given
    if code.syntax is PYTHON and _is_statement(code, start, end):
        return [Literal(value, start, end, role=DOC)]
    if "\n" in value and _SCRIPT.match(value):
        from envfence.literals import shell

        return shell.in_string(code.text, start, end)
    return [place(code, start, end, value), *given] if wanted(value, _before(code, start)) else given


def _of_heredoc(code: Code, start: int, end: int, lines: Spans) -> list[Literal]:
    from envfence.literals.prose import everything

    role = DOC if _TEXT.match(code.text, start) else VALUE
    return [
        literal
        for first, last in lines
        if first < end and start < last
        for literal in everything(code.text, max(first, start), min(last, end), role)
    ]


def _before(code: Code, at: int) -> str:
    """What stands left of a literal on its line; where that is nothing, on the line before.

    In Terraform a block may name it that began some lines before, in JSON and Bicep the entry above a "value".
    """
    before = code.text[max(0, at - LONGEST_BEFORE) : at]
    if code.syntax is TERRAFORM:
        return before
    lines = before.rsplit("\n", 2)
    if (code.syntax is JSON and '"value"' in lines[-1]) or (code.syntax is BICEP and "value:" in lines[-1]):
        return "\n".join(lines[-2:])
    return lines[-1] if lines[-1].strip() else "\n".join(lines[1:])


def _value(code: Code, token: Token) -> str:
    """The text between the quotes, with a HOLE for each interpolation."""
    raw = code.text[token.start : token.end]
    quote = raw[:3] if raw[:3] in ('"""', "'''") else raw[:1]
    inner = raw[len(quote) : -len(quote)] if len(raw) >= 2 * len(quote) and raw.endswith(quote) else raw[len(quote) :]
    if code.syntax is PYTHON and not defaults.computes(code, token.start):
        return _ONLY_BRACES.sub(HOLE, inner)
    return _HOLES.sub(HOLE, inner)


def _is_statement(code: Code, start: int, end: int) -> bool:
    """A docstring, or a string that comments code out."""
    before, _, indent = code.bare[max(0, start - LONGEST_BEFORE) : start].rpartition("\n")
    if indent.strip(" \trRbBuU") or code.bare[end : end + LONGEST_HEAD].partition("\n")[0].strip():
        return False
    return code.opener(start) < 0 and not before.rstrip(" \t\r\n").endswith(("=", "\\", "+"))


def _numbers(code: Code, lines: Spans, wanted: Wanted) -> Iterator[Literal]:
    for line_start, line_end in lines:
        for match in _PORT_NUMBER.finditer(code.text, line_start, line_end):
            start, end = match.span(1)
            if code.bare[start].isdigit() and wanted(match[1], ""):  # it is no part of a string or comment
                found = place(code, start, end, match[1], quoted=False)
                if found.name or found.call:
                    yield found


def _uses(code: Code, found: list[Literal]) -> list[Literal]:
    """Follow constants inside the module: each literal once more for every use, with the context of that use."""
    constants: dict[str, list[Literal]] = {}
    for literal in sorted(found, key=lambda literal: literal.start):
        if variable := _variable(literal):
            constants.setdefault(variable, []).append(literal)
    spots = [spot for spot in _occurrences(code.text, constants) if _can_matter(code.text, constants, *spot[:2])]
    beyond = [(start, end) for _, start, end in spots if code.bare[start] == "\n"]  # where nothing has been read
    rest = read(code.text, code.syntax, windows.around(code.text, code.syntax, sorted(beyond))) if beyond else code
    setters = {name: _setters(code.text, name) for name in {spot[0] for spot in spots}}
    counts: dict[int, int] = {}
    uses: list[Literal] = []
    for name, start, end in spots:
        part = rest if code.bare[start] == "\n" else code
        if not part.bare.startswith(name, start):
            continue  # in a string or a comment
        literal = _defined_before(constants[name], start)
        line = code.text.rfind("\n", 0, start)  # on the use's own it may be an argument
        if bisect_left(setters[name], literal.end) < bisect_left(setters[name], line):
            continue  # between the two it is given something else
        counts[literal.start] = counts.get(literal.start, 0) + 1
        if counts[literal.start] <= MOST_USES:
            use = place(part, start, end, literal.value, quoted=literal.quoted)
            if use.call or (use.name and use.name != literal.name):
                path = ("[]", *use.path) if "[]" in literal.path else use.path
                uses.append(use._replace(start=literal.start, end=literal.end, path=path))
    return uses


def _setters(text: str, name: str) -> list[int]:
    """Return where the name stands first on a line that gives it something, in order."""
    return [start for start in _starts(text, name) if _is_set_at(text, start, start + len(name))]


def _is_set_at(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - LONGEST_BEFORE) : start].rstrip(" \t")
    quote = before[-1:] if before[-1:] in ('"', "'") else ""
    before = before.removesuffix(quote).rstrip(" \t") if quote else before
    if before and not before.endswith("\n"):
        return False
    if quote:
        return text.startswith(quote, end) and bool(_IS_SET_KEY.match(text, end + 1))
    return bool(_IS_SET.match(text, end))


def _can_matter(text: str, constants: dict[str, list[Literal]], name: str, start: int) -> bool:
    """Return whether the constant is an address, or what stands before its use names a credential."""
    before = text[max(0, start - 60) : start].lower()
    if any(word in before for word in _SECRET_WORDS):
        return True
    return _is_address(_defined_before(constants[name], start).value)


@lru_cache(maxsize=1024)
def _is_address(value: str) -> bool:
    return bool(_ADDRESS.match(value))


def _occurrences(text: str, names: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    """Yield where the names stand as words that nothing is assigned to."""
    wanted = dict.fromkeys(names)
    if len(wanted) > FEW_NAMES:
        found = ((match[0], match.start()) for match in _WORD.finditer(text) if match[0] in wanted)
    else:
        found = ((name, start) for name in wanted for start in _starts(text, name))
    for name, start in found:
        if not _ASSIGNS.match(text, start + len(name)):
            yield name, start, start + len(name)


def _starts(text: str, name: str) -> Iterator[int]:
    """Yield where the word stands: a plain search is a hundred times faster than a pattern."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        if not (_is_word(text[at - 1 : at]) or _is_word(text[end : end + 1])):
            yield at
        at = text.find(name, end)


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _variable(literal: Literal) -> str:
    """The variable, field or option that holds the literal: `x` of `x = "…"` and of `x = getenv("X", "…")`."""
    if literal.call or literal.role not in (VALUE, DEFAULT):
        return ""
    name = literal.path[0] if literal.role == DEFAULT and len(literal.path) == 1 else literal.name
    return name if _WORD.fullmatch(name) else ""


def _defined_before(literals: list[Literal], offset: int) -> Literal:
    """Return the last of the literals, which are in order, that stands before the offset, else the first."""
    return literals[max(0, bisect_left(literals, offset, key=lambda literal: literal.start) - 1)]
