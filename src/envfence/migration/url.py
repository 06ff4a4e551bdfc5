"""Whether a URL may reach Alembic's configuration with a `%` that is not doubled."""

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache

_Given = Mapping[str, list[ast.expr]]


def may_hold_percent(value: ast.expr, tree: ast.Module) -> bool:
    """Tell whether the value of an expression may hold a single `%`, by what the module says of it."""
    given = _given(tree)
    if any(_doubles(part) for part in _reached(value, given)):
        return False
    return not all(_is_plain(one) for one in _ends(value, given))


def assigned(node: ast.AST) -> list[str]:
    """Return the names that a statement assigns to."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


@lru_cache(maxsize=1)  # one env.py may set several
def _given(tree: ast.Module) -> _Given:
    """Return what each name is assigned, and what each function returns."""
    given: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            for name in assigned(node):
                given.setdefault(name, []).append(node.value)
        elif isinstance(node, ast.FunctionDef):
            returned = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value]
            given.setdefault(node.name, []).extend(returned)
    return given


def _reached(value: ast.expr, given: _Given) -> Iterator[ast.AST]:
    """Yield the parts of an expression, and of all that its names are given."""
    waiting, known = [value], set[str]()
    while waiting:
        for part in ast.walk(waiting.pop()):
            yield part
            if isinstance(part, ast.Name) and part.id not in known:
                known.add(part.id)
                waiting += given.get(part.id, ())


def _ends(value: ast.expr, given: _Given) -> Iterator[ast.expr]:
    """Yield the expressions that a value may come from: its own, or those that its name is given."""
    waiting, known = [value], set[str]()
    while waiting:
        one = waiting.pop()
        if not isinstance(one, ast.Name) or one.id not in given:
            yield one
        elif one.id not in known:
            known.add(one.id)
            waiting += given[one.id]


def _is_plain(one: ast.expr) -> bool:
    """Tell whether an expression is a text without a single `%`, or names a file of SQLite."""
    if isinstance(one, ast.JoinedStr):
        first = one.values[0] if one.values else None
        return isinstance(first, ast.Constant) and str(first.value).startswith("sqlite")
    return isinstance(one, ast.Constant) and "%" not in str(one.value).replace("%%", "")


def _doubles(part: ast.AST) -> bool:
    """Tell whether `.replace("%", "%%")` is called, or a function that says by its name that it escapes."""
    if not isinstance(part, ast.Call):
        return False
    name = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
    said = [word.value for word in part.args if isinstance(word, ast.Constant)]
    return (name == "replace" and said[:2] == ["%", "%%"]) or "escape" in name
