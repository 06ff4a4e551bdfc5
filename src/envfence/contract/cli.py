"""Hold every env file to one contract, and write env files from it."""

import argparse
import os
import sys
from collections.abc import Sequence

from envfence import console
from envfence.arguments import Parser, below_root
from envfence.report import FORMATS


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command of `envfence env`; return 0, 1 for findings or differences, 2 if it could not run."""
    args = command_parser().parse_args(argv)
    return console.run_below_root(args)


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence env", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    below = below_root()
    _add_check(commands.add_parser("check", parents=[below], help="check the contract and every env file"))
    new = commands.add_parser("new", parents=[below], help="write .env.NAME from the contract, with new secrets")
    new.add_argument("name", metavar="NAME")
    new.set_defaults(run=_new)
    fill = commands.add_parser("fill", parents=[below], help="add the keys that .env.NAME lacks")
    fill.add_argument("name", metavar="NAME")
    fill.set_defaults(run=_fill)
    diff = commands.add_parser("diff", parents=[below], help="compare environments, without their values")
    diff.add_argument("names", nargs="+", metavar="NAME", help="an environment, or the path of an env file")
    diff.set_defaults(run=_diff)
    _add_fingerprint(commands.add_parser("fingerprint", parents=[below], help="digests to compare two machines' files"))
    push = commands.add_parser("push", parents=[below], help="send every server the values that its services take")
    push.add_argument("environment", metavar="ENVIRONMENT")
    push.add_argument("--check", action="store_true", help="send nothing; 1 if a server has other values")
    push.set_defaults(run=_push)
    return parser


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output-format", default="text", choices=FORMATS)
    parser.add_argument(
        "--from-environment", metavar="NAME", help="check the variables of this process as those of NAME"
    )
    parser.add_argument(
        "--compose", default="auto", choices=("auto", "client", "port"), help="who reads as compose does"
    )
    parser.add_argument(
        "--fix", action="store_true", help="mend what git and docker do with env files, and their modes"
    )
    parser.add_argument("--matrix", action="store_true", help="print the keys and what each surface says of them")
    parser.add_argument("--html", metavar="FILE", help="write the matrix as a page that opens in any browser")
    parser.add_argument("--summary", action="store_true", help="count what the errors ask of people, and list none")
    parser.add_argument("--strict", action="store_true", help="let warnings fail too")
    parser.add_argument("--exit-zero", action="store_true", help="return 0 whatever is found")
    parser.set_defaults(run=_check)


def _add_fingerprint(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="an environment, or the path of an env file")
    parser.add_argument("--salt", default=os.environ.get("ENVFENCE_SALT", ""), help="the same on both machines")
    parser.add_argument("--compare", metavar="FILE", help="a fingerprint made elsewhere; - reads standard input")
    parser.set_defaults(run=_fingerprint)


def _check(args: argparse.Namespace) -> int:
    from envfence.check import Report
    from envfence.contract import command

    done = command.mended(args.root) if args.fix else []
    for line in done:
        print(line, file=sys.stderr)
    findings, survey = command.examined(args.root, args.from_environment, args.compose)
    if args.matrix or args.html:
        command.show_matrix(survey, findings, args.html, to_stdout=args.matrix)
    if args.summary:
        from envfence import people

        print(*(f"{line}\n" for line in people.to_do(findings)), sep="", end="")
    else:
        console.told(Report(findings, {}, {}), args.output_format)
    return 0 if args.exit_zero else console.exit_code(findings, strict=args.strict)


def _new(args: argparse.Namespace) -> int:
    from envfence.contract import writing

    _say_unset(writing.new(args.root, args.name), args.name)
    return 0


def _fill(args: argparse.Namespace) -> int:
    from envfence.contract import writing

    added, unset = writing.fill(args.root, args.name)
    print(f"envfence: {', '.join(added) or 'nothing'} added to .env.{args.name}", file=sys.stderr)
    _say_unset(unset, args.name)
    return 0


def _say_unset(keys: list[str], name: str) -> None:
    if keys:
        print(f"envfence: .env.{name} still needs a value for {', '.join(keys)}", file=sys.stderr)


def _diff(args: argparse.Namespace) -> int:
    from envfence.contract import command
    from envfence.contract.difference import difference

    values = [command.values_of(args.root, name) for name in args.names]
    keys = command.keys_in_order(args.root, values)
    print("\n".join(difference(args.names, values, keys)))
    return int(any(set(one) != set(values[0]) for one in values))


def _push(args: argparse.Namespace) -> int:
    from envfence.delivery.changes import push

    return push.push(args.root, args.environment, only_check=args.check)


def _fingerprint(args: argparse.Namespace) -> int:
    import secrets

    from envfence.contract import command
    from envfence.contract.fingerprint import differing, fingerprint, parsed
    from envfence.contract.rules import shown

    salt = args.salt or secrets.token_urlsafe(16)
    if not args.salt:
        print(f"envfence: for the other machine: ENVFENCE_SALT={salt}", file=sys.stderr)
    values = command.values_of(args.root, args.name)
    digests = fingerprint({key: values[key] for key in command.keys_in_order(args.root, [values])}, salt)
    if not args.compare:
        print("\n".join(f"{key} {digest}" for key, digest in digests.items()))
        return 0
    keys = differing(digests, parsed(command.text_of(args.compare)))
    for key in keys:
        print(f"{shown(key)} differs")
    return int(bool(keys))
