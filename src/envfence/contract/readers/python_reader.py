"""An env file as python-dotenv 1.2.4 reads it, and so pydantic-settings.

Written anew because `dotenv.parser` costs 24 ms to import and reads ten times slower; the tests hold it to the library.
A statement that cannot be read is skipped to the end of its line and the rest goes on, as the library does it.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from envfence.contract.readers.entry import Entry

BOM = "\ufeff"
_DOUBLE_QUOTED = {"\\": "\\", "'": "'", '"': '"'} | dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))
_SINGLE_QUOTED = {"\\": "\\", "'": "'"}


class _Statement(NamedTuple):
    """What stands at one place: where its text ends, before the comment that may follow."""

    end: int
    key: str | None = None
    value: str | None = None
    problem: str = ""


def entries(text: str) -> list[Entry]:
    """Return the statements of ``text`` in order, with ``${}`` left as it stands."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # as a file opened for text
    found: list[Entry] = []
    position, line = int(text.startswith(BOM)), 1
    while True:
        start = _after_space(text, position)
        line += text.count("\n", position, start)
        if start == len(text):
            return found
        statement = _statement(text, start)
        position = _line_end(text, statement.end)
        if not statement.problem and not _is_comment_or_empty(text[statement.end : position]):
            statement = _Statement(position, problem="text after the closing quote or the name")
        end_line = line + text.count("\n", start, position)
        if statement.key is not None or statement.problem:
            found.append(Entry(statement.key, statement.value, line, end_line, statement.problem))
        line = end_line


@cache
def recovered(text: str) -> tuple[Entry, ...]:
    """Return the statements of ``text`` so that one open quote hides none of those that it swallowed up to the next.

    Several checks ask for the same file, so what was read is kept.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    broken: list[Entry] = []
    while True:
        found = entries("\n".join(lines))
        first = next((entry for entry in found if entry.problem and entry.end_line > entry.line), None)
        if first is None:
            return tuple(sorted([*found, *broken], key=lambda entry: entry.line))
        broken.append(first._replace(end_line=first.line))
        lines[first.line - 1] = ""


def resolve(statements: Iterable[Entry], environ: Mapping[str, str]) -> dict[str, str | None]:
    """Return key to value with ``${NAME}`` and ``${NAME:-default}`` resolved; the file's own keys come first."""
    values: dict[str, str | None] = {}
    for entry in statements:
        if entry.key is not None:
            values[entry.key] = None if entry.value is None else _expanded(entry.value, values, environ)
    return values


def _statement(text: str, position: int) -> _Statement:
    position = _after_export(text, position)
    if text.startswith("#", position):
        return _Statement(position)
    name = _name(text, position)
    if name is None:
        return _Statement(position, problem="no name")
    key, end = name
    equals = _after_blank(text, end)
    if not text.startswith("=", equals):
        return _Statement(equals, key)
    start = _after_blank(text, equals + 1)
    if start > equals + 1 and text.startswith("#", start):
        return _Statement(start, key, "")
    return _valued(text, key, start)


def _name(text: str, position: int) -> tuple[str, int] | None:
    if text.startswith("'", position):
        close = text.find("'", position + 1)
        return (text[position + 1 : close], close + 1) if close > position + 1 else None
    end = text.find("=", position, _line_end(text, position))
    if end < 0 or not text[position:end].isidentifier():
        end = position
        while end < len(text) and text[end] not in "=#" and not text[end].isspace():
            end += 1
    return (text[position:end], end) if end > position else None


def _valued(text: str, key: str, start: int) -> _Statement:
    quote = text[start : start + 1]
    if not quote or quote not in "'\"":
        end = _line_end(text, start)
        return _Statement(end, key, without_comment(text[start:end]))
    close = _closing_quote(text, quote, start + 1)
    if close < 0:
        return _Statement(start, problem="the quote is never closed")
    value = _unescaped(text[start + 1 : close], _SINGLE_QUOTED if quote == "'" else _DOUBLE_QUOTED)
    return _Statement(close + 1, key, value)


def without_comment(value: str) -> str:
    """Return an unquoted value without the comment that white space sets off, and without the space around it."""
    mark = value.find("#", 1)
    while mark > 0 and not value[mark - 1].isspace():
        mark = value.find("#", mark + 1)
    return (value[:mark] if mark > 0 else value).rstrip()


def _closing_quote(text: str, quote: str, position: int) -> int:
    while True:
        close = text.find(quote, position)
        escape = text.find("\\", position, close if close >= 0 else None)
        if close < 0 or escape < 0:
            return close
        position = escape + 2


def _unescaped(value: str, escapes: Mapping[str, str]) -> str:
    head, *rest = value.split("\\")
    parts, literal = [head], False
    for piece in rest:
        if literal or not piece:  # two backslashes: the second is text, and what follows it is too
            parts.append(piece if literal else "\\")
            literal = not literal
        else:
            parts.append(escapes[piece[0]] + piece[1:] if piece[0] in escapes else "\\" + piece)
    return "".join(parts)


def _expanded(value: str, values: Mapping[str, str | None], environ: Mapping[str, str]) -> str:
    parts: list[str] = []
    position = 0
    while (start := value.find("${", position)) >= 0:
        close = value.find("}", start)
        if close < 0:
            break
        name, colon, default = value[start + 2 : close].partition(":")
        if colon and not default.startswith("-"):  # ${A:?text} is no reference here, but may hold one
            parts.append(value[position : start + 2])
            position = start + 2
            continue
        parts += value[position:start], _looked_up(name, default[1:], values, environ)
        position = close + 1
    return "".join(parts) + value[position:]


def _looked_up(name: str, default: str, values: Mapping[str, str | None], environ: Mapping[str, str]) -> str:
    found = values[name] if name in values else environ.get(name, default)
    return found or ""


def _after_export(text: str, position: int) -> int:
    if not text.startswith("export", position):
        return position
    after = _after_blank(text, position + 6)
    return after if after > position + 6 else position


def _after_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _after_blank(text: str, position: int) -> int:
    while position < len(text) and text[position] != "\n" and text[position].isspace():
        position += 1
    return position


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return end if end >= 0 else len(text)


def _is_comment_or_empty(rest: str) -> bool:
    rest = rest.lstrip()
    return not rest or rest.startswith("#")
