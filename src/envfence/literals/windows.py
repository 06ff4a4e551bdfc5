"""Which parts of a long file of code to read: only the definitions around the candidate lines.

A part goes from a line to a line where no string, comment or bracket can be open; what lies between is never looked at.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from envfence.literals.candidates import Spans
from envfence.literals.languages import JSON, Syntax

SHORT = 4000  # characters of code that are read as they are
LONG_DATA = 100_000  # characters of JSON; in more, what encloses the outermost keys is not worth reading all of it

_BEGINS = re.compile(r"^[A-Za-z@]", re.MULTILINE)
_BEGINS_INDENTED = re.compile(r"^(?:[A-Za-z@]|(?: {4}|\t)(?:def|class|async|@))", re.MULTILINE)
_BEGINS_MEMBER = re.compile(r"^(?: {2,4}|\t{1,2})\"", re.MULTILINE)
_LONG_STRING = re.compile(r"\"\"\"|'''|`")
_LONG_COMMENT = re.compile(r"/\*|\*/")


def around(text: str, syntax: Syntax, lines: Spans) -> Spans:
    """Return the parts of ``text`` that hold the lines, in order and apart from each other."""
    if len(text) <= (LONG_DATA if syntax is JSON else SHORT):
        return [(0, len(text))]
    starts = [0, *_safe_starts(text, syntax)]
    parts: Spans = []
    for start, end in lines:
        first = starts[bisect_right(starts, start) - 1]
        after = bisect_left(starts, end)
        last = starts[after] if after < len(starts) else len(text)
        if parts and first <= parts[-1][1]:
            parts[-1] = parts[-1][0], max(parts[-1][1], last)
        else:
            parts.append((first, last))
    return parts


def _safe_starts(text: str, syntax: Syntax) -> Iterator[int]:
    """Yield where definitions begin, but for lines inside a long string or comment."""
    if syntax is JSON:  # no string goes over a line
        yield from (member.start() for member in _BEGINS_MEMBER.finditer(text))
        return
    strings = [match.start() for match in _LONG_STRING.finditer(text)]
    comments = (
        [(match.start(), match[0] == "/*") for match in _LONG_COMMENT.finditer(text)] if syntax.block_comments else []
    )
    for begin in (_BEGINS_INDENTED if syntax.newline_ends else _BEGINS).finditer(text):
        at = begin.start()
        if bisect_left(strings, at) % 2:
            continue
        comment = bisect_left(comments, (at, False)) - 1
        if comment < 0 or not comments[comment][1]:
            yield at
