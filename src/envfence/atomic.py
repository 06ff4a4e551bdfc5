"""Write a file whole or not at all, readable by its owner alone from the first byte."""

import contextlib
import os
import stat
from collections.abc import Iterable

from envfence.errors import FenceError

PRIVATE = 0o600
IS_POSIX = os.name == "posix"  # elsewhere a mode says nothing about other users


def write(file: str, data: bytes, *, private: bool = True, flushes: bool = True) -> None:
    """Put ``data`` at ``file``: whoever looks, also after a crash, finds the old file or the new one.

    A private file has mode 600 whatever it had; another keeps its mode once it is complete. What a killed process
    leaves behind is `.tmp` beside the file: private too, and ignored by git wherever the file is. Whoever writes many
    files flushes all of them at the end. Raise FenceError if the folder cannot be written.
    """
    file = os.path.realpath(file)  # a link stays one
    unfinished = f"{file}.{os.urandom(4).hex()}.tmp"
    try:
        _write_new(unfinished, data, flushes=flushes)
        if not private and os.path.exists(file):
            os.chmod(unfinished, stat.S_IMODE(os.stat(file).st_mode))
        elif not private:
            os.chmod(unfinished, 0o666 & ~_umask())
        os.replace(unfinished, file)
        if flushes:
            _flush_folder(os.path.dirname(file))
    except OSError as error:
        raise FenceError(f"{file}: cannot be written: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)


def flush(files: Iterable[str]) -> None:
    """Make files that are written survive a power cut."""
    folders: set[str] = set()
    for file in filter(os.path.exists, map(os.path.realpath, files)):
        with open(file, "rb" if IS_POSIX else "rb+") as stream:  # Windows flushes only what may be written
            os.fsync(stream.fileno())
        folders.add(os.path.dirname(file))
    for folder in folders:
        _flush_folder(folder)


def _write_new(file: str, data: bytes, *, flushes: bool) -> None:
    binary = getattr(os, "O_BINARY", 0)  # Windows would write CR before LF
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | binary, PRIVATE), "wb") as stream:
        stream.write(data)
        stream.flush()
        if flushes:
            os.fsync(stream.fileno())


def _flush_folder(folder: str) -> None:
    """Make the new name survive a power cut, where a folder can be opened at all."""
    if IS_POSIX:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
