"""`envfence init`: set a repository up. It shows a plan first and adds only; a second run changes nothing."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence

from envfence import check, git, sources
from envfence.arguments import Parser
from envfence.errors import FenceError
from envfence.finding import ERROR
from envfence.init import plan
from envfence.init.survey import Found, survey
from envfence.rewrite import journal
from envfence.rewrite.interrupted import refuse_if_interrupted

EPILOG = "exit codes: 0 the repository is set up, 2 could not run"
_HOOK = """#!/bin/sh
# Written by `envfence init`: pre-commit or prek were not there. Either of them may take its place.
exec "{python}" -m envfence_hooks.envfence
"""


def main(argv: Sequence[str]) -> int:
    """Run the command; return 0."""
    args = command_parser().parse_args(argv)
    if not os.path.isdir(args.root):
        raise FenceError(f"{args.root}: no such folder")
    if args.undo:
        for path in journal.undo(args.root, journal.INIT):
            print(f"restored {path}")
        return 0
    refuse_if_interrupted(args.root)
    found = survey(args.root)
    steps = list(plan.steps(found))
    told: list[str] = []
    if args.workflows:
        from envfence.init import workflows

        new, told = workflows.planned(found, steps)
        steps += new
    _show(found, steps)
    for line in told:
        print(line)
    if args.dry_run:
        return 0
    if steps and _agreed(f"Write {len(steps)} files?", yes=args.yes):
        journal.write(found.root, [step.change for step in steps], journal.INIT)
        print("written; `envfence init --undo` takes it back")
    _install_hook(found)
    errors = _errors(found)
    if errors and (args.baseline or (not args.yes and sys.stdin.isatty() and _agreed("Write a baseline?"))):
        from envfence.baseline import command

        command.main([found.root, "--update"])
    if errors:
        _tell_what_is_there(found, errors)
    return 0


def command_parser() -> Parser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence init", description=__doc__, epilog=EPILOG)
    parser.add_argument("--root", default=".", metavar="DIR", help="the folder to set up")
    parser.add_argument("--dry-run", action="store_true", help="show the plan and write nothing")
    parser.add_argument("--undo", action="store_true", help="put back the files that the last init wrote")
    parser.add_argument("--yes", action="store_true", help="do not ask; needed where there is no terminal")
    parser.add_argument("--workflows", action="store_true", help="also write workflows that test, deploy and roll back")
    parser.add_argument("--baseline", action="store_true", help="write down what is found today, to fix it later")
    return parser


def _show(found: Found, steps: Sequence[plan.Step]) -> None:
    print("found:")
    there = (
        ("packages below", found.packages), ("settings classes", found.settings), ("compose files", found.compose),
        ("workflows", found.workflows), ("env files", found.env_files), ("environments", found.environments),
    )  # fmt: skip
    for title, names in there:
        print(f"  {title}: {', '.join(names) or 'none'}")
    print("plan:" if steps else "plan: nothing to write")
    for step in steps:
        done = "write" if step.change.before is None else "extend"
        print(f"  {done} {step.change.path}: {step.why}")
    if line := plan.lines_for_noxfile(found):
        print(f"  yours to add to noxfile.py: {line}")


def _agreed(question: str, *, yes: bool = False) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        raise FenceError("there is no terminal to ask: pass --yes to write this, or --dry-run")
    return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}


def _install_hook(found: Found) -> None:
    """Let git ask for every commit, by pre-commit or prek where one is there."""
    if found.top is None:
        print("no git repository is here, so nothing asks before a commit: run `git init`, then `envfence init` again")
        return
    hooks = os.fsdecode(git.ask("rev-parse", "--git-path", "hooks", cwd=found.root, own=False).strip())
    file = os.path.join(found.root, hooks, "pre-commit")
    if os.path.lexists(file):
        return
    path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", "")))
    runner = shutil.which("pre-commit", path=path) or shutil.which("prek", path=path)
    if runner:
        done = subprocess.run((runner, "install"), cwd=found.root, capture_output=True, check=False)
        print("git asks before every commit" if done.returncode == 0 else f"run `{os.path.basename(runner)} install`")
        return
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(_HOOK.format(python=sys.executable.replace("\\", "/")))
    os.chmod(file, 0o755)  # noqa: S103 git runs it, and so does everybody who may read the repository
    print("git asks before every commit")


def _errors(found: Found) -> int:
    report = check.check(sources.from_paths([found.root]), check.Options(strict=True))
    return sum(one.severity == ERROR for one in report.findings)


def _tell_what_is_there(found: Found, errors: int) -> None:
    first = "" if found.has_commits or found.top is None else "the first commit is refused until then; "
    count = "1 error is" if errors == 1 else f"{errors} errors are"
    print(f"{count} in the files: {first}`envfence check` shows what, `envfence fix` moves values out")
