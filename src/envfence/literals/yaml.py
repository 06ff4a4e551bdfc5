"""Literals of YAML files, read line by line: files with templates in them, or broken, give what they have."""

import re
from collections.abc import Callable
from typing import NamedTuple

from envfence.literals import Literal, lines, prose
from envfence.literals.commands import Word
from envfence.literals.flow import Item
from envfence.literals.flow import read as read_flow
from envfence.literals.holes import filled
from envfence.literals.offsets import line_end, shifted
from envfence.literals.script import Script
from envfence.literals.words import argv, word

Path = tuple[str, ...]

_LINE = re.compile(
    r"([ \t]*+)((?:-(?:[ \t]++|(?=[\r\n]|\Z)))*+)"  # indentation, list dashes
    r"(?:(\"[^\"\\\n]*+\"|'[^'\n]*+'"
    r"|[^\s:#\"'\[\]{}|>*&!%@`,][^\n:#]*+(?:(?::(?![ \t\r\n]|\Z)|(?<![ \t])#)[^\n:#]*+)*+)"
    r"[ \t]*+:(?=[ \t\r\n]|\Z)[ \t]*+)?"  # key
    r"(?:[&!][^\s,\[\]{}]*+(?:[ \t]++|(?=[\r\n]|\Z)))*+"  # anchor, tag
)
_QUOTED = {'"': re.compile(r'"(?:[^"\\]++|\\[\s\S])*+"'), "'": re.compile(r"'(?:[^']++|'')*+'")}
_LONGEST_QUOTED = 100_000
_BLOCK = re.compile(r"[|>][+\-\d]*+[ \t\r]*+(?:#[^\n]*+)?(?=\n|\Z)")
_INDENT = re.compile(r"([ \t]*+)(?![\r\n#])")
_FIRST_INDENT = re.compile(r"(?:[ \t\r]*+\n)*+([ \t]*+)(?![\r\n])")
_FOLD = re.compile(r"(?<![ \t\r])[ \t\r]*+\n\s*+")
_ESCAPE = re.compile(r"\\(?:([nrt0])|(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U000([0-9a-fA-F]{5}))|\r?\n[ \t]*|(.))")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_PAIR = re.compile(r"([A-Za-z_][\w.]*+)=")
_DATA = re.compile(r"\.(?:ya?ml|sh|bash|json|sql|py|js)$")

# What these keys hold is run by a shell, or as one command with its arguments.
RUN_KEYS = frozenset(
    "run script before_script after_script before_install install before_deploy deploy after_success after_failure"
    " shell bash commands cmds pre_build post_build inlineScript".split()
)
COMMAND_KEYS = frozenset("command args entrypoint cmd".split())


def literals(text: str, path: str = "") -> list[Literal]:
    """Return every scalar with its key, the words of its commands, its defaults and its comments."""
    return _Reader(text, _embedded).read()


def _embedded(text: str, path: str) -> list[Literal]:
    """YAML in a block of YAML; what is in a block of that is read as lines: there is no third level."""
    return _Reader(text, lines.literals).read()


def _script(text: str, path: str) -> list[Literal]:
    return Script(text).read()


class _Place(NamedTuple):
    """What a value belongs to: a key, or the list of a key. Its further lines are indented deeper than ``column``."""

    name: str
    path: Path
    column: int
    listed: bool = False

    @property
    def inner(self) -> Path:
        """The path of what is inside the value."""
        return (*self.path, self.name) if self.name else self.path

    @property
    def runs(self) -> bool:
        """Whether the value is a command or a script."""
        return self.name in RUN_KEYS or self.is_command

    @property
    def is_command(self) -> bool:
        """Whether a list here holds the words of one command."""
        return self.name in COMMAND_KEYS or (self.name == "test" and self.path[-1:] == ("healthcheck",))


