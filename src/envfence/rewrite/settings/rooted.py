"""Classes that look for the file of their environment in the working directory: from now on they do in the root."""

import ast
import os

from envfence.contract.files import CONTRACT
from envfence.contract.surfaces.python.configured import own_config
from envfence.rewrite import Edit
from envfence.rewrite.offsets import Offsets
from envfence.rewrite.settings.class_config import node_of
from envfence.rewrite.settings.settings_code import above
from envfence.rewrite.settings.target import Target


def rooted(one: Target, text: str, tree: ast.Module, root: str) -> list[Edit]:
    """Return the edit of `env_file = f".env.{...}"`, whose file is that in ``root``: modules run in every folder.

    ``text`` and ``tree`` are the module of the class. Where folders have env files of their own it stays.
    """
    if one.found is None:
        return []
    said = dict(own_config(node_of(one.found, tree))).get("env_file")
    if said is None or not _is_beside(said) or _has_own_files(root, one.path):
        return []
    at = Offsets(text).span(said)[0]
    return [Edit(at, at, f"{above(one.path.count('/'))} / ")]


def _is_beside(said: ast.expr) -> bool:
    """Tell whether an expression names a file without a folder."""
    first = said.values[0] if isinstance(said, ast.JoinedStr) else None
    return isinstance(first, ast.Constant) and str(first.value).startswith(".env.")


def _has_own_files(root: str, path: str) -> bool:
    """Tell whether a folder between the root and a module has env files."""
    folders = path.split("/")[:-1]
    between = (os.path.join(root, *folders[:count]) for count in range(1, len(folders) + 1))
    return any(name.startswith(".env") and name != CONTRACT for folder in between for name in os.listdir(folder))
