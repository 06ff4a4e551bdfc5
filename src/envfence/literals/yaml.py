"""Literals of YAML files, read line by line: files with templates in them, or broken, give what they have."""

import re
from collections.abc import Callable

from envfence.literals import VALUE, Literal, lines, prose, shell
from envfence.literals.commands import Word
from envfence.literals.flow import Item
from envfence.literals.flow import read as read_flow
from envfence.literals.holes import filled
from envfence.literals.shifted import shifted

Path = tuple[str, ...]

_LINE = re.compile(
    r"([ \t]*+)((?:-(?:[ \t]++|(?=[\r\n]|\Z)))*+)"  # indentation, list dashes
    r"(?:(\"[^\"\\\n]*+\"|'[^'\n]*+'|[^\s:#\"'\[\]{}|>*&!%@`,][^\n:#]*+(?:(?::(?![ \t\r\n]|\Z)|(?<![ \t])#)[^\n:#]*+)*+)"
    r"[ \t]*+:(?=[ \t\r\n]|\Z)[ \t]*+)?"  # key
    r"(?:[&!][^\s,\[\]{}]*+(?:[ \t]++|(?=[\r\n]|\Z)))*+"  # anchor, tag
)
_QUOTED = {'"': re.compile(r'"(?:[^"\\]++|\\[\s\S])*+"'), "'": re.compile(r"'(?:[^']++|'')*+'")}
_LONGEST_QUOTED = 100_000
_PLAIN_END = re.compile(r"[^\n#]*+(?:(?<![ \t])#[^\n#]*+)*+")
_BLOCK = re.compile(r"[|>][+\-\d]*+[ \t\r]*+(?:#[^\n]*+)?(?=\n|\Z)")
_CONTINUES = re.compile(r"(?:[ \t\r]*\n)*([ \t]++)(?![ \t\r\n#])")
_MORE = re.compile(r"\s*\n\s*")
_ESCAPE = re.compile(r"\\(?:([nrt0])|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|\r?\n[ \t]*|(.))")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_PAIR = re.compile(r"([A-Za-z_][\w.]*+)=")
_DATA = re.compile(r"\.(?:ya?ml|sh|bash|json|sql|py|js)$")

# What these keys hold is run by a shell, or as one command with its arguments.
RUN_KEYS = frozenset(
    "run script before_script after_script before_install install before_deploy deploy after_success after_failure shell"
    " bash commands cmds pre_build post_build inlineScript".split()
)
COMMAND_KEYS = frozenset("command args entrypoint cmd".split())


def literals(text: str, path: str = "") -> list[Literal]:
    """Return every scalar with its key, the words of its commands, its defaults and its comments."""
    return _Reader(text, _embedded).read()


def _embedded(text: str, path: str) -> list[Literal]:
    """YAML in a block of YAML; what is in a block of that is read as lines: there is no third level."""
    return _Reader(text, lines.literals).read()


