"""The locks of all hosts, taken in one order, renewed while work goes on, and given back.

Each host gives a token with its lock and refuses changes under any other: who has lost a lock changes nothing more.
"""

import getpass
import os
import platform
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager

from envfence.delivery.servers.remote import FENCED, LOCKED, Remote, Unreachable, each, pairs
from envfence.errors import FenceError

SECONDS = 60  # that a lock lasts unless it is renewed
RENEWED = 15  # seconds between
_AGAIN = 2.0  # seconds between two attempts to take a lock that is held


class LostError(FenceError):
    """The lock of a host is somebody else's."""


class Lease:
    """Tokens by host, and what became of them."""

    def __init__(self, remotes: Sequence[Remote], tokens: Mapping[str, str]) -> None:
        self._remotes = remotes
        self.tokens = dict(tokens)
        self.lost: dict[str, str] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew_again, name="lease", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raise LostError if a lock has been lost."""
        if self.lost:
            raise LostError("; ".join(f"{host}: {why}" for host, why in sorted(self.lost.items())))

    def end(self) -> None:
        """Renew no more."""
        self._ended.set()
        self._thread.join()

    def _renew_again(self) -> None:
        while not self._ended.wait(RENEWED):
            each(self._remotes, self.renew)

    def renew(self, remote: Remote) -> bool:
        """Renew the lock of a host, or take it again if nobody else has had it since; tell whether it is held."""
        name = remote.host.name
        try:
            answer = remote.ask("lock", "renew", self.tokens[name], str(SECONDS), timeout=RENEWED)
            if answer.code not in {LOCKED, FENCED}:
                return answer.code == 0
            return self._taken_again(remote)
        except Unreachable:
            return False  # the step that needs the host will say so

    def _taken_again(self, remote: Remote) -> bool:
        name = remote.host.name
        answer = remote.ask("lock", "take", owner(), str(SECONDS), timeout=RENEWED)
        if answer.code == 0 and int(answer.out) == int(self.tokens[name]) + 1:
            self.tokens[name] = answer.out.strip()
            return True
        if answer.code == 0:  # somebody had it, changed what they wanted, and gave it back
            remote.ask("lock", "drop", answer.out.strip(), timeout=RENEWED)
        self.lost[name] = shown(answer.out) or "its lock was somebody else's meanwhile"
        return False


@contextmanager
def held(remotes: Sequence[Remote], wait: float, told: Callable[[str, str], None]) -> Generator[Lease]:
    """Hold the locks of all hosts. Raise FenceError, with none held, if one is not free after ``wait`` seconds."""
    tokens: dict[str, str] = {}
    end = time.monotonic() + wait
    try:
        for remote in in_order(remotes):
            tokens[remote.host.name] = _taken(remote, end, told)
    except BaseException:
        _drop(remotes, tokens)
        raise
    lease = Lease(remotes, tokens)
    try:
        yield lease
    finally:
        lease.end()
        _drop(remotes, lease.tokens)


def in_order(remotes: Sequence[Remote]) -> list[Remote]:
    """Return the hosts in the one order in which everybody takes locks, so that no two wait for each other."""
    return sorted(remotes, key=lambda remote: (remote.host.address, remote.host.port))


def owner() -> str:
    """Return who this is, in characters that the agent takes."""
    said = f"{getpass.getuser()}@{platform.node()}:{os.getpid()}"
    return "".join(letter if letter.isalnum() or letter in "._@:-" else "-" for letter in said)


def shown(line: str) -> str:
    """Return who holds a lock, as the host tells it, "" if nobody does."""
    said = pairs(line.replace(" ", "\n"))
    left = int(said.get("until") or 0) - int(said.get("now") or 0)
    return f"locked by {said.get('owner', 'somebody')}, unless renewed for {left} s more" if left > 0 else ""


def _taken(remote: Remote, end: float, told: Callable[[str, str], None]) -> str:
    """Return the token of a lock, once it is free."""
    has_told = False
    while True:
        answer = remote.ask("lock", "take", owner(), str(SECONDS))
        if answer.code == 0:
            return answer.out.strip()
        if answer.code != LOCKED:
            raise FenceError(f"{remote.host.name} gives no lock: {answer.error.strip()}")
        holder = shown(answer.out)
        if time.monotonic() >= end:
            raise FenceError(f"{remote.host.name} is {holder or 'locked'}")
        if not has_told:
            told(remote.host.name, f"waiting: {holder}")
            has_told = True
        time.sleep(_AGAIN)


def _drop(remotes: Sequence[Remote], tokens: Mapping[str, str]) -> None:
    each(
        [one for one in remotes if one.host.name in tokens],
        lambda remote: remote.ask("lock", "drop", tokens[remote.host.name]),
    )
