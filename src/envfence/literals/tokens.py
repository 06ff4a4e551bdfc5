"""Split code into strings, comments and the rest, in one pass and in any language.

Broken code is read as far as it makes sense: an unclosed string ends with its line, an unclosed bracket with the file.
"""

import re
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

from envfence.literals.candidates import Spans
from envfence.literals.languages import Syntax

STRING = "\x01"  # fills a string in `Code.bare`, so that a name beside it stays a name
GROUP = "\x02"  # fills a bracket with what it holds in a head


class Token(NamedTuple):
    """A string or a comment: offsets into the text, delimiters included."""

    start: int
    end: int
    is_comment: bool


class Brackets:
    """The brackets of each part of a text, found when the part is first asked about."""

    def __init__(self, bare: str, parts: Spans) -> None:
        self._bare, self._parts = bare, parts
        self._known: dict[int, tuple[list[int], list[int]]] = {}

    def left_of(self, offset: int) -> tuple[list[int], list[int], int]:
        """Return the offsets just behind each bracket of the part, what is open there, and how many are to the left.

        What is open is a bracket's offset, or -1.
        """
        at = max(0, bisect_right(self._parts, offset, key=_start) - 1)
        if at not in self._known:
            self._known[at] = _brackets(self._bare, *self._parts[at])
        edges, openers = self._known[at]
        return edges, openers, bisect_right(edges, offset)


def _start(part: tuple[int, int]) -> int:
    return part[0]


class Code(NamedTuple):
    """A file of code. ``bare`` has the length of ``text``: strings are filled with STRING, comments with spaces."""

    text: str
    bare: str
    tokens: list[Token]
    brackets: Brackets
    syntax: Syntax

    def opener(self, offset: int) -> int:
        """Return the offset of the innermost bracket that is open at ``offset``, or -1."""
        _, openers, count = self.brackets.left_of(offset)
        return openers[count - 1] if count else -1

    def behind_bracket(self, offset: int, most: int) -> int:
        """Return the offset behind the bracket that is ``most`` brackets left of ``offset``, or 0."""
        edges, _, count = self.brackets.left_of(offset)
        return edges[count - most] if count > most else 0

    def token_at(self, offset: int) -> Token | None:
        """Return the string or comment that covers ``offset``."""
        at = bisect_right(self.tokens, offset, key=lambda token: token.start) - 1
        return self.tokens[at] if at >= 0 and offset < self.tokens[at].end else None


@lru_cache
def _tokens_pattern(syntax: Syntax) -> re.Pattern[str]:
    comments = [re.escape(start) + r"[^\n]*" for start in syntax.line_comments]
    comments += [f"{re.escape(a)}[\\s\\S]*?(?:{re.escape(b)}|\\Z)" for a, b in syntax.block_comments]
    # A slash after an operator opens a regular expression, whose quotes are no strings. It is never long.
    regex = r"(?<=[=(,:!&|?])\s{0,2}/(?![*/\s])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.){0,200}+\]){1,500}+/"
    parts = [*comments, *syntax.strings, *([regex] if "`" in "".join(syntax.strings) else [])]
    return re.compile("|".join(parts))


_BRACKETS = re.compile(r"[()\[\]{}]")


def spans(text: str, syntax: Syntax) -> Spans:
    """Return the offsets of the strings and comments of ``text``, in order."""
    found = [match.span() for match in _tokens_pattern(syntax).finditer(text)]
    if "`" not in "".join(syntax.strings):
        return found
    comments = _comments(syntax)
    return [span for span in found if text[span[0]] != "/" or text.startswith(comments, span[0])]


@lru_cache
def _comments(syntax: Syntax) -> tuple[str, ...]:
    return (*syntax.line_comments, *(start for start, _ in syntax.block_comments))


def read(text: str, syntax: Syntax, parts: Spans | None = None) -> Code:
    """Return the strings, comments and brackets of ``text``, or of parts of it; the rest counts as blank lines."""
    parts = [(0, len(text))] if parts is None else parts
    tokens: list[Token] = []
    pieces: list[str] = []
    last = 0
    comments = _comments(syntax)
    for first, stop in parts:
        pieces.append("\n" * (first - last))
        last = first
        for match in _tokens_pattern(syntax).finditer(text, first, stop):
            start, end = match.span()
            is_comment = text.startswith(comments, start)
            if is_comment or text[start] != "/":  # a regular expression is neither
                tokens.append(Token(start, end, is_comment))
            pieces += (text[last:start], (" " if is_comment else STRING) * (end - start))
            last = end
        pieces.append(text[last:stop])
        last = stop
    bare = "".join((*pieces, "\n" * (len(text) - last)))
    return Code(text, bare, tokens, Brackets(bare, parts), syntax)


def _brackets(bare: str, first: int, stop: int) -> tuple[list[int], list[int]]:
    edges, openers, opened = [first], [-1], [-1]
    for match in _BRACKETS.finditer(bare, first, stop):
        at = match.start()
        if bare[at] in "([{":
            opened.append(at)
        elif len(opened) > 1:
            opened.pop()
        edges.append(at + 1)
        openers.append(opened[-1])
    return edges, openers
