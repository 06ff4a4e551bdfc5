"""The env files around a file, whose values must not stand in it too."""

import os
from typing import TYPE_CHECKING

from envfence.git import top_above

if TYPE_CHECKING:
    from envfence.detect.needles import Needles


class Neighbours:
    """Finds the values of the env files beside a file and in the folders above it, reading each folder once.

    The repository's top ends the search; outside of one, the working directory does.
    """

    def __init__(self) -> None:
        self._by_folder: dict[tuple[str, tuple[str, ...]], Needles] = {}

    def of(self, path: str, allowed: tuple[str, ...] = ()) -> "Needles":
        """Return what to look for in the file at ``path``; the hosts in ``allowed`` may stand anywhere."""
        return self._in(os.path.abspath(os.path.dirname(path)), allowed)

    def _in(self, folder: str, allowed: tuple[str, ...]) -> "Needles":
        at = folder, allowed
        if at not in self._by_folder:
            self._by_folder[at] = _own(folder, allowed) + (() if _is_last(folder) else self._above(folder, allowed))
        return self._by_folder[at]

    def _above(self, folder: str, allowed: tuple[str, ...]) -> "Needles":
        return self._in(os.path.dirname(folder), allowed)


def _is_last(folder: str) -> bool:
    top = top_above(folder) or os.getcwd()
    return folder == top or not folder.startswith(os.path.join(top, ""))


def _own(folder: str, allowed: tuple[str, ...]) -> "Needles":
    try:
        names = os.listdir(folder)
    except OSError:  # a folder of the index or of another revision
        return ()
    if not any(name.startswith(".env") for name in names):
        return ()  # most folders: what reads env files is not even loaded
    from envfence.detect.needles import env_texts, needles

    return tuple(
        needle._replace(source=os.path.relpath(os.path.join(folder, needle.source)).replace(os.sep, "/"))
        for needle in needles(env_texts(folder), allowed)
    )
