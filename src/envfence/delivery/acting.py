"""Doing the acts of a plan on the hosts: one function for each first word."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from envfence.delivery import gate, images, survey
from envfence.delivery.deployment import Deployment
from envfence.delivery.lease import Lease
from envfence.delivery.logs import CONTROL
from envfence.delivery.plan import Change, Stage, said
from envfence.delivery.planning import Cargo
from envfence.delivery.record import Intent, State
from envfence.delivery.remote import FENCED, LOCKED, Remote, Unreachable, each
from envfence.errors import FenceError

POLL = 0.5  # seconds
SETTLE = 1.5  # seconds in which the proxy finds a new replica: it asks for them every second
ENDED, SICK = 3.0, 60.0  # seconds after which a container that ended, or is unhealthy, counts as lost
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


def run(work: Work, stage: Stage) -> None:
    """Do a stage on all of its hosts at once. Raise FailedError, after all have ended, if one failed."""
    if stage.step == "roll":
        work.begun.update(stage.hosts)
    remotes = work.remotes
    answers = each((remotes[name] for name in stage.hosts), lambda remote: _on_host(work, remote, stage))
    if failed := {name: answer for name, answer in answers.items() if isinstance(answer, FenceError)}:
        raise FailedError(stage.step, failed)


def _on_host(work: Work, remote: Remote, stage: Stage) -> None:
    for act in stage.acts:
        if act.host == remote.host.name:
            work.lease.check()
            work.on.narrator.tell(stage.step, act.host, said(stage, act))
            for line in ACTS[act.words[0]](work, remote, *act.words[1:]) or ():
                work.on.narrator.tell(stage.step, act.host, f"  {line}")


def _told(work: Work, remote: Remote, *words: str) -> str:
    """Return what a changing command says, once the host is done with what a cut connection may have left at work."""
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


def _files(work: Work, remote: Remote, release: str) -> None:
    for name, data in _cargo(work).files(work.on.fleet, remote.host).items():
        remote.put(work.token(remote), f"releases/{release}/{name}", data)


def _folder(work: Work, remote: Remote, folder: str) -> None:
    with open(_cargo(work).bundle.folders[folder], "rb") as stream:
        remote.unpack(work.token(remote), folder, stream.read())


def _env(work: Work, remote: Remote, name: str) -> None:
    remote.put(work.token(remote), f"env/{name}", _cargo(work).env[remote.host.name].data)


def _images(work: Work, remote: Remote, *references: str) -> None:
    every = _cargo(work).bundle.images_for(work.on.fleet, remote.host).values()
    images.send(remote, work.token(remote), [image for image in every if image.reference in references])


def _intent(work: Work, remote: Remote, release: str) -> None:
    after = work.states[remote.host.name]
    before = work.change.seen[remote.host.name].state
    remote.record(work.token(remote), before._replace(intent=Intent(release, after.by, after.at)).document)


def _record(work: Work, remote: Remote, _: str) -> None:
    remote.record(work.token(remote), work.states[remote.host.name].document)


def _backup(work: Work, remote: Remote, release: str, service: str) -> list[str]:
    return [_told(work, remote, "backup", release, service).split(" ")[0]]


def _once(work: Work, remote: Remote, release: str, service: str, *words: str) -> list[str]:
    return _told(work, remote, "run", release, service, *words).splitlines()


def _link(work: Work, remote: Remote, link: str, target: str) -> None:
    _told(work, remote, "link", link, target)


def _up(work: Work, remote: Remote, release: str, *services: str) -> None:
    _told(work, remote, "compose", release, "up", "--detach", *services)


def _replace(work: Work, remote: Remote, release: str, service: str, count: str) -> list[str]:
    """Start new replicas beside the old ones, wait until they are healthy, and end the old ones one by one."""
    wanted = work.change.wanted(remote.host.name).hashes[service]
    found = _of(remote, service)
    up = [one for one in found if one.container.state == "running"]
    for one in found:
        if one not in up:
            _retire(work, remote, one.container.id)
    old = [one for one in up if one.hash != wanted]
    same = len(up) - len(old)
    scale = f"--scale={service}={len(old) + max(same, int(count))}"
    _told(work, remote, "compose", release, "up", "--detach", "--no-recreate", scale, service)
    if not old and same <= int(count):
        return []
    _until(work, remote, lambda: _unready(remote, service, wanted, int(count)), (service,))
    time.sleep(SETTLE)
    spare = [one for one in up if one.hash == wanted][int(count) :]
    for one in [*old, *spare]:
        _retire(work, remote, one.container.id)
    return [f"{service}: {count} new, {len(old)} old ended"]


def _unready(remote: Remote, service: str, wanted: str, count: int) -> list[str]:
    new = [one for one in _of(remote, service) if one.hash == wanted]
    ready = [one for one in new if one.container.is_settled and one.container.state == "running"]
    return [] if len(ready) >= count else [f"{service} has {len(ready)} of {count} new replicas ready"]


def _of(remote: Remote, service: str) -> list[gate.Replica]:
    return [one for one in survey.running(remote) if one.service == service]


def _retire(work: Work, remote: Remote, container: str) -> None:
    for action in ("stop", "rm"):
        _told(work, remote, "container", action, container)


def _wait(work: Work, remote: Remote, *services: str) -> None:
    wanted = _only(work, remote, services)._replace(versions={})
    _until(work, remote, lambda: gate.unmet(wanted, survey.running(remote), {}), services)


def _gate(work: Work, remote: Remote, *services: str) -> list[str]:
    """Wait until the services are as they are to be, and say so themselves where they can."""
    wanted = _only(work, remote, services)

    def unmet() -> list[str]:
        found = survey.running(remote)
        if missing := gate.unmet(wanted._replace(versions={}), found, {}):
            return missing
        return gate.unmet(wanted, found, survey.answers(remote, work.change.release.id, list(wanted.versions)))

    _until(work, remote, unmet, services)
    return ["as wanted"]


def _only(work: Work, remote: Remote, services: Sequence[str]) -> gate.Wanted:
    every = work.change.wanted(remote.host.name)
    return every._replace(replicas={name: every.replicas[name] for name in services})


def _until(work: Work, remote: Remote, unmet: Callable[[], list[str]], services: Sequence[str]) -> None:
    """Wait until nothing is unmet. Raise FenceError if a container has failed, or when the time is over."""
    end = time.monotonic() + work.timeout
    since: dict[str, float] = {}  # container to when it was first seen to have failed
    while missing := unmet():
        work.lease.check()
        now = time.monotonic()
        found = [one for one in survey.running(remote) if one.service in services and one.container.has_failed]
        since = {one.container.id: since.get(one.container.id, now) for one in found}
        lost = [one for one in found if now - since[one.container.id] > _patience(one)]
        if lost or now > end:
            why = "" if lost else f" after {work.timeout:g} s"
            raise FenceError(f"{remote.host.name}: {'; '.join(missing)}{why}{_last_words(remote, lost or found)}")
        time.sleep(POLL)


def _patience(one: gate.Replica) -> float:
    """Return for how many seconds a container may have failed: a busy machine lets checks fail that pass later."""
    return SICK if one.container.state == "running" else ENDED


def _last_words(remote: Remote, bad: Sequence[gate.Replica]) -> str:
    """Return the last lines of the first container that failed; who shows them masks them."""
    if not bad:
        return ""
    lines = remote.ask("logs", "--tail=8", bad[0].service).out.splitlines()
    return "".join(f"\n  {CONTROL.sub('', line)}" for line in lines[-8:])


def _cargo(work: Work) -> Cargo:
    assert work.cargo is not None  # noqa: S101 nothing is sent without
    return work.cargo


ACTS: Mapping[str, Callable[..., list[str] | None]] = {
    "intent": _intent,
    "folder": _folder,
    "env": _env,
    "files": _files,
    "images": _images,
    "backup": _backup,
    "once": _once,
    "link": _link,
    "up": _up,
    "replace": _replace,
    "wait": _wait,
    "retire": _retire,
    "gate": _gate,
    "record": _record,
}
