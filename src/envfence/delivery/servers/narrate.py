"""What a person sees of a rollout: one line for each step that begins or ends, with the host that it is about."""

import sys
import threading
import time
from collections.abc import Callable
from typing import TextIO

STEPS = (
    "preflight",  # ask every host what it has
    "lock",  # take the lock of every host
    "refuse",  # an older commit, a pinned fleet, a contract step too early
    "intent",  # write down on every host what begins
    "ship",  # bundle, files and images
    "backup",  # dump the database
    "migrate",  # once, from the new image
    "roll",  # change the services of a host
    "gate",  # wait until every service is what it is to be
    "record",  # write down on every host what runs
    "restore",  # after a failure only: every changed host back to what it ran
    "log",  # append the result to the log of every host
    "unlock",
    "notify",
)


class Narrator:
    """Prints lines `step  host  what  seconds` to standard error; hosts may speak at the same time."""

    def __init__(self, mask: Callable[[str], str], stream: TextIO | None = None) -> None:
        self._mask = mask
        self._stream = stream or sys.stderr
        self._start = time.monotonic()
        self._turn = threading.Lock()

    @property
    def seconds(self) -> float:
        """How long it has been."""
        return time.monotonic() - self._start

    def tell(self, step: str, host: str, what: str) -> None:
        """Print a line for each line of ``what``, without values."""
        with self._turn:
            for line in self._mask(what).splitlines() or [""]:
                print(f"{self.seconds:6.1f} s  {step:<9} {host:<10} {line}".rstrip(), file=self._stream, flush=True)

    def say(self, text: str) -> None:
        """Print a sentence that is about no step."""
        with self._turn:
            print(self._mask(text), file=self._stream, flush=True)
