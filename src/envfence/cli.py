"""The command envfence: arguments to a command to an exit code."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from envfence import __version__, console
from envfence.arguments import Parser
from envfence.check import Options, Report, check
from envfence.errors import FenceError
from envfence.report import FORMATS

DESCRIPTION = "Keep environments apart: no host, port or credential of one environment is written into code."
COMMANDS = {  # each takes the arguments behind its name
    "baseline": "envfence.baseline.command",
    "checklist": "envfence.checklist.command",
    "completion": "envfence.completion",
    "database": "envfence.operate.database.command",
    "env": "envfence.contract.cli",
    "fleet": "envfence.delivery.servers.setup",
    "history": "envfence.history.command",
    "fix": "envfence.rewrite.command",
    "init": "envfence.init.command",
    "logs": "envfence.delivery.servers.logs",
    "rollback": "envfence.delivery.changes.rollback",
    "rollout": "envfence.delivery.changes.rollout",
    "release": "envfence.delivery.releases.release",
    "rule": "envfence.explain",
    "stack": "envfence.operate.command",
    "status": "envfence.delivery.changes.status",
}
EPILOG = "exit codes: 0 nothing found, 1 findings, 2 could not run"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return 0 if nothing is found, 1 for findings, 2 if it could not run."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0] in COMMANDS:
        command = import_module(COMMANDS[arguments[0]])
        return console.guarded(lambda: _settled(arguments[0]) or command.main(arguments[1:]))
    args = command_parser().parse_args(arguments)
    return console.guarded(lambda: _settled("check") or _check(args))


def _settled(command: str) -> int:
    """Return 0; raise FenceError if a fix was interrupted, which `fix` itself can settle."""
    from envfence.rewrite.interrupted import refuse_if_interrupted

    if command != "fix":
        refuse_if_interrupted()
    return 0


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of `envfence`; what stands behind the name of a command is parsed by its module."""
    parser = Parser(prog="envfence", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("-V", "--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_check(commands.add_parser("check", help="look for values of one environment in files", epilog=EPILOG))
    commands.add_parser("env", help="check, write and compare env files", add_help=False)
    commands.add_parser("fix", help="move values into settings and env files", add_help=False)
    commands.add_parser("history", help="say what was ever committed, to change it", add_help=False)
    commands.add_parser("baseline", help="write down what is found today, and report only what is new", add_help=False)
    commands.add_parser("database", help="migrate databases, and prove migrations", add_help=False)
    commands.add_parser("stack", help="start, look at and stop the stack of an environment", add_help=False)
    commands.add_parser("rollout", help="bring a release to every server, or leave every one as it was", add_help=False)
    commands.add_parser("rollback", help="bring every server back to what it ran before", add_help=False)
    commands.add_parser("status", help="show what every server runs, and what is not well", add_help=False)
    commands.add_parser("logs", help="print what the services of servers write, without values", add_help=False)
    commands.add_parser("checklist", help="find out how far a repository and its servers are", add_help=False)
    commands.add_parser("fleet", help="make the servers of an environment ready", add_help=False)
    commands.add_parser("release", help="build what a commit deploys, once, and write down what it is", add_help=False)
    commands.add_parser("init", help="set a repository up for envfence", add_help=False)
    commands.add_parser("rule", help="say what a rule finds, why, and what to write instead", add_help=False)
    commands.add_parser("completion", help="let a shell complete commands, options and rules", add_help=False)
    return parser


def _add_check(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files and folders; by default the working directory")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--staged", action="store_true", help="check what the next commit changes, as the index has it")
    what.add_argument("--diff", metavar="REF", help="report only lines that the work tree has added since REF")
    what.add_argument("--from-ref", metavar="REF", help="report only lines that --to-ref has added since REF")
    what.add_argument("--stdin", action="store_true", help="check standard input")
    add("--to-ref", metavar="REF", help="the revision that --from-ref is compared with, by default HEAD")
    add("--stdin-filename", metavar="NAME", default="stdin", help="the file that standard input would be")
    add("--output-format", default="text", choices=FORMATS)
    add("--select", action="append", default=[], metavar="RULE,...", help="look for these rules only")
    add("--ignore", action="append", default=[], metavar="RULE,...", help="leave these rules out")
    add("--no-flows", action="store_true", help="leave out the flow rules, which need semgrep")
    add("--no-cache", action="store_true", help="look at files again that have not changed since they were looked at")
    add("--no-baseline", action="store_true", help="report what the baseline covers, too")
    add("--strict", action="store_true", help="let warnings fail too")
    add("--exit-zero", action="store_true", help="return 0 whatever is found")


def _check(args: argparse.Namespace) -> int:
    if args.to_ref and not args.from_ref:
        raise FenceError("--to-ref needs --from-ref")
    if args.stdin and args.paths:
        raise FenceError("--stdin takes no PATH: --stdin-filename names the file that it would be")
    lines = args.output_format == "text"
    select, ignore = _rules(args.select), _rules(args.ignore)
    options = Options(select, ignore, lines=lines, strict=True, baseline=not args.no_baseline, flows=not args.no_flows)
    report, told = _report(args, options), list[str]()
    if options.baseline and not (args.from_ref or args.diff or args.staged):  # lines that are added are never covered
        from envfence.baseline import cover

        report, told = cover.of_tree(report, () if args.stdin else args.paths or (".",), options)
    console.told(report, args.output_format)
    for sentence in told:
        print(sentence, file=sys.stderr)
    if args.paths and not report.files:
        why = "git ignores them, the settings exclude them, or none of that name has changed"
        print(f"no file was checked: {why}", file=sys.stderr)
    return 0 if args.exit_zero else console.exit_code(report.findings, strict=args.strict)


def _report(args: argparse.Namespace, options: Options) -> Report:
    from envfence import guard, sources

    if args.stdin:
        data = sys.stdin.buffer.read()
        return check([sources.Source(sources.shown(args.stdin_filename), lambda: (data, len(data)))], options)
    if args.from_ref:
        return guard.between(args.from_ref, args.to_ref or "HEAD", options, args.paths)
    if args.diff:
        return guard.since(args.diff, options, args.paths)
    if args.staged:
        return guard.staged(options, args.paths) if args.paths else guard.everything((), options)
    return check(sources.from_paths(args.paths or ["."]), options._replace(cache=not args.no_cache, progress=True))


def _rules(lists: Sequence[str]) -> tuple[str, ...]:
    """Return the rule ids of `--select a,b --select c`; raise FenceError for one that does not exist."""
    ids = tuple(rule for listed in lists for rule in listed.replace(",", " ").split())
    if not ids:
        return ()
    from envfence.rules import known

    return known(ids)


if __name__ == "__main__":
    raise SystemExit(main())
