"""Text to literals, by the reader of its kind: only what is needed for the file is loaded."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module

from envfence.literals import DOC, VALUE, Literal, candidates, embedded, windows
from envfence.literals.candidates import Spans
from envfence.literals.languages import MARKUP
from envfence.literals.offsets import shifted

Wanted = Callable[[str, str], bool]

_COMMENT = re.compile(r"<!--[\s\S]*?(?:-->|\Z)")


def literals_of(
    kind: str, path: str, text: str, lines: Spans, wanted: Wanted = lambda _value, _before: True
) -> list[Literal]:
    """Return the literals on the candidate lines of a file of this kind.

    ``wanted`` says whether a value is worth finding out what it is for, from what stands before it on its line.
    """
    if kind == "prose":
        if path.endswith(MARKUP):
            return _of_markup(text, lines)
        return [literal for start, end in lines for literal in _of_prose(text, start, end, DOC)]
    if kind == "code":
        from envfence.literals import code

        found = code.literals(text, path, lines, wanted)
        inside = embedded.inner(text, found)
        return [*found, *inside, *embedded.evident(text, lines, found)] if path.endswith(".sql") else [*found, *inside]
    reader = import_module(f"envfence.literals.{kind}")
    read: list[Literal] = []
    for first, last in windows.sections(text, path, kind, lines):
        read += shifted(reader.literals(text[first:last], path), first)
    found = [literal for literal in read if candidates.is_likely(lines, literal.start, literal.end)]
    return [*found, *embedded.inner(text, found), *embedded.evident(text, lines, found)]


def _of_markup(text: str, lines: Spans) -> list[Literal]:
    """What is in a comment is documentation, all else is used."""
    comments = [comment.span() for comment in _COMMENT.finditer(text)]
    found = [literal for start, end in lines for literal in _of_prose(text, start, end, VALUE)]
    return [
        literal._replace(role=DOC) if any(start <= literal.start < end for start, end in comments) else literal
        for literal in found
    ]


def _of_prose(text: str, start: int, end: int, role: str) -> Iterator[Literal]:
    from envfence.literals import inline, prose

    yield from (literal._replace(role=role) for literal in prose.within(text, start, end))
    yield from inline.on_line(text, start, end, len(text), role)
