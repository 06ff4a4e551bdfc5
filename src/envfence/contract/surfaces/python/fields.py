"""One field of a settings class: what its annotation says, its default, and the keys that can give it."""

import ast
from collections.abc import Callable
from typing import NamedTuple, TypeGuard

from envfence.contract.surfaces.python.classes import Class, dotted

Find = Callable[[str], Class | None]

COMPLEX = frozenset(
    {"dict", "Dict", "list", "List", "set", "Set", "tuple", "Tuple", "frozenset", "Mapping", "Sequence"}
)
_CONSTRAINED = {"constr": "str", "conbytes": "bytes", "conint": "int", "confloat": "float", "conlist": "list"}


class Annotation(NamedTuple):
    """The types that an annotation names, the values of its Literal or enum, and the repository's model it names."""

    types: frozenset[str]
    choices: tuple[str, ...] = ()
    model: Class | None = None

    @property
    def is_complex(self) -> bool:
        """Tell whether a nested value is taken apart by a delimiter."""
        return self.model is not None or not COMPLEX.isdisjoint(self.types)


def is_field(statement: ast.stmt) -> TypeGuard[ast.AnnAssign]:
    """Tell whether a statement of the class declares a field."""
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
        return False
    name = statement.target.id
    if name.startswith("_") or name == "model_config":
        return False
    return dotted(statement.annotation).rpartition(".")[2] != "ClassVar"


def annotation(node: ast.expr, find: Find) -> Annotation:
    """Return what an annotation says; ``find`` returns the repository's class of a name."""
    types: set[str] = set()
    choices: list[str] = []
    model: Class | None = None
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, ast.Constant) and isinstance(current.value, str):
            waiting.append(_parsed(current.value))
        elif isinstance(current, ast.BinOp):
            waiting += [current.left, current.right]
        elif isinstance(current, ast.Call) and (made := _CONSTRAINED.get(dotted(current.func).rpartition(".")[2])):
            types.add(made)
        elif isinstance(current, ast.Subscript):
            waiting += _inside(current, types, choices)
        elif name := dotted(current):
            one = find(name)
            values = _enum_values(one) if one else []
            choices += values
            model = one if one and not values and _is_model(one) else model
            types.add(name.rpartition(".")[2])
    return Annotation(frozenset(types), tuple(choices), model)


def _inside(node: ast.Subscript, types: set[str], choices: list[str]) -> list[ast.expr]:
    """Return the annotations inside one with brackets that the value itself may be of."""
    name = dotted(node.value).rpartition(".")[2]
    arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name == "Literal":
        choices += [str(item.value) for item in arguments if isinstance(item, ast.Constant)]
        return []
    if name in {"Optional", "Union"}:
        return [*arguments, *([ast.Name("None")] if name == "Optional" else [])]
    if name in {"Annotated", "Final"}:
        return arguments[:1]
    types.add(name)
    return []


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return ast.Name("Any")


def _enum_values(one: Class) -> list[str]:
    bases = {dotted(base).rpartition(".")[2] for base in one.node.bases}
    if bases.isdisjoint({"Enum", "StrEnum"}):
        return []
    values: list[str] = []
    for statement in one.node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            if isinstance(statement.value, ast.Constant):
                values.append(str(statement.value.value))
            elif dotted(getattr(statement.value, "func", statement.value)).endswith("auto") and "StrEnum" in bases:
                values.append(statement.targets[0].id.lower())
    return values


def _is_model(one: Class) -> bool:
    return bool(one.node.bases) or any(
        "dataclass" in dotted(getattr(item, "func", item)) for item in one.node.decorator_list
    )


def field_call(statement: ast.AnnAssign) -> ast.Call | None:
    """Return the `Field(...)` of a field, beside it or in its Annotated."""
    value = statement.value
    if isinstance(value, ast.Call) and dotted(value.func).rpartition(".")[2] == "Field":
        return value
    said = statement.annotation
    if isinstance(said, ast.Subscript) and dotted(said.value).rpartition(".")[2] == "Annotated":
        for item in said.slice.elts if isinstance(said.slice, ast.Tuple) else []:
            if isinstance(item, ast.Call) and dotted(item.func).rpartition(".")[2] == "Field":
                return item
    return None


def default_of(statement: ast.AnnAssign, call: ast.Call | None) -> ast.expr | None:
    """Return the default of a field, None if it needs a value."""
    if call is None or (statement.value is not None and statement.value is not call):
        return _given(statement.value)
    if call.args:
        return _given(call.args[0])
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    return _given(named.get("default")) or named.get("default_factory")


def _given(node: ast.expr | None) -> ast.expr | None:
    is_ellipsis = isinstance(node, ast.Constant) and node.value is ...
    return None if is_ellipsis or dotted(node or ast.Pass()).endswith("PydanticUndefined") else node


def names_of(name: str, call: ast.Call | None, prefix: str, *, by_name: bool) -> tuple[str, ...]:
    """Return the keys that can give a field: its aliases, which no prefix is put before, else its name."""
    named = {keyword.arg: keyword.value for keyword in call.keywords} if call else {}
    alias = named.get("validation_alias") or named.get("alias") or named.get("env")
    keys = tuple(_aliases(alias)) if alias is not None else ()
    return keys if keys and not by_name else (*keys, prefix + name)


def _aliases(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.Tuple | ast.List):  # pydantic 1: env=["A", "B"]
        return [alias for element in node.elts for alias in _aliases(element)]
    if isinstance(node, ast.Call):
        choices = dotted(node.func).endswith("AliasChoices")
        return [alias for argument in (node.args if choices else node.args[:1]) for alias in _aliases(argument)]
    return []
