"""An env file as docker compose reads it (`env_file:`), by compose-go's rules at version 2 of compose.

Held to compose-go's own cases in tests/conformance and to the `docker compose` client where there is one. Compose stops
at the first line it refuses; this reader goes on after it, so that one bad line never hides the rest.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from envfence.contract.readers.entry import Entry
from envfence.contract.readers.template import TemplateError, substitute

BOM = "\ufeff"
# White space to Go, which Python's isspace() does not name exactly.
_BLANK = "\t\v\f\r \x85\xa0"
_SPACE = (
    _BLANK + "\n\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_SIMPLE_ESCAPES = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True)) | {"\\": "\\", '"': '"', "$": "$$"}
_OCTAL = "01234567"


class _Statement(NamedTuple):
    """Where a statement ends and what it says; ``quote`` is empty for an unquoted value."""

    end: int
    key: str | None = None
    raw: str | None = None
    quote: str = ""
    problem: str = ""


def entries(text: str, environ: Mapping[str, str]) -> list[Entry]:
    """Return the statements of ``text``, values resolved: the process environment comes before the file's own keys.

    A problem in any of them means that compose refuses the whole file.
    """
    found: list[Entry] = []
    values: dict[str, str] = {}
    position, line = int(text.startswith(BOM)), 1
    while True:
        start = _statement_start(text, position)
        line += text.count("\n", position, start)
        if start == len(text):
            return found
        statement = _statement(text, start)
        end_line = line + text.count("\n", start, statement.end)
        entry = _entry(statement, line, end_line, values, environ)
        found.append(entry)
        if entry.key is not None and entry.value is not None:
            values[entry.key] = entry.value
        position, line = statement.end, end_line


def values_of(statements: Iterable[Entry]) -> dict[str, str] | None:
    """Return key to value, or None where compose refuses the file."""
    values: dict[str, str] = {}
    for entry in statements:
        if entry.problem:
            return None
        if entry.key is not None and entry.value is not None:
            values[entry.key] = entry.value
    return values


def _entry(
    statement: _Statement, line: int, end_line: int, values: Mapping[str, str], environ: Mapping[str, str]
) -> Entry:
    key, raw = statement.key, statement.raw
    if statement.problem or key is None:
        return Entry(key, None, line, end_line, statement.problem)
    if raw is None:
        return Entry(key, environ.get(key), line, end_line)
    if statement.quote == "'":
        return Entry(key, raw, line, end_line)
    template = _unescaped(raw) if statement.quote else raw
    try:
        value = substitute(template, lambda name: environ.get(name, values.get(name)))
    except TemplateError as error:
        return Entry(key, None, line, end_line, str(error))
    return Entry(key, value, line, end_line)


def _statement_start(text: str, position: int) -> int:
    while True:
        position = _after(text, position, _SPACE)
        if not text.startswith("#", position):
            return position
        position = _line_end(text, position)


def _statement(text: str, position: int) -> _Statement:
    if text.startswith("export", position):
        after = _after(text, position + 6, _SPACE)
        position = _after(text, position + 6, _BLANK) if after > position + 6 else position
    end = position
    while end < len(text) and text[end] not in "=:\n":
        if not _is_name_character(text[end]):
            return _Statement(_line_end(text, end), problem="a character that compose refuses in a name")
        end += 1
    if position == len(text):
        return _Statement(position, problem="`export` of nothing")
    if end == len(text):  # without a final newline compose takes the name for the value of a key named ""
        return _valued(text, "", _after(text, position, _BLANK))
    key = text[position:end].rstrip(_SPACE)
    if " " in key:
        return _Statement(_line_end(text, end), problem="a name with a space")
    if text[end] == "\n":
        return _Statement(end, key)
    return _valued(text, key, _after(text, end + 1, _BLANK))


def _is_name_character(character: str) -> bool:
    return character.isalpha() or character in "_.-[]" or character in _BLANK or character.isnumeric()


def _valued(text: str, key: str, start: int) -> _Statement:
    quote = text[start : start + 1]
    if not quote or quote not in "'\"":
        end = _line_end(text, start)
        return _Statement(end, key, text[start:end].partition(" #")[0].rstrip(_SPACE))
    close = _closing_quote(text, quote, start + 1)
    if close < 0:
        return _Statement(_line_end(text, start), key, problem="the quote is never closed")
    return _Statement(close + 1, key, text[start + 1 : close].replace("\\" + quote, quote), quote)


def _closing_quote(text: str, quote: str, position: int) -> int:
    escaped = False
    for index in range(position, len(text)):
        character = text[index]
        if character == quote and not escaped:
            return index
        escaped = character == "\\" and not escaped
    return -1


def _unescaped(value: str) -> str:
    head, *rest = value.split("\\")
    parts, literal = [head], False
    for piece in rest:
        if literal:
            parts.append(piece)
            literal = False
        elif not piece:
            parts.append("\\")
            literal = True
        elif piece[0] in _SIMPLE_ESCAPES:
            parts.append(_SIMPLE_ESCAPES[piece[0]] + piece[1:])
        else:
            parts.append(_octal(piece) if piece[0] == "0" else "\\" + piece)
    return "".join(parts)


def _octal(piece: str) -> str:
    digits = piece[1:4]
    if len(digits) == 3 and digits[0] in "0123" and all(digit in _OCTAL for digit in digits):
        return chr(int(digits, 8)) + piece[4:]
    return "\\" + piece[1:]  # compose drops the 0


def _after(text: str, position: int, characters: str) -> int:
    while position < len(text) and text[position] in characters:
        position += 1
    return position


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return end if end >= 0 else len(text)