class _Reader:
    """A position in the text, and the keys that enclose it with the column of each."""

    def __init__(self, text: str, embedded: Callable[[str, str], list[Literal]]) -> None:
        self.text = text
        self.embedded = embedded
        self.size = len(text)
        self.found: list[Literal] = []
        self.open: list[tuple[int, Path]] = []
        self.named = ("", -1)  # of `name: X`, the value and column, for the `value: Y` that follows
        self.argv: list[Word] = []  # the list items so far of a command
        self.argv_path: Path = ()

    def read(self) -> list[Literal]:
        text, at, opened = self.text, 0, self.open
        match = _LINE.match
        while at < self.size:
            line = match(text, at)
            assert line is not None  # every part is optional
            column = len(line[1])
            dashes, key = line[2], line[3]
            if not (dashes or key):
                at = self._unkeyed(line.end(), column)
                continue
            dash = column if dashes else -1
            limit = column + 1 if dashes else column
            while opened and opened[-1][0] >= limit:
                opened.pop()
            path = opened[-1][1] if opened else ()
            if self.argv and (key or path != self.argv_path):
                self._flush()
            at = self._item(line.end(), line.start(3) - line.start(), key, path, dash)
        self._flush()
        return self.found

    def _item(self, at: int, column: int, key: str | None, path: Path, dash: int) -> int:
        """Read what follows a key or a dash (-1: there is none), to the end of its last line."""
        if dash >= 0:
            self.named = ("", -1)
        if key is None:
            return self._value(at, path[-1] if path else "", path[:-1], dash, True)
        name = key[1:-1] if key[0] in "\"'" else key.rstrip()
        if self._is_end(at):
            self.open.append((column, (*path, name)))
            return self._comment(at)
        before = len(self.found)
        bound = self.named[0] if name in ("value", "default") and self.named[1] == column else name
        end = self._value(at, bound, path, column, False)
        if name in ("name", "key") and len(self.found) > before:
            self.named = (self.found[before].value, column)
        return end

    def _is_end(self, at: int) -> bool:
        return at >= self.size or self.text[at] in "\r\n#"

    def _unkeyed(self, at: int, column: int) -> int:
        """A line without key or dash: blank, a comment, a marker, a template, or a value on a line of its own."""
        if self._is_end(at) or self.text.startswith(("---", "...", "%", "{{", "*"), at):
            return self._comment(
                self.text.find("#", at, self._line_end(at)) if self.text[at : at + 1] != "#" else at, at
            )
        path = self.open[-1][1] if self.open else ()
        return self._value(at, path[-1] if path else "", path[:-1], column - 1, False)

    def _line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return self.size if end < 0 else end

    def _comment(self, at: int, line: int = -1) -> int:
        """Take the comment at a position, if there is one, and return the start of the next line."""
        end = self._line_end(at if at >= 0 else line)
        if at >= 0 and self.text.startswith("#", at):
            self.found += prose.comment(self.text, at, end)
        return end + 1

    def _value(self, at: int, name: str, path: Path, column: int, listed: bool) -> int:
        """Read one value of any style; ``column`` is that of the key or dash it belongs to."""
        text = self.text
        first = text[at : at + 1]
        if first in ("|", ">") and (header := _BLOCK.match(text, at)):
            return self._block(header, name, path, column, listed)
        if first in ("[", "{") and not text.startswith("{{", at):
            items, end = read_flow(text, at, column)
            self._flow(items, name, path)
            return self._comment_after(end)
        if first in ("'", '"') and (end := self._quoted_end(at, first, column)):
            self._scalar(at, end, name, path, listed)
            return self._comment_after(end)
        if first == "*" or self._is_end(at):
            return self._comment_after(at)
        return self._plain(at, name, path, column, listed)

    def _quoted_end(self, at: int, quote: str, column: int) -> int:
        """Where the string ends, or 0: it is never closed, or only by a line that is not its own."""
        quoted = _QUOTED[quote].match(self.text, at, min(self.size, at + _LONGEST_QUOTED))
        if not quoted:
            return 0
        line = self._line_end(at)
        while line < quoted.end():
            if (more := _CONTINUES.match(self.text, line + 1, quoted.end())) and len(more[1]) <= column:
                return 0
            line = self._line_end(line + 1)
        return quoted.end()

    def _comment_after(self, at: int) -> int:
        end = self._line_end(at)
        hash_at = self.text.find("#", at, end)
        return self._comment(hash_at, at)

    def _plain(self, at: int, name: str, path: Path, column: int, listed: bool) -> int:
        text = self.text
        match = _PLAIN_END.match(text, at)
        end = match.end() if match else at
        while end < self.size and text[end] == "\n" and (more := _CONTINUES.match(text, end + 1)):
            if len(more[1]) <= column or self._is_item(end + 1):
                break
            rest = _PLAIN_END.match(text, more.end())
            end = rest.end() if rest else more.end()
        stop = at + len(text[at:end].rstrip())
        self._scalar(at, stop, name, path, listed)
        return self._comment(end, end)

    def _is_item(self, at: int) -> bool:
        line = _LINE.match(self.text, at)
        return bool(line and (line[2] or line[3]))

    def _scalar(self, start: int, end: int, name: str, path: Path, listed: bool) -> None:
        quote = self.text[start] if self.text[start] in "\"'" else ""
        inner = (start + 1, end - 1) if quote else (start, end)
        if name in RUN_KEYS or name in COMMAND_KEYS:
            self._command(start, end, inner, name, path, listed)
            return
        if name == "test" and path and path[-1] == "healthcheck":
            self._command(start, end, inner, name, path, listed)
            return
        if listed and (pair := _PAIR.match(self.text, *inner)):
            path = (*path, name)
            name, inner = pair[1], (pair.end(), inner[1])
            start, end = inner
            if (
                self.text[start : start + 1] in ("'", '"')
                and end - start > 1
                and self.text[end - 1] == self.text[start]
            ):
                quote, inner = self.text[start], (start + 1, end - 1)
        if inner[0] < inner[1] or quote:
            value, defaults = filled(self.text, *inner, name, (*path, name) if name else path)
            self.found.append(Literal(_decoded(value, quote), start, end, name, path, "", "", VALUE, bool(quote)))
            self.found += defaults

    def _command(self, start: int, end: int, inner: tuple[int, int], name: str, path: Path, listed: bool) -> None:
        path = (*path, name)
        if listed and (name in COMMAND_KEYS or name == "test"):
            self.argv_path = path
            self.argv.append(shell.word(self.text, start, end))
            return
        script = _MORE.sub(lambda gap: " " * len(gap[0]), self.text[inner[0] : inner[1]])
        self.found += shifted(shell.script(script), inner[0], path)

    def _flush(self) -> None:
        self.found += shell.argv(self.text, self.argv, self.argv_path)
        self.argv = []

    def _flow(self, items: list[Item], name: str, path: Path) -> None:
        named = ""
        for key, inner, start, end in items:
            if not key and not inner:
                self._scalar(start, end, name, path, True)
                continue
            around = (*path, name, *inner) if name else (*path, *inner)
            bound = named if key == "value" and named else key
            self._scalar(start, end, bound or around[-1], around if key else around[:-1], not key)
            named = self.text[start:end].strip("\"'") if key == "name" else ""
        self._flush()

    def _block(self, header: re.Match[str], name: str, path: Path, column: int, listed: bool) -> int:
        """A literal or folded block: a script, a file of its own, or text."""
        text, start = self.text, min(header.end() + 1, self.size)
        first = _CONTINUES.match(text, start)
        if not first or len(first[1]) <= column:
            return start
        end = self._block_end(start, len(first[1]))
        within = (*path, name) if name else path
        content = text[start:end]
        if name in RUN_KEYS or name in COMMAND_KEYS:
            if header[0][0] == ">":
                content = content.replace("\n", " ")
            self.found += shifted(shell.script(content), start, within)
        elif "-----BEGIN " in content:
            self.found.append(_text(content, start, name, path))
        else:
            reader = shell.script if name.endswith(".sh") else self.embedded if _DATA.search(name) else lines.literals
            inner = reader(content, name)
            self.found += shifted(inner, start, within) or [_text(content, start, name, path)]
        return end

    def _block_end(self, at: int, indent: int) -> int:
        margin = " " * indent
        while at < self.size:
            end = self._line_end(at)
            if not self.text.startswith(margin, at) and self.text[at:end].strip():
                return at
            at = end + 1
        return self.size


def _text(content: str, start: int, name: str, path: Path) -> Literal:
    value = content.strip()
    start += len(content) - len(content.lstrip())
    return Literal(value, start, start + len(value), name, path)


def _decoded(value: str, quote: str) -> str:
    if "\n" in value:
        value = _MORE.sub(" ", value)
    if quote == '"' and "\\" in value:
        return _ESCAPE.sub(_character, value)
    return value.replace("''", "'") if quote == "'" else value


def _character(escape: re.Match[str]) -> str:
    control, wide, narrow, other = escape.groups()
    if control:
        return _CONTROL[control]
    code = wide or narrow
    return chr(int(code, 16)) if code else other or ""
