"""The program whose database it is: its folder, its packages and its environment."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from typing import NamedTuple

from envfence import console
from envfence.contract.stages import DEVELOPMENT
from envfence.errors import FenceError
from envfence.operate import development, engine
from envfence.operate.database import place
from envfence.operate.database.place import Keys, Place
from envfence.operate.database.revisions import Revision, revision_in
from envfence.operate.embedded import packages
from envfence.operate.engine import Done
from envfence.operate.target import Target, target_of

_INI = "alembic.ini"
_PATIENCE = 5.0  # seconds for a server to answer
_SKIPPED = frozenset("node_modules .venv venv site-packages .nox .git .envfence __pycache__".split())


class Program(NamedTuple):
    """A program with migrations. ``values`` are what its environment says, ``keys`` those that name its database."""

    target: Target
    folder: str
    python: str
    keys: Keys
    values: Mapping[str, str]

    @property
    def database(self) -> Place:
        """The database that it dials."""
        return place.place_of(self.keys, self.values)

    def require_database(self) -> None:
        """Raise FenceError if nothing answers where the database should be; drivers say that in a hundred lines."""
        database = self.database
        if database.host.startswith("/") or "," in database.host:
            return  # a socket in a folder, or several servers: libpq knows how to dial these
        try:
            socket.create_connection((database.host, int(database.port)), timeout=_PATIENCE).close()
        except (OSError, ValueError) as error:
            start = "; `nox -s dev_up` starts it" if self.target.environment == DEVELOPMENT else ""
            raise FenceError(f"{database} cannot be reached{start}") from error

    def on(self, database: Place) -> "Program":
        """Return the same program, dialling another database."""
        return self._replace(values={**self.values, **place.values_for(self.keys, database)})

    def run(self, *arguments: str, stdin: str = "") -> Done:
        """Run a module of the program's Python to its end and return what it said."""
        done = subprocess.run(
            (self.python, *arguments), cwd=self.folder, env=self._environ(), check=False, capture_output=True,
            encoding="utf-8", errors="replace", input=stdin,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr)

    def show(self, *arguments: str) -> int:
        """Run a module of the program's Python, its output for the person who waits; return its exit code."""
        sys.stdout.flush()
        return subprocess.run((self.python, *arguments), cwd=self.folder, env=self._environ(), check=False).returncode

    def _environ(self) -> dict[str, str]:
        inherited = {key: value for key, value in engine.environ_for(self.values).items() if key != "VIRTUAL_ENV"}
        return {**inherited, **self.values, "PYTHONPATH": os.path.abspath(self.folder)}


def program_of(root: str, environment: str, *, needs_values: bool = True) -> Program:
    """Return the program of a repository in an environment, its packages installed.

    Raise FenceError if there are no migrations, or if the environment has no file and ``needs_values``.
    """
    target = target_of(root, environment, os.environ, needs_stack=False)
    if needs_values and not os.path.isfile(target.env_file):
        raise FenceError(f"{target.env_file} is missing; `envfence env new {target.environment}` makes it")
    folder = folder_of(target)
    python = packages.program(root, folder, console.say)
    # Where there is no env file, as in CI, one is made up that nobody keeps.
    values = target.values or development.invented(root, target.environment, target.stack, target.contract)
    return Program(target, folder, python, place.keys_of(target), values)


def folder_of(target: Target) -> str:
    """Return the folder with alembic.ini. Raise FenceError if there is none, or more than one."""
    found = [folder for folder, names, files in os.walk(target.root) if _INI in files and _pruned(names)]
    if not found:
        raise FenceError("there is no alembic.ini here, so nothing has migrations")
    found.sort(key=lambda folder: folder.count(os.sep))
    if len(found) > 1 and found[0].count(os.sep) == found[1].count(os.sep):
        raise FenceError(f"several programs have migrations: {', '.join(found)}; say which one with --root")
    return found[0]


def revisions_of(folder: str) -> list[Revision]:
    """Return the migrations below a program's folder, in the order of their files."""
    found: list[Revision] = []
    for path in version_files(folder):
        with open(path, encoding="utf-8") as stream:
            one = revision_in(path, stream.read())
        found += [one] if one else []
    return found


def version_files(folder: str) -> list[str]:
    """Return the files that may be migrations."""
    walked = ((top, files) for top, names, files in os.walk(folder) if _pruned(names))
    inside = (os.path.join(top, name) for top, files in walked if os.path.basename(top) == "versions" for name in files)
    return sorted(path for path in inside if path.endswith(".py"))


def _pruned(names: list[str]) -> bool:
    """Keep os.walk out of what nobody wrote; always true."""
    names[:] = [name for name in names if name not in _SKIPPED]
    return True
