"""Literals of pages: what stands in their scripts is JavaScript, all else is a text."""

import re
from collections.abc import Iterator

from envfence.literals import DOC, Literal, candidates, code, embedded, prose
from envfence.literals.candidates import Spans
from envfence.literals.code import Wanted
from envfence.literals.offsets import shifted

_SCRIPT = re.compile(r"<script\b[^<>]{0,500}>(?P<code>[^<]*+(?:<(?!/script\b)[^<]*+)*+)", re.IGNORECASE)
_SYNTAX = "script.js"


def on_lines(text: str, path: str, lines: Spans, wanted: Wanted) -> list[Literal]:
    """Return the literals of the scripts on these lines, and what the text around them shows."""
    found: list[Literal] = []
    at = 0
    for start, end in (*(script.span("code") for script in _SCRIPT.finditer(text)), (len(text), len(text))):
        found += _shown(text, lines, at, start)
        if inside := candidates.inside(lines, start, end):
            found += shifted(_run(text[start:end], inside, wanted), start)
        at = end
    return found


def _run(script: str, lines: Spans, wanted: Wanted) -> list[Literal]:
    found = code.literals(script, _SYNTAX, lines, wanted)
    return [*found, *embedded.inner(script, found)]


def _shown(text: str, lines: Spans, first: int, last: int) -> Iterator[Literal]:
    for start, end in candidates.inside(lines, first, last):
        yield from prose.everything(text, max(first, first + start), min(last, first + end), DOC)
