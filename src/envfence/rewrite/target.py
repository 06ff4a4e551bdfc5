"""The settings that modules are to read: a class that is there and can be imported, or a module that is added."""

import ast
from collections.abc import Sequence
from typing import NamedTuple

from envfence.contract.surfaces.classes import dotted
from envfence.contract.surfaces.configured import own_config
from envfence.contract.surfaces.settings import SettingsClass
from envfence.rewrite import Edit, settings_code
from envfence.rewrite.settings_model import INT, SECRET, STR, Field, Settings

GET = "get_settings"


class Target(NamedTuple):
    """Where the settings are: the module's path, what is imported from it, and the class as it is to be.

    ``found`` is the class that is there, None for a new module; ``has_reader`` tells whether it has what is imported.
    """

    path: str
    name: str
    settings: Settings
    found: SettingsClass | None = None
    has_reader: bool = True


def new(path: str) -> Target:
    """Return the settings of a module that does not exist yet."""
    return Target(path, GET, Settings(f"{GET}()"))


def existing(found: SettingsClass, tree: ast.Module) -> Target:
    """Return a class that is there: its fields, and the function or the object that gives it."""
    function, instance = _reader(tree, found.name)
    name = function or instance or GET
    reader = name if instance and not function else f"{name}()"
    known = {
        field.keys[0].upper(): Field(field.keys[0].upper(), field.name, _type(field.types))
        for field in found.fields
        if "." not in field.name
    }
    upper = sum(field.name.isupper() for field in found.fields)
    taken = [name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for name in _members(node)]
    settings = Settings(reader, known, is_upper=2 * upper >= len(found.fields), taken=taken)
    return Target(found.path, name, settings, found, bool(function or instance))


def _type(types: frozenset[str]) -> str:
    return SECRET if "SecretStr" in types else INT if "int" in types else STR


def _members(node: ast.ClassDef) -> Sequence[str]:
    named = [item.name for item in node.body if isinstance(item, ast.FunctionDef)]
    return [*named, *(dotted(item.target) for item in node.body if isinstance(item, ast.AnnAssign))]


def _reader(tree: ast.Module, name: str) -> tuple[str, str]:
    """Return the function that gives the class, and the module's object of it, each "" if there is none."""
    function = instance = ""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.args.args:
            returned = [one.value for one in ast.walk(node) if isinstance(one, ast.Return)]
            if any(isinstance(one, ast.Call) and dotted(one.func) == name for one in returned):
                function = function or node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and dotted(node.value.func) == name:
            instance = instance or dotted(node.targets[0])
        elif isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call) and dotted(node.value.func) == name:
            instance = instance or dotted(node.target)
    return function, instance


def edits(targets: Sequence[Target], text: str, tree: ast.Module, *, depth: int, newline: str) -> list[Edit]:
    """Return the edits that give classes of one module what is read of them: fields, properties, the env file.

    The env files lie in the folder ``depth`` above that of the module.
    """
    starts = _line_starts(text)
    found = [edit for target in targets for edit in _of_class(target, text, tree, starts, depth)]
    if imports := _imports(tree, found):
        at = _import_place(tree, starts)
        found.insert(0, Edit(at, at, "".join(f"{line}\n" for line in imports)))
    return _merged(text, found, newline)


def _of_class(target: Target, text: str, tree: ast.Module, starts: Sequence[int], depth: int) -> list[Edit]:
    line = target.found.line if target.found else 0
    node = next(one for one in ast.walk(tree) if isinstance(one, ast.ClassDef) and one.lineno == line)
    indent = " " * node.body[0].col_offset
    settings = target.settings
    fields = [item for item in node.body if isinstance(item, ast.AnnAssign)]
    after_fields, after_class = (
        starts[item.end_lineno or 0] for item in (fields[-1] if fields else node.body[0], node)
    )
    found = _env_file(target, node, starts, text, depth)
    if settings.added:
        code = "".join(f"{settings_code.field_line(field, indent)}\n" for field in settings.added)
        found.append(Edit(after_fields, after_fields, code))
    if settings.composed:
        code = "".join(f"\n{settings_code.property_code(one, settings)}" for one in settings.composed)
        found.append(Edit(after_class, after_class, code.replace("\n    ", f"\n{indent}")))
    if settings.is_read and not target.has_reader:
        code = f"\n\n@lru_cache\ndef {GET}() -> {node.name}:\n    return {node.name}()\n"
        found.append(Edit(len(text), len(text), code))
    return found


