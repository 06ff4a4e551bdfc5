"""Tokens that stay good for a day or more: in settings, in constants of a module, and where they are signed."""

import ast
from collections.abc import Iterator
from typing import TypeGuard

from envfence.contract.content.tokens import A_DAY, is_life
from envfence.contract.rules import found
from envfence.contract.surfaces.python.classes import Module, dotted
from envfence.detect.settings.rules import LONG_TOKEN
from envfence.finding import Finding


def is_long(name: str, default: ast.expr) -> bool:
    """Tell whether a token is good for a day or more: in the unit that the name says, or as a timedelta."""
    unit = name.rpartition("_")[2]
    if not is_life(name):
        return False
    if _is_timedelta(default):
        return _days(default) >= 1
    return unit in A_DAY and _amount(default) >= A_DAY[unit]


def signed_for_long(module: Module, node: ast.Dict) -> Iterator[Finding]:
    """Yield the `exp` of a token's claims that is a day or more from now."""
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == "exp":
            for inner in ast.walk(value):
                if _is_timedelta(inner) and _days(inner) >= 1:
                    yield found(LONG_TOKEN, module.path, inner.lineno, "exp")


def _is_timedelta(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "timedelta"


def _days(call: ast.Call) -> float:
    """Return how many days a `timedelta(...)` is, as far as numbers say so."""
    parts = {keyword.arg: _amount(keyword.value) for keyword in call.keywords}
    parts |= dict(zip(("days", "seconds"), map(_amount, call.args), strict=False))
    return sum(amount / A_DAY[unit.upper()] for unit, amount in parts.items() if unit and unit.upper() in A_DAY)


def _amount(node: ast.expr) -> int:
    """Return a number, also one written as a product, 0 for anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _amount(node.left) * _amount(node.right)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, int) else 0