class _Reader:
    """Reads one text into ``found``, and remembers the keys that enclose a line with the column of each."""

    def __init__(self, text: str, embedded: Callable[[str, str], list[Literal]]) -> None:
        self.text, self.size = text, len(text)
        self.embedded = embedded
        self.found: list[Literal] = []
        self.open: list[tuple[int, Path]] = []
        self.named = ("", -1)  # of `name: X`, the value and column, for the `value: Y` that follows
        self.argv: list[Word] = []  # the list items so far of a command
        self.argv_path: Path = ()

    def read(self) -> list[Literal]:
        """Return all that the text holds."""
        match, opened, at = _LINE.match, self.open, 0
        while at < self.size and (line := match(self.text, at)):
            indent, dashes, key = line.groups()
            column = len(indent)
            if not (dashes or key):
                at = self._unkeyed(line.end(), column)
                continue
            limit = column + 1 if dashes else column
            while opened and opened[-1][0] >= limit:
                opened.pop()
            path = opened[-1][1] if opened else ()
            if self.argv and (key or path != self.argv_path):
                self._end_command()
            if dashes:
                self.named = ("", -1)
            if key:
                at = self._keyed(line, key, path)
            else:
                at = self._value(line.end(), _Place(path[-1] if path else "", path[:-1], column, listed=True))
        self._end_command()
        return self.found

    def _keyed(self, line: re.Match[str], key: str, path: Path) -> int:
        """Read what follows a key, to the end of its last line."""
        at, column = line.end(), line.start(3) - line.start()
        name = key[1:-1] if key[0] in "\"'" else key.rstrip()
        if at >= self.size or self.text[at] in "\r\n#":
            self.open.append((column, (*path, name)))
            return self._rest(at)
        before = len(self.found)
        bound = self.named[0] if name in ("value", "default") and self.named[1] == column else name
        end = self._value(at, _Place(bound, path, column))
        if name in ("name", "key") and len(self.found) > before:
            self.named = (self.found[before].value, column)
        return end

    def _unkeyed(self, at: int, column: int) -> int:
        """Read a line without key or dash: blank, a comment, a marker, a template, or a value on its own line."""
        if at >= self.size or self.text.startswith(("\r", "\n", "#", "---", "...", "%", "{{"), at):
            return self._rest(at)
        path = self.open[-1][1] if self.open else ()
        return self._value(at, _Place(path[-1] if path else "", path[:-1], column - 1))

    def _rest(self, at: int) -> int:
        """Take the comment on the rest of a line, if there is one, and return the start of the next line."""
        end = line_end(self.text, at)
        mark = self.text.find("#", at, end)
        if mark >= 0:
            self.found.append(prose.comment(self.text, mark, end))
        return end + 1

    def _value(self, at: int, place: _Place) -> int:
        """Read one value of any style, and return the start of the line after it."""
        text = self.text
        first = text[at : at + 1]
        if first in ("|", ">") and (header := _BLOCK.match(text, at)):
            return self._block(header, place)
        if first in ("[", "{") and not text.startswith("{{", at):
            items, end = read_flow(text, at, place.column)
            self._flow(items, place)
            return self._rest(end)
        if first in ("'", '"') and (end := self._quoted_end(at, first, place.column)):
            self._scalar(at, end, place)
            return self._rest(end)
        if first == "*" or not first or first in "\r\n#":
            return self._rest(at)
        end = self._plain_end(at, place.column)
        self._scalar(at, at + len(text[at:end].rstrip()), place)
        return self._rest(end)

    def _quoted_end(self, at: int, quote: str, column: int) -> int:
        """Return where the string ends, or 0: it is never closed, or only by a line that is not its own."""
        quoted = _QUOTED[quote].match(self.text, at, min(self.size, at + _LONGEST_QUOTED))
        if not quoted:
            return 0
        end = quoted.end()
        line = line_end(self.text, at)
        while line < end:
            if (more := _INDENT.match(self.text, line + 1, end)) and len(more[1]) <= column:
                return 0
            line = line_end(self.text, line + 1)
        return end

    def _plain_end(self, at: int, column: int) -> int:
        """Return where the plain value ends; it may go on, on lines that are indented deeper and hold no key."""
        text, margin = self.text, " " * (column + 1)
        end = _plain_line_end(text, at)
        while text.startswith(margin, end + 1) and text[end] == "\n":
            more = _INDENT.match(text, end + 1)
            line = _LINE.match(text, end + 1)
            if not more or not line or line[2] or line[3]:
                break
            end = _plain_line_end(text, more.end())
        return end

    def _scalar(self, start: int, end: int, place: _Place) -> None:
        text = self.text
        quote = text[start] if _is_quoted(text, start, end) else ""
        first, last = (start + 1, end - 1) if quote else (start, end)
        if place.runs:
            self._command(word(text, start, end), place)
            return
        if place.listed and (pair := _PAIR.match(text, first, last)):
            place = _Place(pair[1], place.inner, place.column)
            start = first = pair.end()
            end = last
            if _is_quoted(text, start, end):
                quote, first, last = text[start], start + 1, end - 1
        if first < last or quote:
            value, defaults = filled(text, first, last, place.name, place.inner)
            value = _decoded(value, quote)
            self.found.append(Literal(value, start, end, place.name, place.path, quoted=bool(quote)))
            self.found += defaults

    def _command(self, command: Word, place: _Place) -> None:
        if place.listed and place.is_command:
            self.argv_path = place.inner
            self.argv.append(command)
            return
        last = command.end - (command.inner - command.start)
        script = _FOLD.sub(lambda gap: " " * len(gap[0]), self.text[command.inner : last])
        self.found += shifted(Script(script, place.inner).read(), command.inner)

    def _end_command(self) -> None:
        self.found += argv(self.text, self.argv, self.argv_path)
        self.argv = []

    def _flow(self, items: list[Item], place: _Place) -> None:
        named = ""
        for key, inner, start, end in items:
            path = (*place.inner, *inner)
            if key:
                bound = named if key == "value" and named else key
                self._scalar(start, end, _Place(bound, path, place.column))
                named = self.text[start:end].strip("\"'") if key == "name" else ""
            else:
                self._scalar(start, end, _Place(path[-1] if path else "", path[:-1], place.column, listed=True))
        self._end_command()

    def _block(self, header: re.Match[str], place: _Place) -> int:
        """Read a literal or folded block: a script, a key, a file of its own, or text."""
        start = min(header.end() + 1, self.size)
        first = _FIRST_INDENT.match(self.text, start)
        if not first or len(first[1]) <= place.column:
            return start
        end = _block_end(self.text, start, len(first[1]))
        content, name = self.text[start:end], place.name
        if place.runs:
            content = content.replace("\n", " ") if header[0][0] == ">" else content
            self.found += shifted(Script(content, place.inner).read(), start)
            return end
        inner: list[Literal] = []
        if "-----BEGIN " not in content:
            reader = _script if name.endswith(".sh") else self.embedded if _DATA.search(name) else lines.literals
            inner = shifted(reader(content, name), start, place.inner)
        self.found += inner or [_text(content, start, place)]
        return end


