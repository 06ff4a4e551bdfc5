"""What settings classes have where no env file says anything: no other value may take a key that they read."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from envfence.contract.surfaces.python.settings import Field, SettingsClass
from envfence.literals import HOLE

_NAMES_ITS_KEY = 2  # arguments of a call such as `config("DB_HOST", default="localhost")`


def field_claims(
    classes: Iterable[SettingsClass], trees: Mapping[str, ast.Module], python: Mapping[str, str]
) -> dict[str, str]:
    """Return key to default of the fields that something reads, HOLE where that is no constant, or not always equal."""
    found: dict[str, str] = {}
    read = _Read(python.values())
    defaults = {path: dict(_defaults(tree)) for path, tree in trees.items()}
    for one in classes:
        for field in () if one.is_base else one.fields:
            default = defaults.get(field.path, {}).get(field.line)
            if default is None or not read(field):
                continue
            for key in map(str.upper, field.keys):
                found[key] = default if found.get(key, default) == default else HOLE
    return found


def attributes(texts: Iterable[str]) -> frozenset[str]:
    """Return the names that code reads of objects."""
    return frozenset(name for text in texts for name in re.findall(r"\.(\w+)", text))


class _Read:
    """Tells whether anything reads a field of an object."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._attributes = attributes(texts)

    def __call__(self, field: Field) -> bool:
        return field.name.rpartition(".")[2] in self._attributes


def _defaults(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the lines of fields with a default, and that."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and node.value is not None and not _is_required(node.value):
            yield node.lineno, _text(node.value)


def _is_required(value: ast.expr) -> bool:
    """Tell whether a field has no default all the same: `= Field(description="…")`, `= ...`."""
    if isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] == "Field":
        given = [*value.args[:1], *(one.value for one in value.keywords if one.arg in {"default", "default_factory"})]
        return not given or _is_required(given[0])
    return isinstance(value, ast.Constant) and value.value is Ellipsis


def _text(value: ast.expr) -> str:
    """Return a default as an env file would say it."""
    if isinstance(value, ast.Call):
        named = [one.value for one in value.keywords if one.arg == "default"]
        is_read = len(value.args) == _NAMES_ITS_KEY
        given = named or (value.args[1:] if is_read else value.args[:1])
        return _text(given[0]) if given else HOLE
    is_plain = isinstance(value, ast.Constant) and isinstance(value.value, str | int)
    return str(value.value) if isinstance(value, ast.Constant) and is_plain else HOLE
