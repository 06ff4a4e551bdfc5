"""Run modules as they were and as they are to be, and compare what they hand to their clients.

Both are copies in a private folder. A trial compares them in a process of its own, from which no value comes back.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from queue import SimpleQueue
from typing import NamedTuple

from envfence.contract.stages import words_of_others
from envfence.progress import shown
from envfence.rewrite.plan import Change, Plan
from envfence.rewrite.proving.server import Outcome, Server

_LEFT_OUT = frozenset(".git .venv venv node_modules __pycache__ .mypy_cache .pytest_cache .tox .nox dist build".split())
_LARGEST = 1_000_000  # bytes of a file that is copied along
_MOST = 4  # servers at once


class Trial(NamedTuple):
    """What a plan is tried with.

    ``environment`` is the one whose values it moves, ``needed`` the libraries that they are read by. ``attributes`` are
    the names that the code reads of objects: a setting that nothing reads may become another.
    """

    environment: str
    needed: Sequence[str] = ()
    attributes: Sequence[str] = ()
    name: str = "verified"  # what the modules find as their `__name__`


def outcomes(root: str, plan: Plan, trial: Trial) -> list[Outcome]:
    """Return how each module of a plan fares once it is rewritten. Raise FenceError if none can be run."""
    paths = [change.path for change in plan.changes if change.path in plan.places and change.before is not None]
    with tempfile.TemporaryDirectory(prefix="envfence-", ignore_cleanup_errors=True) as folder:
        before, after = os.path.join(folder, "before"), os.path.join(folder, "after")
        shutil.copytree(root, before, ignore=_ignored, symlinks=True)
        shutil.copytree(before, after, symlinks=True)
        for change in plan.changes:
            _write(after, change)
        moved = {key.name for key in plan.keys}
        env = {key: value for key, value in os.environ.items() if key not in moved and not key.startswith("PYTHON")}
        asked = {"roots": [before, after], **trial._asdict(), "others": words_of_others(trial.environment)}
        most = max(1, min(_MOST, os.cpu_count() or 1, len(paths)))
        servers = [Server(asked, {**env, "ENVIRONMENT": trial.environment}) for _ in range(most)]
        found = _run(servers, [{"path": path, **plan.places[path]._asdict()} for path in paths])
        numbers = count(1)
        return list(shown(found, len(paths), "modules run before and after", lambda _: next(numbers)))


def told(tried: Sequence[Outcome]) -> list[str]:
    """Return how the modules of a plan have fared, for people: a line each for those that end early or still differ."""
    if not tried:
        return []
    other = [f"{one.path}:1: look at it: run with the settings, {one.differs}" for one in tried if one.differs]
    early = [f"{one.path}:{one.line or 1}: run up to here, before and after: {one.ends}" for one in tried if one.ends]
    missing = ", ".join(sorted({name for one in tried for name in one.missing}))
    handed = sum(one.handed for one in tried if not one.differs)
    ended = f"; {len(early)} of them end early here" if early else ""
    return [
        *other,
        *early,
        *(
            [f"not installed here, or of no use without a server, so that stand-ins took their place: {missing}"]
            if missing
            else []
        ),
        f"verified: {len(tried) - len(other)} modules hand out the same {handed} values before and after{ended}",
    ]


def _run(servers: Sequence[Server], asked: Sequence[Mapping[str, str]]) -> Iterator[Outcome]:
    """Yield the outcome of each module in turn, from whichever server is free."""
    free: SimpleQueue[Server] = SimpleQueue()
    for server in servers:
        free.put(server)

    def one(module: Mapping[str, str]) -> Outcome:
        server = free.get()
        try:
            return server.outcome(module)
        finally:
            free.put(server)

    pool = ThreadPoolExecutor(len(servers))
    try:
        yield from pool.map(one, asked)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for server in servers:
            server.close()
        pool.shutdown()


def _ignored(folder: str, names: list[str]) -> list[str]:
    return [
        name
        for name in names
        if name in _LEFT_OUT
        or (os.path.isfile(file := os.path.join(folder, name)) and os.path.getsize(file) > _LARGEST)
        or not (os.path.isfile(file) or os.path.isdir(file))
    ]


def _write(root: str, change: Change) -> None:
    file = os.path.join(root, change.path)
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "wb") as stream:
        stream.write(change.after)
