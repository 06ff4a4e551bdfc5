"""Run modules as they were and as they are to be, and compare what they hand to their clients.

Both are copies in a private folder. Nothing leaves the child process but its answer, which is only compared.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from envfence.errors import FenceError
from envfence.rewrite.plan import Change, Plan

_CHILD = os.path.join(os.path.dirname(__file__), "verify_child.py")
_LONGEST = 120  # seconds for all modules of one side
_LEFT_OUT = frozenset(".git .venv venv node_modules __pycache__ .mypy_cache .pytest_cache .tox .nox dist build".split())
_LARGEST = 1_000_000  # bytes of a file that is copied along


def different(
    root: str,
    plan: Plan,
    environment: str,
    bases: Mapping[str, str],
    needed: Sequence[str] = (),
    *,
    name: str = "verified",
) -> list[str]:
    """Return the modules that hand something else to their clients, or end otherwise, once they are rewritten.

    ``bases`` maps each module to the folder that it is imported from. Raise FenceError if they cannot be run.
    """
    paths = [change.path for change in plan.changes if change.path in bases and change.before is not None]
    with tempfile.TemporaryDirectory(prefix="envfence-") as folder:
        before, after = os.path.join(folder, "before"), os.path.join(folder, "after")
        shutil.copytree(root, before, ignore=_ignored, symlinks=True)
        shutil.copytree(before, after, symlinks=True)
        for change in plan.changes:
            _write(after, change)
        seen = [_seen(one, paths, bases, environment, plan, needed, name) for one in (before, after)]
    return [path for path, one, other in zip(paths, *seen, strict=True) if one != other]


def _ignored(folder: str, names: list[str]) -> list[str]:
    return [
        name
        for name in names
        if name in _LEFT_OUT
        or (os.path.isfile(file := os.path.join(folder, name)) and os.path.getsize(file) > _LARGEST)
        or not (os.path.isfile(file) or os.path.isdir(file))
    ]


def _write(root: str, change: Change) -> None:
    file = os.path.join(root, change.path)
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "wb") as stream:
        stream.write(change.after)


def _seen(
    root: str,
    paths: Sequence[str],
    bases: Mapping[str, str],
    environment: str,
    plan: Plan,
    needed: Sequence[str],
    name: str,
) -> list[Any]:
    """Return what each module hands out below ``root``."""
    moved = {key.name for key in plan.keys}
    env = {key: value for key, value in os.environ.items() if key not in moved and not key.startswith("PYTHON")}
    asked = {
        "root": root,
        "files": [[os.path.join(root, path), os.path.join(root, bases[path])] for path in paths],
        "needed": list(needed),
        "name": name,
    }
    try:
        done = subprocess.run(
            (_interpreter(), "-B", _CHILD), input=json.dumps(asked).encode(), capture_output=True, check=False,
            cwd=root, env={**env, "ENVIRONMENT": environment}, timeout=_LONGEST,
        )  # fmt: skip
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise FenceError(f"the modules do not end within {_LONGEST} seconds: they cannot be verified") from error
    except ValueError as error:
        raise FenceError("the child process has ended early: the modules cannot be verified") from error
    if answer["missing"]:
        raise FenceError(f"{', '.join(answer['missing'])} is not installed here: run this in the project's environment")
    results: list[Any] = answer["results"]
    return results


def _interpreter() -> str:
    """Return the interpreter of the active environment, else the one that runs this."""
    folder = os.environ.get("VIRTUAL_ENV", "")
    for name in ("bin/python", "Scripts/python.exe"):
        if folder and os.path.exists(file := os.path.join(folder, name)):
            return file
    return sys.executable
