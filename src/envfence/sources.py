"""Which files to check, and where their bytes are: named files and folders, the git index, a revision."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from envfence import files, git
from envfence.errors import FenceError


class Source(NamedTuple):
    """One file. ``path`` is as shown: relative to the working directory where that is possible, "/" between folders.

    ``read`` returns the first bytes and the size of the whole, and may raise OSError. ``file`` is where the file lies,
    "" if its bytes come from git; ``size`` is in bytes, 0 if not known yet.
    """

    path: str
    read: Callable[[], tuple[bytes, int]]
    file: str = ""
    size: int = 0


def shown(path: str) -> str:
    """Return how a path is shown."""
    try:
        path = os.path.relpath(path)
    except ValueError:  # Windows: another drive
        path = os.path.abspath(path)
    return path.replace(os.sep, "/")


def from_names(paths: Iterable[str]) -> Iterator[Source]:
    """Yield the regular files among ``paths``, as a hook runner names them: a deleted one is no error."""
    for path in paths:
        if source := _regular(shown(path), path):
            yield source


def from_paths(paths: Iterable[str]) -> Iterator[Source]:
    """Yield the files and the files below the folders, each once.

    In a git repository what git ignores is left out. Raise FenceError if a path does not exist, or cannot be checked.
    """
    named: list[str] = []
    folders: list[str] = []
    for path in paths:
        if not os.path.lexists(path):
            raise FenceError(f"{path}: no such file or folder")
        if os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path)):
            raise FenceError(f"{path}: neither a file nor a folder; pass what it holds to --stdin")
        (folders if os.path.isdir(path) else named).append(path)
    seen: set[str] = set()
    for group in (from_names(_not_ignored(named)), *map(_below, folders)):
        for source in group:
            if source.path not in seen:
                seen.add(source.path)
                yield source


def _regular(path: str, file: str) -> Source | None:
    """Return nothing for a link, a submodule and a device: what they lead to is not part of the commit."""
    try:
        status = os.lstat(file)
    except OSError:
        return None
    return Source(path, partial(files.read, file), file, status.st_size) if stat.S_ISREG(status.st_mode) else None


def _not_ignored(paths: list[str]) -> Iterator[str]:
    """Leave out what git ignores, with one question for each repository; a tracked file is never ignored."""
    ignored: set[str] = set()
    by_top: dict[str, list[str]] = {}
    for path in paths:
        if top := git.top_above(os.path.dirname(_real(path))):
            by_top.setdefault(top, []).append(_real(path))
    for top, group in by_top.items():
        asked = b"\0".join(map(os.fsencode, group))
        answer = git.ask("check-ignore", "-z", "--stdin", cwd=top, stdin=asked, accept=(0, 1), own=False)
        ignored.update(git.names(answer))
    return (path for path in paths if _real(path) not in ignored)


def _real(path: str) -> str:
    """Return the path that git knows: it looks through no link."""
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)


def _below(folder: str) -> Iterator[Source]:
    prefix = _prefix(folder)
    return _listed_by_git(folder, prefix) if git.top_above(folder) else _walked(folder, prefix)


def _walked(folder: str, prefix: str) -> Iterator[Source]:
    """Yield what is below a folder outside of a repository; a repository below it has its own word."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        yield Source(prefix, partial(files.read, folder), folder)  # reading it will fail as well, and be reported
        return
    if any(entry.name == ".git" for entry in entries):
        yield from _listed_by_git(folder, prefix)
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walked(entry.path, f"{prefix}{entry.name}/")
        elif source := _regular(prefix + entry.name, entry.path):
            yield source


def _listed_by_git(folder: str, prefix: str) -> Iterator[Source]:
    listed = git.ask("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=folder, own=False)
    for name in sorted(set(git.names(listed))):
        if source := _regular(prefix + name, os.path.join(folder, name)):
            yield source


def _prefix(folder: str) -> str:
    path = shown(folder)
    return "" if path == "." else f"{path}/"
