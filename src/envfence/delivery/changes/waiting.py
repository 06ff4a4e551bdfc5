"""Waiting for services: until they are as a release wants them, or until that is in vain."""

import time
from collections.abc import Callable, Sequence

from envfence.delivery.changes import gate, survey
from envfence.delivery.changes.gate import Replica
from envfence.delivery.changes.work import POLL, Work
from envfence.delivery.servers.remote import Remote
from envfence.errors import FenceError
from envfence.operate.engine import CONTROL

ENDED, SICK = 3.0, 60.0  # seconds after which a container that ended, or is unhealthy, counts as lost


def for_health(work: Work, remote: Remote, *services: str) -> None:
    """Wait until the services are healthy, whatever they say of themselves."""
    wanted = _only(work, remote, services)._replace(versions={})
    until(work, remote, lambda running: gate.unmet(wanted, running, {}), services)


def at_gate(work: Work, remote: Remote, *services: str) -> list[str]:
    """Wait until the services are as they are to be, and say so themselves where they can."""
    wanted = _only(work, remote, services)

    def unmet(running: Sequence[Replica]) -> list[str]:
        if missing := gate.unmet(wanted._replace(versions={}), running, {}):
            return missing
        return gate.unmet(wanted, running, survey.answers(remote, work.change.release.id, list(wanted.versions)))

    until(work, remote, unmet, services)
    return ["as wanted"]


def _only(work: Work, remote: Remote, services: Sequence[str]) -> gate.Wanted:
    every = work.change.wanted(remote.host.name)
    return every._replace(replicas={name: every.replicas[name] for name in services})


def until(work: Work, remote: Remote, unmet: Callable[[Sequence[Replica]], list[str]], services: Sequence[str]) -> None:
    """Wait until nothing is unmet in what runs. Raise FenceError if a container has failed, or when time is over."""
    end = time.monotonic() + work.timeout
    since: dict[str, float] = {}  # container to when it was first seen to have failed
    while missing := unmet(running := survey.running(remote)):
        work.lease.check()
        now = time.monotonic()
        bad = gate.failed(one for one in running if one.service in services)
        since = {one.container.id: since.get(one.container.id, now) for one in bad}
        lost = [one for one in bad if now - since[one.container.id] > _patience(one)]
        if lost or now > end:
            why = "" if lost else f" after {work.timeout:g} s"
            raise FenceError(f"{remote.host.name}: {'; '.join(missing)}{why}{_last_words(remote, lost or bad)}")
        time.sleep(POLL)


def _patience(one: Replica) -> float:
    """Return for how many seconds a container may have failed: a busy machine lets checks fail that pass later."""
    return SICK if one.container.state == "running" else ENDED


def _last_words(remote: Remote, bad: Sequence[Replica]) -> str:
    """Return the last lines of the first container that failed; who shows them masks them."""
    if not bad:
        return ""
    lines = remote.ask("logs", "--tail=8", bad[0].service).out.splitlines()
    return "".join(f"\n  {CONTROL.sub('', line)}" for line in lines[-8:])
