"""Credentials inside a longer text: settings in a comment, a docstring, a JSON string, a query or a connection string.

From a word that may name a credential the reader looks at its line: left for the whole name, right for the value.
"""

import re
from collections.abc import Iterable, Iterator

from envfence.literals import DOC, VALUE, Literal
from envfence.literals.candidates import is_likely, lowered

_HINT = re.compile(
    r"passw|pwd|passphrase|\bpass\b|_pass\b|_?pw\b|secret|token|credential|key|salt|nonce|verifier|jwt|auth"
    r"|identified|bearer\s|basic\s|\beyj|://[^\s/]{0,200}@|-----begin|-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
_EVIDENT_HINT = re.compile(r"://[^\s/]{0,200}@|\bbasic\s|\bbearer\s|\beyj|-----begin|identified|password '")
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


def evident(text: str, found: Iterable[Literal]) -> list[Literal]:
    """Return what is evident in a file of configuration or commands, however its lines were taken apart."""
    low = lowered(text)
    if not _EVIDENT_HINT.search(low):
        return []
    from envfence.literals import inline  # its patterns take longer to compile than most files to read

    inside: list[Literal] = []
    texts = sorted((literal.start, literal.end) for literal in found if literal.role == DOC)
    at = 0
    while hint := _EVIDENT_HINT.search(low, at):
        start = text.rfind("\n", 0, hint.start()) + 1
        at = text.find("\n", hint.end())
        at = len(text) if at < 0 else at
        role = DOC if is_likely(texts, hint.start(), hint.end()) else VALUE
        inside += inline.evident(text, start, at, len(text), role)
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
