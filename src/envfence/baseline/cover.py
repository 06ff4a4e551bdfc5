"""Which findings a baseline covers, and which of its entries cover nothing any more."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from envfence.baseline import upkeep
from envfence.baseline.entries import Entry, Key, merged, parsed
from envfence.baseline.upkeep import Scope
from envfence.check import UNREADABLE, Options, Report
from envfence.config import Config, Nearest
from envfence.errors import FenceError
from envfence.finding import Finding
from envfence.sources import shown

# Nothing is known of such a file; and what is copied from an env file is seen only where that file is.
NEVER_COVERED = (UNREADABLE.id,)
NEVER_STALE = ("copied-value",)

IsNew = Callable[[Finding], bool]


class Place(NamedTuple):
    """The baseline that counts for a file, and the file's path as the baseline has it."""

    file: str
    path: str


class Covered(NamedTuple):
    """A report without what baselines cover: ``more`` findings, ``by_file`` how many of them each entry covers."""

    report: Report
    more: int
    by_file: dict[str, dict[Key, int]]


class Baselines:
    """Finds the baseline of a file by its settings, reading each once."""

    def __init__(self) -> None:
        self._nearest = Nearest()
        self._entries: dict[str, list[Entry]] = {}
        self._places: dict[str, Place] = {}
        self._roots: dict[str, str] = {}

    def place(self, path: str) -> Place:
        """Return which baseline counts for the file at ``path``, relative to the working directory."""
        if path not in self._places:
            self._places[path] = self._place(path)
        return self._places[path]

    def _place(self, path: str) -> Place:
        config = self._nearest.of(path)
        root = config.root or "."
        file = os.path.normpath(os.path.join(root, config.baseline))
        self._roots[file] = root
        return Place(file, _below(path, root))

    def root(self, file: str) -> str:
        """Return the folder that the paths of a baseline begin at; it has been asked for by `place`."""
        return self._roots[file]

    def is_gone(self, file: str, path: str) -> bool:
        """Return whether no file is there any more that a baseline names."""
        return not os.path.lexists(os.path.join(self.root(file), path))

    def config(self, path: str) -> Config:
        """Return the settings of the file at ``path``."""
        return self._nearest.of(path)

    def entries(self, file: str) -> list[Entry]:
        """Return the entries of a baseline, none if there is no such file; raise FenceError if one cannot be read."""
        if file not in self._entries:
            self._entries[file] = merged(parsed(read(file), file).entries)
        return self._entries[file]


def read(file: str) -> str:
    """Return the text of a baseline, "" if there is none. Raise FenceError if it cannot be read."""
    try:
        with open(file, encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise FenceError(f"{file}: cannot be read: {error.strerror}") from error


def _below(path: str, root: str) -> str:
    try:
        return os.path.relpath(path, root).replace(os.sep, "/")
    except ValueError:  # Windows: another drive
        return path


def keys(findings: Iterable[Finding], baselines: Baselines) -> Iterator[tuple[Finding, Place, Key]]:
    """Yield each finding with the baseline that counts for it, and the key of the entry that would cover it."""
    for found in findings:
        place = baselines.place(found.path)
        yield found, place, Key(place.path, found.rule, found.anchor)


def covered(report: Report, baselines: Baselines, is_new: IsNew = lambda _: False) -> Covered:
    """Return the report without what the baselines cover; a finding that ``is_new`` is never covered."""
    left: list[Finding] = []
    used: dict[str, dict[Key, int]] = {}
    counts: dict[str, dict[Key, int]] = {}
    for found, place, key in keys(report.findings, baselines):
        if place.file not in counts:
            counts[place.file] = {entry.key: entry.times for entry in baselines.entries(place.file)}
        here = used.setdefault(place.file, {})
        is_known = here.get(key, 0) < counts[place.file].get(key, 0) and found.rule not in NEVER_COVERED
        if is_known and not is_new(found):
            here[key] = here.get(key, 0) + 1
        else:
            left.append(_advised(found, key, place.file, baselines))
    return Covered(report._replace(findings=left), len(report.findings) - len(left), used)


def _advised(found: Finding, key: Key, file: str, baselines: Baselines) -> Finding:
    """Say what to do where an entry would cover the finding, had its file not another name now."""
    alike = (entry.key.path for entry in baselines.entries(file) if entry.key[1:] == key[1:])
    old = next((path for path in alike if baselines.is_gone(file, path)), None)
    if old is None:
        return found
    return found._replace(advice=f"{found.advice}; {file} has it for {old}: `envfence baseline --update` moves it")


def of_tree(report: Report, paths: Sequence[str], options: Options) -> tuple[Report, list[str]]:
    """Return the report of ``paths`` without what baselines cover, and what is to be said about the baselines."""
    baselines = Baselines()
    done = covered(report, baselines)
    told = [f"the baseline covers {done.more} {'findings' if done.more > 1 else 'finding'}"] if done.more else []
    for file in dict.fromkeys((*done.by_file, *(baselines.place(inside(path)).file for path in paths))):
        looked_at = scope(file, baselines, paths, options)
        stale = upkeep.stale(baselines.entries(file), done.by_file.get(file, {}), looked_at)
        told += upkeep.told(file, stale, looked_at.is_gone)
    return done.report, told


def inside(path: str) -> str:
    """Return the path of a file that has the settings of ``path``."""
    return os.path.join(path, "x") if os.path.isdir(path) else path


def scope(file: str, baselines: Baselines, paths: Iterable[str], options: Options) -> Scope:
    """Return which entries of a baseline a check of ``paths`` has looked for."""
    root = baselines.root(file)
    names = [shown(path) for path in paths]
    folders = tuple(f"{name}/" for name in names if name != ".")

    def covers(entry: Entry) -> bool:
        path = shown(os.path.join(root, entry.key.path))
        if not (path in names or path.startswith(folders) or ("." in names and not path.startswith("../"))):
            return False
        # Whether semgrep has looked for flows depends on who runs the check.
        is_optional = entry.key.rule in NEVER_STALE or entry.key.rule.startswith("flow-")
        is_told = not is_optional or baselines.is_gone(file, entry.key.path)
        return is_told and options.over(baselines.config(path)).wants(entry.key.rule)

    return Scope(covers, partial(baselines.is_gone, file))
