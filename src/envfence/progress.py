"""How far a long run is, told on the terminal and nowhere else, and wiped out at the end."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO, TypeVar

T = TypeVar("T")

PATIENCE = 0.5  # seconds that a run may take without a word
PAUSE = 0.1  # seconds between two words
WIDTH = 30


def is_told(stream: TextIO | None = None) -> bool:
    """Return whether anybody is told: a terminal that can wipe out a line."""
    return (stream or sys.stderr).isatty() and os.environ.get("TERM") != "dumb"


def shown(
    items: Iterable[T], total: int, what: str, place: Callable[[T], int], stream: TextIO | None = None
) -> Iterator[T]:
    """Yield the items, and say on standard error how far of ``total`` they are: at the ``place`` of the last."""
    terminal: TextIO = stream or sys.stderr
    if not (total and is_told(stream)):
        yield from items
        return
    last, width = time.monotonic() + PATIENCE - PAUSE, 0
    try:
        for item in items:
            yield item
            done = place(item)
            if time.monotonic() - last > PAUSE:
                line = _line(min(done, total), total, what)
                terminal.write(f"\r{line:{width}}")
                terminal.flush()
                last, width = time.monotonic(), len(line)
    finally:
        if width:
            terminal.write(f"\r{'':{width}}\r")
            terminal.flush()


def _line(done: int, total: int, what: str) -> str:
    return f"[{'#' * (WIDTH * done // total):{WIDTH}}] {done:,} of {total:,} {what}"
