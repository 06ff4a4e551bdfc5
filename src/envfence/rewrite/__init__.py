"""Hardcoded values to settings: which characters of a file become what, and which keys hold the values.

One module for each kind of file has a function `rewrite(path, text, spots, keys) -> Rewritten`. It is pure but for
``keys``, which gives every value its key and remembers it. What it is not sure of it leaves alone, and says why.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from envfence.finding import Finding


class Edit(NamedTuple):
    """Characters of a file, from ``start`` to ``end`` in code points, that become ``replacement``."""

    start: int
    end: int
    replacement: str


class Left(NamedTuple):
    """A finding that is left alone, and why. It holds no value."""

    path: str
    line: int
    rule: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: left alone: {self.reason}"


class Spot(NamedTuple):
    """A finding with its place in the text of its file, in code points."""

    finding: Finding
    start: int
    end: int

    def left(self, reason: str) -> Left:
        """Return the finding as one that is left alone."""
        return Left(self.finding.path, self.finding.line, self.finding.rule, reason)


class Rewritten(NamedTuple):
    """What becomes of a file."""

    edits: Sequence[Edit] = ()
    left: Sequence[Left] = ()


def spots(text: str, findings: Iterable[Finding]) -> list[Spot]:
    """Return the findings of a file that have a place narrower than a line, by place."""
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    placed = (
        Spot(one, starts[one.line - 1] + one.column - 1, starts[one.end_line - 1] + one.end_column - 1)
        for one in findings
        if one.column and one.end_column
    )
    return sorted(placed, key=lambda spot: (spot.start, spot.end))


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Return ``text`` with all edits made. Raise ValueError if two of them overlap."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits):
        if edit.start < at:
            raise ValueError("two edits overlap")
        parts += text[at : edit.start], edit.replacement
        at = edit.end
    return "".join((*parts, text[at:]))
