"""Bring every server of an environment back to a release that it keeps, and keep rollouts out until it is unpinned.

It needs no CI and no registry: the servers have what they ran before. Exit codes are those of `envfence rollout`.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from envfence import console
from envfence.arguments import Parser, below_root
from envfence.contract.stages import PRODUCTION
from envfence.delivery.changes import acting, changing, finishing, lease, plan, planning, rollout, survey
from envfence.delivery.changes.changing import Back
from envfence.delivery.changes.plan import Act, Change, Schema, Stage
from envfence.delivery.changes.survey import Seen
from envfence.delivery.changes.way_back import DOWNGRADE, FORWARD, Way, way_back
from envfence.delivery.changes.work import Work
from envfence.delivery.releases import images
from envfence.delivery.releases import model as models
from envfence.delivery.releases.record import Release, release_of
from envfence.delivery.servers.deployment import Deployment, deployed
from envfence.delivery.servers.remote import Remote
from envfence.errors import FenceError
from envfence.operate import asking


class Return(NamedTuple):
    """A way back: from which release, whose image knows the schema, which way, and the change that it is."""

    newer: Release
    knows: Release
    way: Way
    change: Change


def main(argv: Sequence[str] | None = None) -> int:
    """Run `envfence rollback`."""
    args = command_parser().parse_args(argv)
    return console.run_below_root(args)


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence rollback", description=__doc__, parents=[below_root()])
    add = parser.add_argument
    add("environment", nargs="?", default=PRODUCTION, metavar="ENVIRONMENT", help="by default production")
    add("--to", default="", metavar="RELEASE", help="by default the one that ran before")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--plan", action="store_true", help="say which of three ways it is, and do nothing")
    what.add_argument("--unpin", action="store_true", help="let rollouts in again")
    rollout.add_options_of_changes(parser)
    parser.set_defaults(run=_run)
    return parser


def _run(args: argparse.Namespace) -> int:
    with deployed(args.root, args.environment) as on:
        rollout.check_hosts(on, {}, room_kb=0)  # nothing is sent, and a full disk is no reason to stay
        if args.unpin:
            return _unpinned(on, args.wait)
        found = found_way(on, args.to)
        stages = plan.stages(found.change, always=True)
        on.narrator.say(f"{found.newer.id} -> {found.change.release.id}: {found.way.kind}: {found.way.why}")
        if args.plan:
            print("\n".join(plan.shown(stages)) if found.way.kind != FORWARD else "nothing can be done")
            return 0
        if found.way.kind == FORWARD:
            raise FenceError(f"there is no way back: {found.way.why}; mend it, and roll that out")
        if on.target.is_production and asking.is_terminal():
            what = f"this brings {', '.join(host.name for host in on.fleet.hosts)} back to {found.change.release.id}"
            asking.confirmed(what, on.target.environment, yes=args.yes)
        return _brought_back(on, args)


def _brought_back(on: Deployment, args: argparse.Namespace) -> int:
    start = finishing.started()
    with finishing.interruptible(), rollout.locked(on, args.wait) as held:
        found = found_way(on, args.to)  # again: somebody else may have been at work until now
        if found.way.kind == FORWARD:
            raise FenceError(f"there is no way back: {found.way.why}")
        change = found.change
        pinned = "" if change.release.id == found.newer.id else change.release.id
        who = lease.owner()
        states = {name: planning.state_after(change, name, who, start.at, pinned) for name in change.seen}
        work = Work(on, held, change, None, states, args.timeout, set())
        back = Back(found.newer, partial(_upgraded, found), "")
        result = changing.carried_out(work, plan.stages(change, always=True), back)
        if result.code == changing.DONE:
            finishing.pruned(work)
        finishing.logged(work, "rollback", found.newer, result, start)
    return finishing.told(on, "rollback", result)


def found_way(on: Deployment, to: str) -> Return:
    """Return how to go back. Raise FenceError if no host knows where to, or one lacks what it needs."""
    seen = survey.asked(on.remotes, survey.seen)
    running = planning.running(on, seen)
    newer = rollout.settled(seen, running)
    if newer is None:
        raise FenceError("nothing has been rolled out, so there is nothing to go back to")
    name = to or _default(seen, newer)
    releases = survey.asked(on.remotes, lambda remote: _kept(remote, name))
    older = next(iter(releases.values()))
    _has_images(on, older)
    schema = planning.schema_seen(on, seen)
    knows = next((one for one in running.values() if one.lineage(schema)), newer)
    way = way_back(knows, older, schema)
    env = {host: one.facts.get("env", "") for host, one in seen.items()}
    change = planning.way_of(on, older, env, way.schema)
    if way.kind == DOWNGRADE:
        change = change._replace(schema=_downgrade(on, knows, older))
    return Return(newer, knows, way, change)


def _default(seen: Mapping[str, Seen], newer: Release) -> str:
    """Return where to go back to: what runs, if a change to something else was left half-way, else what ran before."""
    if any(one.state.intent for one in seen.values()):
        return newer.id
    previous = next((one.state.previous for one in seen.values() if one.state.previous), "")
    if not previous:
        raise FenceError("which release ran before is not recorded; name one: --to RELEASE")
    return previous


def _kept(remote: Remote, name: str) -> Release:
    """Return a release that a host keeps. Raise FenceError if it does not."""
    answer = remote.ask("release", name)
    if answer.code:
        kept = ", ".join(remote.told("releases").split()) or "none"
        raise FenceError(f"{remote.host.name} does not keep {name}; it keeps {kept}")
    return release_of(answer.out)


def _has_images(on: Deployment, release: Release) -> None:
    """Raise FenceError if a host does not have an image of a release any more."""

    def gone(remote: Remote) -> list[str]:
        keys = {release.services[name] for name in remote.host.services if name in release.services}
        return [f"{remote.host.name} has {one} no more" for one in images.lacking(remote, _references(release, keys))]

    missing = [one for every in survey.asked(on.remotes, gone).values() for one in every]
    if missing:
        raise FenceError(f"{'; '.join(missing)}: release that commit again, and roll it out")


def _references(release: Release, keys: set[str]) -> list[str]:
    return sorted({release.images[key][0] for key in keys})


def _downgrade(on: Deployment, knows: Release, older: Release) -> Schema:
    host = models.migrates(knows.services, on.fleet)
    return Schema(on.fleet.migrate, ("alembic", "downgrade", older.head), host.name, knows.id)


def _upgraded(found: Return, work: Work) -> None:
    """Bring the schema to where the newer release wants it, if it was taken back."""
    if found.way.kind == DOWNGRADE:
        host = models.migrates(found.knows.services, work.on.fleet)
        act = Act(host.name, ("once", found.knows.id, work.on.fleet.migrate))
        acting.run(work, Stage("restore", (act,)))


def _unpinned(on: Deployment, wait: float) -> int:
    with rollout.locked(on, wait) as held:
        states = survey.asked(on.remotes, lambda remote: survey.seen(remote).state)

        def record(remote: Remote) -> None:
            state = states[remote.host.name]._replace(pinned="")
            remote.record(held.tokens[remote.host.name], state.document)

        survey.asked(on.remotes, record)
    on.narrator.say(f"{on.fleet.environment}: rollouts are let in again")
    return 0


if __name__ == "__main__":
    sys.exit(main())
