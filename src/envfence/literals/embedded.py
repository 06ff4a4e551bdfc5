"""Credentials inside a longer text: settings in a comment, a docstring, a JSON string, a query or a connection string.

From a word that may name a credential the reader looks at its line: left for the whole name, right for the value.
"""

import re
from collections.abc import Iterable, Iterator

from envfence.literals import DOC, VALUE, Literal
from envfence.literals.candidates import Spans, is_likely, lowered
from envfence.literals.offsets import line_end

# Each begins with a certain character, so that all others are passed over at once.
_HINT = re.compile(
    r"passw|pwd|passphrase|pass(?<![^\W_]pass)\b|pw\b|secret|token|credential|key|salt|nonce|verifier|jwt|auth"
    r"|identified|bearer\s|basic\s|eyj(?<!\weyj)|://[^\s/]{0,200}@|-----begin|-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
_EVIDENT_HINT = re.compile(
    r"://[^\s/]{0,200}@|basic(?<!\wbasic)\s|bearer(?<!\wbearer)\s|eyj(?<!\weyj)|-----begin|identified|password '"
)
_COMPOSED = re.compile(r"[\s=&\"'`\\]")  # a value with none of these holds nothing but itself


def inner(text: str, found: Iterable[Literal]) -> list[Literal]:
    """Return what is embedded in the literals that hold more than a value, with the role of the whole."""
    inside: list[Literal] = []
    done = -1
    for literal in sorted(found, key=lambda each: each.start):
        if literal.end > done and (literal.role == DOC or _COMPOSED.search(literal.value)):
            inside += within(text, max(literal.start, done), literal.end, literal.role)
            done = literal.end
    return inside


def may_hold(value: str) -> bool:
    """Return whether something may be embedded in the value."""
    return bool(_COMPOSED.search(value) and _HINT.search(lowered(value)))


def evident(text: str, lines: Spans, found: Iterable[Literal]) -> list[Literal]:
    """Return what is evident on the lines of a file of configuration or commands, however they were taken apart."""
    hints = [
        (start + hint.start(), start + hint.end())
        for start, end in lines
        for hint in _EVIDENT_HINT.finditer(lowered(text[start:end]))
    ]
    if not hints:
        return []
    from envfence.literals import inline  # its patterns take longer to compile than most files to read

    inside: list[Literal] = []
    texts = sorted((literal.start, literal.end) for literal in found if literal.role == DOC)
    done = -1
    for hint_start, hint_end in hints:
        if hint_end > done:
            start, done = text.rfind("\n", 0, hint_start) + 1, line_end(text, hint_end)
            role = DOC if is_likely(texts, hint_start, hint_end) else VALUE
            inside += inline.evident(text, start, done, len(text), role)
    return inside


def within(text: str, start: int, end: int, role: str = DOC) -> Iterator[Literal]:
    """Yield what is embedded in ``text[start:end]``."""
    low = lowered(text[start:end])
    if not _HINT.search(low):
        return
    from envfence.literals import inline

    at = 0
    while hint := _HINT.search(low, at):
        first = max(start, text.rfind("\n", start, start + hint.start()) + 1)
        at = low.find("\n", hint.end())
        at = len(low) if at < 0 else at
        yield from inline.on_line(text, first, start + at, end, role)
