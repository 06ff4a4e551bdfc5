"""Several files as one: all are written or none, also when the process is killed; and all can be put back.

The journal lies in git's own folder, private, where no commit and no container image takes it along. It holds every
file as it was and as it is to be, is complete before the first file is touched, and stays for `--undo` of the command
that wrote.
"""

import json
import os
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from envfence import atomic
from envfence.errors import FenceError
from envfence.rewrite.interrupted import BEGUN, folder_of, is_interrupted
from envfence.rewrite.plan import Change, current

FIX, INIT = "fix", "init"  # the commands that write several files

_CHANGES = "changes.json"
_UNFINISHED = re.compile(r"\.[0-9a-f]{8}\.tmp$")


class _Journal(NamedTuple):
    """Who wrote, the root, and each file by its path from there, as it was and as it is to be; None is no file."""

    command: str
    root: str
    files: Sequence[tuple[str, bytes | None, bytes | None]]


def write(root: str, changes: Sequence[Change], command: str = FIX) -> None:
    """Write all changes of a ``command``. Raise FenceError if a file is not what the plan began with."""
    for change in changes:
        if current(root, change.path) != change.before:
            raise FenceError(f"{change.path} has changed meanwhile: run `envfence {command}` again")
    folder = folder_of(root)
    _remove(folder)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    atomic.write(os.path.join(folder, ".gitignore"), b"*\n")
    listed = [[change.path, _text(change.before), _text(change.after)] for change in changes]
    atomic.write(os.path.join(folder, _CHANGES), json.dumps([command, _seen_from(folder, root), listed]).encode())
    complete(root)


def complete(root: str) -> list[str]:
    """Write what an interrupted command has not written yet; return the paths."""
    return _bring(root, is_undo=False)


def undo(root: str, command: str = FIX) -> list[str]:
    """Put back the files that a ``command`` was the last to write; return the paths.

    What was interrupted is put back whoever wrote it. Raise FenceError if another command wrote since, or if a file has
    changed.
    """
    folder = folder_of(root)
    writer = _journal(folder).command
    if writer != command and not is_interrupted(root):
        raise FenceError(f"there is no {command} to undo here: `envfence {writer} --undo` takes back what that wrote")
    paths = _bring(root, is_undo=True)
    _remove(folder)
    return paths


def _remove(folder: str) -> None:
    """Remove the journal's folder, in which nothing but files lies."""
    if os.path.isdir(folder):
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))
        os.rmdir(folder)


def _bring(root: str, *, is_undo: bool) -> list[str]:
    folder = folder_of(root)
    command, start, files = _journal(folder)
    states = [(path, old, new) if is_undo else (path, new, old) for path, old, new in files]
    for path, wanted, other in states:
        if current(start, path) not in (wanted, other):
            raise FenceError(
                f"{path} has changed since `envfence {command}` wrote it: put it back yourself, nothing was touched"
            )
    atomic.write(os.path.join(folder, BEGUN), b"")
    _sweep([os.path.join(start, path) for path, *_ in states])
    changed: list[str] = []
    for path, wanted, _ in states:
        if current(start, path) != wanted:
            _put(os.path.join(start, path), wanted, private=Change(path, None, b"").is_private)
            changed.append(path)
    atomic.flush([os.path.join(start, path) for path in changed])
    os.unlink(os.path.join(folder, BEGUN))
    return changed


def _sweep(files: Sequence[str]) -> None:
    """Remove what a process that was killed has left beside files."""
    for folder in filter(os.path.isdir, {os.path.dirname(file) for file in files}):
        for name in filter(_UNFINISHED.search, os.listdir(folder)):
            if os.path.join(folder, _UNFINISHED.sub("", name)) in files:
                os.unlink(os.path.join(folder, name))


def _put(file: str, data: bytes | None, *, private: bool) -> None:
    if data is None:
        os.unlink(file)
        return
    os.makedirs(os.path.dirname(file), exist_ok=True)
    atomic.write(file, data, private=private, flushes=False)


def _journal(folder: str) -> _Journal:
    """Return what a journal's folder holds. Raise FenceError if there is none."""
    try:
        with open(os.path.join(folder, _CHANGES), encoding="utf-8") as stream:
            read: list[Any] = json.load(stream)
    except FileNotFoundError as error:
        raise FenceError("there is nothing to undo here") from error
    command, root, files = read
    start = os.path.normpath(os.path.join(os.path.realpath(folder), str(root)))
    return _Journal(str(command), start, [(str(path), _bytes(old), _bytes(new)) for path, old, new in files])


def _seen_from(folder: str, root: str) -> str:
    """Return where the root is, seen from the journal: a copy of the repository puts back its own files."""
    start, goal = os.path.realpath(folder), os.path.realpath(root)
    is_near = os.path.splitdrive(start)[0] == os.path.splitdrive(goal)[0]
    return os.path.relpath(goal, start) if is_near else goal


def _text(data: bytes | None) -> str | None:
    """Return bytes as JSON can hold them."""
    return None if data is None else data.decode("latin-1")


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode("latin-1")
