"""Read what all commits have changed from one run of `git log`, line by line as it comes."""

import io
import re
import secrets
import subprocess
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from tempfile import TemporaryFile
from typing import IO, NamedTuple, cast

from envfence import git
from envfence.changes import path_of
from envfence.errors import FenceError

PATCH = (
    "-p",
    "--unified=1",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    "--full-index",
    "--no-notes",
)
PREFIXES = ("--src-prefix=b/", "--dst-prefix=b/")
BLOCK = 1 << 20  # bytes that are read at a time
NOT_FILES = (b" 120000", b" 160000")  # links and submodules


class Commit(NamedTuple):
    """A commit; ``place`` counts from the newest, ``date`` is the day that it was committed."""

    place: int
    id: str
    date: str


class Version(NamedTuple):
    """A file as it once was; with ``lines`` only these of them, ranges of line numbers, are in question."""

    path: str
    blob: str
    lines: tuple[range, ...] | None = None


class Edit(NamedTuple):
    """What a commit has made of a file: the versions before, and after, that may matter."""

    commit: Commit
    before: tuple[Version, ...]
    after: tuple[Version, ...]


class Filter(NamedTuple):
    """What may matter: ``hits`` returns offsets into lines, none if nothing there does, ``wants`` is about a path."""

    hits: Callable[[bytes], list[int]]
    wants: Callable[[str], bool]


def commits(top: str, revisions: Sequence[str]) -> list[str]:
    """Return the commits, newest first."""
    return git.ask("rev-list", *revisions, "--", cwd=top).decode().split()


def edits(top: str, revisions: Sequence[str], places: Mapping[str, int], may_matter: Filter) -> Iterator[Edit]:
    """Yield the edits whose added, or removed, lines ``may_matter``, then those of merges.

    A merge is no more than its parents but for what it changes in both. ``places`` are those of the commits.
    """
    mark = secrets.token_hex(16)  # no file can hold it
    log = ("-c", "log.showRoot=true", "log", f"--format={mark} %H %cs")
    with _running((*log, "--no-merges", *PATCH, *PREFIXES, *revisions, "--"), top) as stream:
        yield from _Patches(mark.encode(), places, may_matter).edits(stream)
    with _running((*log, "--merges", "-c", "--raw", "--no-abbrev", "--no-renames", *revisions, "--"), top) as stream:
        yield from _of_merges(stream, mark.encode(), places)


@contextmanager
def _running(arguments: tuple[str, ...], top: str) -> Generator[IO[bytes]]:
    """Yield the output of a git command as it comes; raise FenceError at the end if it has failed."""
    with TemporaryFile() as said:  # a pipe that nobody reads would stop it
        process = subprocess.Popen(
            ("git", *arguments), cwd=top, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
        )
        try:
            yield cast("IO[bytes]", process.stdout)
        except BaseException:
            process.kill()
            raise
        finally:
            process.communicate()
        if process.returncode:
            said.seek(0)
            raise FenceError(f"git log failed: {git.sentence(said.read())}")


def _commit(line: bytes, places: Mapping[str, int]) -> Commit:
    _, name, date = line.decode().split()
    return Commit(places[name], name, date)


class _Patches:
    """Reads patches in blocks: where nothing in a block may matter, its lines are not even told apart."""

    def __init__(self, mark: bytes, places: Mapping[str, int], may_matter: Filter) -> None:
        self._mark, self._places, self._filter = mark, places, may_matter
        self._start = re.compile(rb"^(?:diff --git |" + mark + rb" )", re.MULTILINE)
        self._commit = Commit(0, "", "")

    def edits(self, stream: IO[bytes]) -> Iterator[Edit]:
        rest = b""
        while block := stream.read(max(BLOCK, len(rest))):
            data = rest + block
            starts = [match.start() for match in self._start.finditer(data)]
            rest = data[starts[-1] :] if starts else data
            if starts:
                yield from self._sections(data, starts)
        yield from self._sections(rest, [0, len(rest)])

    def _sections(self, data: bytes, starts: list[int]) -> Iterator[Edit]:
        """Yield the edits of the sections, each of a commit's head or of one file, before the last of ``starts``."""
        # What goes over two lines is found as it stands in the file.
        hits = sorted(self._filter.hits(data[: starts[-1]].replace(b"\n+", b"\n ").replace(b"\n-", b"\n ")))
        for start, end in pairwise(starts):
            if data.startswith(self._mark, start):
                self._commit = _commit(data[start : data.index(b"\n", start)], self._places)
            elif bisect_right(hits, start) < bisect_right(hits, end):
                yield from _File(data[start:end]).edit(self._commit, self._filter)


