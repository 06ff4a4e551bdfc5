"""The env files around a file, whose values must not stand in it too."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envfence.detect.needles import Needles
    from envfence.migration.around import Around


class Neighbours:
    """Finds the values of the env files beside a file and in the folders above it, reading each folder once.

    The repository's top ends the search; outside of one, the working directory does.
    """

    def __init__(self) -> None:
        self._by_shown_folder: dict[tuple[str, tuple[str, ...]], Needles] = {}
        self._by_folder: dict[tuple[str, tuple[str, ...]], Needles] = {}
        self._tops: dict[str, str | None] = {}
        self._names: dict[str, frozenset[str] | None] = {}
        self._migrations: Around | None = None

    def of(self, path: str, allowed: tuple[str, ...] = ()) -> "Needles":
        """Return what to look for in the file at ``path``; the hosts in ``allowed`` may stand anywhere."""
        at = os.path.dirname(path), allowed
        if at not in self._by_shown_folder:
            self._by_shown_folder[at] = self._in(os.path.abspath(at[0]), allowed)
        return self._by_shown_folder[at]

    def migrations(self) -> "Around":
        """Return what knows the files around migrations; it is loaded for the first of these."""
        if self._migrations is None:
            from envfence.migration.around import Around

            self._migrations = Around()
        return self._migrations

    def may_hold(self, folder: str, name: str) -> bool:
        """Return whether the name is in the folder; a folder that cannot be listed may hold any."""
        names = self.names_in(folder)
        return names is None or name in names

    def names_in(self, folder: str) -> frozenset[str] | None:
        """Return the names in a folder, None if it cannot be listed."""
        if folder not in self._names:
            try:
                self._names[folder] = frozenset(os.listdir(folder))
            except OSError:  # a folder of the index or of another revision
                self._names[folder] = None
        return self._names[folder]

    def _in(self, folder: str, allowed: tuple[str, ...]) -> "Needles":
        at = folder, allowed
        if at not in self._by_folder:
            top = self._top(folder) or os.getcwd()
            above = self._in(os.path.dirname(folder), allowed) if folder.startswith(os.path.join(top, "")) else ()
            # Most folders have none, so what reads env files is not even loaded.
            has_own = any(name.startswith(".env") for name in self.names_in(folder) or ())
            self._by_folder[at] = (_own(folder, allowed) if has_own else ()) + above
        return self._by_folder[at]

    def _top(self, folder: str) -> str | None:
        if folder not in self._tops:
            parent = os.path.dirname(folder)
            is_top = self.may_hold(folder, ".git") and os.path.lexists(os.path.join(folder, ".git"))
            self._tops[folder] = folder if is_top else None if parent == folder else self._top(parent)
        return self._tops[folder]


def _own(folder: str, allowed: tuple[str, ...]) -> "Needles":
    from envfence.detect.needles import env_texts, needles

    return tuple(
        needle._replace(source=os.path.relpath(os.path.join(folder, needle.source)).replace(os.sep, "/"))
        for needle in needles(env_texts(folder), allowed)
    )
