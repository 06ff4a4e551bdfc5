"""`envfence history`: say what was ever committed, with the commits that brought it and took it away.

Whatever is listed has been seen: change it where it is used. Removing it from a file does not remove it from git.
"""

import json
import sys
from collections.abc import Sequence

from envfence import git, progress
from envfence.arguments import Parser
from envfence.check import Options
from envfence.errors import FenceError
from envfence.history.log import Commit, commits, edits
from envfence.history.seen import Sight, sights, what_may_matter
from envfence.report.text import path_shown
from envfence.rules import known

EPILOG = "exit codes: 0 nothing was ever committed, 1 something was, 2 could not run"


def main(argv: Sequence[str]) -> int:
    """List what was ever committed; return 1 if there is anything."""
    args = command_parser().parse_args(argv)
    top = git.top_above(".") or git.top()
    revisions = ("--branches", "--tags", "--remotes", "HEAD") if _has_commits(top) else ()
    if args.since:
        revisions = (*revisions, f"^{_commit(args.since, top)}")
    options = Options(select=known(tuple(args.select.replace(",", " ").split())), many=True)
    found = _found(top, revisions, options) if revisions else []
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    if args.output_format == "json":
        print(json.dumps([_row(sight) for sight in found], indent=2))
    else:
        sys.stdout.write("".join(f"{_line(sight)}\n" for sight in found))
    if found:
        print(_counted(found), file=sys.stderr)
    return int(bool(found))


def command_parser() -> Parser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence history", description=__doc__, epilog=EPILOG)
    parser.add_argument("--since", metavar="REV", help="look only at commits that REV does not have")
    parser.add_argument("--select", default="", metavar="RULE,...", help="look for these rules only")
    parser.add_argument("--output-format", default="text", choices=("text", "json"))
    return parser


def _found(top: str, revisions: Sequence[str], options: Options) -> list[Sight]:
    places = {commit: place for place, commit in enumerate(commits(top, revisions))}
    every = edits(top, revisions, places, what_may_matter(top, options))
    told = progress.shown(every, len(places), "commits", lambda edit: edit.commit.place)
    return sights(top, told, options)


def _has_commits(top: str) -> bool:
    return bool(git.ask("rev-parse", "--quiet", "--verify", "HEAD", cwd=top, accept=(0, 1)))


def _commit(name: str, top: str) -> str:
    found = git.ask(
        "rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}", cwd=top, accept=(0, 1)
    )
    if not found:
        raise FenceError(f"{name}: no such revision here")
    return found.decode().strip()


def _line(sight: Sight) -> str:
    what = sight.what
    until = f"removed in {_shown(sight.removed)}" if sight.removed else "still there"
    values = f", {sight.values} values" if sight.values > 1 else ""
    return f"{path_shown(what.path)}: {what.rule} {what.anchor}: since {_shown(sight.first)}, {until}{values}"


def _shown(commit: Commit) -> str:
    return f"{commit.id[:10]} ({commit.date})"


def _row(sight: Sight) -> dict[str, object]:
    first, removed = ({"commit": one.id, "date": one.date} if one else None for one in (sight.first, sight.removed))
    return {**sight.what._asdict(), "first": first, "removed": removed, "values": sight.values}


def _counted(found: Sequence[Sight]) -> str:
    there = sum(sight.removed is None for sight in found)
    return f"found {len(found)} in the history, {there} of them still there; all of them have been seen"
