"""Literals of SQL: what code holds, and what its statements say of passwords and of other servers."""

import re
from collections.abc import Iterator

from envfence.literals import VALUE, Literal, code, embedded
from envfence.literals.candidates import Spans, lowered
from envfence.literals.code import Wanted

_TEXT = r"n?'((?:[^'\n]|'')*)'"
_INSERT = re.compile(r"insert\s+into\s+([^\s(]+)\s*\(([^()]*)\)\s*values\s*(?=\()")
_SECRET = re.compile(r"passw|pwd|secret|token")
_HASH = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})")  # of a password; nobody can log in with it
_ITEM = re.compile(rf"{_TEXT}|([\w.+-]+)|([(),;])|[^'(),;\w]+|'")
_OPTIONS = re.compile(r"\boptions\s*\(([^()]*)\)")
_OPTION = re.compile(rf"(?:\b(?:add|set)\s+)?\"?(\w+)\"?\s+{_TEXT}")
_PASSWORD = re.compile(rf"\b(?:identified\s[^\n']{{0,60}}\bby|password)\s*[=(]?\s*(?:password\s*\(\s*)?{_TEXT}")
_ASSET = re.compile(r"(?i)://\S*\.(?:jpe?g|png|gif|webp|svg|ico|mp3|mp4|pdf|zip)\b")
_LONGEST_VALUE = 500  # characters
_LONGEST_ROWS = 100_000  # characters behind an INSERT


def on_lines(text: str, path: str, lines: Spans, wanted: Wanted) -> list[Literal]:
    """Return the literals on these lines."""
    found = code.literals(text, path, lines, wanted)
    low = lowered(text)
    stated = [*_options(text, low), *_passwords(text, low), *_rows(text, low)]
    known = {literal.start for literal in stated}
    found = [*(literal for literal in found if literal.start not in known and not _is_data(literal.value)), *stated]
    inside = [literal for literal in embedded.inner(text, found) if literal.start - 1 not in known]
    return [*found, *inside, *embedded.evident(text, lines, found)]


def _is_data(value: str) -> bool:
    """Whether a row keeps the value for people: a picture's address, an article."""
    return len(value) > _LONGEST_VALUE or bool(_ASSET.search(value))


def _options(text: str, low: str) -> Iterator[Literal]:
    """OPTIONS (host '…', password '…') of a foreign server and of a user mapping."""
    for options in _OPTIONS.finditer(low):
        for option in _OPTION.finditer(low, *options.span(1)):
            yield _literal(text, option, 2, text[slice(*option.span(1))], ("OPTIONS",))


def _passwords(text: str, low: str) -> Iterator[Literal]:
    """CREATE USER … PASSWORD '…', IDENTIFIED WITH … BY '…', SET PASSWORD = PASSWORD('…')."""
    for password in _PASSWORD.finditer(low):
        yield _literal(text, password, 1, "password")


def _literal(text: str, match: re.Match[str], group: int, name: str, path: tuple[str, ...] = ()) -> Literal:
    start, end = match.span(group)
    return Literal(text[start:end], start - 1, end + 1, name, path, role=VALUE)


def _rows(text: str, low: str) -> Iterator[Literal]:
    """The values of rows with a secret among their columns, each named for its column."""
    for insert in _INSERT.finditer(low):
        columns = [column.strip(' `"[]\t\r\n') for column in insert[2].split(",")]
        if _SECRET.search(insert[2]):
            yield from _row_values(text, insert.end(), columns, insert[1].strip('`"[]'))


def _row_values(text: str, at: int, columns: list[str], table: str) -> Iterator[Literal]:
    depth = column = row = 0
    for item in _ITEM.finditer(text, at, min(len(text), at + _LONGEST_ROWS)):
        mark = item[3]
        if mark == ";":
            return
        if mark == "(":
            depth, column = depth + 1, 0 if depth == 0 else column
        elif mark == ")":
            depth, row = depth - 1, row + (depth == 1)
        elif mark == ",":
            column += depth == 1
        elif depth == 1 and column < len(columns) and (item[1] or item[2]) and not _HASH.fullmatch(item[1] or ""):
            path = (table, str(row))
            yield Literal(item[1] or item[2], *item.span(), columns[column], path, quoted=bool(item[1]))