class _Side:
    """One side of a patch: its lines with one around them, and the numbers of those that the other side lacks."""

    def __init__(self) -> None:
        self.text: list[bytes] = []
        self.lines: list[range] = []
        self.at = self.left = 0

    def begin(self, span: bytes) -> None:
        """Go on at `-3,2` or `+7`."""
        start, _, count = span[1:].partition(b",")
        self.at, self.left = int(start), int(count or b"1")

    def take(self, line: bytes, *, changed: bool) -> None:
        """Take the next line of this side."""
        self.text.append(line[1:])
        if changed and self.lines and self.lines[-1].stop == self.at:
            self.lines[-1] = range(self.lines[-1].start, self.at + 1)
        elif changed:
            self.lines.append(range(self.at, self.at + 1))
        self.at, self.left = self.at + 1, self.left - 1


class _File:
    """The part of a patch that is about one file."""

    def __init__(self, section: bytes) -> None:
        self.head: list[bytes] = []
        self.before, self.after = _Side(), _Side()
        for line in io.BytesIO(section):
            if self.before.left > 0 or self.after.left > 0:  # a line of the file may look like anything
                self._take(line)
            elif line.startswith(b"@@ "):
                removed, added = line.split(b" ", 3)[1:3]
                self.before.begin(removed)
                self.after.begin(added)
            else:
                self.head.append(line)

    def _take(self, line: bytes) -> None:
        """Take a line of a hunk; that there is no newline at the end of a file is none."""
        if not line.startswith((b"+", b"\\")):
            self.before.take(line, changed=line.startswith(b"-"))
        if not line.startswith((b"-", b"\\")):
            self.after.take(line, changed=line.startswith(b"+"))

    def edit(self, commit: Commit, may_matter: Filter) -> Iterator[Edit]:
        """Yield the edit, unless nothing of it matters: an empty file, a link, other rights, binary data."""
        path, objects = "", ["", ""]
        for line in self.head if self.before.lines or self.after.lines else ():
            if line.startswith((b"+++ b/", b'+++ "', b"--- b/", b'--- "')):
                path = path_of(line[4:-1])
            elif line.startswith(b"index "):
                objects = [_object(name) for name in line.split()[1].decode().split("..")]
            if line.rstrip().endswith(NOT_FILES):
                return
        if not path or not may_matter.wants(path):
            return
        before, after = (
            (Version(path, blob, tuple(side.lines)),) if side.lines and may_matter.hits(b"".join(side.text)) else ()
            for blob, side in zip(objects, (self.before, self.after), strict=True)
        )
        if before or after:
            yield Edit(commit, before, after)


def _object(name: str) -> str:
    return "" if not name.strip("0") else name


def _of_merges(lines: Iterable[bytes], mark: bytes, places: Mapping[str, int]) -> Iterator[Edit]:
    """Yield what merges have changed in all their parents: `::<modes> <objects> MM<tab>path`."""
    commit = Commit(0, "", "")
    for line in lines:
        if line.startswith(mark):
            commit = _commit(line, places)
        elif re.match(rb"::+100", line):
            fields, _, path = line.rstrip(b"\n").partition(b"\t")
            parents = fields.count(b":")
            objects = [_object(word.decode()) for word in fields.split()[parents + 1 : -1]]
            *before, after = (Version(path_of(path), name) for name in objects)
            yield Edit(commit, tuple(old for old in before if old.blob), (after,) if after.blob else ())
