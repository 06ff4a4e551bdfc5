"""Whether a URL may reach Alembic's configuration with a `%` that is not doubled."""

import ast
from collections.abc import Iterator

_DEEPEST = 4  # names followed one after the other


def may_hold_percent(value: ast.expr, tree: ast.Module, depth: int = 0) -> bool:
    """Tell whether the value of an expression may hold a single `%`, by what the module says of it."""
    parts = list(ast.walk(value))
    if any(_doubles(part) for part in parts):
        return False
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    if texts and texts[0].startswith("sqlite") and not isinstance(value, ast.Call):
        return False
    if isinstance(value, ast.Constant):
        return any("%" in text.replace("%%", "") for text in texts)
    if depth >= _DEEPEST:
        return True
    known = [one for part in parts for one in _given(part, tree)]
    if isinstance(value, ast.Name) and known:
        return all(may_hold_percent(one, tree, depth + 1) for one in known)
    return not any(not may_hold_percent(one, tree, depth + 1) for one in known if not isinstance(one, ast.Constant))


def _given(part: ast.AST, tree: ast.Module) -> Iterator[ast.expr]:
    """Yield what a name is assigned, or what a function of the module returns."""
    if isinstance(part, ast.Name):
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and part.id in assigned(node):
                yield node.value
    elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == part.func.id:
                yield from (one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value)


def assigned(node: ast.AST) -> list[str]:
    """Return the names that a statement assigns to."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _doubles(part: ast.AST) -> bool:
    """Tell whether `.replace("%", "%%")` is called, or a function that says by its name that it escapes."""
    if not isinstance(part, ast.Call):
        return False
    name = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
    said = [word.value for word in part.args if isinstance(word, ast.Constant)]
    return (name == "replace" and said[:2] == ["%", "%%"]) or "escape" in name
