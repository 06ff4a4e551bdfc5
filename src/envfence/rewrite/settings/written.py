"""The properties of a settings class that is there, found again by what they compose."""

import ast
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from textwrap import dedent
from urllib.parse import quote

from envfence.contract.surfaces.python.classes import dotted
from envfence.rewrite.held import Key
from envfence.rewrite.settings import settings_code
from envfence.rewrite.settings.settings_model import Composed, Settings

Finder = Callable[[Composed, Sequence[Key], Settings], str]


def finder(node: ast.ClassDef) -> Finder:
    """Return what finds the property of a class that composes what another would of some keys, "" if there is none.

    A property that quotes nothing is one, too, if quoting changes no value: then a fix makes it quote them.
    """
    functions = [item for item in node.body if isinstance(item, ast.FunctionDef)]
    properties = [item for item in functions if any(dotted(one) == "property" for one in item.decorator_list)]
    exact = {_composed(item): item.name for item in reversed(properties)}
    bare = {_composed(item, bare=True): item.name for item in reversed(properties)}

    def find(composed: Composed, keys: Sequence[Key], settings: Settings) -> str:
        code = dedent(settings_code.property_code(composed._replace(name="composed"), settings))
        made = next(item for item in ast.parse(code).body if isinstance(item, ast.FunctionDef))
        found = exact.get(_composed(made), "")
        is_plain = all(quote(value, safe=composed.safe) == value for key in keys for value in key.values.values())
        return found or (bare.get(_composed(made, bare=True), "") if is_plain else "")

    return find


def _composed(function: ast.FunctionDef, *, bare: bool = False) -> str:
    """Return what a property gives, as one expression of its fields, "" if it does anything else."""
    values: dict[str, ast.expr] = {}
    put_in = _PutIn(values, bare=bare)
    for statement in deepcopy(function.body):
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            values[statement.targets[0].id] = put_in.visit(statement.value)
        elif isinstance(statement, ast.Return) and statement.value is not None:
            return ast.dump(put_in.visit(statement.value))
        elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            break
    return ""


class _PutIn(ast.NodeTransformer):
    """Puts values in for names; a ``bare`` one also what is quoted, and what is secret, in for the call around it."""

    def __init__(self, values: Mapping[str, ast.expr], *, bare: bool) -> None:
        self._values, self._bare = values, bare

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._values.get(node.id, node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if self._bare and isinstance(node.func, ast.Name) and node.func.id == "quote":
            return node.args[0]
        if self._bare and isinstance(node.func, ast.Attribute) and node.func.attr == "get_secret_value":
            return node.func.value
        return node
