"""What an `alias_generator` makes of a field's name, where its code says so plainly."""

import ast
from collections.abc import Mapping

from envfence.contract.surfaces.python.classes import dotted

_CASES = {"upper": str.upper, "lower": str.lower, "title": str.title, "capitalize": str.capitalize}


def generated(node: ast.expr, name: str, functions: Mapping[str, ast.expr]) -> str | None:
    """Return the alias of ``name``, None where it is not known; ``functions`` are what the module's own return."""
    if isinstance(node, ast.Call):  # AliasGenerator(validation_alias=...)
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        inner = given.get("validation_alias") or given.get("alias")
        return generated(inner, name, functions) if inner is not None else None
    if isinstance(node, ast.Lambda) and node.args.args:
        return _made(node.body, node.args.args[0].arg, name)
    last = dotted(node).rpartition(".")[2]
    if isinstance(found := functions.get(last), ast.Lambda):
        return generated(found, name, {})
    return _cased(last, name)


def _made(node: ast.expr, parameter: str, name: str) -> str | None:
    """Return the text that an expression makes of ``name``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name):
        return name if node.id == parameter else None
    if isinstance(node, ast.FormattedValue):
        return _made(node.value, parameter, name)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined([node.left, node.right], parameter, name)
    if isinstance(node, ast.JoinedStr):
        return _joined(node.values, parameter, name)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        inner = _made(node.func.value, parameter, name)
        return _cased(node.func.attr, inner) if inner is not None else None
    return None


def _joined(parts: list[ast.expr], parameter: str, name: str) -> str | None:
    made = [_made(part, parameter, name) for part in parts]
    return None if None in made else "".join(filter(None, made))


def _cased(how: str, name: str) -> str | None:
    if how in _CASES:
        return _CASES[how](name)
    words = name.split("_")
    if how == "to_pascal":
        return "".join(map(str.capitalize, words))
    if how == "to_camel":
        return words[0] + "".join(map(str.capitalize, words[1:]))
    return name if how == "to_snake" else None