def _is_quoted(text: str, start: int, end: int) -> bool:
    return end - start > 1 and text[start] in "\"'" and text[start] == text[end - 1]


def _plain_line_end(text: str, at: int) -> int:
    """Return where a plain value ends on its line: before a comment, which a blank precedes."""
    end = line_end(text, at)
    mark = text.find("#", at, end)
    while mark > at and text[mark - 1] not in " \t":
        mark = text.find("#", mark + 1, end)
    return mark if mark > at else end


def _block_end(text: str, at: int, indent: int) -> int:
    margin = " " * indent
    while at < len(text):
        end = line_end(text, at)
        if not text.startswith(margin, at) and text[at:end].strip():
            return at
        at = end + 1
    return len(text)


def _text(content: str, start: int, place: _Place) -> Literal:
    value = content.strip()
    start += len(content) - len(content.lstrip())
    return Literal(value, start, start + len(value), place.name, place.path)


def _decoded(value: str, quote: str) -> str:
    if "\n" in value:
        value = _FOLD.sub(" ", value)
    if quote == '"' and "\\" in value:
        return _ESCAPE.sub(_character, value)
    return value.replace("''", "'") if quote == "'" else value


def _character(escape: re.Match[str]) -> str:
    control, byte, short, long, other = escape.groups()
    if control:
        return _CONTROL[control]
    code = byte or short or long
    return chr(int(code, 16)) if code else other or ""
