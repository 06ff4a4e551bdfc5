"""Start, look at and stop the stack of an environment, from its compose files and its env file alone."""

import argparse
import sys
from collections.abc import Sequence

from envfence import console
from envfence.arguments import Parser, below_root
from envfence.contract.stages import DEVELOPMENT
from envfence.report import FORMATS


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command of `envfence stack`; return 0, 1 for what is found to be wrong, 2 if it could not run."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["lock"]:
        from envfence.stack import lock

        return lock.main(arguments[1:])
    args = command_parser().parse_args(arguments)
    return console.run_below_root(args)


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence stack", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    rooted = below_root()
    one = Parser(add_help=False, parents=[rooted])
    one.add_argument(
        "environment", nargs="?", default=DEVELOPMENT, metavar="ENVIRONMENT", help="by default development"
    )
    config = commands.add_parser(
        "config", parents=[one], help="print the merged compose files, keys in place of values"
    )
    config.set_defaults(run=_config)
    _add_up(commands.add_parser("up", parents=[one], help="start everything and wait until it is healthy"))
    down = commands.add_parser("down", parents=[one], help="stop everything; data stays")
    down.add_argument("--volumes", action="store_true", help="remove the data too")
    down.add_argument("--yes", action="store_true", help="remove the data of an environment that others use")
    down.set_defaults(run=_down)
    logs = commands.add_parser("logs", parents=[one], help="print what the services write, without values")
    logs.add_argument("--service", action="append", default=[], metavar="NAME", help="of this service only")
    logs.add_argument("--follow", action="store_true", help="go on until interrupted")
    logs.add_argument("--tail", default="100", metavar="N", help="lines of each service, or all")
    logs.set_defaults(run=_logs)
    status = commands.add_parser("status", parents=[one], help="print how every service does; 1 if one is not well")
    status.set_defaults(run=_status)
    _add_check(commands.add_parser("check", parents=[rooted], help="hold every stack to the policy"))
    commands.add_parser("lock", help="write the digests of the images that servers run", add_help=False)
    return parser


def _add_up(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--service", action="append", default=[], metavar="NAME", help="start this one and what it depends on")
    add("--profile", action="append", default=[], metavar="NAME", help="start the services of a profile too")
    add("--timeout", type=float, default=300, metavar="SECONDS", help="how long to wait, by default 300")
    add("--build", action="store_true", help="build images even if nothing that decides them has changed")
    add("--keep", action="store_true", help="leave what has started if the rest fails")
    add("--no-docker", action="store_true", help="run servers from wheels and the program as processes")
    add("--yes", action="store_true", help="do without docker, unasked, where it does not run")
    parser.set_defaults(run=_up)


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output-format", default="text", choices=FORMATS)
    parser.add_argument("--strict", action="store_true", help="let warnings fail too")
    parser.set_defaults(run=_check)


def _config(args: argparse.Namespace) -> int:
    from envfence.operate import commands

    sys.stdout.write(commands.config(args.root, args.environment))
    return 0


def _up(args: argparse.Namespace) -> int:
    from envfence.operate import commands
    from envfence.operate.up import Options

    options = Options(tuple(args.service), tuple(args.profile), args.timeout, keep=args.keep, build=args.build)
    return commands.up(args.root, args.environment, options, no_docker=args.no_docker, yes=args.yes)


def _down(args: argparse.Namespace) -> int:
    from envfence.operate import commands

    return commands.down(args.root, args.environment, volumes=args.volumes, yes=args.yes)


def _logs(args: argparse.Namespace) -> int:
    from envfence.operate import commands

    return commands.logs(args.root, args.environment, args.service, args.tail, follow=args.follow)


def _status(args: argparse.Namespace) -> int:
    from envfence.operate import commands

    return commands.status(args.root, args.environment)


def _check(args: argparse.Namespace) -> int:
    from envfence.check import Report
    from envfence.operate.policy import findings

    found = findings(args.root)
    console.told(Report(found, {}, {}), args.output_format)
    return console.exit_code(found, strict=args.strict)


if __name__ == "__main__":
    raise SystemExit(main())
