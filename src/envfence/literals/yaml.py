"""Literals of YAML files, read line by line: files with templates in them, or broken, give what they have."""

import re
from typing import TYPE_CHECKING

from envfence.literals import Literal
from envfence.literals.candidates import Spans, is_likely
from envfence.literals.comments import comment
from envfence.literals.holes import filled
from envfence.literals.offsets import line_end, shifted
from envfence.literals.yaml_values import Place, block_end, decoded, is_quoted, plain_line_end, text_of, unfolded

if TYPE_CHECKING:
    from envfence.literals.commands import Word

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
_PAIR = re.compile(r"([A-Za-z_][\w.]*+)=")
_NAMING = ("name", "key")  # what these hold names the `value` beside them


def literals(text: str, path: str = "", lines: Spans | None = None) -> list[Literal]:
    """Return every scalar with its key, the words of its commands, its defaults and its comments.

    With ``lines`` what stands on others may be missing.
    """
    return _Reader(text, lines=lines).read()


class _Reader:
    """Reads one text into ``found``, and remembers the keys that enclose a line with the column of each."""

    def __init__(self, text: str, *, nested: bool = False, lines: Spans | None = None) -> None:
        self.text, self.size = text, len(text)
        self.lines = lines
        self.nested = nested  # in a block of another YAML; there is no third level
        self.found: list[Literal] = []
        self.open: list[tuple[int, Path]] = []
        self.named = ("", -1)  # of `name: X`, the value and column, for the `value: Y` that follows
        self.argv: list[Word] = []  # the list items so far of a command
        self.argv_path: Path = ()

    def read(self) -> list[Literal]:
        """Return all that the text holds."""
        match, opened, at = _LINE.match, self.open, 0
        stop = self.lines[-1][1] if self.lines else self.size
        while at < self.size and (at < stop or self.argv) and (line := match(self.text, at)):
            indent, dashes, key = line.groups()
            column = len(indent)
            if not (dashes or key):
                at = self._unkeyed(line.end(), column)
                continue
            limit = column + 1 if dashes else column
            while opened and opened[-1][0] >= limit:
                opened.pop()
            path = opened[-1][1] if opened else ()
            if self.argv and (key or path != self.argv_path) and not self._goes_on(key, path):
                self._end_command()
            if dashes:
                self.named = ("", -1)
            if key:
                at = self._keyed(line, key, path)
            else:
                at = self._value(line.end(), Place(path[-1] if path else "", path[:-1], column, listed=True))
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
        end = self._value(at, Place(bound, path, column))
        if name in _NAMING and len(self.found) > before:
            self.named = (self.found[before].value, column)
        return end

    def _unkeyed(self, at: int, column: int) -> int:
        """Read a line without key or dash: blank, a comment, a marker, a template, or a value on its own line."""
        if at >= self.size or self.text.startswith(("\r", "\n", "#", "---", "...", "%", "{{"), at):
            return self._rest(at)
        path = self.open[-1][1] if self.open else ()
        return self._value(at, Place(path[-1] if path else "", path[:-1], column - 1))

    def _rest(self, at: int) -> int:
        """Take the comment on the rest of a line, if there is one, and return the start of the next line."""
        end = line_end(self.text, at)
        mark = self.text.find("#", at, end)
        if mark >= 0 and self._counts(mark, end):
            self.found.append(comment(self.text, mark, end))
        return end + 1

    def _counts(self, start: int, end: int) -> bool:
        return self.lines is None or is_likely(self.lines, start, end)

    def _value(self, at: int, place: Place) -> int:
        """Read one value of any style, and return the start of the line after it."""
        text = self.text
        first = text[at : at + 1]
        if first in ("|", ">") and (header := _BLOCK.match(text, at)):
            return self._block(header, place)
        if first in ("[", "{") and not text.startswith("{{", at):
            return self._flow(at, place)
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
        end = plain_line_end(text, at)
        while text.startswith(margin, end + 1) and text[end] == "\n":
            more = _INDENT.match(text, end + 1)
            line = _LINE.match(text, end + 1)
            if not more or not line or line[2] or line[3]:
                break
            end = plain_line_end(text, more.end())
        return end

    def _scalar(self, start: int, end: int, place: Place) -> None:
        text = self.text
        quote = text[start] if is_quoted(text, start, end) else ""
        first, last = (start + 1, end - 1) if quote else (start, end)
        if place.runs:
            self._command((start, end), (first, last), place)
            return
        if place.name not in _NAMING and not self._counts(start, end):
            return
        if place.listed and (pair := _PAIR.match(text, first, last)):
            place = Place(pair[1], place.inner, place.column)
            start = first = pair.end()
            end = last
            if is_quoted(text, start, end):
                quote, first, last = text[start], start + 1, end - 1
        if first < last or quote:
            value, defaults = filled(text, first, last, place.name, place.inner)
            value = decoded(value, quote)
            self.found.append(Literal(value, start, end, place.name, place.path, quoted=bool(quote)))
            self.found += defaults

    def _command(self, span: tuple[int, int], inner: tuple[int, int], place: Place) -> None:
        if place.listed and place.is_command:
            from envfence.literals.words import word

            self.argv_path = place.inner
            self.argv.append(word(self.text, *span))
        elif self._counts(*span):
            self._script(unfolded(self.text[slice(*inner)]), inner[0], place.inner)

    def _script(self, script: str, start: int, path: Path) -> None:
        from envfence.literals.script import Script

        self.found += shifted(Script(script, path).read(), start)

    def _goes_on(self, key: str, path: Path) -> bool:
        """Tell whether the arguments of the command follow: `command: ["curl"]`, then `args: ["-f", "http://…"]`."""
        above, command = self.argv_path[:-1], self.argv_path[-1:]
        return command == ("command",) and (path == (*above, "args") if not key else key == "args" and path == above)

    def _end_command(self) -> None:
        if self.argv:
            from envfence.literals.words import argv

            self.found += argv(self.text, self.argv, self.argv_path)
            self.argv = []

    def _flow(self, at: int, place: Place) -> int:
        from envfence.literals import flow

        items, end = flow.read(self.text, at, place.column)
        named = ""
        for key, inner, start, stop in items:
            path = (*place.inner, *inner)
            if key:
                bound = named if key == "value" and named else key
                self._scalar(start, stop, Place(bound, path, place.column))
                named = self.text[start:stop].strip("\"'") if key == "name" else ""
            else:
                self._scalar(start, stop, Place(path[-1] if path else "", path[:-1], place.column, listed=True))
        return self._rest(end)

    def _block(self, header: re.Match[str], place: Place) -> int:
        """Read a literal or folded block: a script, a key, a file of its own, or text."""
        start = min(header.end() + 1, self.size)
        first = _FIRST_INDENT.match(self.text, start)
        if not first or len(first[1]) <= place.column:
            return start
        end = block_end(self.text, start, len(first[1]))
        if place.name not in _NAMING and not self._counts(start, end):
            return end
        content = self.text[start:end]
        if place.runs or place.name.endswith(".sh"):
            self._script(content.replace("\n", " ") if header[0][0] == ">" else content, start, place.inner)
            return end
        inner = [] if "-----BEGIN " in content else self._inner(content, place.name)
        self.found += shifted(inner, start, place.inner) or [text_of(content, start, place)]
        return end

    def _inner(self, content: str, name: str) -> list[Literal]:
        if name.endswith((".yaml", ".yml")) and not self.nested:
            return _Reader(content, nested=True).read()
        from envfence.literals import lines

        return lines.literals(content, name)
