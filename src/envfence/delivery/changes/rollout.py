"""Bring a release to every server of an environment, or leave every server as it was.

Exit codes: 0 the release runs everywhere, 1 it failed and what ran before runs everywhere, 2 nothing was done,
3 MIXED: a server could not be brought back, and its name is told.
"""

import argparse
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from importlib.resources import files

from envfence import console
from envfence.arguments import Parser, below_root
from envfence.delivery.changes import changing, finishing, lease, plan, planning, preflight, refusal, survey
from envfence.delivery.changes.changing import Back
from envfence.delivery.changes.lease import Lease
from envfence.delivery.changes.plan import Change
from envfence.delivery.changes.planning import Cargo
from envfence.delivery.changes.survey import Seen
from envfence.delivery.changes.work import Work
from envfence.delivery.releases import bundle
from envfence.delivery.releases.record import Release
from envfence.delivery.servers.deployment import Deployment, deployed
from envfence.errors import FenceError
from envfence.operate import asking

_NOTHING = "nothing to change: {} runs what {} has"
WAIT = 75.0  # seconds for the lock: longer than a lease, so that one whose runner died passes meanwhile


def main(argv: Sequence[str] | None = None) -> int:
    """Run `envfence rollout`."""
    args = command_parser().parse_args(argv)
    return console.run_below_root(args)


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence rollout", description=__doc__, parents=[below_root()])
    add = parser.add_argument
    add("environment", metavar="ENVIRONMENT", help="whose servers")
    add("--release", default="", metavar="ID", help="by default the newest that `envfence release` has made here")
    add("--dry-run", action="store_true", help="print what would be done on which server, and do nothing")
    add_options_of_changes(parser)
    parser.set_defaults(run=_run)
    return parser


def add_options_of_changes(parser: argparse.ArgumentParser) -> None:
    """Add the options of everything that changes servers."""
    add = parser.add_argument
    add("--yes", action="store_true", help="do not ask about production")
    add("--wait", type=float, default=WAIT, metavar="SECONDS", help=f"for the lock, by default {WAIT:g}")
    add("--timeout", type=float, default=300, metavar="SECONDS", help="for a service to be ready, by default 300")


def _run(args: argparse.Namespace) -> int:
    release = bundle.read(args.root, args.release)
    with deployed(args.root, args.environment) as on:
        cargo = planning.cargo_of(on, release)
        known = check_hosts(on, planning.ports(on, cargo))
        if args.dry_run:
            return _shown(on, planning.rollout_of(on, cargo, known))
        if on.target.is_production and asking.is_terminal():
            what = f"this brings {release.id} to {', '.join(host.name for host in on.fleet.hosts)}"
            asking.confirmed(what, on.target.environment, yes=args.yes)
        return _rolled_out(on, cargo, known, args)


def _rolled_out(on: Deployment, cargo: Cargo, known: Mapping[str, Mapping[str, str]], args: argparse.Namespace) -> int:
    start = finishing.started()
    with finishing.interruptible(), locked(on, args.wait) as held:
        change = planning.rollout_of(on, cargo, known)
        stages = plan.stages(change)
        if not stages:
            print(_NOTHING.format(on.target.environment, change.release.id))
            return 0
        _refuse(on, change)
        before = settled(change.seen, change.running)
        states = {name: planning.state_after(change, name, lease.owner(), start.at) for name in change.seen}
        work = Work(on, held, change, cargo, states, args.timeout, set())
        result = changing.carried_out(work, stages, Back(before, changing.left_alone, ""))
        if result.code == changing.DONE:
            finishing.pruned(work)
        finishing.logged(work, "rollout", before, result, start)
    return finishing.told(on, "rollout", result)


@contextmanager
def locked(on: Deployment, wait: float) -> Generator[Lease]:
    """Hold the locks of all servers, and tell so."""
    on.narrator.tell("lock", "", ", ".join(one.host.name for one in lease.in_order(on.remotes)))
    with lease.held(on.remotes, wait, partial(on.narrator.tell, "lock")) as held:
        yield held
        on.narrator.tell("unlock", "", "")


def _refuse(on: Deployment, change: Change) -> None:
    states = {name: one.state for name, one in change.seen.items()}
    holds = planning.descends(on.target.root)
    if found := list(refusal.refusals(change.release, states, change.running, change.live, holds)):
        raise FenceError("\n".join(found))
    on.narrator.tell("refuse", "", "nothing speaks against it")


def settled(seen: Mapping[str, Seen], running: Mapping[str, Release]) -> Release | None:
    """Return the release that the fleet runs before a change, None before the first.

    Raise FenceError if no host knows any more what that release is.
    """
    name = survey.newest(one.state for one in seen.values())
    if name and name not in running:
        raise FenceError(f"{name} is what the fleet runs, and no host has its release.json any more")
    return running.get(name)


def check_hosts(
    on: Deployment, ports: Mapping[str, Sequence[str]], room_kb: int = preflight.ROOM_KB
) -> dict[str, dict[str, str]]:
    """Return what every host says of itself. Raise FenceError with all that speaks against a change there."""
    agent = sha256(files("envfence.delivery.servers").joinpath("host.sh").read_bytes()).hexdigest()[:12]
    on.narrator.tell("preflight", "", ", ".join(one.host.name for one in on.remotes))

    facts = survey.asked(on.remotes, lambda remote: remote.facts())
    wrong: list[str] = []
    for name, said in facts.items():
        on.narrator.tell("preflight", name, preflight.told(said))
        found = preflight.problems(said, agent, time.time(), ports.get(name, ()), room_kb)
        wrong += [f"{name}: {one}" for one in found]
    if wrong:
        raise FenceError("\n".join(wrong))
    return facts


def _shown(on: Deployment, change: Change) -> int:
    """Print the plan; raise FenceError with what speaks against it."""
    stages = plan.stages(change)
    if stages:
        _refuse(on, change)
    print("\n".join(plan.shown(stages)) or _NOTHING.format(on.target.environment, change.release.id))
    return 0


if __name__ == "__main__":
    sys.exit(main())
