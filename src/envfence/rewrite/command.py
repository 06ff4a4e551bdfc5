"""`envfence fix`: move what is hardcoded into settings and env files, and prove that the program does the same."""

import difflib
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from envfence import check, files, git
from envfence.arguments import Parser
from envfence.config import STANDARD_ENVIRONMENTS, Config
from envfence.errors import FenceError
from envfence.rewrite import journal, rotation
from envfence.rewrite.interrupted import refuse_if_interrupted
from envfence.rewrite.plan import Change, Plan

EPILOG = "exit codes: 0 nothing to change, 1 files changed, or would change with --diff, 2 could not run"


def main(argv: Sequence[str]) -> int:
    """Run the command; return 0 if nothing changes, 1 if files do."""
    args = command_parser().parse_args(argv)
    root = _root(args.paths)
    if args.undo or args.go_on:
        paths = journal.undo(root) if args.undo else journal.complete(root)
        print(*(f"{'restored' if args.undo else 'wrote'} {path}" for path in paths), sep="\n", file=sys.stderr)
        return 0
    refuse_if_interrupted(root)
    if not (args.allow_dirty or args.diff):
        _refuse_if_dirty(root)
    plan = _plan(root, args.paths or ["."], args.environment, verifies=args.verify)
    if args.diff:
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
        sys.stdout.writelines(line for change in plan.changes for line in _diff(change))
    elif plan.changes:
        journal.write(root, plan.changes)
    _tell(plan, args.environment, written=not args.diff)
    _tell_rotation(root, plan)
    return int(bool(plan.changes))


def command_parser() -> Parser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence fix", description=__doc__, epilog=EPILOG)
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files and folders; by default the working directory")
    add(
        "--environment",
        default=STANDARD_ENVIRONMENTS[0],
        metavar="NAME",
        help="whose values they are, by default development",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--diff", action="store_true", help="show what would change, and change nothing")
    what.add_argument("--undo", action="store_true", help="put back the files of the last fix")
    what.add_argument("--continue", action="store_true", dest="go_on", help="complete a fix that was interrupted")
    add("--verify", action="store_true", help="also run the modules before and after, where nothing is reached")
    add("--allow-dirty", action="store_true", help="also where git has changes that are not committed")
    return parser


def _root(paths: Sequence[str]) -> str:
    """Return the folder of the contract: the nearest with `.env.example`, else the repository's top, else this one."""
    folder = os.path.abspath(paths[0] if paths else ".")
    folder = folder if os.path.isdir(folder) else os.path.dirname(folder)
    top = git.top_above(folder)
    nearest = folder
    while top and nearest != top and not os.path.exists(os.path.join(nearest, ".env.example")):
        nearest = os.path.dirname(nearest)
    return top if top and not os.path.exists(os.path.join(nearest, ".env.example")) else nearest


def _refuse_if_dirty(root: str) -> None:
    if git.top_above(root) is None:
        raise FenceError("there is no git repository to go back to: run `git init` and commit, or pass --allow-dirty")
    if git.ask("status", "--porcelain", "--untracked-files=no", cwd=root, own=False).strip():
        raise FenceError("git has changes that are not committed: commit them first, or pass --allow-dirty")


def _plan(root: str, paths: Sequence[str], environment: str, *, verifies: bool) -> Plan:
    if find_spec("libcst") is None:
        raise FenceError("rewriting Python needs LibCST: pip install 'envfence[fix]'")
    from envfence.rewrite import fix, project

    read = project.read(root, paths)
    plan = fix.planned(read, environment)
    return fix.verified(read, plan, environment) if verifies else plan


def _diff(change: Change) -> list[str]:
    """Return a change as `git diff` shows it; of an env file the keys alone."""
    before, after = (_lines(data, change) for data in (change.before or b"", change.after))
    old = f"a/{change.path}" if change.before is not None else "/dev/null"
    return [
        line if line.endswith("\n") else f"{line}\n"
        for line in difflib.unified_diff(before, after, old, f"b/{change.path}")
    ]


def _lines(data: bytes, change: Change) -> list[str]:
    """Return the lines of a file with every value masked."""
    text = files.decoded(data)
    if change.is_private:
        return [f"{line.partition('=')[0]}=***\n" if "=" in line else "\n" for line in text.splitlines()]
    from envfence.report.mask import masked_lines

    findings = check.findings_in(change.path, data, Config()) if data else []
    held = {line for one in findings for line in range(one.line, one.end_line + 1)}
    masked = masked_lines(text, change.path, held)
    lines = text.split("\n")
    return [f"{masked.get(number, line)}\n" for number, line in enumerate(lines, 1)][: len(lines) - (not lines[-1])]


def _tell(plan: Plan, environment: str, *, written: bool) -> None:
    for left in plan.left:
        print(left, file=sys.stderr)
    for change in plan.changes if written else ():
        print(f"{'wrote' if change.before is not None else 'added'} {change.path}", file=sys.stderr)
    if plan.changes:
        secrets = sum(key.is_secret for key in plan.keys)
        done = "moved" if written else "would move"
        print(f"{done} {len(plan.keys)} keys, {secrets} of them secrets, to .env.{environment}", file=sys.stderr)


def _tell_rotation(root: str, plan: Plan) -> None:
    """Name the secrets that git has had."""
    held = [change.path for change in plan.changes if change.before is not None and not change.is_private]
    for name, commit in rotation.committed(root, held, plan.keys if held else ()).items():
        print(f"{name}: hardcoded-credential: rotate it: git has it since commit {commit}", file=sys.stderr)
