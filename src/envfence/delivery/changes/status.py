"""Show what every service of a fleet runs: version, schema, health, and what differs from what was rolled out."""

import argparse
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from envfence import console
from envfence.arguments import Parser, below_root
from envfence.delivery.changes import env_files, gate, lease, survey
from envfence.delivery.changes.gate import Answer, Replica
from envfence.delivery.changes.survey import Seen, Source
from envfence.delivery.servers.deployment import deployed
from envfence.delivery.servers.fleet import Fleet
from envfence.delivery.servers.remote import Remote, each
from envfence.errors import FenceError

PARTS = "parts of two releases"


class Found(NamedTuple):
    """One host: what it has, what its services say, and the release that really runs there."""

    seen: Seen
    answers: Mapping[str, Sequence[Answer]]
    runs: str
    changed: tuple[str, ...]  # services that are not as the release wants them
    drifted: tuple[str, ...] = ()  # keys whose values are not those of the env file here


def main(argv: Sequence[str] | None = None) -> int:
    """Run `envfence status`; return 0 if all is well, 1 if not, 2 if it could not run."""
    args = command_parser().parse_args(argv)
    return console.run_below_root(args)


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence status", description=__doc__, parents=[below_root()])
    parser.add_argument("environment", metavar="ENVIRONMENT", help="whose servers")
    parser.set_defaults(run=_run)
    return parser


def _run(args: argparse.Namespace) -> int:
    with deployed(args.root, args.environment) as on:
        found = each(on.remotes, lambda remote: found_on(remote, on.fleet, on.target.values))
        for line in (*notes(found), *table(on.fleet, found)):
            print(on.fleet.masked(line).rstrip())
        wrong = list(troubles(on.fleet, found))
        for line in wrong:
            print(on.fleet.masked(line), file=sys.stderr)
    return int(bool(wrong))


def found_on(remote: Remote, fleet: Fleet, values: Mapping[str, str]) -> Found:
    """Return what a host runs. Raise FenceError if it does not answer."""
    seen = survey.seen(remote)
    state, env = seen.state, seen.facts.get("env", "")
    candidates = [one for one in (state.release, state.intent.release if state.intent else "") if one]
    compared = {one: seen._replace(hashes=survey.wanted(remote, Source(one, env))) for one in candidates}
    changed = {name: tuple(gate.changed(_wanted(fleet, one), one.replicas)) for name, one in compared.items()}
    exact = next((release for release in candidates if not changed[release]), "")
    if not (nearest := exact or next(iter(candidates), "")):
        return Found(seen, {}, "", ())
    asked = [name for name in seen.host.services if name in fleet.ready]
    runs = exact or (PARTS if state.intent else state.release)
    answers = survey.answers(remote, nearest, asked)
    return Found(compared[nearest], answers, runs, changed[nearest], drifted(remote, fleet, values))


def drifted(remote: Remote, fleet: Fleet, values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys whose values a host has otherwise; values are compared as digests, under a salt of the moment."""
    salt = secrets.token_hex(16)
    there = survey.digests(remote, salt) or {}
    known = {key: values[key] for key in there.keys() - {fleet.bind, env_files.PROFILES} if key in values}
    here = env_files.fingerprint(env_files.made(known).data, salt)
    return tuple(sorted(key for key in known if there[key] != here[key]))


def table(fleet: Fleet, found: Mapping[str, Found | FenceError]) -> Iterator[str]:
    """Yield a line for each service of each host."""
    yield f"{'host':<10} {'service':<22} {'state':<16} {'version':<28} {'schema':<14} drift"
    for host in fleet.hosts:
        one = found[host.name]
        if isinstance(one, FenceError):
            yield f"{host.name:<10} {'-':<22} unreachable"
            continue
        for service in host.services:
            own = [replica for replica in one.seen.replicas if replica.service == service]
            version, schema = _said(own, one.answers.get(service, ()))
            drift = "changed" if service in one.changed else ""
            yield (
                f"{host.name:<10} {service:<22} {_states(fleet, service, own):<16} {version:<28} {schema:<14} {drift}"
            )


def troubles(fleet: Fleet, found: Mapping[str, Found | FenceError]) -> Iterator[str]:
    """Yield what is not well, and a mix of versions by name; also that a lock is held or the fleet pinned."""
    reached = {name: one for name, one in found.items() if not isinstance(one, FenceError)}
    yield from (f"{error}" for error in found.values() if isinstance(error, FenceError))
    for name, one in reached.items():
        yield from (f"{name}: {text}" for text in _of_host(fleet, one))
    runs = {name: one.runs for name, one in reached.items()}
    if len(set(runs.values())) > 1 or PARTS in runs.values():
        yield "MIXED VERSIONS: " + "; ".join(f"{name} runs {what or 'nothing'}" for name, what in runs.items())


def notes(found: Mapping[str, Found | FenceError]) -> Iterator[str]:
    """Yield what is good to know: which release, who holds the lock, and a pin."""
    reached = [one.seen for one in found.values() if not isinstance(one, FenceError)]
    for release in sorted({one.state.release for one in reached if one.state.release}):
        since = max(one.state.at for one in reached if one.state.release == release)
        yield f"release {release}, since {since}"
    for pinned in sorted({one.state.pinned for one in reached if one.state.pinned}):
        yield f"pinned to {pinned}: rollouts are refused until `envfence rollback --unpin`"
    for one in reached:
        if holder := lease.shown(one.facts.get("lock", "")):
            yield f"{one.host.name} is {holder}"


def _of_host(fleet: Fleet, one: Found) -> Iterator[str]:
    state = one.seen.state
    if not state.release and not state.intent:
        yield "nothing has been rolled out"
        return
    if state.intent:
        begun = state.intent
        yield f"the change to {begun.release} that {begun.by} began at {begun.at} has not ended"
    if one.drifted:
        yield f"other values than here of {', '.join(one.drifted)}; a rollout or `envfence env push` brings these"
    yield from (f"{service} is not as {state.release} wants it" for service in one.changed)
    wanted = _wanted(fleet, one.seen)
    healthy = wanted._replace(replicas={name: n for name, n in wanted.replicas.items() if name not in one.changed})
    yield from gate.unmet(healthy, one.seen.replicas, {})
    for service, answers in one.answers.items():
        yield from (f"{service} says that it is {said.status}" for said in answers if said.status != gate.READY)


def _wanted(fleet: Fleet, seen: Seen) -> gate.Wanted:
    replicas = {name: fleet.replicas(name) for name in seen.host.services}
    return gate.Wanted(replicas, {name: seen.hashes.get(name, "") for name in replicas}, {})


def _states(fleet: Fleet, service: str, replicas: Sequence[Replica]) -> str:
    shown = ",".join(dict.fromkeys(one.container.shown for one in replicas)) or "missing"
    count = fleet.replicas(service)
    return shown if count == len(replicas) == 1 else f"{shown} {len(replicas)}/{count}"


def _said(replicas: Sequence[Replica], answers: Sequence[Answer]) -> tuple[str, str]:
    """Return version and schema as the service says them, else the tag or digest of its image."""
    images = (
        one.image.partition("@")[2].removeprefix("sha256:")[:12] or one.image.rpartition(":")[2] for one in replicas
    )
    versions = [one.version for one in answers if one.version] or list(images)
    return ",".join(dict.fromkeys(versions))[:28], ",".join(dict.fromkeys(one.schema for one in answers if one.schema))


if __name__ == "__main__":
    sys.exit(main())
