"""Connections that code puts together from constants: where these are moved, a user and a password are quoted.

`f"postgresql://{USER}:{PASSWORD}@{HOST}/app"` holds no value itself, and neither does a sum, `%` or `format`. Once its
constants differ from environment to environment one may hold an `@`, so the settings give it percent-encoded.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from envfence.detect.settings.texts import HOLE, parts
from envfence.rewrite import Edit
from envfence.rewrite.code.decision import Decision, Module
from envfence.rewrite.held import Key

_LOGIN = re.compile(rf"[A-Za-z][\w+.-]*://([^@/\s]*{HOLE}[^@/\s]*)@")
_PARTS = ("_USER", "_PASSWORD")


def quoted(module: Module, decisions: Mapping[int, Decision], edits: Sequence[Edit]) -> list[Edit]:
    """Return the edits that read what was moved into variables percent-encoded, as a DSN needs it."""
    moved = dict(_moved(module, decisions))
    taken = {position for edit in edits for position in range(edit.start, edit.end + 1)}
    if not moved:
        return []
    found: list[Edit] = []
    for name in _logins(module):
        start, end = module.source.offsets.span(name)
        is_there = module.source.text[start:end] == name.id  # Python before 3.12 may place it elsewhere
        if is_there and (key := moved.get(name.id)) and taken.isdisjoint(range(start, end)):
            found.append(Edit(start, end, encoded(module, key)))
    return list(dict.fromkeys(found))  # the first half of a sum is a text as well


def encoded(module: Module, key: Key) -> str:
    """Return the expression that reads a key percent-encoded."""
    return module.settings.read_composed([f"quoted_{key.name.lower()}"], [key], [(key.name, "quoted")])


def only_logins(module: Module) -> frozenset[str]:
    """Return the variables of a module that are read as users and passwords of URLs, and in no other way."""
    inside = list(_logins(module))
    known = set(map(id, inside))
    others = {
        node.id
        for statement in module.source.statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in known
    }
    return frozenset(node.id for node in inside if node.id not in others)


def _moved(module: Module, decisions: Mapping[int, Decision]) -> Iterator[tuple[str, Key]]:
    """Yield the variables of a module that have become users and passwords, with their keys."""
    for number, site in enumerate(module.sites):
        key = decisions[number].key if number in decisions else None
        if key is not None and key.name.endswith(_PARTS) and (site.place.is_constant or site.place.is_variable):
            yield site.place.name, key


def _logins(module: Module) -> Iterator[ast.Name]:
    """Yield the names that stand for a user or a password in the texts that a module puts together."""
    for statement in module.source.statements:
        for node in ast.walk(statement):
            made = parts(node) if isinstance(node, ast.JoinedStr | ast.BinOp | ast.Call) else None
            login = _LOGIN.search(made[0]) if made else None
            if made is None or login is None or getattr(node, "lineno", 0) in module.refused or _is_named(node):
                continue
            first = made[0].count(HOLE, 0, login.start(1))
            holes = made[1][first : first + login[1].count(HOLE)]
            yield from (hole for hole in holes if isinstance(hole, ast.Name))


def _is_named(node: ast.AST) -> bool:
    """Tell whether what is filled in is found by name, whatever its order."""
    return (isinstance(node, ast.Call) and bool(node.keywords)) or (
        isinstance(node, ast.BinOp) and isinstance(node.right, ast.Dict)
    )
