"""Literals of shell scripts, and of the files whose lines are handed to a shell."""

import os.path
import re

from envfence.literals import Literal
from envfence.literals.offsets import shifted
from envfence.literals.script import Script

_QUOTES = re.compile(r"\"{1,3}|'{1,3}|`")


def in_string(text: str, start: int, end: int) -> list[Literal]:
    """Return the literals of a script that stands in a string of code, its quotes included, at these offsets."""
    quote = _QUOTES.match(text, start, end)
    first = quote.end() if quote else start
    return shifted(Script(text[first:end].rstrip("\"'`")).read(), first)


def literals(text: str, path: str = "") -> list[Literal]:
    """Return assignments, the words of commands, defaults, here-documents and comments."""
    name = os.path.basename(path).lower()
    if name.endswith((".sh", ".bash", ".zsh", ".ksh")):
        return Script(text).read()
    from envfence.literals import recipes

    return recipes.reader_of(name)(text)
