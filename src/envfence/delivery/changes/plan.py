"""What a change of release does, as data: stages in their order, and in each stage what every host does."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from envfence.delivery.changes import gate
from envfence.delivery.changes.survey import Seen
from envfence.delivery.releases import waves
from envfence.delivery.releases.record import Release
from envfence.delivery.servers.fleet import Fleet

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


class Lacking(NamedTuple):
    """What a host does not have of a release yet: its files, folders that are mounted, the env file, images."""

    files: bool = False
    folders: tuple[str, ...] = ()
    env: bool = False
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
    """A change of release, from what the hosts have to what they are to be.

    ``env`` is host to its env file, ``links`` host to link to folder, ``expects`` the revision of the schema then;
    ``live`` is the revision now, ``running`` name to release, of those that hosts run or were about to.
    """

    fleet: Fleet
    release: Release
    seen: Mapping[str, Seen]
    env: Mapping[str, str]
    links: Mapping[str, Mapping[str, str]]
    lacking: Mapping[str, Lacking] = {}
    schema: Schema = Schema()
    expects: str = ""
    live: str = ""
    running: Mapping[str, Release] = {}
    is_first: bool = False

    def wanted(self, name: str) -> gate.Wanted:
        """Return how a host is to be."""
        one = self.seen[name]
        replicas = {service: self.fleet.replicas(service) for service in one.host.services}
        hashes = {service: one.hashes.get(service, "") for service in replicas}
        versions = {
            service: self.release.versions.get(service, "") for service in replicas if service in self.fleet.ready
        }
        return gate.Wanted(replicas, hashes, versions, self.expects)


def stages(change: Change, *, always: bool = False) -> list[Stage]:
    """Return what has to be done, in order; nothing if the fleet is as the release wants it, unless ``always``."""
    ordered = waves.waves(change.fleet.hosts, [role.name for role in change.fleet.roles])
    names = [[host.name for host in wave] for wave in ordered]
    rolls = [stage for wave in names for stage in _wave(change, wave)]
    early = _before_schema(change, names) * 2  # a wave has two stages
    found = [*rolls[:early], *_migration(change), *rolls[early:]]
    is_settled = not any(one.state.intent for one in change.seen.values())
    if is_settled and not always and not any(stage.acts for stage in found):
        return []
    rolled = {name for stage in rolls for name in stage.hosts}
    # A host that does not change may still suffer from what others do.
    others = [_gate(change, name) for name in change.seen if name not in rolled]
    found += [_stage("gate", others), _everywhere(change, "record")]
    every = [_everywhere(change, "intent"), _stage("ship", _ship(change)), *found]
    return [stage for stage in every if stage.acts]


def shown(found: Iterable[Stage]) -> Iterator[str]:
    """Yield a line for each act: step, host, what."""
    for stage in found:
        for act in stage.acts:
            yield f"{stage.step:<9} {act.host:<10} {said(stage, act)}"


def said(stage: Stage, act: Act) -> str:
    """Return what an act does, without its name where that is the step's."""
    return " ".join(act.words[1:] if act.words[0] == stage.step else act.words)


def roll(change: Change, name: str) -> list[Words]:
    """Return what a host does to run the release: the services that differ, in their order, and nothing else."""
    one, release = change.seen[name], change.release
    todo = gate.changed(change.wanted(name), one.replicas)
    acts: list[Words] = [("link", "env/current", change.env[name])] if _has_new_env(change, name) else []
    for link, folder in change.links.get(name, {}).items():
        if one.facts.get(f"link:{link}") != folder:
            acts.append(("link", link, folder))
    elsewhere = {*one.host.services, change.fleet.migrate, *change.fleet.after_migrate}
    rolling = {service for role in change.fleet.roles for service in role.replicas}
    for group in waves.groups(one.host.services, release.after):
        now = [service for service in group if service in todo]
        acts += [("once", release.id, service) for service in waves.before(now, release.after, elsewhere)]
        others = [service for service in now if service not in rolling]
        acts += [("up", release.id, *others)] if others else []
        acts += [
            ("replace", release.id, service, str(change.fleet.replicas(service)))
            for service in now
            if service in rolling
        ]
        acts += [("wait", *now)] if now else []
    gone = [replica.container.id for replica in one.replicas if replica.service not in one.host.services]
    return [*acts, *(("retire", container) for container in gone)]


def _has_new_env(change: Change, name: str) -> bool:
    return bool(change.env[name]) and change.env[name] != change.seen[name].facts.get("env")


def _wave(change: Change, hosts: Sequence[str]) -> tuple[Stage, Stage]:
    """Return how the hosts of one wave change, and that they are waited for."""
    by_host = {name: roll(change, name) for name in hosts}
    acts = [Act(name, words) for name, every in by_host.items() for words in every]
    return _stage("roll", acts), _stage("gate", [_gate(change, name) for name in hosts if by_host[name]])


def _gate(change: Change, name: str) -> Act:
    return Act(name, ("gate", *change.seen[name].host.services))


def _ship(change: Change) -> Iterator[Act]:
    for name, lacks in change.lacking.items():
        yield from (Act(name, ("folder", folder)) for folder in lacks.folders)
        if lacks.env:
            yield Act(name, ("env", change.env[name]))
        if lacks.files:
            yield Act(name, ("files", change.release.id))
        if lacks.images:
            yield Act(name, ("images", *lacks.images))


def _migration(change: Change) -> Iterator[Stage]:
    schema = change.schema
    if not schema.service:
        return
    if schema.backup:
        yield _stage("backup", [Act(schema.backup[0], ("backup", change.release.id, schema.backup[1]))])
    acts: list[Words] = [("link", "env/current", change.env[schema.host])] if _has_new_env(change, schema.host) else []
    acts += [("once", schema.release, schema.service, *schema.words)]
    acts += [("once", schema.release, service) for service in schema.then]
    yield _stage("migrate", [Act(schema.host, words) for words in acts])


def _before_schema(change: Change, names: Sequence[Sequence[str]]) -> int:
    """Return how many waves come before the migration: at first there is no database to migrate."""
    if not change.is_first or not change.schema.service:
        return 0
    return next((index for index, wave in enumerate(names) if change.schema.host in wave), 0)


def _everywhere(change: Change, step: str) -> Stage:
    return _stage(step, [Act(host.name, (step, change.release.id)) for host in change.fleet.hosts])


def _stage(step: str, acts: Iterable[Act]) -> Stage:
    return Stage(step, tuple(acts))
