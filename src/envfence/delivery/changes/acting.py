"""Doing the acts of a plan on the hosts: one function for each first word."""

import time
from collections.abc import Callable, Mapping, Sequence

from envfence.delivery.changes import survey, waiting
from envfence.delivery.changes.gate import Replica
from envfence.delivery.changes.plan import Stage, said
from envfence.delivery.changes.planning import Cargo
from envfence.delivery.changes.work import FailedError, Work, told
from envfence.delivery.releases import images
from envfence.delivery.releases.record import Intent
from envfence.delivery.servers.remote import Remote, each
from envfence.errors import FenceError

SETTLE = 1.5  # seconds in which the proxy finds a new replica: it asks for them every second


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
    return [told(work, remote, "backup", release, service).split(" ")[0]]


def _once(work: Work, remote: Remote, release: str, service: str, *words: str) -> list[str]:
    return told(work, remote, "run", release, service, *words).splitlines()


def _link(work: Work, remote: Remote, link: str, target: str) -> None:
    told(work, remote, "link", link, target)


def _up(work: Work, remote: Remote, release: str, *services: str) -> None:
    told(work, remote, "compose", release, "up", "--detach", *services)


def _replace(work: Work, remote: Remote, release: str, service: str, count: str) -> list[str]:
    """Start new replicas beside the old ones, wait until they are healthy, and end the old ones one by one."""
    wanted = work.change.wanted(remote.host.name).hashes[service]
    found = [one for one in survey.running(remote) if one.service == service]
    up = [one for one in found if one.container.state == "running"]
    for one in found:
        if one not in up:
            _retire(work, remote, one.container.id)
    old = [one for one in up if one.hash != wanted]
    same = len(up) - len(old)
    scale = f"--scale={service}={len(old) + max(same, int(count))}"
    told(work, remote, "compose", release, "up", "--detach", "--no-recreate", scale, service)
    if not old and same <= int(count):
        return []
    waiting.until(work, remote, lambda running: _unready(running, service, wanted, int(count)), (service,))
    time.sleep(SETTLE)
    spare = [one for one in up if one.hash == wanted][int(count) :]
    for one in [*old, *spare]:
        _retire(work, remote, one.container.id)
    return [f"{service}: {count} new, {len(old)} old ended"]


def _unready(running: Sequence[Replica], service: str, wanted: str, count: int) -> list[str]:
    new = [one for one in running if one.service == service and one.hash == wanted]
    ready = [one for one in new if one.container.is_settled and one.container.state == "running"]
    return [] if len(ready) >= count else [f"{service} has {len(ready)} of {count} new replicas ready"]


def _retire(work: Work, remote: Remote, container: str) -> None:
    for action in ("stop", "rm"):
        told(work, remote, "container", action, container)


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
    "wait": waiting.for_health,
    "retire": _retire,
    "gate": waiting.at_gate,
    "record": _record,
}
