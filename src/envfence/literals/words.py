"""A command that is written as a list of its words: `["redis-cli", "-a", "…"]`."""

import re

from envfence.literals import Literal
from envfence.literals.commands import Path, Word, of_command, script_of
from envfence.literals.holes import filled
from envfence.literals.offsets import shifted
from envfence.literals.script import Script

_CHECKS = ("CMD", "CMD-SHELL", "NONE")  # how a health check says what follows
_BLANK = re.compile(r"\s")


def word(text: str, start: int, end: int) -> Word:
    """Return text[start:end], quotes included, as one word of a command."""
    quoted = end - start > 1 and text[start] in "\"'" and text[start] == text[end - 1]
    value, _ = filled(text, start + quoted, end - quoted)
    return Word(value, start, end, start + quoted, quoted)


def argv(text: str, words: list[Word], path: Path) -> list[Literal]:
    """Return the literals of the command; what it hands to a shell is read as a script."""
    if not words:
        return []
    check = words[0].value if words[0].value in _CHECKS else ""
    words = words[1:] if check else words
    if not words:
        return []
    found = [literal for word in words for literal in filled(text, word.start, word.end, "", path)[1]]
    is_script = check == "CMD-SHELL" or bool(_BLANK.search(words[0].value))
    inner = words[0] if is_script else script_of(words)
    if not inner:
        return found + of_command(words, path)
    body = text[inner.inner : inner.end - (inner.inner - inner.start)]
    rest = [word for word in words if word is not inner]
    return shifted(Script(body, path).read(), inner.inner) + of_command(rest, path)
