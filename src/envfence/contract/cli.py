"""Hold every env file to one contract, and write env files from it."""

import argparse
import os
import sys
from collections.abc import Sequence

from envfence.errors import FenceError
from envfence.finding import ERROR, Finding


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of `check`, `new`, `fill`, `diff`, `fingerprint`; return 0, 1 for findings, 2 if it could not run."""
    args = _parser().parse_args(argv)
    try:
        code: int = args.run(args)
    except FenceError as error:
        print(f"envfence: {error}", file=sys.stderr)
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="envfence env", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_check(commands.add_parser("check", help="check the contract and every env file"))
    return parser


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--root", default=".", metavar="DIR", help="the folder of .env.example and the env files")
    parser.add_argument("--output-format", default="text", choices=("text", "json", "sarif", "github"))
    parser.add_argument(
        "--from-environment", metavar="NAME", help="check the variables of this process as those of NAME"
    )
    parser.add_argument("--strict", action="store_true", help="let warnings fail too")
    parser.add_argument("--exit-zero", action="store_true", help="return 0 whatever is found")
    parser.set_defaults(run=_check)


def _check(args: argparse.Namespace) -> int:
    from envfence.contract import check

    if not os.path.isdir(args.root):
        raise FenceError(f"{args.root}: no such folder")
    if args.from_environment:
        findings = check.from_process(args.root, args.from_environment, os.environ)
    else:
        findings = check.check(args.root, os.environ)
    _print(sorted(set(findings), key=lambda finding: (finding.path, finding.line, finding.rule)), args.output_format)
    failing = any(finding.severity == ERROR or args.strict for finding in findings)
    return int(failing and not args.exit_zero)


def _print(findings: list[Finding], output_format: str) -> None:
    if output_format == "json":
        import json

        print(json.dumps([finding._asdict() for finding in findings], indent=2))
        return
    for finding in findings:
        print(f"{finding.path}:{finding.line}: {finding.rule}: {finding.message}; {finding.advice}")
