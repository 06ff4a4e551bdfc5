"""Keys that a Python module cannot be imported without, and settings that tests make themselves."""

import ast
import re
from collections.abc import Iterable, Iterator

from envfence.contract.surfaces.python.classes import dotted

_ENVIRON = frozenset({"os.environ", "environ"})
_FAKES = ("monkeypatch", "patch(", "mock", "raises(")  # a test that may bring the settings, or wants them to fail


def keys_needed(tree: ast.Module) -> set[str]:
    """Return the keys that a module takes from `os.environ[...]` on its way, also in functions of it that it calls.

    What only a condition, a loop or a `try` leads to does not count.
    """
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    waiting = list(_at_once(tree.body))
    keys: set[str] = set()
    while waiting:
        for node in _evaluated(waiting.pop()):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                called = functions.pop(node.func.id, None)
                waiting += _at_once(called.body) if called else ()
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and dotted(node.value) in _ENVIRON:
                key = node.slice
                keys.update([key.value] if isinstance(key, ast.Constant) and isinstance(key.value, str) else ())
    return keys


def makers_called(text: str, makers: Iterable[str]) -> set[str]:
    """Return those of ``makers`` that the text of a test calls with nothing, none where it may bring their values."""
    if any(word in text for word in _FAKES):
        return set()
    return {name for name in makers if re.search(rf"(?<!def )\b{re.escape(name)}\(\)", text)}


def _at_once(body: Iterable[ast.stmt]) -> Iterator[ast.expr]:
    """Yield the expressions that are evaluated whatever holds."""
    for statement in body:
        if isinstance(statement, ast.With | ast.ClassDef):
            yield from _at_once(statement.body)
        elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr | ast.Return):
            yield from [statement.value] if statement.value is not None else ()


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of an expression that are evaluated whatever they come to."""
    if isinstance(node, ast.Lambda):
        return
    yield node
    sure = [node.test] if isinstance(node, ast.IfExp) else node.values[:1] if isinstance(node, ast.BoolOp) else None
    for child in sure if sure is not None else ast.iter_child_nodes(node):
        yield from _evaluated(child)
