"""What the attributes of a settings class are in one environment, worked out from its code and an env file's text."""

import ast
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

from envfence.contract.readers import python_reader
from envfence.rewrite.proving.known import Secret
from envfence.rewrite.settings.settings_model import INT, SECRET, Field


def attributes(code: str, class_name: str, fields: Mapping[str, Field], env_text: str) -> dict[str, Any]:
    """Return attribute to value: the fields that have a value, and every property that can be put together of them."""
    values_given = given(env_text)
    values: dict[str, Any] = {}
    for field in fields.values():
        if (text := values_given.get(field.key)) is not None:
            values[field.attribute] = _typed(field, text)
    for item in _properties(code, class_name):
        try:
            values[item.name] = _returned(item, values)
        except (KeyError, ValueError, TypeError):
            continue  # a property that is no composition of fields
    return values


@cache  # all modules read the settings of few
def _properties(code: str, class_name: str) -> list[ast.FunctionDef]:
    classes = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ClassDef) and node.name == class_name)
    items = (item for node in classes for item in node.body)
    return [item for item in items if isinstance(item, ast.FunctionDef) and item.decorator_list]


def _typed(field: Field, text: str) -> Any:
    if field.type == INT:
        return int(text) if text.isdigit() else text
    return Secret(text) if field.type == SECRET else text


def _returned(function: ast.FunctionDef, values: Mapping[str, Any]) -> Any:
    local: dict[str, Any] = {}
    for statement in function.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            local[statement.targets[0].id] = _value(statement.value, values, local)
        elif isinstance(statement, ast.Return) and statement.value is not None:
            return _value(statement.value, values, local)
        elif not isinstance(statement, ast.Expr):
            raise ValueError("a statement that composes nothing")
    raise ValueError("nothing is returned")


def _value(node: ast.expr, values: Mapping[str, Any], local: Mapping[str, Any]) -> Any:
    """Return what an expression of a property gives; raise KeyError or ValueError for any other."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return local[node.id]
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return values[node.attr]
    if isinstance(node, ast.JoinedStr):
        return "".join(str(_value(part, values, local)) for part in node.values)
    if isinstance(node, ast.FormattedValue) and node.conversion == -1 and node.format_spec is None:
        return _value(node.value, values, local)
    if isinstance(node, ast.IfExp) and isinstance(node.test, ast.Compare):
        left, right = (_value(one, values, local) for one in (node.test.left, node.test.comparators[0]))
        return _value(node.body if left in right else node.orelse, values, local)
    if isinstance(node, ast.Call):
        return _called(node, values, local)
    raise ValueError("an expression that composes nothing")


def _called(node: ast.Call, values: Mapping[str, Any], local: Mapping[str, Any]) -> Any:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "get_secret_value" and isinstance(node.func, ast.Attribute):
        return str(_value(node.func.value, values, local))
    arguments = [str(_value(argument, values, local)) for argument in node.args]
    if name == "quote":
        return quote(arguments[0], safe=_value(node.keywords[0].value, values, local))
    if name == "_pair_value":
        return pair_value(arguments[0])
    if name == "str":
        return arguments[0]
    raise ValueError("a call that composes nothing")


def pair_value(value: str) -> str:
    """Return a value as libpq reads it in `key=value` pairs, as the generated code does."""
    if value and not any(character.isspace() or character in "'\\" for character in value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


@cache
def given(env_text: str) -> Mapping[str, str]:
    """Return the keys of an env file that have a value."""
    read = python_reader.resolve(python_reader.entries(env_text), {})
    return {key: value for key, value in read.items() if value is not None}
