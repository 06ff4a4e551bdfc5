"""Literals of notebooks: cells of code are Python, cells of text are documentation, outputs are nobody's."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from envfence.literals import VALUE, Literal, candidates, code, embedded, prose
from envfence.literals.candidates import Spans
from envfence.literals.code import Wanted

_TOKEN = re.compile(r"\"(?:[^\"\\\n]++|\\.)*+\"|[\[\]{}:]")
_IS_KEY = re.compile(r"\s*:")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_MAGIC = re.compile(r"^[ \t]*[%!][^\n]*", re.MULTILINE)
_CELL_DEPTH = 3  # {"cells": [{
_SOURCE_DEPTHS = (3, 4)  # "source": "…" and "source": ["…", …]


class _Cell(NamedTuple):
    """A cell: what it says, and for runs of it where each begins in the cell and in the file."""

    text: str
    starts: list[int]
    offsets: list[int]

    def offset(self, at: int) -> int:
        """Return the offset in the file."""
        run = bisect_right(self.starts, at) - 1
        return self.offsets[run] + at - self.starts[run]


def on_lines(text: str, path: str, lines: Spans, wanted: Wanted) -> list[Literal]:
    """Return the literals of all cells, with the offsets of the file."""
    if '"worksheets"' in text or not _is_whole(text):  # of version 3, or broken: it was to be JSON
        return code.literals(text, "cells.json", lines, wanted)
    found: list[Literal] = []
    for kind, cell in _cells(text):
        likely = candidates.likely_lines(cell.text, candidates.IN_CODE)
        if not likely:
            continue
        read = _of_code(cell.text, likely, wanted) if kind == "code" else prose.on_lines(cell.text, path, likely, None)
        found += [one._replace(start=cell.offset(one.start), end=cell.offset(one.end)) for one in read]
    return found


def _is_whole(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _of_code(text: str, likely: Spans, wanted: Wanted) -> list[Literal]:
    magics = [magic.span() for magic in _MAGIC.finditer(text) if candidates.is_likely(likely, *magic.span())]
    found = code.literals(text, "cell.py", likely, wanted)
    found = [one for one in found if not candidates.is_likely(magics, one.start, one.end)]
    inside = [one for start, end in magics for one in prose.everything(text, start, end, VALUE)]
    return [*found, *embedded.inner(text, found), *inside]


def _cells(text: str) -> Iterator[tuple[str, _Cell]]:
    """Yield the kind of each cell, and what it says."""
    depth, key, last = 0, "", ""
    kind, pieces = "", list[tuple[int, int]]()
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "[{":
            depth += 1
        elif mark in "]}":
            depth -= 1
            if mark == "}" and depth == _CELL_DEPTH - 1 and pieces:
                yield kind, _cell(text, pieces)
                kind, pieces = "", []
        elif mark == ":":
            key = last if depth == _CELL_DEPTH else key
        elif _IS_KEY.match(text, token.end()):
            last = mark[1:-1]
        elif key == "cell_type" and depth == _CELL_DEPTH:
            kind = mark[1:-1]
        elif key == "source" and depth in _SOURCE_DEPTHS:
            pieces.append((token.start() + 1, token.end() - 1))


def _cell(text: str, pieces: list[tuple[int, int]]) -> _Cell:
    parts: list[str] = []
    starts: list[int] = []
    offsets: list[int] = []
    size = 0

    def add(part: str, offset: int) -> None:
        nonlocal size
        if part:
            parts.append(part)
            starts.append(size)
            offsets.append(offset)
            size += len(part)

    for first, stop in pieces:
        at = first
        for escape in _ESCAPE.finditer(text, first, stop):
            add(text[at : escape.start()], at)
            character = chr(int(escape[1], 16)) if escape[1] else _CONTROL.get(escape[2], escape[2])
            add(character, escape.start())
            at = escape.end()
        add(text[at:stop], at)
    return _Cell("".join(parts), starts, offsets)
