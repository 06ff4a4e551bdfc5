"""What a module imports that reads keys: of ``os``, and of libraries."""

import ast
import re

from envfence.contract.surfaces.python.names import Names

_RENAMED = re.compile(r"\b(?:environb?|getenv|os)\s+as\b")
_OF_OS = frozenset({"environ", "environb", "getenv", "os"})
_LIBRARIES = frozenset({"environs", "environ", "decouple", "starlette.config", "starlette.datastructures"})
_IMPORTS = re.compile(r"\b(?:from|import)\s+(?:environs?|decouple|starlette\.(?:config|datastructures))\b")


def names_of(text: str, tree: ast.Module) -> Names:
    """Return the names that a module imports; what it assigns is learnt as it is read."""
    makers, readers = _imported(tree) if _IMPORTS.search(text) else (set[str](), set[str]())
    mappings, modules = {"environ", "environb"}, {"os"}
    for ours, name in _renamed(tree).items() if _RENAMED.search(text) else ():
        (modules if name == "os" else readers if name == "getenv" else mappings).add(ours)
    return Names(mappings, readers, {}, makers, modules, {}, {}, {})


def _renamed(tree: ast.Module) -> dict[str, str]:
    """Return what the module calls ``os`` and what it imports of it: `from os import getenv as read`."""
    return {
        alias.asname: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and node.module == "os")
        for alias in node.names
        if alias.asname and alias.name in _OF_OS
    }


def _imported(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Return the names that a module imports from libraries that read keys: classes that make readers, and readers."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in _LIBRARIES
        for alias in node.names
    }
    makers = {name for name in names if name[:1].isupper()}
    return makers | {"Env", "FileAwareEnv", "AutoConfig"}, names - makers
