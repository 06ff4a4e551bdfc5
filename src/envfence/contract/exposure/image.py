"""Env files that a Dockerfile copies into an image because `.dockerignore` lets them through."""

import os
import posixpath
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from envfence import sources
from envfence.contract import files
from envfence.contract.exposure import builds
from envfence.contract.exposure.dockerignore import is_excluded
from envfence.contract.rules import ENV_FILE_IN_IMAGE, found
from envfence.contract.surfaces.dockerfile import instructions
from envfence.finding import Finding

_DEEPEST = 3  # folders below a context that are looked into
_NOT_WRITTEN = frozenset({"node_modules", "site-packages", "venv", "env", "__pycache__", "dist", "build", "target"})


class Copy(NamedTuple):
    """A COPY or ADD of the build context: its line, from 1, and the sources it names."""

    line: int
    sources: tuple[str, ...]


class Leak(NamedTuple):
    """A Dockerfile that takes an env file in, where it does, and the `.dockerignore` that docker would read for it."""

    dockerfile: str
    ignore_file: str
    line: int
    name: str


def image_findings(root: str, names: Sequence[str]) -> Iterator[Finding]:
    """Yield one finding for each Dockerfile that takes in an env file of its context, there or to come."""
    for leak in leaks(root, names):
        yield found(ENV_FILE_IN_IMAGE, sources.shown(leak.dockerfile), leak.line, detail=leak.name)


def leaks(root: str, names: Sequence[str]) -> Iterator[Leak]:
    """Yield the first env file that each build takes in: of ``root`` one of ``names``, elsewhere one that is there."""
    for context, dockerfile in builds.builds(root):
        there = [*(names if os.path.samefile(context, root) else files.env_files(context)), *_below(context)]
        ignore_file = f"{dockerfile}.dockerignore"
        if not os.path.isfile(ignore_file):
            ignore_file = os.path.join(context, ".dockerignore")
        patterns = builds.text_of(ignore_file) if os.path.isfile(ignore_file) else ""
        sent = [name for name in there if not is_excluded(patterns, name)]
        text = builds.text_of(dockerfile)
        taken = ((copy.line, name) for copy in copies(text) for name in sent if is_taken(copy, name))
        if first := next(taken, None):
            yield Leak(dockerfile, ignore_file, *first)


def copies(text: str) -> Iterator[Copy]:
    """Yield what a Dockerfile copies out of the context; `--from` copies out of another image."""
    for line, instruction in instructions(text):
        word, _, rest = instruction.partition(" ")
        if word.upper() in {"COPY", "ADD"} and (named := _sources(rest)):
            yield Copy(line, named)


def is_taken(copy: Copy, name: str) -> bool:
    """Tell whether a copy takes in the file ``name`` of the context: a folder is taken with all it holds."""
    from fnmatch import fnmatchcase

    parts = name.split("/")
    for source in copy.sources:
        path = posixpath.normpath("/" + source).lstrip("/")
        if not path:
            return True
        depth = path.count("/") + 1
        if depth <= len(parts) and all(map(fnmatchcase, parts[:depth], path.split("/"))):
            return True
    return False


def _below(context: str) -> Iterator[str]:
    """Yield the env files in the folders of a context, by their paths from there."""
    waiting = [("", 0)]
    while waiting:
        folder, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(os.path.join(context, folder)), key=lambda entry: entry.name)
        except OSError:  # what cannot be read here, docker cannot send either
            continue
        for entry in entries:
            path = posixpath.join(folder, entry.name)
            if entry.is_dir(follow_symlinks=False):
                is_own = (entry.name.startswith(".") and ".envs" not in path) or entry.name in _NOT_WRITTEN
                waiting += [(path, depth + 1)] if depth < _DEEPEST and not is_own else []
            elif folder and files.environment_at(path) is not None and entry.is_file():
                yield path


def _sources(rest: str) -> tuple[str, ...]:
    words = rest.split()
    while words and words[0].startswith("--"):
        if words.pop(0).startswith("--from="):
            return ()
    text = " ".join(words)
    if text.startswith("["):
        words = [word.strip().strip('"') for word in text.strip("[]").split(",")]
    return tuple(word for word in words[:-1] if "://" not in word and not word.startswith("<<"))
