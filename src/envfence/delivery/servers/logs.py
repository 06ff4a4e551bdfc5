"""Print what the services of a fleet write, host by host, without the values of the environment."""

import argparse
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

from envfence import console
from envfence.arguments import Parser, below_root
from envfence.delivery.servers.deployment import deployed
from envfence.delivery.servers.fleet import Fleet, Host
from envfence.delivery.servers.remote import Remote
from envfence.errors import FenceError
from envfence.operate import engine

Line = tuple[str, str]  # host and text


def main(argv: Sequence[str] | None = None) -> int:
    """Run `envfence logs`; return 0, or 2 if a host could not be asked."""
    args = command_parser().parse_args(argv)
    return console.run_below_root(args)


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence logs", description=__doc__, parents=[below_root()])
    add = parser.add_argument
    add("environment", metavar="ENVIRONMENT", help="whose servers")
    add("--role", action="append", default=[], metavar="NAME", help="of the services of this role only")
    add("--service", action="append", default=[], metavar="NAME", help="of this service only")
    add("--follow", action="store_true", help="go on until interrupted")
    add("--tail", default="100", metavar="N", help="lines of each service, or all")
    parser.set_defaults(run=_run)
    return parser


def _run(args: argparse.Namespace) -> int:
    options = [f"--tail={args.tail}", *(["--follow"] if args.follow else [])]
    with deployed(args.root, args.environment) as on:
        chosen = {host.name: services_of(on.fleet, host, args.role, args.service) for host in on.fleet.hosts}
        asked = [one for one in on.remotes if chosen[one.host.name]]
        if not asked:
            raise FenceError("no host has a service of that name or role")
        width = max(len(one.host.name) for one in asked)
        try:
            for host, text in merged(asked, lambda one: [*options, *chosen[one.host.name]]):
                print(f"{host:<{width}}  {on.fleet.masked(engine.CONTROL.sub('', text))}", flush=args.follow)
        except KeyboardInterrupt:
            return 0
    return 0


def services_of(fleet: Fleet, host: Host, roles: Sequence[str], services: Sequence[str]) -> list[str]:
    """Return the services of a host that are of these roles and have these names; no role or name means any.

    Raise FenceError for a role that there is not.
    """
    for role in roles:
        if role not in {one.name for one in fleet.roles}:
            raise FenceError(f"{fleet.environment} has no such role; its roles are {_named(fleet)}")
    wanted = [one for role in fleet.roles if role.name in host.roles and role.name in (roles or host.roles)
              for one in role.services]  # fmt: skip
    return [one for one in dict.fromkeys(wanted) if not services or one in services]


def merged(remotes: Sequence[Remote], words: Callable[[Remote], Sequence[str]]) -> Iterator[Line]:
    """Yield the lines of all hosts as they come. Raise FenceError, after the others have ended, for one that failed."""
    lines: queue.Queue[Line | FenceError | None] = queue.Queue()

    def read(remote: Remote) -> None:
        try:
            for line in remote.follow("logs", *words(remote)):
                lines.put((remote.host.name, line))
        except FenceError as error:
            lines.put(error)
        lines.put(None)

    for remote in remotes:
        threading.Thread(target=read, args=(remote,), daemon=True).start()
    failed: list[FenceError] = []
    left = len(remotes)
    while left:
        said = lines.get()
        if said is None:
            left -= 1
        elif isinstance(said, FenceError):
            failed.append(said)
        else:
            yield said
    if failed:
        raise failed[0]


def _named(fleet: Fleet) -> str:
    return ", ".join(role.name for role in fleet.roles)


if __name__ == "__main__":
    sys.exit(main())
