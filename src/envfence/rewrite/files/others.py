"""Files that are no Python: which module rewrites which."""

import json
import os
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module

from envfence.contract.surfaces.compose import is_compose
from envfence.contract.surfaces.dockerfile import is_dockerfile
from envfence.contract.surfaces.make import is_makefile
from envfence.rewrite import Rewritten, Spot
from envfence.rewrite.keys import Keys

Rewrite = Callable[[str, str, Sequence[Spot], Keys], Rewritten]  # path, text, spots, keys

_SCRIPTS = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")


def _is_workflow(path: str) -> bool:
    return f"/{path}".rpartition("/")[0].endswith("/.github/workflows") and path.endswith((".yml", ".yaml"))


def _is_shell(path: str) -> bool:
    return path.endswith((".sh", ".bash", ".zsh", ".ksh"))


def _is_alembic(path: str) -> bool:
    return path.rpartition("/")[2] == "alembic.ini"


# What tells a file by its path, and the module whose `rewrite` rewrites it.
MODULES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (_is_workflow, "envfence.rewrite.files.workflow"),
    (is_compose, "envfence.rewrite.files.compose"),
    (_is_shell, "envfence.rewrite.files.shell"),
    (is_dockerfile, "envfence.rewrite.files.dockerfile"),
    (is_makefile, "envfence.rewrite.files.makefile"),
    (_is_alembic, "envfence.rewrite.files.alembic"),
)


def rewriter_of(path: str, root: str = ".") -> Rewrite | None:
    """Return the function that rewrites files such as this, None if there is none; ``path`` is relative to ``root``."""
    for is_such, module in MODULES:
        if is_such(path):
            rewrite: Rewrite = import_module(module).rewrite
            return rewrite
    if path.endswith(_SCRIPTS):
        from envfence.rewrite.files import javascript

        return partial(javascript.rewrite, bundler=_bundler(path, root))
    return None


def _bundler(path: str, root: str) -> str:
    """Return what the nearest `package.json` builds its modules with, "" without one."""
    folder = os.path.dirname(path)
    while True:
        try:
            with open(os.path.join(root, folder, "package.json"), encoding="utf-8") as stream:
                return _declared(json.load(stream))
        except (FileNotFoundError, ValueError, AttributeError, TypeError):
            if not folder:
                return ""
            folder = os.path.dirname(folder)


def _declared(package: dict[str, dict[str, str]]) -> str:
    """Return the bundler that a `package.json` declares. Raise AttributeError where it is none."""
    names = {*package.get("dependencies", {}), *package.get("devDependencies", {})}
    return next((name for name in ("next", "vite", "react-scripts") if name in names), "node")
