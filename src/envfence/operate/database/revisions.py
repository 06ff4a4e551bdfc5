"""The graph of migrations, read from their files without running them."""

import ast
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Revision(NamedTuple):
    """One migration and those that it builds on."""

    id: str
    below: tuple[str, ...]
    path: str


def revision_in(path: str, text: str) -> Revision | None:
    """Return the migration of a file, None if it is none."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    said = dict(_assignments(tree))
    own = said.get("revision")
    below = said.get("down_revision")
    if not isinstance(own, str):
        return None
    return Revision(own, (below,) if isinstance(below, str) else tuple(below or ()), path)


def heads(revisions: Iterable[Revision]) -> list[Revision]:
    """Return the migrations that none builds on."""
    every = {one.id: one for one in revisions}
    taken = {below for one in every.values() for below in one.below}
    return [one for one in every.values() if one.id not in taken]


def is_below(revisions: Mapping[str, Revision], one: str, other: str) -> bool:
    """Tell whether ``one`` is among what ``other`` builds on."""
    waiting = list(revisions[other].below) if other in revisions else []
    seen: set[str] = set()
    while waiting:
        here = waiting.pop()
        if here == one:
            return True
        if here not in seen and here in revisions:
            seen.add(here)
            waiting += revisions[here].below
    return False


def _assignments(tree: ast.Module) -> Iterable[tuple[str, str | tuple[str, ...] | None]]:
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        target, value = (node.target if isinstance(node, ast.AnnAssign) else node.targets[0]), node.value
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant | ast.Tuple | ast.List):
            yield target.id, _said(value)


def _said(value: ast.Constant | ast.Tuple | ast.List) -> str | tuple[str, ...] | None:
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else None
    items = [item.value for item in value.elts if isinstance(item, ast.Constant)]
    return tuple(item for item in items if isinstance(item, str))
