"""`envfence fix`: move what is hardcoded into settings and env files, and prove that the program does the same."""

import gc
import os
import sys
from collections.abc import Collection, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import quote

from envfence import check, files, git
from envfence.arguments import Parser
from envfence.config import STANDARD_ENVIRONMENTS, Config, Nearest
from envfence.errors import FenceError
from envfence.neighbours import Neighbours
from envfence.rewrite import journal, rest, rotation
from envfence.rewrite.interrupted import refuse_if_interrupted
from envfence.rewrite.plan import Change, Plan, current

if TYPE_CHECKING:
    from envfence.detect.needles import Needles

EPILOG = "exit codes: 0 nothing to change, 1 files changed, or would change with --diff, 2 could not run"


def main(argv: Sequence[str]) -> int:
    """Run the command; return 0 if nothing changes, 1 if files do."""
    args = command_parser().parse_args(argv)
    root = _root(args.paths)
    if args.undo or args.go_on:
        paths = journal.undo(root) if args.undo else journal.complete(root)
        for path in paths:
            print(f"{'restored' if args.undo else 'wrote'} {path}", file=sys.stderr)
        return 0
    refuse_if_interrupted(root)
    if not (args.allow_dirty or args.diff):
        _refuse_if_dirty(root)
    environment = args.environment or _environment(root)
    plan = _plan(root, args.paths or ["."], environment, verifies=args.verify)
    if args.diff:
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
        secrets = {value for key in plan.keys if key.is_secret for value in key.values.values()}
        around = Neighbours()
        sys.stdout.writelines(
            line
            for change in plan.changes
            for line in _diff(change, secrets, around.of(os.path.join(root, change.path)))
        )
    elif plan.changes:
        journal.write(root, plan.changes)
    _tell(plan, environment, written=not args.diff)
    _tell_rotation(root, plan)
    if not args.diff:
        rest.tell(root)
    return int(bool(plan.changes))


def command_parser() -> Parser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence fix", description=__doc__, epilog=EPILOG)
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files and folders; by default the working directory")
    add(
        "--environment",
        metavar="NAME",
        help="whose values they are, by default what ENVIRONMENT says in .env, else development",
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


def _environment(root: str) -> str:
    """Return the environment that the repository runs in here: its `.env` may say so."""
    from envfence.rewrite.settings.evaluate import given

    said = given(files.decoded(current(root, ".env") or b"")).get("ENVIRONMENT", "")
    return said if said in Nearest().of(os.path.join(root, ".env")).environments else STANDARD_ENVIRONMENTS[0]


def _refuse_if_dirty(root: str) -> None:
    if git.top_above(root) is None:
        raise FenceError("there is no git repository to go back to: run `git init` and commit, or pass --allow-dirty")
    if git.ask("status", "--porcelain", "--untracked-files=no", cwd=root, own=False).strip():
        raise FenceError("git has changes that are not committed: commit them first, or pass --allow-dirty")


def _plan(root: str, paths: Sequence[str], environment: str, *, verifies: bool) -> Plan:
    if find_spec("libcst") is None:
        raise FenceError("fix rewrites with LibCST: pip install 'envfence[fix]'")
    collects = gc.isenabled()
    gc.disable()  # trees live until the plan is made: to look through them again and again takes a tenth of the time
    try:
        from envfence.rewrite import fix, project
        from envfence.rewrite.files import alembic

        said = project.read(root, paths)
        read = alembic.in_code(said)
        plan = fix.planned(read, environment)
        if read is not said and not alembic.is_moved(read, plan.left):
            read, plan = said, fix.planned(said, environment)
        if verifies:
            from envfence.rewrite.proving.verified import verified

            return verified(read, plan, environment)
        return plan
    finally:
        if collects:
            gc.enable()


def _diff(change: Change, secrets: Collection[str], needles: "Needles") -> list[str]:
    """Return a change as `git diff` shows it, of an env file the keys.

    What goes is not shown, nor ``secrets``, nor what ``needles`` find: the values of the env files that are there.
    """
    from difflib import unified_diff

    texts = [files.decoded(data) for data in (change.before or b"", change.after)]
    if change.is_private:
        before, after = ([_key_alone(line) for line in text.splitlines()] for text in texts)
    else:
        before, after = (
            _masked(change.path, text, _holding(text, secrets) | _copying(change.path, text, needles) | gone)
            for text, gone in zip(texts, (_removed(*texts), set[int]()), strict=True)
        )
    old = f"a/{change.path}" if change.before is not None else "/dev/null"
    return [
        line if line.endswith("\n") else f"{line}\n" for line in unified_diff(before, after, old, f"b/{change.path}")
    ]


def _key_alone(line: str) -> str:
    return f"{line.partition('=')[0]}=***\n" if "=" in line else "\n"


def _removed(before: str, after: str) -> set[int]:
    """Return the numbers of the lines that are not there afterwards: what moves stands in them, found or not."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, before.split("\n"), after.split("\n"), autojunk=False)
    steps = (step for step in matcher.get_opcodes() if step[0] != "equal")
    return {number for _, start, end, _, _ in steps for number in range(start + 1, end + 1)}


def _holding(text: str, secrets: Collection[str]) -> set[int]:
    """Return the numbers of the lines that hold a secret, also percent-encoded."""
    wanted = {form for secret in secrets for form in (secret, quote(secret, safe=""))}
    lines = text.split("\n") if any(one in text for one in wanted) else []
    return {number for number, line in enumerate(lines, 1) if any(one in line for one in wanted)}


def _copying(path: str, text: str, needles: "Needles") -> set[int]:
    """Return the numbers of the lines that hold a value of an env file."""
    from envfence.detect import copied

    found = copied.findings(path, text.encode(), needles)
    return {line for one in found for line in range(one.line, one.end_line + 1)}


def _masked(path: str, text: str, numbers: set[int]) -> list[str]:
    """Return the lines of a file, with the values masked on those lines and wherever something is found."""
    from envfence.report.mask import masked_lines

    findings = check.findings_in(path, text.encode(), Config()) if text else []
    held = {line for one in findings for line in range(one.line, one.end_line + 1)}
    masked = masked_lines(text, path, held | numbers)
    lines = text.split("\n")
    return [f"{masked.get(number, line)}\n" for number, line in enumerate(lines, 1)][: len(lines) - (not lines[-1])]


def _tell(plan: Plan, environment: str, *, written: bool) -> None:
    for left in plan.left:
        print(left, file=sys.stderr)
    for line in (*plan.told, *plan.tried):
        print(line, file=sys.stderr)
    for one in plan.mended:
        print(f"{one}: {'mended' if written else 'would be mended'}", file=sys.stderr)
    for change in plan.changes if written else ():
        print(f"{'wrote' if change.before is not None else 'added'} {change.path}", file=sys.stderr)
    if plan.changes:
        secrets = sum(key.is_secret for key in plan.keys)
        done = "moved" if written else "would move"
        if plan.keys:
            print(f"{done} {len(plan.keys)} keys, {secrets} of them secrets, to .env.{environment}", file=sys.stderr)
    if any(change.path.startswith(".github/workflows/") for change in plan.changes):
        from envfence.rewrite.files import workflow

        print(*(f"{line}\n" for line in workflow.to_register(plan)), sep="", end="", file=sys.stderr)


def _tell_rotation(root: str, plan: Plan) -> None:
    """Name the secrets that git has had."""
    held = [change.path for change in plan.changes if change.before is not None and not change.is_private]
    for name, commit in rotation.committed(root, held, plan.keys if held else ()).items():
        print(f"{name}: hardcoded-credential: rotate it: git has it since commit {commit}", file=sys.stderr)
