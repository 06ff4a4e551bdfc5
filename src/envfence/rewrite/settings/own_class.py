"""The settings that a fix has written where there is no pydantic-settings: the next fix adds to them."""

import ast
from collections.abc import Iterator, Mapping

from envfence.contract.surfaces.python.settings import Field, SettingsClass

_MARK = "types = Settings.__annotations__"


def own_classes(python: Mapping[str, str]) -> Iterator[tuple[SettingsClass, ast.Module]]:
    """Yield each such class of the modules, path to text, with the tree of its module."""
    for path, text in python.items():
        tree = _parsed(text) if _MARK in text else None
        for node in tree.body if tree else ():
            if tree and isinstance(node, ast.ClassDef) and node.name == "Settings" and is_own(node):
                yield SettingsClass(node.name, path, node.lineno, tuple(_fields(node, path)), case_sensitive=True), tree


def is_own(node: ast.ClassDef) -> bool:
    """Tell whether a settings class is a dataclass, which reads no env file by itself."""
    return any("dataclass" in ast.dump(one) for one in node.decorator_list)


def _fields(node: ast.ClassDef, path: str) -> Iterator[Field]:
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            types = frozenset({ast.unparse(item.annotation)})
            yield Field(item.target.id, (item.target.id,), path, item.lineno, required=True, types=types)


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None
