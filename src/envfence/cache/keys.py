"""What the findings of a file depend on: its content, its settings, the env files around it, and this program.

Whatever lies in a file but is not to be known by its content is told by its size and its times: no digest of a value is
ever made.
"""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from typing import NamedTuple

import envfence
from envfence import files, git
from envfence.config import Nearest
from envfence.neighbours import Neighbours
from envfence.sources import Source
from envfence.values import Options

REGULAR = (b"100644", b"100755")
AS_IN_THE_INDEX = b"H"  # of `git ls-files -v`: others are not looked at, or are not there
MIGRATIONS = "versions"  # the newest is judged by all
# What is judged by others, which may be anywhere: by the models, and by the folders.
OF_MODELS = "env.py"
OF_FOLDERS = ".github/workflows/"
SETTLED = 2.0  # seconds after which a file that changes again has another time, on any file system


class Now(NamedTuple):
    """The program's key, and the state of each file: files of equal state hold the same. Without one it is unknown."""

    program: str
    files: dict[str, str]


def top_of(sources: list[Source]) -> str | None:
    """Return the top of the repository that the files lie in, by the first of them."""
    return git.top_above(os.path.dirname(os.path.abspath(sources[0].file))) if sources and sources[0].file else None


def now(sources: Iterable[Source], top: str, options: Options, nearest: Nearest, neighbours: Neighbours) -> Now:
    """Return what holds at the moment; ``nearest`` finds the settings of each file, ``neighbours`` know its folder."""
    blobs, surroundings = _blobs(top), _Surroundings(top, neighbours)
    by_folder: dict[str, str] = {}
    begun = time.time()
    states: dict[str, str] = {}
    for source in sources:
        folder = os.path.dirname(source.path)
        if folder not in by_folder:
            config = nearest.of(source.path)
            rules = [_stated(os.path.join(config.root, path)) for path in config.flow_rules]
            beside = _stated(folder) if os.path.basename(folder) == MIGRATIONS else ""
            by_folder[folder] = _digest(config, rules, surroundings.of(os.path.abspath(folder)), beside)
        if source.path.endswith(OF_MODELS) or OF_FOLDERS in source.path:
            continue
        if content := blobs.get(os.path.abspath(source.file)) or _settled(source.file, begun):
            states[source.path] = f"{content} {by_folder[folder]}"
    asked = options._replace(lines=False, many=False, baseline=True, progress=False)
    return Now(_digest(_program(), asked, os.path.relpath(os.getcwd(), top)), states)


def _digest(*parts: object) -> str:
    return sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()[:24]


def _blobs(top: str) -> dict[str, str]:
    """Return git's objects of the files that are as in the index, which git knows without reading them."""
    listed = git.ask("ls-files", "-z", "-s", "-v", cwd=top, own=False)
    changed = set(git.names(git.ask("diff-files", "-z", "--name-only", cwd=top, own=False)))
    blobs: dict[str, str] = {}
    for entry in listed.split(b"\0"):
        # <tag> <mode> <object> <stage><tab><path>
        words, _, path = entry.partition(b"\t")
        tag, mode, blob, stage = words.split() if path else (b"", b"", b"", b"")
        name = os.fsdecode(path)
        if tag == AS_IN_THE_INDEX and mode in REGULAR and stage == b"0" and name not in changed:
            blobs[os.path.join(top, *name.split("/"))] = blob.decode()
    return blobs


def _settled(file: str, begun: float) -> str:
    """Return what tells a file that git does not know from later ones, "" if it has changed just now."""
    try:
        status = os.lstat(file)
    except OSError:
        return ""
    return _times(status) if max(status.st_mtime, status.st_ctime) < begun - SETTLED else ""


def _times(status: os.stat_result) -> str:
    return f"{status.st_size}.{status.st_mtime_ns}.{status.st_ctime_ns}.{status.st_ino}"


class _Surroundings:
    """Tells the env files beside a file and above it, as `Neighbours` reads them."""

    def __init__(self, top: str, neighbours: Neighbours) -> None:
        self._top, self._neighbours = top, neighbours
        self._by_folder: dict[str, tuple[str, ...]] = {}

    def of(self, folder: str) -> tuple[str, ...]:
        if folder not in self._by_folder:
            above = self.of(os.path.dirname(folder)) if folder.startswith(os.path.join(self._top, "")) else ()
            self._by_folder[folder] = (*_env_files(folder, self._neighbours.names_in(folder) or ()), *above)
        return self._by_folder[folder]


def _env_files(folder: str, names: Iterable[str]) -> Iterator[str]:
    for name in sorted(name for name in names if name.startswith(".env")):
        yield f"{name} {_stated(os.path.join(folder, name))}"


def _stated(path: str) -> str:
    """Return the sizes and times of a file, or of the files in a folder, with their names."""
    if os.path.isdir(path):
        inside = (os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
        return " ".join(f"{name} {_stated(name)}" for name in sorted(inside) if not name.endswith(".pyc"))
    try:
        return _times(os.stat(path))
    except OSError:
        return ""


@cache
def _program() -> tuple[str, ...]:
    """Return what tells this version, as it is installed or being written, and what it asks for help."""
    from importlib.util import find_spec

    from envfence.flows.semgrep import executable

    specs = (find_spec(name) for name in ("envfence", "envfence_rules", "detect_secrets"))
    folders = [folder for spec in specs if spec for folder in spec.submodule_search_locations or ()]
    return (envfence.__version__, sys.version, str(files.LIMIT), *map(_stated, (*folders, executable() or "")))
