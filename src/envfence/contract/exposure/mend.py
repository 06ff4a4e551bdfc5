"""`envfence env check --fix`: edit `.gitignore` and `.dockerignore`, stop tracking env files, close their permissions.

Nothing is ever deleted, and a second run finds nothing to do.
"""

import os
from collections.abc import Iterable, Sequence

from envfence import atomic, git, sources
from envfence.contract import files
from envfence.contract.exposure.ignored import NOT_IGNORED, holds_values
from envfence.contract.exposure.image import leaks
from envfence.contract.exposure.verdict import ignoring, index_findings, is_shared, strays

_GIT_LINES = (".env", ".env.*", f"!{files.CONTRACT}")
_DOCKER_LINES = (".env", ".env.*", "**/.env", "**/.env.*")


def mend(root: str, names: Sequence[str]) -> list[str]:
    """Mend what can be mended in ``root`` and return what was done, in words."""
    done = close(root)
    if (top := git.top_above(root)) is not None:
        done += _ignore(root, top, names)
        done += _untrack(root)
    there = [path for path, _ in files.located(root)]
    for leak in leaks(root, names):
        others = _others((*names, *there, leak.name))
        parts = ["**/.envs" for other in others if "/" in other][:1]  # of development too
        own = [f"**/{other}" for other in others if "/" not in other]
        _append(leak.ignore_file, (*parts, *own, *_DOCKER_LINES))
        done.append(f"{sources.shown(leak.ignore_file)}: env files stay out of images")
    return done


def _ignore(root: str, top: str, names: Sequence[str]) -> list[str]:
    by = ignoring(root, [*names, files.CONTRACT])
    own = sources.shown(os.path.join(root, ".gitignore"))
    is_open = any(finding.rule == NOT_IGNORED.id and finding.path == own for finding in index_findings(root, top, ()))
    tracked = _tracked(root)  # not for long
    is_open |= not ignoring(root, tracked).keys() >= set(tracked)
    is_kept_out = not is_open and all(name in by and is_shared(by[name]) for name in names)
    if is_kept_out and files.CONTRACT not in by:
        return []
    file = os.path.join(root, ".gitignore")
    lines = _GIT_LINES if not is_kept_out else _GIT_LINES[-1:]
    lines = (*_others((*names, *strays(top), *tracked)), *lines)
    return [f"{sources.shown(file)}: git ignores env files but the contract"] if _append(file, lines) else []


def _others(paths: Iterable[str]) -> list[str]:
    """Return patterns for env files whose names do not begin as the usual ones do, in git's and docker's words."""
    patterns: set[str] = set()
    for path in paths:
        folder, _, name = path.rpartition("/")
        if "/.envs/" in f"/{folder}":
            patterns.add(f"**/.envs/{folder.rpartition('/')[2]}")
        elif not name.startswith(".env"):
            patterns.add("*.env" if name.endswith(".env") else name)
    return sorted(patterns)


def _tracked(root: str) -> list[str]:
    tracked = git.names(git.ask("ls-files", "-z", "--cached", cwd=root, own=False))
    return [name for name in tracked if files.environment_at(name) is not None and holds_values(name)]


def _untrack(root: str) -> list[str]:
    env_files = _tracked(root)
    if env_files:
        git.ask("rm", "--cached", "--quiet", "--", *(f":(literal){name}" for name in env_files), cwd=root, own=False)
    return [f"{sources.shown(os.path.join(root, name))}: no longer tracked; the file stays" for name in env_files]


def close(root: str) -> list[str]:
    """Let nobody but their owner read the env files in ``root`` and their copies; return what was done, in words."""
    done: list[str] = []
    for name in [*(path for path, _ in files.located(root)), *files.copies(root)] if atomic.IS_POSIX else ():
        file = os.path.join(root, name)
        if os.stat(file).st_mode & 0o077:
            os.chmod(file, atomic.PRIVATE)
            done.append(f"{sources.shown(file)}: mode 600")
    return done


def _append(file: str, wanted: Sequence[str]) -> bool:
    """Put lines at the end of a file, in its own line ends, unless it ends so; tell whether it changed.

    The last match decides in both formats. Where it does not help, as below a folder that is ignored, once is enough.
    """
    old = b""
    if os.path.lexists(file):
        with open(file, "rb") as stream:
            old = stream.read()
    newline = b"\r\n" if b"\r\n" in old else b"\n"
    lines = [line.encode() for line in wanted]
    if [line.strip() for line in old.splitlines()][-len(lines) :] == lines:
        return False
    if old and not old.endswith(b"\n"):
        old += newline
    atomic.write(file, old + b"".join(line + newline for line in lines), private=False)
    return True
