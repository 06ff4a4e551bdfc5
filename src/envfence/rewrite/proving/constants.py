"""What the names of a module stand for, where that is told by reading it."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence


def constants(module: Sequence[ast.stmt]) -> Iterator[tuple[ast.Name, ast.expr]]:
    """Yield the names that a module reads with what they stand for, where nothing else is ever given the name.

    Also a variable of one function has that value wherever it can be read at all.
    """
    nodes = [node for statement in module for node in ast.walk(statement)]
    names = [node for node in nodes if isinstance(node, ast.Name)]
    given = Counter(node.id for node in names if not isinstance(node.ctx, ast.Load))
    given.update(node.arg for node in nodes if isinstance(node, ast.arg))
    given.update((node.asname or node.name).partition(".")[0] for node in nodes if isinstance(node, ast.alias))
    given.update(node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef))
    values = dict(one for node in nodes for one in _assigned(node))
    for node in names:
        if node.id in values and given[node.id] == 1:
            yield node, values[node.id]


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the name that a statement gives a value, and that."""
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        first = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if isinstance(first, ast.Name):
            yield first.id, node.value