def _merged(text: str, found: Sequence[Edit], newline: str) -> list[Edit]:
    """Return the edits with the file's line ends, and insertions at one place as one."""
    by_place: dict[tuple[int, int], str] = {}
    for edit in found:
        place = edit[:2]
        by_place[place] = by_place.get(place, "") + edit.replacement
    ends_open = bool(text) and not text.endswith(("\n", "\r"))
    return [
        Edit(start, end, (newline if ends_open and start == len(text) else "") + code.replace("\n", newline))
        for (start, end), code in by_place.items()
    ]


def _env_file(target: Target, node: ast.ClassDef, starts: Sequence[int], text: str, depth: int) -> list[Edit]:
    """Return what makes the class read `.env.<ENVIRONMENT>` if it reads no file of that kind yet."""
    found = target.found
    config = dict(own_config(node))
    if found is None or _reads_environment(config.get("env_file"), text):
        return []
    wanted = f"Path(__file__).resolve().parents[{depth}] / f\".env.{{os.environ.get('ENVIRONMENT', 'development')}}\""
    extra = "" if found.extra or found.is_first_version else ', extra="ignore"'
    offset = _Offsets(text, starts)
    if old := config.get("env_file"):
        start, end = offset.span(old)
        return [Edit(start, end, f"({text[start:end]}, {wanted}){extra}")]
    call = next((item.value for item in node.body if isinstance(item, ast.Assign) and _is_config(item)), None)
    if isinstance(call, ast.Call):
        end = offset.span(call)[1] - 1
        comma = ", " if call.args or call.keywords else ""
        return [Edit(end, end, f"{comma}env_file={wanted}{extra}")]
    indent = " " * node.body[0].col_offset
    at = starts[node.body[0].lineno - 1]
    if found.is_first_version:
        return [Edit(at, at, f"{indent}class Config:\n{indent}    env_file = {wanted}\n\n")]
    lines = ("model_config = SettingsConfigDict(", f"    env_file={wanted},", f"   {extra[1:]}," if extra else "", ")")
    return [Edit(at, at, "".join(f"{indent}{line}\n" for line in lines if line) + "\n")]


def _reads_environment(env_file: ast.expr | None, text: str) -> bool:
    """Tell whether the name of a class's env file is made of the environment's: `f".env.{…}"`, also as a constant."""
    if env_file is None:
        return False
    names = {node.id for node in ast.walk(env_file) if isinstance(node, ast.Name)}
    said = [ast.get_source_segment(text, env_file) or ""]
    said += [line for line in text.splitlines() if line.partition("=")[0].partition(":")[0].strip() in names]
    return any(".env.{" in line or '".env." +' in line for line in said)


def _is_config(item: ast.Assign) -> bool:
    return dotted(item.targets[0]) == "model_config"


class _Offsets:
    """Turns the places of `ast`, whose columns are bytes of UTF-8, into offsets of characters."""

    def __init__(self, text: str, starts: Sequence[int]) -> None:
        self._text, self._starts = text, starts

    def span(self, node: ast.expr) -> tuple[int, int]:
        return self._at(node.lineno, node.col_offset), self._at(node.end_lineno or 0, node.end_col_offset or 0)

    def _at(self, line: int, column: int) -> int:
        start = self._starts[line - 1]
        whole = self._text[start : self._starts[line]]
        return start + len(whole.encode()[:column].decode())


def _imports(tree: ast.Module, found: Sequence[Edit]) -> list[str]:
    code = "".join(edit.replacement for edit in found)
    wanted = (
        ("os", "import os", "os.environ"),
        ("Path", "from pathlib import Path", "Path("),
        ("SettingsConfigDict", "from pydantic_settings import SettingsConfigDict", "SettingsConfigDict("),
        ("SecretStr", "from pydantic import SecretStr", ": SecretStr"),
        ("quote", "from urllib.parse import quote", "quote("),
        ("lru_cache", "from functools import lru_cache", "@lru_cache"),
    )
    imports = (node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))
    there = {alias.asname or alias.name for node in imports for alias in node.names}
    return [line for name, line, use in wanted if use in code and name not in there]


def _import_place(tree: ast.Module, starts: Sequence[int]) -> int:
    """Return where imports go: behind `from __future__`, else before the first import."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            return starts[node.end_lineno or 0]
    first = next((node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)), None)
    return starts[first.lineno - 1] if first else 0


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for index, character in enumerate(text):
        if character == "\n":
            starts.append(index + 1)
    return [*starts, len(text)]
