"""What a change of release does, as data: stages in their order, and in each stage what every host does."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from envfence.delivery import gate, waves
from envfence.delivery.fleet import Fleet
from envfence.delivery.record import Release
from envfence.delivery.survey import Seen

Words = tuple[str, ...]


class Act(NamedTuple):
    """One thing that is done on one host. The first word says what; see `acting.ACTS`."""

    host: str
    words: Words


class Stage(NamedTuple):
    """What happens at once: each host does its own acts one after the other."""

    step: str
    acts: tuple[Act, ...]

    @property
    def hosts(self) -> list[str]:
        """The hosts that take part."""
        return list(dict.fromkeys(act.host for act in self.acts))


class Needed(NamedTuple):
    """What a host lacks of a release, to be sent to it."""

    release: str = ""
    folders: tuple[str, ...] = ()
    env: str = ""
    images: tuple[str, ...] = ()


class Schema(NamedTuple):
    """What happens to the database: the service that does it, its words, and where. No service: nothing."""

    service: str = ""
    words: Words = ()
    host: str = ""
    release: str = ""  # whose image does it
    then: tuple[str, ...] = ()  # services that run once after it
    backup: Words = ()  # host and service


class Change(NamedTuple):
    """A change of release. ``links`` are the folders that a link leads to: link to folder."""

    fleet: Fleet
    release: Release
    seen: Mapping[str, Seen]
    env: Mapping[str, str]  # host to its env file
    needed: Mapping[str, Needed]
    links: Mapping[str, str]
    schema: Schema
    is_first: bool = False


def stages(change: Change) -> list[Stage]:
    """Return what has to be done, in order; nothing if the fleet is as the release wants it."""
    ordered = waves.waves(change.fleet.hosts, [role.name for role in change.fleet.roles])
    rolls = [_wave(change, [host.name for host in wave]) for wave in ordered]
    early = _until_database(change, len(ordered))
    found = [
        _stage("ship", _ship(change)),
        *(stage for wave in rolls[:early] for stage in wave),
        *_migrations(change),
        *(stage for wave in rolls[early:] for stage in wave),
    ]
    changing = [stage for stage in found if stage.acts]
    if not any(stage.step != "gate" for stage in changing):
        return []
    begin, end = (_on_all(change, step, step) for step in ("intent", "record"))
    return [begin, *changing, end]


def shown(found: Iterable[Stage]) -> Iterator[str]:
    """Yield a line for each act: step, host, what."""
    for stage in found:
        for act in stage.acts:
            yield f"{stage.step:<9} {act.host:<10} {' '.join(act.words)}"


def changes(change: Change, name: str) -> list[str]:
    """Return the services of a host that do not run as the release wants them."""
    return gate.changed(wanted(change, name), change.seen[name].replicas)


def wanted(change: Change, name: str, versions: Mapping[str, str] | None = None, schema: str = "") -> gate.Wanted:
    """Return how a host is to be."""
    one = change.seen[name]
    replicas = {service: change.fleet.replicas(service) for service in one.host.services}
    hashes = {service: one.hashes.get(service, "") for service in replicas}
    return gate.Wanted(replicas, hashes, versions or {}, schema)


def _wave(change: Change, hosts: Sequence[str]) -> tuple[Stage, Stage]:
    """Return how the hosts of one wave change, and that they are waited for."""
    by_host = {name: _roll(change, name) for name in hosts}
    acts = [Act(name, words) for name, every in by_host.items() for words in every]
    gates = [Act(name, ("gate", *change.seen[name].host.services)) for name in hosts if by_host[name]]
    return _stage("roll", acts), _stage("gate", gates)


def _roll(change: Change, name: str) -> list[Words]:
    host, release = change.seen[name].host, change.release
    todo = changes(change, name)
    acts: list[Words] = []
    if change.env.get(name) and change.env[name] != change.seen[name].facts.get("env"):
        acts.append(("link", "env/current", change.env[name]))
    acts += [("link", link, folder) for link, folder in change.links.items() if _is_outdated(change, name, link)]
    elsewhere = {*host.services, change.fleet.migrate, *change.fleet.after_migrate}
    rolling = {service for role in change.fleet.roles for service in role.replicas}
    for group in waves.groups(host.services, release.after):
        now = [service for service in group if service in todo]
        acts += [("once", release.id, service) for service in waves.before(now, release.after, elsewhere)]
        acts += [("replace", release.id, one, str(change.fleet.replicas(one))) for one in now if one in rolling]
        others = [service for service in now if service not in rolling]
        acts += [("up", release.id, *others)] if others else []
        acts += [("wait", *now)] if now else []
    unwanted = [one.container.id for one in change.seen[name].replicas if one.service not in host.services]
    return [*acts, *(("retire", one) for one in unwanted)]


def _is_outdated(change: Change, name: str, link: str) -> bool:
    return change.seen[name].facts.get(f"link:{link}", "") != change.links[link]


def _ship(change: Change) -> Iterator[Act]:
    for name, lacks in change.needed.items():
        yield from (Act(name, ("folder", folder)) for folder in lacks.folders)
        yield from (Act(name, ("env", lacks.env)) for _ in [0] if lacks.env)
        yield from (Act(name, ("image", image)) for image in lacks.images)
        # The bundle is last: a host that has it has all that it needs.
        yield from (Act(name, ("bundle", lacks.release)) for _ in [0] if lacks.release)


def _migrations(change: Change) -> Iterator[Stage]:
    schema = change.schema
    if not schema.service:
        return
    if schema.backup and not change.is_first:
        yield _stage("backup", [Act(schema.backup[0], ("backup", change.release.id, schema.backup[1]))])
    acts = [("once", schema.release, schema.service, *schema.words)]
    acts += [("once", schema.release, service) for service in schema.then]
    yield _stage("migrate", [Act(schema.host, words) for words in acts])


def _until_database(change: Change, count: int) -> int:
    """Return how many waves come before the migration: at first there is no database to migrate."""
    if not (change.is_first and change.schema.service):
        return 0
    ordered = waves.waves(change.fleet.hosts, [role.name for role in change.fleet.roles])
    names = [[host.name for host in wave] for wave in ordered]
    return next((index for index, wave in enumerate(names) if change.schema.host in wave), count)


def _on_all(change: Change, step: str, *words: str) -> Stage:
    return _stage(step, [Act(host.name, words) for host in change.fleet.hosts])


def _stage(step: str, acts: Iterable[Act]) -> Stage:
    return Stage(step, tuple(acts))


Sorter = Callable[[str], int]
