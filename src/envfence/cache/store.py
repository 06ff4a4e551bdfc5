"""The file of a cache: written whole or not at all, and thrown away at the first doubt."""

import contextlib
import json
import os
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from envfence import atomic, git
from envfence.errors import FenceError
from envfence.finding import Finding

FOLDER = "envfence"
MOST_FILES = 8  # of runs with other options or from other folders
MOST_BYTES = 64_000_000


class Entry(NamedTuple):
    """What is known of a file in a state: ``lines`` are masked, ``skipped`` is the kind and the bytes not read."""

    state: str
    findings: list[Finding]
    lines: dict[int, str]
    skipped: tuple[str, int] | None


def file_of(top: str, program: str) -> str:
    """Return where a repository keeps the cache of such a run; a linked work tree has one of its own."""
    folder = os.path.join(top, ".git")
    if not os.path.isdir(folder):
        folder = os.path.join(top, os.fsdecode(git.ask("rev-parse", "--git-dir", cwd=top, own=False).rstrip(b"\n")))
    return os.path.join(folder, FOLDER, f"checked-{program}.json")


def read(file: str) -> dict[str, Entry]:
    """Return what is known by path; nothing, if the file is not there or not as it was written."""
    try:
        with open(file, "rb") as stream:
            digest, _, body = stream.read(MOST_BYTES).partition(b"\n")
        if sha256(body).hexdigest().encode() != digest:
            return {}
        return {path: _entry(path, *row) for path, row in json.loads(body).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _entry(path: str, state: str, findings: Any = (), lines: Any = (), skipped: Any = None) -> Entry:
    found = [Finding(*row)._replace(path=path) for row in findings]
    return Entry(state, found, {int(line): text for line, text in lines}, tuple(skipped) if skipped else None)


def write(file: str, entries: Mapping[str, Entry]) -> None:
    """Keep what is known. That there is no room, or no right, to do so is no fault of the run."""
    rows = {path: _row(entry) for path, entry in entries.items()}
    body = json.dumps(rows, separators=(",", ":")).encode()
    data = sha256(body).hexdigest().encode() + b"\n" + body
    folder = os.path.dirname(file)
    with contextlib.suppress(OSError, FenceError):
        os.makedirs(folder, exist_ok=True)
        if len(data) <= MOST_BYTES:
            atomic.write(file, data)
        others = sorted(os.scandir(folder), key=lambda entry: entry.stat().st_mtime, reverse=True)
        for old in others[MOST_FILES:]:
            os.unlink(old.path)


def _row(entry: Entry) -> list[Any]:
    if not (entry.findings or entry.skipped):
        return [entry.state]
    findings = [found._replace(path="") for found in entry.findings]
    return [entry.state, findings, sorted(entry.lines.items()), entry.skipped]
