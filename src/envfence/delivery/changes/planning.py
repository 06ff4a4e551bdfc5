"""From what the hosts have and a release to the change that leads there."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, cast

from envfence import git
from envfence.contract.readers.template import substitute
from envfence.delivery.changes import env_files, survey
from envfence.delivery.changes.env_files import EnvFile
from envfence.delivery.changes.plan import Change, Lacking, Schema
from envfence.delivery.changes.survey import Seen, Source, asked
from envfence.delivery.releases import images
from envfence.delivery.releases import model as models
from envfence.delivery.releases.bundle import COMPOSE, IMAGES, RELEASE, Bundle
from envfence.delivery.releases.record import Release, State, release_of
from envfence.delivery.servers import packing
from envfence.delivery.servers.deployment import Deployment
from envfence.delivery.servers.fleet import Fleet, Host
from envfence.delivery.servers.remote import Remote
from envfence.errors import FenceError

DATABASE = "POSTGRES_DB"  # the variable by which PostgreSQL's own image is known


class Cargo(NamedTuple):
    """What is sent: a release of this machine, and the env file of each host."""

    bundle: Bundle
    release: Release
    env: Mapping[str, EnvFile]

    def files(self, fleet: Fleet, host: Host) -> dict[str, bytes]:
        """Return what a host gets of the release, release.json last: a folder without it is no release."""
        found = self.bundle.files_for(fleet, host)
        return {**{name: data for name, data in found.items() if name != RELEASE}, RELEASE: found[RELEASE]}


def cargo_of(on: Deployment, bundle: Bundle) -> Cargo:
    """Return what a rollout sends. Raise FenceError for a value that no env file keeps."""
    with open(f"{bundle.path}/{RELEASE}", encoding="utf-8") as stream:
        release = release_of(stream.read())
    env = {
        host.name: env_files.for_host(bundle.model, on.fleet, host, on.target.values) for host in on.fleet.hosts
    }  # fmt: skip
    return Cargo(bundle, release, env)


def rollout_of(on: Deployment, cargo: Cargo, known: Mapping[str, Mapping[str, str]]) -> Change:
    """Return the change that brings a release to the fleet; ``known`` is what hosts have said of themselves."""

    def look(remote: Remote) -> Seen:
        source = Source(archive=archive_of(on.fleet, cargo, remote.host))
        return survey.seen(remote, source, known[remote.host.name])

    with ThreadPoolExecutor(1) as meanwhile:
        lacks = meanwhile.submit(asked, on.remotes, lambda one: lacking(one, on.fleet, cargo))
        seen = asked(on.remotes, look)
    schema = schema_seen(on, seen)
    found = running(on, seen)
    before = found.get(survey.newest(one.state for one in seen.values()))
    links = {host.name: cargo.bundle.links_for(on.fleet, host) for host in on.fleet.hosts}
    return Change(
        on.fleet,
        cargo.release,
        seen,
        {name: one.name for name, one in cargo.env.items()},
        links,
        lacks.result(),
        upgrade(on.fleet, cargo, schema, before),
        expects=schema if schema and not cargo.release.lineage(schema) else cargo.release.head,
        live=schema,
        running=found,
        is_first=not any(one.state.release for one in seen.values()),
    )


def way_of(on: Deployment, release: Release, env: Mapping[str, str], expects: str) -> Change:
    """Return the change to a release that the hosts have already, each with an env file of its own."""
    seen = asked(on.remotes, lambda one: survey.seen(one, Source(release.id, env[one.host.name])))
    return Change(on.fleet, release, seen, env, links_of(release, seen), expects=expects)


def links_of(release: Release, seen: Mapping[str, Seen]) -> dict[str, dict[str, str]]:
    """Return host to link to folder, for the links that a host has and whose folder the release names."""
    found: dict[str, dict[str, str]] = {}
    for host, one in seen.items():
        links = (name.removeprefix("link:") for name in one.facts if name.startswith("link:files/"))
        found[host] = {link: release.files[name] for link in links if (name := link.split("/")[1]) in release.files}
    return found


def upgrade(fleet: Fleet, cargo: Cargo, schema: str, before: Release | None) -> Schema:
    """Return what brings a database from revision ``schema`` to the release's. Raise FenceError if it cannot."""
    release = cargo.release
    if not fleet.migrate or release.head == schema:
        return Schema()
    if before and before.head == release.head and not release.lineage(schema):
        return Schema()  # a newer release was rolled back: what runs on its schema still does
    if schema and not release.lineage(schema):
        raise FenceError(
            f"the database is at revision {schema}, which {release.id} does not know: a newer release was rolled back "
            "or reverted; release a commit that has its migration"
        )
    host = models.migrating(cargo.bundle.model, fleet)
    if host is None or not release.between(schema, release.head):
        return Schema()
    backup = _backup(cargo.bundle.model, fleet) if schema else ()
    return Schema(fleet.migrate, (), host.name, release.id, fleet.after_migrate, backup)


