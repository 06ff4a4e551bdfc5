"""What a commit or a range of commits changes: the files as git has them, and the lines that are added."""

import os
from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple

from envfence import files, git
from envfence.check import UNREADABLE, Report
from envfence.errors import FenceError
from envfence.sources import Source, shown

REGULAR = (b"100644", b"100755")  # git's modes of files; links and submodules have others
# --raw gives modes and objects, so no name has to pass through a line of text.
RAW = ("diff", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative", "--diff-filter=ACMRT")
PATCH = ("diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-relative")
PREFIXES = ("--src-prefix=a/", "--dst-prefix=b/")
EVERY_LINE = range(1, 1 << 62)
ESCAPES = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}


class Change(NamedTuple):
    """A file as git has it: its path from the top of the work tree, and its object."""

    path: str
    blob: str


def staged(top: str) -> list[Change]:
    """Return the files that the next commit adds or changes, as the index has them."""
    return _changes(git.ask(*RAW, "--cached", "--", cwd=top))


def between(top: str, from_ref: str, to_ref: str) -> list[Change]:
    """Return the files that ``to_ref`` has added or changed since it left ``from_ref``."""
    return _changes(_compared(*RAW, "--end-of-options", f"{from_ref}...{to_ref}", cwd=top))


def _compared(*args: str, cwd: str) -> bytes:
    """Return what a ``git diff`` prints that names revisions; raise FenceError if one is not here."""
    try:
        return git.ask(*args, "--", cwd=cwd)
    except FenceError as error:
        raise FenceError(f"{error}; if the revision is not here, fetch it: shallow clones have few") from error


def _changes(raw: bytes) -> list[Change]:
    fields = raw.split(b"\0")
    return [
        Change(os.fsdecode(path), entry.split()[3].decode())
        for entry, path in zip(fields[::2], fields[1::2], strict=False)
        if entry.split()[1] in REGULAR
    ]


def sources(changes: Iterable[Change], top: str, blobs: git.Blobs) -> Iterator[Source]:
    """Yield the changed files, read through ``blobs``."""
    for change in changes:
        yield Source(shown(os.path.join(top, change.path)), partial(blobs.read, change.blob, files.LIMIT))


class Added(NamedTuple):
    """The lines that a change adds, by path as shown; every line of a file in ``whole`` is new."""

    lines: dict[str, list[range]]
    whole: frozenset[str] = frozenset()

    def has(self, path: str, first: int, last: int) -> bool:
        """Return whether one of the lines from ``first`` to ``last`` is added."""
        if path in self.whole:
            return True
        return any(first < lines.stop and last >= lines.start for lines in self.lines.get(path, ()))

    def only(self, report: Report) -> Report:
        """Return the report with the findings on added lines; what could not be read is no line's fault."""
        return report._replace(
            findings=[
                found
                for found in report.findings
                if found.rule == UNREADABLE.id or self.has(found.path, found.line, found.end_line)
            ]
        )


def added_since(top: str, ref: str) -> Added:
    """Return what the work tree has added since it left ``ref``: files that git does not know yet count as a whole."""
    patch = _compared(*PATCH, *PREFIXES, "--merge-base", "--end-of-options", ref, cwd=top)
    unknown = git.names(git.ask("ls-files", "-z", "--others", "--exclude-standard", cwd=top))
    return Added(_shown(added_lines(patch), top), frozenset(shown(os.path.join(top, path)) for path in unknown))


def added_staged(top: str) -> list[Added]:
    """Return the lines that the next commit adds, to each of its parents: what a merge brings along is in one of them.

    A renamed file has its old lines.
    """
    merged = git.ask("rev-parse", "--quiet", "--verify", "MERGE_HEAD", cwd=top, accept=(0, 1)).decode().split()
    asked = (*PATCH, *PREFIXES, "--find-renames", "--cached")
    patches = [git.ask(*asked, *parent, "--", cwd=top) for parent in ((), *((commit,) for commit in merged))]
    return [Added(_shown(added_lines(patch), top)) for patch in patches]


def added_between(top: str, from_ref: str, to_ref: str) -> Added:
    """Return the lines that ``to_ref`` has added since it left ``from_ref``."""
    patch = _compared(*PATCH, *PREFIXES, "--end-of-options", f"{from_ref}...{to_ref}", cwd=top)
    return Added(_shown(added_lines(patch), top))


def _shown(lines: dict[str, list[range]], top: str) -> dict[str, list[range]]:
    return {shown(os.path.join(top, path)): added for path, added in lines.items()}


def added_lines(patch: bytes) -> dict[str, list[range]]:
    """Return the lines that a patch without context adds, by path from the top of the work tree."""
    added: dict[str, list[range]] = {}
    path = ""
    lines = iter(patch.split(b"\n"))
    for line in lines:
        if line.startswith(b"Binary files ") and not line.endswith(b" and /dev/null differ"):
            # To git UTF-16 is binary too.
            path = path_of(line.removesuffix(b" differ").rpartition(b" and ")[2])
            added.setdefault(path, []).append(EVERY_LINE)
        elif line.startswith(b"+++ "):
            path = path_of(line[4:])
        elif line.startswith(b"@@ "):
            removed, (start, count) = (_span(field) for field in line.split(b" ", 3)[1:3])
            if count:
                added.setdefault(path, []).append(range(start, start + count))
            # The body is skipped by its length: an added line may itself look like a header.
            _skip(lines, removed[1] + count)
    return added


def _skip(lines: Iterator[bytes], count: int) -> None:
    while count:
        count -= not next(lines).startswith(b"\\")  # `\ No newline at end of file` may stand between them


def _span(field: bytes) -> tuple[int, int]:
    """Return start and count of `-3,2` or `+7`."""
    start, _, count = field[1:].partition(b",")
    return int(start), int(count or b"1")


def path_of(field: bytes) -> str:
    r"""Return the path of a patch's `b/app.py`, `b/with space<tab>` or `"b/with\nescapes"`."""
    if not field.startswith(b'"'):
        return os.fsdecode(field.removesuffix(b"\t").removeprefix(b"b/"))
    parts: list[bytes] = []
    rest = field[1:].rpartition(b'"')[0]
    while rest:
        plain, escape, rest = rest.partition(b"\\")
        parts.append(plain)
        if escape and rest[:1].isdigit():
            parts.append(bytes([int(rest[:3], 8)]))
            rest = rest[3:]
        elif escape:
            parts.append(ESCAPES.get(rest[:1], rest[:1]))
            rest = rest[1:]
    return os.fsdecode(b"".join(parts)).removeprefix("b/")
