"""What a settings class configures: in `model_config`, in `class Config`, as keywords, and with what it inherits."""

import ast
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from envfence.contract.surfaces.python.classes import Class, dotted

ANY_FILE = "*"  # an env file whose name is computed


class Config(NamedTuple):
    """What a class configures, with that of the classes it inherits from."""

    values: Mapping[str, ast.expr]
    constants: Mapping[str, ast.expr] = MappingProxyType({})

    def text(self, name: str) -> str:
        """Return a setting that is a text, "" if it is none."""
        node = self.values.get(name)
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""

    def is_true(self, name: str) -> bool:
        """Tell whether a setting is True."""
        node = self.values.get(name)
        return isinstance(node, ast.Constant) and node.value is True


def config_of(line: list[Class]) -> Config:
    """Return what the classes of a lineage configure, the nearest first."""
    constants = {name: node for current in reversed(line) for name, node in current.constants.items()}
    configured = ((current.node, current.constants) for current in reversed(line))
    values = {name: node for one in configured for name, node in own_config(*one)}
    plain = {
        name: constants[node.id] if isinstance(node, ast.Name) and node.id in constants else node
        for name, node in values.items()
    }
    return Config(plain, constants)


def own_config(
    node: ast.ClassDef, constants: Mapping[str, ast.expr] = MappingProxyType({})
) -> Iterator[tuple[str, ast.expr]]:
    """Yield what a class itself configures: as keywords, in `model_config` and in `class Config`.

    ``constants`` are those of the module: `model_config = CONFIG` means what CONFIG was given.
    """
    for keyword in node.keywords:
        if keyword.arg:
            yield keyword.arg, keyword.value
    for statement in (one for body in bodies(node) for one in body):
        if isinstance(statement, ast.ClassDef) and statement.name == "Config":
            yield from assigned(statement.body)
        for name, value in assigned([statement]):
            if name == "model_config":
                yield from _entries(value, constants)


def bodies(node: ast.ClassDef) -> Iterator[list[ast.stmt]]:
    """Yield the statements of a class, and those of each arm of a condition in it: `if IS_PYDANTIC_2: … else: …`."""
    yield node.body
    for statement in node.body:
        if isinstance(statement, ast.If):
            yield from (statement.body, statement.orelse)


def assigned(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """Yield names with the values that they are given."""
    for statement in body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            yield statement.targets[0].id, statement.value
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            yield statement.target.id, statement.value


def _entries(value: ast.expr, constants: Mapping[str, ast.expr]) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(value, ast.Name) and value.id in constants:
        others = {name: node for name, node in constants.items() if name != value.id}  # no name means itself
        yield from _entries(constants[value.id], others)
    elif isinstance(value, ast.Call):
        for keyword in value.keywords:
            if keyword.arg:
                yield keyword.arg, keyword.value
            else:
                yield from _entries(keyword.value, constants)
    elif isinstance(value, ast.Dict):
        for key, item in zip(value.keys, value.values, strict=True):
            if key is None:
                yield from _entries(item, constants)
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, item


def file_names(node: ast.expr | None) -> Iterator[str]:
    """Yield the names of env files that an expression gives, without folders."""
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return
    if isinstance(node, ast.Tuple | ast.List):
        for element in node.elts:
            yield from file_names(element)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value.replace("\\", "/").rpartition("/")[2]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):  # ROOT / ".env"
        yield from file_names(node.right)
    elif isinstance(node, ast.Call) and node.args and dotted(node.func).rpartition(".")[2] in {"Path", "str", "join"}:
        yield from file_names(node.args[-1])
    else:
        yield ANY_FILE


def extra_of(config: Config) -> str:
    """Return what is said of extra keys: forbid, ignore, allow, "" for nothing and "?" for what is computed."""
    node = config.values.get("extra")
    if node is None:
        return ""
    return (
        node.value
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        else dotted(node).rpartition(".")[2] or "?"
    )
