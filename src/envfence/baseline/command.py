"""`envfence baseline`: write down what is found today, so that `check` and the hooks report only what is new."""

import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

from envfence import atomic, git, sources
from envfence.arguments import Parser
from envfence.baseline import cover, upkeep
from envfence.baseline.entries import Baseline, Key, merged, parsed, rendered
from envfence.check import Options, check
from envfence.errors import FenceError

EPILOG = "exit codes: 0 the baseline is as it should be, 2 could not run"
ATTRIBUTE = "merge=union"  # lines of both branches are taken: that an entry is there twice does no harm


def main(argv: Sequence[str]) -> int:
    """Write the baseline; return 0. Raise FenceError if it is there, and nothing says what to do with it."""
    args = command_parser().parse_args(argv)
    paths = args.paths or ["."]
    report = check(sources.from_paths(paths), Options(strict=True, flows=True))
    baselines = cover.Baselines()
    found = {place.file: Counter[Key]() for place in map(baselines.place, map(cover.inside, paths))}
    for one, place, key in cover.keys(report.findings, baselines):
        if one.rule not in cover.NEVER_COVERED:
            found.setdefault(place.file, Counter())[key] += 1
    for file, counts in found.items():
        is_there = os.path.exists(file)
        if is_there and not (args.update or args.prune):
            raise FenceError(f"{file} is there; --update rewrites it, --prune drops what covers nothing")
        if is_there or (counts and not args.prune):
            scope = cover.scope(file, baselines, paths, Options())
            _write(file, upkeep.updated(_read(file), counts, scope, prune=args.prune, reason=args.reason))
        else:
            print(f"{file}: not there, and nothing to write into it", file=sys.stderr)
    return 0


def command_parser() -> Parser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence baseline", description=__doc__, epilog=EPILOG)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="what to look at; by default the working directory")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--update", action="store_true", help="add what is new, drop what is gone, move what was renamed")
    how.add_argument("--prune", action="store_true", help="only drop what is gone")
    parser.add_argument("--reason", default="", type=_one_line, help="why new entries may stay")
    return parser


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _read(file: str) -> Baseline:
    text = cover.read(file)
    return parsed(text, file) if text else Baseline()


def _write(file: str, baseline: Baseline) -> None:
    old, new = cover.read(file), rendered(baseline)
    if old != new:
        atomic.write(file, new.encode("utf-8", "surrogateescape"), private=False)
    before = {entry.key: entry.times for entry in merged(parsed(old, file).entries)}
    after = {entry.key: entry.times for entry in baseline.entries}
    found = sum(after.values())
    said = f"{found} finding{'s' * (found != 1)}, {_more(after, before)} new, {_more(before, after)} gone"
    print(f"{file}: {said}", file=sys.stderr)
    folder, name = os.path.split(os.path.abspath(file))
    if git.top_above(folder):
        _merge_by_union(folder, name)
        if git.ask("check-ignore", "--", name, cwd=folder, accept=(0, 1), own=False):
            print(f"{file}: git ignores it: add `!{name}` to .gitignore", file=sys.stderr)


def _more(one: Mapping[Key, int], other: Mapping[Key, int]) -> int:
    return sum(max(0, count - other.get(key, 0)) for key, count in one.items())


def _merge_by_union(folder: str, name: str) -> None:
    """Let git take the lines of both branches, unless the repository says how to merge the file."""
    answer = git.ask("check-attr", "-z", "merge", "--", name, cwd=folder, own=False)
    if answer.split(b"\0")[2:3] != [b"unspecified"]:
        return
    attributes = os.path.join(folder, ".gitattributes")
    text = cover.read(attributes)
    line = f"{name} {ATTRIBUTE}\n"
    text += line if text.endswith("\n") or not text else f"\n{line}"
    atomic.write(attributes, text.encode("utf-8", "surrogateescape"), private=False)
    print(f"{os.path.relpath(attributes)}: added `{line.strip()}`; commit it with the baseline", file=sys.stderr)