def schema_seen(on: Deployment, seen: Mapping[str, Seen]) -> str:
    """Return the revision that services see now; where none can say, the one that was recorded last."""

    def said(remote: Remote) -> str:
        state = seen[remote.host.name].state
        asked_for = [name for name in remote.host.services if name in on.fleet.ready]
        if not state.release or not asked_for:
            return ""
        found = survey.answers(remote, state.release, asked_for)
        return next((one.schema for every in found.values() for one in every if one.schema), "")

    live = next(filter(None, asked(on.remotes, said).values()), "")
    return live or next((one.state.schema for one in seen.values() if one.state.schema), "")


def running(on: Deployment, seen: Mapping[str, Seen]) -> dict[str, Release]:
    """Return the releases that hosts run or were about to, by name. Raise FenceError if one cannot be read."""
    found: dict[str, Release] = {}
    for remote in on.remotes:
        state = seen[remote.host.name].state
        for name in filter(None, (state.release, state.intent.release if state.intent else "")):
            if name not in found and (answer := remote.ask("release", name)).code == 0:
                found[name] = release_of(answer.out)
    return found


def lacking(remote: Remote, fleet: Fleet, cargo: Cargo) -> Lacking:
    """Return what a host does not have yet."""
    host = remote.host
    folders = list(cargo.bundle.folders_for(fleet, host))
    env = f"env/{cargo.env[host.name].name}"
    own = f"releases/{cargo.release.id}/{RELEASE}"
    there = {
        line.partition(" ")[0]: line.endswith(" yes") for line in remote.told("exists", own, env, *folders).splitlines()
    }
    references = [image.reference for image in cargo.bundle.images_for(fleet, host).values()]
    return Lacking(
        not there[own],
        tuple(folder for folder in folders if not there[folder]),
        not there[env],
        tuple(images.lacking(remote, references)),
    )


def archive_of(fleet: Fleet, cargo: Cargo, host: Host) -> bytes:
    """Return what a host needs to say what a release would change there."""
    files = cargo.files(fleet, host)
    return packing.tar({COMPOSE: files[COMPOSE], IMAGES: files[IMAGES], "env": cargo.env[host.name].data})


def ports(on: Deployment, cargo: Cargo) -> dict[str, list[str]]:
    """Return host to the ports that it publishes."""
    found: dict[str, list[str]] = {}
    for host in on.fleet.hosts:
        given: list[Any] = [
            one for name in host.services for one in cargo.bundle.model["services"][name].get("ports", ())
        ]
        texts = (_published(one) for one in given)
        found[host.name] = [substitute(text, on.target.values.get) for text in texts if text]
    return found


def _published(port: Any) -> str:
    """Return the published part, keys in it still, of a port: a table, or `${A:?}:${B:?}:80`."""
    if isinstance(port, dict):
        return str(cast("dict[str, Any]", port).get("published", ""))
    ahead = str(port).rpartition(":")[0]
    return ahead[ahead.rindex("${") :] if ahead.endswith("}") else ahead.rpartition(":")[2]


def descends(root: str) -> Callable[[str, str], bool]:
    """Return whether a commit holds another one, as the repository of ``root`` knows."""

    def holds(commit: str, other: str) -> bool:
        return not git.ask("rev-list", "--max-count=1", other, "--not", commit, cwd=root, own=False)

    return holds


def state_after(change: Change, name: str, by: str, at: str, pinned: str = "") -> State:
    """Return what a host records at the end."""
    before = change.seen[name].state
    previous = before.previous if before.release == change.release.id else before.release
    return State(change.release.id, "" if pinned else previous, change.env[name], change.expects, None, pinned, by, at)


def _backup(model: models.Model, fleet: Fleet) -> tuple[str, ...]:
    """Return the host and the service of the database, nothing if it is none of the fleet's."""
    for host in fleet.hosts:
        for service in host.services:
            if DATABASE in (model["services"][service].get("environment") or {}):
                return host.name, service
    return ()
