"""Vite reads env files beside its configuration: where those of the repository lie elsewhere, `envDir` says so."""

import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

from envfence.rewrite import Edit, Rewritten
from envfence.rewrite.texts import text_of

_NAMES = tuple(f"vite.config.{suffix}" for suffix in ("ts", "mts", "js", "mjs"))
_OBJECT = re.compile(r"(?:\bdefineConfig\(|\bexport default )\{(?P<gap>[ \t]*\r?\n[ \t]*|[ \t]*)")


def env_folders(root: str, readers: Iterable[str], asked: Mapping[str, bytes]) -> Iterator[tuple[str, Rewritten]]:
    """Yield the edits of the configurations of modules that read variables, by path.

    ``readers`` are the modules, ``asked`` what may be changed. A folder with env files of its own goes on with those.
    """
    configs = {config for path in readers if (config := _config(path, asked))}
    for path in sorted(configs):
        folder = posixpath.dirname(path)
        text = text_of(asked[path])
        place = _OBJECT.search(text.text) if text else None
        is_here = any(name.startswith(".env") for name in os.listdir(os.path.join(root, folder)))
        if text and place and folder and not is_here and "envDir" not in text.text:
            said = f'envDir: "{posixpath.relpath(".", folder)}",'
            yield path, Rewritten([Edit(place.end(), place.end(), f"{said}{place['gap'] or ' '}")])


def _config(path: str, asked: Mapping[str, bytes]) -> str:
    """Return the nearest configuration above a module, "" if there is none."""
    while path:
        path = posixpath.dirname(path)
        for name in _NAMES:
            if (found := posixpath.join(path, name)) in asked:
                return found
    return ""
