"""What `envfence init` will write, from what it has found: pure but for reading the files that change."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from envfence.contract.readers import python_reader
from envfence.errors import FenceError
from envfence.init import pin, texts
from envfence.init.survey import Found
from envfence.rewrite.plan import Change, current

_ALWAYS = ("env_check", "scan")
_OF_STACKS = ("dev_up", "dev_down", "dev_logs", "dev_status", "stack_check")
_OF_MIGRATIONS = ("migrate", "migration", "migrate_check")
NOXFILE = "noxfile.py"


class Step(NamedTuple):
    """One file that changes, and why."""

    change: Change
    why: str


def steps(found: Found) -> Iterator[Step]:
    """Yield the files to write. Raise FenceError for one that cannot be read or extended."""
    if found.top is not None:
        yield from _step(found, ".gitignore", texts.ignoring, "git ignores env files, but not the contract")
        yield from _step(found, ".gitattributes", _line_ends, "env files and scripts keep LF on Windows")
    for context in found.contexts:
        path = ".dockerignore" if context == "." else f"{context}/.dockerignore"
        yield from _step(found, path, _kept_out, "env files stay out of images")
    if found.env_files and not os.path.lexists(os.path.join(found.root, texts.CONTRACT)):
        yield from _step(found, texts.CONTRACT, lambda _: _contract(found), "the contract: the keys, and no value")
    yield from _step(found, *_settings(found), "the settings of envfence")
    if found.top is not None:
        yield from _step(found, texts.HOOKS, _hooked, "every commit is checked")
    if not os.path.exists(os.path.join(found.root, NOXFILE)):
        yield from _step(found, NOXFILE, lambda _: _noxfile(found), "the commands of the workflow")


def sessions(found: Found) -> tuple[str, ...]:
    """Return the sessions of the library that the repository has a use for."""
    names = (*_ALWAYS, *(_OF_STACKS if found.compose else ()), *(_OF_MIGRATIONS if found.has_migrations else ()))
    return tuple(sorted(names))


def lines_for_noxfile(found: Found) -> str:
    """Return the line that an existing noxfile lacks, "" if it takes sessions from the library already."""
    text = _read(found, NOXFILE)[1]
    return (
        "" if not text or "envfence.sessions" in text else f"from envfence.sessions import {', '.join(sessions(found))}"
    )


def _step(found: Found, path: str, mended: Callable[[str], str], why: str) -> Iterator[Step]:
    data, text = _read(found, path)
    if (new := mended(text)) != text:
        yield Step(Change(path, data, new.encode()), why)


def _read(found: Found, path: str) -> tuple[bytes | None, str]:
    try:
        data = current(found.root, path)
        return data, (data or b"").decode()
    except (OSError, UnicodeDecodeError) as error:
        raise FenceError(f"{path} cannot be read as UTF-8: mend it, or move it away") from error


def _line_ends(text: str) -> str:
    return texts.with_lines(text, texts.LINE_ENDS)


def _kept_out(text: str) -> str:
    return texts.with_lines(text, texts.KEPT_OUT)


def _hooked(text: str) -> str:
    return texts.with_hook(text, pin.installed().revision)


def _noxfile(found: Found) -> str:
    return texts.noxfile(sessions(found), pin.installed().requirement("stack"))


def _settings(found: Found) -> tuple[str, Callable[[str], str]]:
    has_project = os.path.exists(os.path.join(found.root, "pyproject.toml"))
    has_own = os.path.exists(os.path.join(found.root, "envfence.toml"))
    path, table = ("pyproject.toml", "[tool.envfence]") if has_project and not has_own else ("envfence.toml", "")
    return path, lambda text: texts.with_table(text, found.environments, table=table)


def _contract(found: Found) -> str:
    return texts.contract([_keys(found, name) for name in found.env_files], found.environments)


def _keys(found: Found, name: str) -> Sequence[str]:
    return list(dict.fromkeys(entry.key for entry in python_reader.entries(_read(found, name)[1]) if entry.key))
