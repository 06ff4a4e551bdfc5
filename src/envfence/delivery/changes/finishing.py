"""What follows a change: the log of every host, a word to the team, an exit code."""

import json
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import NamedTuple

from envfence import console
from envfence.delivery.changes import lease, notify
from envfence.delivery.changes.changing import DONE, MIXED, Result
from envfence.delivery.changes.work import Work
from envfence.delivery.releases.record import Release
from envfence.delivery.servers.deployment import Deployment
from envfence.delivery.servers.remote import Remote, each
from envfence.errors import FenceError

KEPT = 5  # releases on a host
_WORDS = {DONE: "done", MIXED: "MIXED"}


class Start(NamedTuple):
    """When a change began: for people, and to count from."""

    at: str
    clock: float


def started() -> Start:
    """Return now."""
    return Start(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", time.monotonic())


@contextmanager
def interruptible() -> Generator[None]:
    """Let the first signal to end interrupt the work, and no other one what brings the hosts back."""
    seen: list[int] = []

    def end(number: int, _: FrameType | None) -> None:
        seen.append(number)
        if len(seen) == 1:
            raise KeyboardInterrupt

    before = {one: signal.signal(one, end) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def logged(work: Work, what: str, before: Release | None, result: Result, start: Start) -> None:
    """Append who did what, from where and with which result to the log of every host."""
    release = work.change.release
    line = {
        "at": start.at,
        "what": what,
        "environment": work.on.fleet.environment,
        "who": lease.owner(),
        "from": before.id if before else "",
        "to": release.id,
        "commit": release.commit,
        "branch": release.branch,
        "result": _WORDS.get(result.code, "failed"),
        "text": work.on.fleet.masked(result.text),
        "seconds": round(time.monotonic() - start.clock, 1),
    }
    data = (json.dumps(line) + "\n").encode()

    def append(remote: Remote) -> None:
        remote.told("log", work.token(remote), data=data)

    work.on.narrator.tell("log", "", _WORDS.get(result.code, "failed"))
    for name, answer in each(work.on.remotes, append).items():
        if isinstance(answer, FenceError):
            work.on.narrator.tell("log", name, f"not written: {answer}")


def pruned(work: Work) -> None:
    """Take away what the last releases do not need; what cannot be taken away stays."""

    def prune(remote: Remote) -> None:
        remote.told("prune", work.token(remote), str(KEPT), timeout=300)

    for name, answer in each(work.on.remotes, prune).items():
        if isinstance(answer, FenceError):
            work.on.narrator.tell("log", name, f"old releases stay: {answer}")


def told(on: Deployment, what: str, result: Result) -> int:
    """Tell person and team how it ended; return the exit code."""
    text = on.fleet.masked(f"{on.fleet.environment} {what}: {result.text}")
    if on.fleet.webhook:
        why = notify.sent(on.target.values.get(on.fleet.webhook, ""), text)
        on.narrator.tell("notify", "", f"not sent: {why}" if why else "sent")
    console.say(text)
    return result.code
