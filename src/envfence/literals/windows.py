"""Which parts of a long file to read: only the definitions, or the sections, around the candidate lines.

A part goes from a line to a line where no string, comment or bracket can be open; what lies between is never looked at.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from envfence.literals.candidates import Spans
from envfence.literals.languages import JSON, Syntax

SHORT = 4000  # characters of code that are read as they are
SHORT_SECTIONS = 1000  # characters of YAML that are read as they are
LINE_BY_LINE = (".ps1", ".bat", ".cmd")  # in which no command goes on
NEAR = 1000  # characters before a line in which its definition mostly begins
LONGEST_BEGIN = 10  # characters that tell a beginning
LONG_DATA = 100_000  # characters of JSON; in more, what encloses the outermost keys is not worth reading all of it

_BEGINS = re.compile(r"^[A-Za-z@]", re.MULTILINE)
_BEGINS_INDENTED = re.compile(r"^(?:[A-Za-z@]|(?: {4}|\t)(?:def|class|async|@))", re.MULTILINE)
_BEGINS_MEMBER = re.compile(r"^(?: {2,4}|\t{1,2})\"", re.MULTILINE)
_TOP_KEY = re.compile(r"^[A-Za-z_\"'./$][^\n:]*:", re.MULTILINE)
_TOP_ITEM = re.compile(r"^- ", re.MULTILINE)
_LINE_END = re.compile(r"\n")
_COMMENT_MARK = re.compile(r"/\*|\*/")
_LONG_STRINGS = ('"""', "'''", "`")


def around(text: str, syntax: Syntax, lines: Spans) -> Spans:
    """Return the parts of ``text`` that hold the lines, in order and apart from each other."""
    if len(text) <= (LONG_DATA if syntax is JSON else SHORT):
        return [(0, len(text))]
    starts = _Starts(text, syntax)
    parts: Spans = []
    for start, end in lines:
        if parts and end <= parts[-1][1]:
            continue
        first, last = starts.before(start), starts.behind(end)
        if parts and first <= parts[-1][1]:
            parts[-1] = parts[-1][0], last
        else:
            parts.append((first, last))
    return parts


def sections(text: str, path: str, kind: str, lines: Spans) -> Spans:
    """Return the parts of a file of configuration, or of commands, that hold the lines."""
    if kind == "yaml" and len(text) > SHORT_SECTIONS:
        key = _TOP_KEY.search(text)
        return list(_between([match.start() for match in (_TOP_KEY if key else _TOP_ITEM).finditer(text)], text, lines))
    if path.lower().endswith(LINE_BY_LINE):
        return list(_between([match.end() for match in _LINE_END.finditer(text)], text, lines))
    return [(0, len(text))]


def _between(starts: list[int], text: str, lines: Spans) -> Iterator[tuple[int, int]]:
    """Yield the parts from start to start that hold the lines, each once."""
    starts = [0, *starts, len(text)]
    done = 0
    for start, end in lines:
        first = max(done, starts[bisect_right(starts, start) - 1])
        done = max(done, starts[min(bisect_left(starts, end), len(starts) - 1)])
        if first < done:
            yield first, done


class _Starts:
    """Finds where definitions begin, but for lines inside a long string or comment."""

    def __init__(self, text: str, syntax: Syntax) -> None:
        self.text = text
        self.begins = _BEGINS_MEMBER if syntax is JSON else _BEGINS_INDENTED if syntax.newline_ends else _BEGINS
        self.marks = () if syntax is JSON else _LONG_STRINGS  # no string of JSON goes over a line
        marks = _COMMENT_MARK.finditer(text) if syntax.block_comments and self.marks else ()
        self.comments = [(match.start(), match[0] == "/*") for match in marks]
        self.counted, self.odd = 0, False  # up to where marks are counted, and whether their number is odd there

    def before(self, at: int) -> int:
        """Return the last start at ``at`` or before it."""
        reach = NEAR
        while True:
            first = max(0, at - reach)
            found = [match.start() for match in self.begins.finditer(self.text, first, at + LONGEST_BEGIN)]
            for begin in reversed(found):
                if begin <= at and self._is_safe(begin):
                    return begin
            if not first:
                return 0
            reach *= 4

    def behind(self, at: int) -> int:
        """Return the first start at ``at`` or behind it."""
        for match in self.begins.finditer(self.text, at):
            if self._is_safe(match.start()):
                return match.start()
        return len(self.text)

    def _is_safe(self, at: int) -> bool:
        between = min(at, self.counted), max(at, self.counted)
        count = sum(self.text.count(mark, *between) for mark in self.marks)
        self.counted, self.odd = at, self.odd != bool(count % 2)
        if self.odd:
            return False
        comment = bisect_left(self.comments, (at, False)) - 1
        return comment < 0 or not self.comments[comment][1]
