"""Lines that begin inside a value which an earlier line opened, and files of which that cannot be told."""

import re
from collections.abc import Callable, Iterable

_BLOCK_SCALAR = re.compile(r"(?:^|[:\-\s])[|>][+-]?\d?[+-]?\s*(?:#.*)?$")
_YAML_PARTS = re.compile(r"(\s*(?:-\s+)*)([^\s:#][^:]*:(?=\s|$))?\s*(.*)")
_VALUE = re.compile(r"[^=:]*[=:]\s*(.*)")
_EDGE = re.compile(r"(?:^|[\s=:,(\[])'|'(?:$|[\s,)\]])")
_HEREDOC = re.compile(r"<<<?[-~]?\s*[\"']?([A-Za-z_]\w*)")
_QUOTES = ('"""', "'''", '"', "'")


def continued(lines: list[str], kind: str) -> set[int]:
    """Return the numbers, from 1, of the lines of configuration, YAML or shell that begin inside a value.

    A file with a quote too many, or one too few, may be inside out: then it is all of them.
    """
    reader = _READERS.get(kind)
    hidden = set(reader(lines)) if reader else set[int]()
    is_broken = any(
        _has_stray_quote(line, number + 1 in hidden) for number, line in enumerate(lines, 1) if number not in hidden
    )
    return set(range(1, len(lines) + 1)) if is_broken else hidden


def _has_stray_quote(line: str, opens: bool) -> bool:
    if '"' not in line and "'" not in line:
        return False
    line = line.strip()
    if opens or line.startswith(("#", ";", "//", "--")):
        return False
    line = line.partition(" #")[0].replace('\\"', "").replace("\\'", "")
    if line.count('"') % 2:
        return True
    # An apostrophe is no quote: only one at the edge of a word that has no partner is in doubt.
    return line.count("'") % 2 == 1 and bool(_EDGE.search(line))


def heredocs(lines: list[str]) -> set[int]:
    """Return the numbers of the lines of here-documents, the last line included."""
    hidden: set[int] = set()
    ender = ""
    for number, line in enumerate(lines, 1):
        if ender:
            hidden.add(number)
            ender = "" if line.strip().rstrip(";,)") == ender else ender
        elif found := _HEREDOC.search(line):
            ender = found[1]
    return hidden


def _of_yaml(lines: list[str]) -> Iterable[int]:
    deeper_than: int | None = None  # lines indented deeper belong to a value
    quote = ""
    for number, line in enumerate(map(str.rstrip, lines), 1):
        indent = len(line) - len(line.lstrip())
        if quote:
            yield number
            quote = "" if quote in line else quote
            continue
        if deeper_than is not None and (indent > deeper_than or not line):
            yield number
            continue
        before, key, value = _parts(line)
        # The text of a block scalar only has to be deeper than what holds it; that of a plain value, than its key.
        if _BLOCK_SCALAR.search(line):
            deeper_than = indent
        else:
            deeper_than = len(before) if key and value and not value.startswith(("#", "{", "[", "&", "!")) else None
        quote = _open_quote(value)


def _parts(line: str) -> tuple[str, str, str]:
    match = _YAML_PARTS.match(line)
    return (match[1], match[2] or "", match[3]) if match else ("", "", "")


def _of_lines(lines: list[str]) -> Iterable[int]:
    quote = ""
    is_key = is_block = is_continued = False
    for number, line in enumerate(map(str.rstrip, lines), 1):
        if quote or is_block or is_continued or (line[:1] in " \t" and line and is_key):
            yield number
            is_continued = line.endswith("\\")
            is_block = is_block and "-----END" not in line
            quote = "" if quote and quote in line else quote
            continue
        value = _value(line)
        is_key = bool(value) or (is_key and not line)
        is_continued = line.endswith("\\")
        is_block = "-----BEGIN" in line and "-----END" not in line
        quote = _open_quote(value)


def _of_shell(lines: list[str]) -> Iterable[int]:
    quote = ender = ""
    is_continued = False
    for number, line in enumerate(map(str.rstrip, lines), 1):
        if ender or quote or is_continued:
            yield number
            is_continued = not ender and not quote and line.endswith("\\")
            ender = "" if line.strip() == ender else ender
            quote = "" if quote and quote in line else quote
            continue
        heredoc = _HEREDOC.search(line)
        ender = heredoc[1] if heredoc else ""
        is_continued = line.endswith("\\")
        quote = _open_quote(_value(line))


def _value(line: str) -> str:
    match = _VALUE.match(line)
    return match[1] if match and not line.lstrip().startswith(("#", ";")) else ""


def _open_quote(value: str) -> str:
    """Return the quote that a value begins with and does not end with on its line."""
    quote = next((quote for quote in _QUOTES if value.startswith(quote)), "")
    return quote if quote and quote not in value[len(quote) :].replace(f"\\{quote}", "") else ""


_READERS: dict[str, Callable[[list[str]], Iterable[int]]] = {
    "yaml": _of_yaml,
    "lines": _of_lines,
    "shell": _of_shell,
}
