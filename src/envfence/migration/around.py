"""What other files say about a migration: the migrations beside it, the modules that env.py imports, the stack.

They are read as they are in the working tree, each folder once in a run.
"""

import ast
import os
import re
from collections.abc import Iterator
from functools import cached_property
from itertools import islice

from envfence.migration.modules import Project

_MOST = 5_000  # files of a folder of migrations
_COMPOSE = ("docker-compose", "compose")
_IDS = re.compile(r"^(revision|down_revision)(?::[^=\n]*)? = [\"'](\w+)[\"']$", re.MULTILINE)


class Around:
    """Knows the files around migrations during one run."""

    def __init__(self) -> None:
        self._folders: dict[str, _Folder] = {}
        self._projects: dict[str, Project] = {}

    def is_head(self, path: str, revision: str) -> bool:
        """Tell whether no migration builds on this one; one without an id is built on by none."""
        return not revision or revision not in self._folder(os.path.dirname(path)).above

    def makes_tables_next(self, path: str, revision: str) -> bool:
        """Tell whether a migration that builds on this one makes tables."""
        above = self._folder(os.path.dirname(path)).above
        return any("create_table(" in text for text in above.get(revision, ()))

    def hypertables(self, path: str) -> frozenset[str]:
        """Return the tables that the migrations in the folder of ``path`` make hypertables."""
        return self._folder(os.path.dirname(path)).hypertables

    def has_timescale(self, path: str) -> bool:
        """Tell whether migrations below the folder of an env.py, or a compose file above it, are of TimescaleDB."""
        versions = os.path.join(os.path.dirname(path), "versions")
        if any("hypertable" in text for text in self._folder(versions).texts):
            return True
        return any("timescale" in text for folder in self.project(path).roots for text in _stacks(folder))

    def imported(self, path: str, tree: ast.Module) -> str:
        """Return the text of the modules of the project that an env.py imports."""
        return "\n".join(self.project(path).text(file) for file in self.project(path).imports(tree, path))

    def project(self, path: str) -> Project:
        """Return the program that an env.py is of."""
        folder = os.path.dirname(os.path.abspath(path))
        if folder not in self._projects:
            self._projects[folder] = Project(folder)
        return self._projects[folder]

    def _folder(self, folder: str) -> "_Folder":
        if folder not in self._folders:
            self._folders[folder] = _Folder(folder)
        return self._folders[folder]


class _Folder:
    """A folder of migrations."""

    def __init__(self, folder: str) -> None:
        self.texts = list(_texts(folder, ".py"))

    @cached_property
    def above(self) -> dict[str, list[str]]:
        """The texts of the migrations that build on each."""
        found: dict[str, list[str]] = {}
        for text in self.texts:
            for below in _below(text) if "down_revision" in text else ():
                found.setdefault(below, []).append(text)
        return found

    @cached_property
    def hypertables(self) -> frozenset[str]:
        """The tables that become hypertables."""
        made = r"""hypertable\(\s*(?:SELECT\s+)?["']([\w.]+)["']"""
        return frozenset(name for text in self.texts if "hypertable" in text for name in re.findall(made, text))


def plain_ids(text: str) -> dict[str, str]:
    """Return the ids in a migration that is written as Alembic writes it: to parse it takes a hundred times longer."""
    return dict(_IDS.findall(text))


def _below(text: str) -> tuple[str, ...]:
    ids = plain_ids(text)
    if len(ids) == 2:
        return (ids["down_revision"],)
    from envfence.operate.database.revisions import revision_in

    one = revision_in("", text)
    return one.below if one else ()


def _texts(folder: str, ending: str, start: tuple[str, ...] = ("",)) -> Iterator[str]:
    try:
        names = sorted(name for name in os.listdir(folder or ".") if name.endswith(ending) and name.startswith(start))
    except OSError:
        return
    for name in islice(names, _MOST):
        try:
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as stream:
                yield stream.read()
        except OSError:
            continue


def _stacks(folder: str) -> Iterator[str]:
    for ending in (".yml", ".yaml"):
        yield from _texts(folder, ending, _COMPOSE)
