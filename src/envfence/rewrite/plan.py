"""What a fix will do to the files of a repository, before anything is written."""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from envfence.contract.files import environment_of
from envfence.errors import FenceError
from envfence.rewrite import Left
from envfence.rewrite.held import Key
from envfence.rewrite.texts import Text, text_of


class Change(NamedTuple):
    """One file: its bytes before, None if there is no file, and after. ``path`` is relative to the root."""

    path: str
    before: bytes | None
    after: bytes

    @property
    def is_private(self) -> bool:
        """Tell whether it holds values: readable by its owner alone, and never shown."""
        return environment_of(self.path.rpartition("/")[2]) is not None


def current(root: str, path: str) -> bytes | None:
    """Return the bytes of a file as it is, None if there is none."""
    try:
        with open(os.path.join(root, path), "rb") as stream:
            return stream.read()
    except FileNotFoundError:
        return None


def text_at(root: str, path: str) -> Text:
    """Return the text of a file; raise FenceError if its encoding cannot be told."""
    with open(os.path.join(root, path), "rb") as stream:
        data = stream.read()
    text = text_of(data)
    if text is None:
        raise FenceError(f"{path}: its encoding cannot be told; save it as UTF-8 first")
    return text


class Place(NamedTuple):
    """Where a Python module imports from, and the module of the settings as it is imported there."""

    base: str
    settings: str


class Plan(NamedTuple):
    """All changes, what is left alone, and the keys that hold what was hardcoded."""

    changes: Sequence[Change] = ()
    left: Sequence[Left] = ()
    keys: Sequence[Key] = ()
    mended: Sequence[str] = ()  # what is mended in workflows, as it is told
    places: Mapping[str, Place] = {}  # of the Python modules
    told: Sequence[str] = ()  # what decides otherwise since, without values
    tried: Sequence[str] = ()  # how the modules have fared in a trial
