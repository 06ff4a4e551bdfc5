"""Settings classes of pydantic-settings, read from the code: which keys each takes, needs and forbids.

Follows pydantic-settings 2: prefixes, aliases, nested models behind a delimiter, inheritance inside the repository,
`model_config`, `class Config` and keywords of the class. The application is never imported.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from envfence.contract.surfaces.python.aliases import generated
from envfence.contract.surfaces.python.classes import Class, Index, Module, dotted, index, lineage, outer_bases
from envfence.contract.surfaces.python.configured import Config, config_of, extra_of, file_names
from envfence.contract.surfaces.python.fields import (
    COMPLEX,
    Annotation,
    annotation,
    default_of,
    field_call,
    is_field,
    names_of,
)

_OTHER_FILES = ("json_file", "yaml_file", "toml_file", "pyproject_toml_table_header")
_FIRST_VERSION = frozenset({"pydantic.BaseSettings", "pydantic.v1.BaseSettings"})  # it forbids no key of an env file


class Field(NamedTuple):
    """One value that a class takes from the environment.

    ``keys`` are the names that can give it, the first one first; ``takes`` are prefixes of keys that it takes too, for
    the parts of a nested value. ``has_literal``: its default is a text that is not empty. ``is_json``: its value is
    read as JSON.
    """

    name: str
    keys: tuple[str, ...]
    path: str
    line: int
    required: bool
    types: frozenset[str]
    choices: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    has_literal: bool = False
    is_json: bool = False


class SettingsClass(NamedTuple):
    """One class. ``env_files`` are names, ANY_FILE for one that is computed; ``extra`` is "" where nothing is said."""

    name: str
    path: str
    line: int
    fields: tuple[Field, ...]
    env_files: tuple[str, ...] = ()
    extra: str = ""
    case_sensitive: bool = False
    forbids: bool = False
    is_base: bool = False
    is_first_version: bool = False  # of pydantic 1
    has_own_sources: bool = False
    passes_over: frozenset[str] = frozenset()  # keys of an env file that it neither takes nor forbids

    def folded(self, key: str) -> str:
        """Return ``key`` as this class compares it."""
        return key if self.case_sensitive else key.lower()

    def takes(self, key: str) -> bool:
        """Tell whether a field takes ``key``."""
        folded = self.folded(key)
        return folded in self.passes_over or any(
            folded in map(self.folded, field.keys) or folded.startswith(tuple(map(self.folded, field.takes)))
            for field in self.fields
        )


def settings_classes(modules: Iterable[Module]) -> list[SettingsClass]:
    """Return the settings classes of ``modules`` in order."""
    modules = list(modules)
    found = index(modules)
    chosen = [(one, lineage(one, found)) for group in found.by_name.values() for one in group]
    chosen = [(one, line) for one, line in chosen if is_settings(line, found)]
    inherited = {parent.node for _, line in chosen for parent in line[1:]}
    passed = _passed_files(modules)
    classes = [_class(one, line, found, passed, is_base=one.node in inherited) for one, line in chosen]
    return sorted(classes, key=lambda one: (one.path, one.line))


def is_settings(line: list[Class], found: Index) -> bool:
    """Tell whether a class with this lineage is one of pydantic-settings (or of pydantic 1)."""
    return any(base.rpartition(".")[2] == "BaseSettings" for base in outer_bases(line, found))


def _passed_files(modules: Iterable[Module]) -> dict[str, ast.expr]:
    """Return the env files that classes are made with, `Settings(_env_file=...)`, by the name of the class."""
    return {
        dotted(node.func).rpartition(".")[2]: keyword.value
        for module in modules
        if "_env_file" in module.text
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "_env_file"
    }


def _class(
    one: Class, line: list[Class], found: Index, passed: Mapping[str, ast.expr], *, is_base: bool
) -> SettingsClass:
    config = config_of(line)
    fields: dict[str, Field] = {}
    for current in reversed(line):
        for field in _fields(current, config, found):
            fields[field.name] = field
    env_files = tuple(file_names(passed.get(one.node.name, config.values.get("env_file"))))
    first_version = any(base in _FIRST_VERSION for base in outer_bases(line, found))
    own_sources = any(_defines(current.node, "settings_customise_sources") for current in line)
    own_sources |= any(name in config.values for name in _OTHER_FILES)
    extra = extra_of(config)
    return SettingsClass(
        one.node.name, one.path, one.node.lineno, tuple(field for field in fields.values() if field.keys), env_files,
        extra, config.is_true("case_sensitive"),
        bool(env_files) and extra in {"", "forbid"} and not (first_version or own_sources)
        and "dotenv_filtering" not in config.values,
        is_base, first_version, own_sources,
        frozenset(fields) if config.text("env_prefix") else frozenset(),
    )  # fmt: skip


def _defines(node: ast.ClassDef, name: str) -> bool:
    return any(isinstance(inner, ast.FunctionDef) and inner.name == name for inner in node.body)


def _fields(current: Class, config: Config, found: Index) -> Iterator[Field]:
    for statement in current.node.body:
        if is_field(statement):
            yield from _field(statement, current, config, found)


def _field(statement: ast.AnnAssign, current: Class, config: Config, found: Index) -> Iterator[Field]:
    name = statement.target.id if isinstance(statement.target, ast.Name) else ""
    said = annotation(statement.annotation, partial(found.find, seen_from=current))
    call = field_call(statement)
    default = default_of(statement, call)
    prefix, delimiter = config.text("env_prefix"), config.text("env_nested_delimiter")
    keys = names_of(
        name, call, prefix, by_name=config.is_true("populate_by_name") or config.is_true("validate_by_name")
    )
    if (generator := config.values.get("alias_generator")) is not None and keys == (prefix + name,):
        alias = generated(generator, name, config.constants)
        keys = (alias,) if alias is not None else ()
    if said.model is not None and is_settings(lineage(said.model, found), found):
        # It reads its own keys; this field takes a whole object as JSON, which nobody writes.
        yield Field(name, (), current.path, statement.lineno, False, frozenset())
        return
    takes = tuple(f"{key}{delimiter}" for key in keys) if delimiter and said.is_complex else ()
    nested = (
        list(_nested(keys[0], said, delimiter, default is None, found)) if said.model and delimiter and keys else []
    )
    yield Field(
        name, keys, current.path, statement.lineno, default is None and not nested, said.types, said.choices, takes,
        _is_text(default), _is_json(statement, said, config),
    )  # fmt: skip
    for inner in nested:
        yield inner._replace(name=f"{name}.{inner.name}")


def _is_json(statement: ast.AnnAssign, said: Annotation, config: Config) -> bool:
    is_list = bool(said.types & COMPLEX) and "str" not in said.types and said.model is None
    is_off = "enable_decoding" in config.values or "NoDecode" in ast.dump(statement.annotation)
    return is_list and not is_off


def _nested(key: str, said: Annotation, delimiter: str, required: bool, found: Index) -> Iterator[Field]:
    for current in lineage(said.model, found) if said.model is not None else ():
        for statement in current.node.body:
            if not is_field(statement):
                continue
            inner = annotation(statement.annotation, partial(found.find, seen_from=current))
            call = field_call(statement)
            default = default_of(statement, call)
            name = statement.target.id if isinstance(statement.target, ast.Name) else ""
            whole = f"{key}{delimiter}{names_of(name, call, '', by_name=False)[0]}"
            needed = required and default is None
            if inner.model is not None:
                yield from _nested(whole, inner, delimiter, needed, found)
            else:
                yield Field(
                    name,
                    (whole,),
                    current.path,
                    statement.lineno,
                    needed,
                    inner.types,
                    inner.choices,
                    (),
                    _is_text(default),
                )


def _is_text(default: ast.expr | None) -> bool:
    if isinstance(default, ast.Lambda):  # default_factory=lambda: SecretStr("...")
        default = default.body
    if isinstance(default, ast.Call) and default.args:  # SecretStr("...")
        default = default.args[0]
    return isinstance(default, ast.JoinedStr) or (
        isinstance(default, ast.Constant) and bool(default.value) and isinstance(default.value, str)
    )
