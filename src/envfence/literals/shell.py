"""Literals of shell scripts, and of the files whose lines are handed to a shell."""

import os.path

from envfence.literals import Literal
from envfence.literals.script import Script


def literals(text: str, path: str = "") -> list[Literal]:
    """Return assignments, the words of commands, defaults, here-documents and comments."""
    name = os.path.basename(path).lower()
    if name.endswith((".sh", ".bash", ".zsh", ".ksh")):
        return Script(text).read()
    from envfence.literals import recipes

    return recipes.reader_of(name)(text)
