"""The databases of hyperscan, kept between runs: to compile them takes 0.2 s, as long as to read 10 MB of code.

Only patterns of this package are kept, never one that is made from a value. What lies in the user's cache folder is
used if it is whole and of this machine's kind, and made anew at the first doubt.
"""

import contextlib
import os
import sys
from collections.abc import Callable
from hashlib import sha256
from importlib import import_module
from typing import Any, Protocol, cast

from envfence.errors import FenceError

FOLDER = "envfence"
MOST_BYTES = 4_000_000


class Database(Protocol):
    """What is used of a database: it calls with the number of a pattern, start, end, flags and a context."""

    def scan(self, data: bytes, *, match_event_handler: Callable[[int, int, int, int, object], object]) -> None:
        """Tell every match; a call that returns something true ends the search."""
        ...


def database(expressions: list[bytes], flags: int, *, keep: bool) -> Database:
    """Return a database of hyperscan, which has to be installed, for patterns that all have the same ``flags``."""
    hyperscan: Any = import_module("hyperscan")
    file = _file(repr((hyperscan.__version__, flags, expressions)).encode()) if keep else ""
    if file and (kept := _read(file)):
        with contextlib.suppress(hyperscan.error):  # of another processor, or of another version
            found: Any = hyperscan.loadb(kept, hyperscan.HS_MODE_BLOCK)
            found.scratch = hyperscan.Scratch(found)
            return cast("Database", found)
    made: Any = hyperscan.Database()
    made.compile(expressions=expressions, elements=len(expressions), flags=[flags] * len(expressions))
    if file:
        _write(file, hyperscan.dumpb(made))
    return cast("Database", made)


def cache_folder() -> str:
    """Return the folder of the user's caches as the system names it, "" if there is none."""
    own = os.environ.get("LOCALAPPDATA") if os.name == "nt" else os.environ.get("XDG_CACHE_HOME")
    home = os.path.expanduser("~")
    usual = os.path.join(home, "Library", "Caches") if sys.platform == "darwin" else os.path.join(home, ".cache")
    folder = own or usual
    return os.path.join(folder, FOLDER) if os.path.isabs(folder) else ""


def _file(content: bytes) -> str:
    folder = cache_folder()
    return os.path.join(folder, f"{sha256(content).hexdigest()[:32]}.hs") if folder else ""


def _read(file: str) -> bytes:
    try:
        with open(file, "rb") as stream:
            digest, _, body = stream.read(MOST_BYTES).partition(b"\n")
    except OSError:
        return b""
    return body if sha256(body).hexdigest().encode() == digest else b""


def _write(file: str, body: bytes) -> None:
    """Keep a database. That there is no room, or no right, to do so is no fault of the run."""
    from envfence import atomic

    with contextlib.suppress(OSError, FenceError):
        os.makedirs(os.path.dirname(file), mode=0o700, exist_ok=True)
        atomic.write(file, sha256(body).hexdigest().encode() + b"\n" + body)
