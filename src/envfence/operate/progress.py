"""What a person sees while a stack starts: a line for each service once it is there, and the one that is waited for."""

import re
import shutil
import sys
import time
from collections.abc import Iterable
from typing import TextIO

from envfence.operate.engine import Container

_EVENT = re.compile(
    r"\s*(?:Container|Network|Volume|Image)?\s*\S+\s+"
    r"(?:Creat|Start|Wait|Health|Exit|Runn|Recreat|Stopp|Remov|Built|Build|Pull|Error)\w*\s*$"
)
_STEP = re.compile(r"\s*#(?P<number>\d+) (?P<what>\[.*)")


class Progress:
    """Prints to standard error; on a terminal the last line is the present state, elsewhere there are only results."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._start = time.monotonic()
        self._told: dict[str, str] = {}

    @property
    def seconds(self) -> float:
        """How long it has been."""
        return time.monotonic() - self._start

    def say(self, text: str) -> None:
        """Print a line."""
        self._clear()
        print(text, file=self._stream, flush=True)

    def states(self, containers: Iterable[Container]) -> None:
        """Print the services that have changed into what they are to be, and show what the others do."""
        waiting: list[str] = []
        for one in containers:
            if not one.is_settled and not one.has_failed:
                waiting.append(f"{one.service} {one.shown}")
            elif self._told.get(one.id) != one.shown:
                self._told[one.id] = one.shown
                self.say(f"  {one.service:<20} {one.shown:<12} {self.seconds:5.1f} s")
        if waiting:
            self.now(f"waiting for {', '.join(waiting)}")

    def now(self, text: str) -> None:
        """Show what goes on, where a line can be overwritten."""
        if self._is_terminal:
            self._clear()
            width = shutil.get_terminal_size().columns - 1
            print(f"  {text} ({self.seconds:.0f} s)"[:width], end="", file=self._stream, flush=True)

    def _clear(self) -> None:
        if self._is_terminal:
            print("\r\x1b[2K", end="", file=self._stream)


def is_event(line: str) -> bool:
    """Tell whether a line of compose says that something happens as it should."""
    return bool(_EVENT.match(line))


def build_step(line: str) -> str:
    """Return which step of which image a line of the builder begins, "" for any other line."""
    found = _STEP.match(line)
    return found["what"].strip() if found else ""
