"""What the acts of a change work with, and how a host is told to change something."""

import time
from collections.abc import Mapping
from typing import NamedTuple

from envfence.delivery.changes.lease import Lease
from envfence.delivery.changes.plan import Change
from envfence.delivery.changes.planning import Cargo
from envfence.delivery.releases.record import State
from envfence.delivery.servers.deployment import Deployment
from envfence.delivery.servers.remote import FENCED, LOCKED, Remote, Unreachable
from envfence.errors import FenceError

POLL = 0.5  # seconds
LONG = 3600.0  # seconds that one command may take


class Work(NamedTuple):
    """What acts work with.

    ``states`` is host to what it records at the end, ``begun`` the hosts whose services may have changed.
    """

    on: Deployment
    lease: Lease
    change: Change
    cargo: Cargo | None
    states: Mapping[str, State]
    timeout: float
    begun: set[str]

    @property
    def remotes(self) -> dict[str, Remote]:
        """The hosts by name."""
        return {remote.host.name: remote for remote in self.on.remotes}

    def token(self, remote: Remote) -> str:
        """Return the token of a host's lock."""
        return self.lease.tokens[remote.host.name]


class FailedError(FenceError):
    """A stage failed; ``hosts`` are those where it did."""

    def __init__(self, step: str, why: Mapping[str, FenceError]) -> None:
        super().__init__("\n".join(str(error) for error in why.values()))
        self.step = step
        self.hosts = tuple(why)
        self.may_pass = all(isinstance(error, Unreachable | BusyError) for error in why.values())


class BusyError(FenceError):
    """A host is still at work with what somebody began there, or its lock has passed."""


def told(work: Work, remote: Remote, *words: str) -> str:
    """Return what a changing command says, once the host is done with what a cut connection may have left at work.

    Raise BusyError if that is not done in time, FenceError if the command fails.
    """
    end = time.monotonic() + work.timeout
    while True:
        answer = remote.ask(words[0], work.token(remote), *words[1:], timeout=LONG)
        if answer.code == 0:
            return answer.out
        may_pass = answer.code == LOCKED or (answer.code == FENCED and work.lease.renew(remote))
        if not may_pass or time.monotonic() > end:
            break
        work.lease.check()
        time.sleep(POLL)
    said = "\n".join([*answer.out.strip().splitlines(), *answer.error.strip().splitlines()][-12:])
    raise (BusyError if answer.code in {LOCKED, FENCED} else FenceError)(
        f"{remote.host.name}: {said.replace('envfence: ', '')}"
    )
