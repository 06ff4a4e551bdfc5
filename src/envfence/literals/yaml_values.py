"""Values of YAML: what they belong to, where they end, and what they say."""

import re
from typing import NamedTuple

from envfence.literals import Literal
from envfence.literals.offsets import line_end

Path = tuple[str, ...]

_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
# Rarely needed, so compiled when they are.
_FOLD = r"(?<![ \t\r])[ \t\r]*+\n\s*+"
_ESCAPE = r"\\(?:([nrt0])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U000([0-9a-fA-F]{5})|\r?\n[ \t]*|(.))"

# What these keys hold is run by a shell, or as one command with its arguments.
_RUN_KEYS = frozenset(
    "run script before_script after_script before_install install before_deploy deploy after_success after_failure"
    " shell bash commands cmds pre_build post_build inlineScript".split()
)
_COMMAND_KEYS = frozenset("command args entrypoint cmd".split())


class Place(NamedTuple):
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
        return self.name in _RUN_KEYS or self.is_command

    @property
    def is_command(self) -> bool:
        """Whether a list here holds the words of one command."""
        return self.name in _COMMAND_KEYS or (self.name == "test" and self.path[-1:] == ("healthcheck",))


def is_quoted(text: str, start: int, end: int) -> bool:
    """Return whether the same quote opens and closes text[start:end]."""
    return end - start > 1 and text[start] in "\"'" and text[start] == text[end - 1]


def plain_line_end(text: str, at: int) -> int:
    """Return where a plain value ends on its line: before a comment, which a blank precedes."""
    end = line_end(text, at)
    mark = text.find("#", at, end)
    while mark > at and text[mark - 1] not in " \t":
        mark = text.find("#", mark + 1, end)
    return mark if mark > at else end


def block_end(text: str, at: int, indent: int) -> int:
    """Return where the block of lines ends that are blank or have the indentation."""
    margin = " " * indent
    while at < len(text):
        end = line_end(text, at)
        if not text.startswith(margin, at) and text[at:end].strip():
            return at
        at = end + 1
    return len(text)


def text_of(content: str, start: int, place: Place) -> Literal:
    """Return a block, which begins at ``start``, as one literal."""
    value = content.strip()
    start += len(content) - len(content.lstrip())
    return Literal(value, start, start + len(value), place.name, place.path)


def unfolded(text: str) -> str:
    """Return a text of several lines as one line of the same length."""
    return re.sub(_FOLD, lambda gap: " " * len(gap[0]), text) if "\n" in text else text


def decoded(value: str, quote: str) -> str:
    """Return what the text between quotes says ("": there are none), its lines folded."""
    if "\n" in value:
        value = re.sub(_FOLD, " ", value)
    if quote == '"' and "\\" in value:
        return re.sub(_ESCAPE, _character, value)
    return value.replace("''", "'") if quote == "'" else value


def _character(escape: re.Match[str]) -> str:
    control, byte, short, long, other = escape.groups()
    if control:
        return _CONTROL[control]
    code = byte or short or long
    return chr(int(code, 16)) if code else other or ""
