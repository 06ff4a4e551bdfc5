"""What a variable stands for: the one expression that it is given before it is used."""

import ast
from collections.abc import Iterator


def meant(tree: ast.AST, node: ast.expr) -> ast.expr:
    """Return what a name is given, where that happens only once, else the expression itself.

    A name of the function around it comes before one of the module; a parameter may be anything.
    """
    if not isinstance(node, ast.Name):
        return node
    for scope in (*_functions_around(tree, node), tree):
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef) and node.id in _parameters(scope):
            return node
        if values := list(_given(scope, node)):
            return values[0] if len(values) == 1 and values[0].lineno < node.lineno else node
    return node


def _functions_around(tree: ast.AST, node: ast.expr) -> list[ast.AST]:
    """Return the functions that a node stands in, the innermost first."""
    around = [
        one
        for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        and one.lineno <= node.lineno <= (one.end_lineno or one.lineno)
    ]
    return list(reversed(around))


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}


def _given(scope: ast.AST, name: ast.Name) -> Iterator[ast.expr]:
    """Yield what ``name`` is given in a function or, without its functions, in a module."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
        value = one.value if isinstance(one, ast.Assign | ast.AnnAssign) else None
        if value and any(isinstance(target, ast.Name) and target.id == name.id for target in targets):
            yield value
        waiting += ast.iter_child_nodes(one)
