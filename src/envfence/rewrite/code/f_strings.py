"""Connections that code puts together from constants: where these are moved, a user and a password are quoted.

`f"postgresql://{USER}:{PASSWORD}@{HOST}/app"` holds no value itself. Once its constants differ from environment to
environment one may hold an `@`, so the settings give it percent-encoded.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from envfence.rewrite import Edit
from envfence.rewrite.code.decision import Decision, Module
from envfence.rewrite.held import Key

_LOGIN = re.compile(r"[A-Za-z][\w+.-]*://([^@/\s]*\{[^@/\s]*)@")
_HOLE = re.compile(r"\{(\w+)\}")
_PARTS = ("_USER", "_PASSWORD")


def quoted(module: Module, decisions: Mapping[int, Decision], edits: Sequence[Edit]) -> list[Edit]:
    """Return the edits that read what was moved into a module's constants percent-encoded, as a DSN needs it."""
    moved = dict(_moved(module, decisions))
    taken = {position for edit in edits for position in range(edit.start, edit.end + 1)}
    if not moved:
        return []
    found: list[Edit] = []
    for start, end in _f_strings(module):
        login = _LOGIN.search(module.source.text, start, end)
        if login is None or not taken.isdisjoint(range(start, end)):
            continue
        for hole in _HOLE.finditer(module.source.text, *login.span(1)):
            if key := moved.get(hole[1]):
                name = f"quoted_{key.name.lower()}"
                code = module.settings.read_composed([name], [key], [(key.name, "quoted")])
                found.append(Edit(*hole.span(1), code))
    return found


def _moved(module: Module, decisions: Mapping[int, Decision]) -> Iterator[tuple[str, Key]]:
    """Yield the constants of a module that have become users and passwords, with their keys."""
    for number, site in enumerate(module.sites):
        key = decisions[number].key if number in decisions else None
        if key is not None and key.name.endswith(_PARTS) and site.place.is_constant:
            yield site.place.name, key


def _f_strings(module: Module) -> Iterator[tuple[int, int]]:
    """Yield where the f-strings of a module stand."""
    for statement in module.source.statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.JoinedStr) and node.lineno not in module.refused:
                yield (
                    _offset(module, node.lineno, node.col_offset),
                    _offset(module, node.end_lineno or 1, node.end_col_offset or 0),
                )


def _offset(module: Module, line: int, column: int) -> int:
    """Return the offset in code points of a place whose column counts bytes."""
    start = module.source.starts[line - 1]
    return start + len(module.source.text[start : start + column].encode()[:column].decode())
