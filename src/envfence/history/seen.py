"""Edits to what was ever in a file: which commit brought it, which one took it away, and how many values it had."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from hashlib import blake2b
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from envfence import files, git, workers
from envfence.check import Options, examined
from envfence.config import Config, Nearest
from envfence.detect import provider
from envfence.finding import Finding
from envfence.history.log import Commit, Edit, Filter, Version
from envfence.literals import candidates, multi
from envfence.neighbours import Neighbours
from envfence.sources import Source, shown

if TYPE_CHECKING:
    from envfence.detect.needles import Needles

FAMILIES = ("endpoint", "credential")
BATCH = 20  # versions of files that a process is given at a time
FEW = 100  # of them are done before other processes have begun


class What(NamedTuple):
    """What is told apart in all versions of a file."""

    rule: str
    path: str
    anchor: str
    family: str


class Sight(NamedTuple):
    """When something was in a file: ``removed`` is None if it still is, ``values`` is how many it had."""

    what: What
    first: Commit
    removed: Commit | None
    values: int


Contents = dict[What, set[bytes]]  # with a digest of each value under a key that is forgotten at once


def sights(top: str, edits: Iterable[Edit], options: Options) -> list[Sight]:
    """Return what was ever in a file, sorted by rule and path."""
    every: list[Edit] = []
    key = os.urandom(32)
    contents = _contents(top, _versions(edits, every), options, key)
    now = _now(top, {what.path for found in contents.values() for what in found}, options, key)
    first: dict[What, Commit] = {}
    removed: dict[What, Commit] = {}
    for edit in sorted(every, key=lambda edit: -edit.commit.place):
        before, after = (_merged(contents.get(one, {}) for one in side) for side in (edit.before, edit.after))
        for what in (*before, *after):
            first.setdefault(what, edit.commit)
        removed.update(dict.fromkeys(before.keys() - after, edit.commit))
    values = _merged((*contents.values(), now))
    return [
        Sight(what, first[what], None if what in now else removed.get(what), len(values[what]))
        for what in sorted(first)
    ]


def _merged(contents: Iterable[Contents]) -> Contents:
    merged: Contents = {}
    for found in contents:
        for what, digests in found.items():
            merged.setdefault(what, set()).update(digests)
    return merged


def _versions(edits: Iterable[Edit], every: list[Edit]) -> Iterator[Version]:
    """Yield each version before or after an edit once, and put the edit into ``every``."""
    seen: set[Version] = set()
    for edit in edits:
        every.append(edit)
        for version in (*edit.before, *edit.after):
            if version not in seen:
                seen.add(version)
                yield version


def _now(top: str, paths: set[str], options: Options, key: bytes) -> Contents:
    """Return what is in the files of HEAD."""
    listed = git.ask("ls-tree", "-r", "-z", "--full-tree", "HEAD", cwd=top).split(b"\0")
    entries = [entry.partition(b"\t") for entry in listed]
    here = [Version(os.fsdecode(name), fields.split()[2].decode()) for fields, _, name in entries if name]
    return _merged(_contents(top, (one for one in here if one.path in paths), options, key).values())


def _contents(top: str, versions: Iterator[Version], options: Options, key: bytes) -> dict[Version, Contents]:
    """Return what is in the versions; those that hold nothing are left out."""
    work = partial(_examined, top, options, key)
    first = list(islice(versions, FEW))
    rest = chain(first, versions)
    batches = iter(lambda: list(islice(rest, BATCH)), [])
    answers = map(work, batches) if len(first) < FEW else workers.in_order(work, batches)
    return {version: found for answer in answers for version, found in answer}


def _examined(top: str, options: Options, key: bytes, batch: list[Version]) -> list[tuple[Version, Contents]]:
    """Return what is in a few versions; runs in a process of its own."""
    with git.Blobs(top) as blobs:
        found = [(version, _content(top, version, blobs, options, key)) for version in batch]
    return [(version, content) for version, content in found if content]


def _content(top: str, version: Version, blobs: git.Blobs, options: Options, key: bytes) -> Contents:
    path = shown(os.path.join(top, version.path))
    config, needles = _around(os.getcwd(), options).of(path)
    data = blobs.read(version.blob, files.LIMIT)
    findings = examined(Source(path, lambda: data), config, options, needles, version.lines).findings
    lines = files.decoded(data[0]).split("\n") if findings else []
    content: Contents = {}
    for found in findings:
        if found.family in FAMILIES:
            text = _text(lines, found).encode("utf-8", "surrogatepass")
            digest = blake2b(text, key=key, digest_size=16).digest()
            content.setdefault(What(found.rule, version.path, found.anchor, found.family), set()).add(digest)
    return content


def _text(lines: list[str], found: Finding) -> str:
    """Return the characters that a finding is about, without quotes: a formatter changes those, and no value."""
    if found.line == found.end_line:
        return lines[found.line - 1][(found.column or 1) - 1 : (found.end_column or 1) - 1].strip("\"'`")
    return "\n".join(lines[found.line - 1 : found.end_line])


class _Around:
    """Finds the settings of files, and the values of the env files around them."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._nearest, self._neighbours = Nearest(), Neighbours()
        self._configs: dict[str, Config] = {}

    def of(self, path: str) -> tuple[Config, "Needles"]:
        """Return the settings and what must not be copied, as they are today."""
        folder = os.path.dirname(path)
        if folder not in self._configs:
            self._configs[folder] = self._options.over(self._nearest.of(path))
        config = self._configs[folder]
        return config, self._neighbours.of(path, config.allowed_hosts)


@cache
def _around(_working_directory: str, options: Options) -> _Around:
    return _Around(options)


def what_may_matter(top: str, options: Options) -> Filter:
    """Return what to look for in lines of any file, by the settings and the env files of all folders of today."""
    listed = git.ask("ls-tree", "-r", "-d", "-z", "--name-only", "--full-tree", "HEAD", cwd=top)
    around = _around(os.getcwd(), options)
    patterns = dict.fromkeys(chain(*candidates.PATTERNS.values()))
    patterns |= dict.fromkeys(_literally(provider.MARKS))
    for folder in ("", *git.names(listed)):
        config, needles = around.of(shown(os.path.join(top, folder, "x")))
        patterns |= dict.fromkeys(candidates.own(config.domains, config.key_names))
        patterns |= dict.fromkeys(_literally(needle.anchor for needle in needles))

    def wants(path: str) -> bool:
        path = shown(os.path.join(top, path))
        return not files.skipped_as(path, b"") and not around.of(path)[0].is_excluded(path)

    return Filter(multi.scanner(tuple(patterns)) or _slowly(tuple(patterns)), wants)


def _literally(texts: Iterable[bytes]) -> Iterator[str]:
    return (re.escape(text.decode("latin-1").lower()) for text in texts)


def _slowly(patterns: tuple[str, ...]) -> Callable[[bytes], list[int]]:
    """Return what finds the ends of matches without hyperscan."""
    pattern = re.compile("|".join(patterns).encode("latin-1"), re.IGNORECASE)
    return lambda data: [match.end() for match in pattern.finditer(data)]
