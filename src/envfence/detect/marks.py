"""Which of many short texts a file holds: what decides that nothing more need be read, or loaded."""

import re
from collections.abc import Callable
from functools import cache

Finder = Callable[[bytes], set[bytes]]


@cache
def finder(marks: tuple[bytes, ...], *, many: bool = False, keep: bool = False) -> Finder:
    """Return a function from bytes to those of ``marks`` that they hold.

    For ``many`` files hyperscan looks for all at once, where it is installed: 20 ms to load, then 20 times faster.
    ``keep`` says that the marks are the same everywhere, so that what is made of them may stay on disk.
    """
    found = _hyperscan(marks, keep=keep) if many and marks else None
    return found or (lambda data: {mark for mark in marks if mark in data})


def _hyperscan(marks: tuple[bytes, ...], *, keep: bool) -> Finder | None:
    try:
        from hyperscan import HS_FLAG_SINGLEMATCH
    except ImportError:
        return None
    from envfence.literals import compiled

    database = compiled.database([re.escape(mark) for mark in marks], HS_FLAG_SINGLEMATCH, keep=keep)

    def held(data: bytes) -> set[bytes]:
        found: set[bytes] = set()
        database.scan(data, match_event_handler=lambda number, _start, _end, _flags, _context: found.add(marks[number]))
        return found

    return held
