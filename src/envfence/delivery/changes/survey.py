"""What the hosts have now: what they say of themselves, what was written down, what runs and what would change."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from envfence.delivery.changes.gate import Answer, Replica, answer_of
from envfence.delivery.releases.record import State, state_of
from envfence.delivery.servers.fleet import Host
from envfence.delivery.servers.remote import UNMET, Remote, each, pairs
from envfence.errors import FenceError
from envfence.operate.engine import Container

T = TypeVar("T")


class Seen(NamedTuple):
    """One host. ``hashes`` is service to compose's digest of what a release wants there, none if none was asked for."""

    host: Host
    facts: Mapping[str, str]
    state: State
    replicas: tuple[Replica, ...]
    hashes: Mapping[str, str]


class Source(NamedTuple):
    """A release to compare with: by name, with an env file that the host has, or as the bytes of an archive."""

    release: str = ""
    env: str = ""
    archive: bytes = b""


NOTHING = Source()


def asked(remotes: Iterable[Remote], call: Callable[[Remote], T]) -> dict[str, T]:
    """Return what each host says. Raise FenceError with all that failed."""
    answers = each(remotes, call)
    if failed := [str(answer) for answer in answers.values() if isinstance(answer, FenceError)]:
        first = next(answer for answer in answers.values() if isinstance(answer, FenceError))
        raise first if len(failed) == 1 else FenceError("\n".join(failed))
    return {name: answer for name, answer in answers.items() if not isinstance(answer, FenceError)}


def seen(remote: Remote, source: Source = NOTHING, known: Mapping[str, str] | None = None) -> Seen:
    """Return what a host has, compared with a release. Raise FenceError if it does not answer.

    ``known`` is what it said before: that holds unless somebody has recorded a change since.
    """
    said = dict(known or {})
    if not said or remote.told("state").strip() != said.get("state", ""):
        said = remote.facts()
    hashes = {} if source == NOTHING else wanted(remote, source)
    return Seen(remote.host, said, state_of(said.get("state", "")), tuple(running(remote)), hashes)


def running(remote: Remote) -> list[Replica]:
    """Return the containers of a host's services, in order; those that do one job only are left out."""
    return [
        Replica(Container(one.id, one.service, one.state, one.health, one.exit_code), one.image, one.hash)
        for one in sorted(remote.containers(), key=lambda one: (one.service, one.number))
        if not one.is_one_off
    ]


def wanted(remote: Remote, source: Source) -> dict[str, str]:
    """Return service to compose's digest of what ``source`` wants on a host."""
    words = ("given",) if source.archive else (source.release, source.env)
    rows = (line.split(" ") for line in remote.told("preview", *words, data=source.archive).splitlines())
    return {row[0]: row[1] for row in rows if len(row) == 2}


def digests(remote: Remote, salt: str) -> dict[str, str] | None:
    """Return key to digest of a host's env file, None if it has none. ``salt`` is to be used once.

    Raise FenceError if the host cannot say.
    """
    answer = remote.ask("fingerprint", salt)
    if answer.code == UNMET:
        return None
    if answer.code:
        raise FenceError(f"{remote.host.name}: {answer.error.strip()}")
    return pairs(answer.out.replace(" ", "="))


def answers(remote: Remote, release: str, services: Sequence[str]) -> dict[str, list[Answer]]:
    """Return what each of some services says of itself, once for each container that runs."""
    return {service: [answer_of(said) for _, _, said in remote.probe(release, service)] for service in services}


def newest(states: Iterable[State]) -> str:
    """Return the release that the fleet runs, "" before the first.

    Where a runner died while it wrote that down, some hosts have recorded what others still intend: by then every host
    had passed the gate.
    """
    states = list(states)
    recorded = {state.release for state in states}
    intended = {state.intent.release for state in states if state.intent}
    return next(iter(sorted(recorded & intended) or sorted(recorded, reverse=True)), "")
