"""Literals of shell scripts, and of Dockerfiles, makefiles and batch files, whose lines are handed to a shell."""

import os.path
import re

from envfence.literals import DEFAULT, Literal, prose
from envfence.literals.commands import Path, Word, of_command, script_of
from envfence.literals.holes import filled
from envfence.literals.script import Script
from envfence.literals.shifted import shifted

_INSTRUCTION = re.compile(
    r"[ \t]*+(?:(?P<comment>#)|(?P<name>FROM|RUN|CMD|ENTRYPOINT|HEALTHCHECK|ENV|ARG|LABEL|EXPOSE|USER|SHELL|ONBUILD|COPY|ADD"
    r"|WORKDIR|VOLUME|STOPSIGNAL|MAINTAINER)[ \t]++)?",
    re.I,
)
_RUNS = re.compile(r"(?:--\w[^\s]*+[ \t\\\n]++)*+(?:CMD[ \t]++)?", re.I)


def literals(text: str, path: str = "") -> list[Literal]:
    """Return assignments, the words of commands, defaults, here-documents and comments."""
    name = os.path.basename(path).lower()
    return script(text)


def script(text: str, path: str = "") -> list[Literal]:
    """Return the literals of a shell script."""
    return Script(text).read()


def word(text: str, start: int, end: int) -> Word:
    """Return text[start:end], quotes included, as one word of a command."""
    quoted = end - start > 1 and text[start] in "\"'" and text[start] == text[end - 1]
    value, _ = filled(text, start + quoted, end - quoted)
    return Word(value, start, end, start + quoted, quoted)


def argv(text: str, words: list[Word], path: Path) -> list[Literal]:
    """Return the literals of a command that is written as a list of its words: `["redis-cli", "-a", "…"]`."""
    if words and words[0].value in ("CMD", "CMD-SHELL", "NONE"):
        shell = words[0].value == "CMD-SHELL"
        words = words[1:]
    else:
        shell = bool(words) and bool(re.search(r"\s", words[0].value))
    if not words:
        return []
    found = [literal for word in words for literal in filled(text, word.start, word.end, "", path)[1]]
    inner = words[0] if shell else script_of(words)
    if not inner:
        return found + of_command(words, path)
    margin = inner.inner - inner.start
    body = text[inner.inner : inner.end - margin]
    rest = [word for word in words if word is not inner]
    return shifted(Script(body).read(), inner.inner, path) + of_command(rest, path)
