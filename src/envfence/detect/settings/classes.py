"""Faults of settings classes that no value shows: how they choose their file, name their environment, keep secrets."""

import ast
from collections.abc import Iterator, Mapping, Sequence

from envfence.contract.environment import ENVIRONMENT_KEYS
from envfence.contract.rules import found
from envfence.contract.stages import PRODUCTION, stage_of
from envfence.contract.surfaces.known import is_secret_name
from envfence.contract.surfaces.python.classes import Class, Index, Module, dotted, index, lineage
from envfence.contract.surfaces.python.configured import ANY_FILE, config_of, own_config
from envfence.contract.surfaces.python.fields import annotation, default_of, field_call, is_field, names_of
from envfence.contract.surfaces.python.settings import SettingsClass, settings_classes
from envfence.detect.settings.checks import compares, may_refuse
from envfence.detect.settings.on_import import factories, made_at_import, renamed
from envfence.detect.settings.paths import is_relative
from envfence.detect.settings.rules import (
    CLASS_CONFIG,
    EXTRA_UNDECIDED,
    LONG_TOKEN,
    NO_ROTATION,
    OPEN_ENVIRONMENT,
    PLAIN_SECRET,
    RELATIVE_ENV_FILE,
    SHOWN_INPUT,
    UNCHECKED_ENVIRONMENT,
)
from envfence.detect.settings.tokens import is_long
from envfence.finding import ERROR, WARNING, Finding

_VALIDATORS = frozenset({"model_validator", "field_validator", "validator", "root_validator"})
_PREVIOUS = frozenset(
    """PREVIOUS PREV OLD OLDER NEXT BACKUP FALLBACK FALLBACKS ROTATED SECONDARY RETIRED KEYS SECRETS KEYRING JWKS
    PUBLIC""".split()
)
_ENVIRONMENT = frozenset(ENVIRONMENT_KEYS)


def findings(modules: Sequence[Module]) -> list[Finding]:
    """Return the faults of the settings classes in ``modules``, and of the modules that make them."""
    classes = {(one.path, one.line): one for one in settings_classes(modules)}
    # What has a default for every field needs no key.
    names = {one.name for one in classes.values() if not one.fields or any(field.required for field in one.fields)}
    every: list[Finding] = []
    if classes:
        found_classes = index(modules)
        is_checked = any(map(compares, modules))
        trees = {module.path: module.tree for module in modules}
        for group in found_classes.by_name.values():
            for one in group:
                if settings := classes.get((one.path, one.node.lineno)):
                    every += _class(one, settings, found_classes)
                    if not settings.is_base and not is_checked:
                        every += _unchecked(settings, lineage(one, found_classes), trees)
    makers = names | {name for module in modules for name in factories(module, names)}
    for module in modules:
        every += made_at_import(module, module.tree.body, makers | renamed(module, makers))
    return list(dict.fromkeys(every))


def _class(one: Class, settings: SettingsClass, found_classes: Index) -> Iterator[Finding]:
    line = lineage(one, found_classes)
    if not settings.is_first_version:
        yield from _class_config(one)
    yield from _env_file(one)
    yield from _fields(one, line)
    if not settings.is_base:
        yield from _whole(settings, line)


def _class_config(one: Class) -> Iterator[Finding]:
    for statement in one.node.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Config":
            yield found(CLASS_CONFIG, one.path, statement.lineno, one.node.name)


def _env_file(one: Class) -> Iterator[Finding]:
    for name, node in own_config(one.node, one.constants):
        if name != "env_file":
            continue
        for part in node.elts if isinstance(node, ast.Tuple | ast.List) else [node]:
            value = one.constants.get(part.id, part) if isinstance(part, ast.Name) else part
            if is_relative(value):
                severity = WARNING if isinstance(value, ast.Constant) else ERROR
                yield found(RELATIVE_ENV_FILE, one.path, part.lineno, one.node.name, severity=severity)


def _fields(one: Class, line: list[Class]) -> Iterator[Finding]:
    for statement in one.node.body:
        if not is_field(statement) or not isinstance(statement.target, ast.Name):
            continue
        name = statement.target.id
        said = annotation(statement.annotation, lambda _: None)
        default = default_of(statement, field_call(statement))
        if {key.upper() for key in (name, *names_of(name, field_call(statement), "", by_name=False))} & _ENVIRONMENT:
            is_open = "str" in said.types and not (_has_pattern(statement) or _is_validated(name, line))
            yield from _environment(one, statement, default, is_open=is_open)
        if default is not None and is_long(name.upper(), default):
            yield found(LONG_TOKEN, one.path, statement.lineno, name)


def _environment(one: Class, statement: ast.AnnAssign, default: ast.expr | None, *, is_open: bool) -> Iterator[Finding]:
    name = statement.target.id if isinstance(statement.target, ast.Name) else ""
    if is_open:
        yield found(OPEN_ENVIRONMENT, one.path, statement.lineno, name, "any text is accepted")
    word = default.value if isinstance(default, ast.Constant) else dotted(default).rpartition(".")[2] if default else ""
    if isinstance(word, str) and word and stage_of(word) != PRODUCTION:
        yield found(
            OPEN_ENVIRONMENT, one.path, statement.lineno, name, "its default is taken wherever the key is forgotten"
        )


def _validators(line: list[Class]) -> Iterator[tuple[ast.AST, set[str]]]:
    """Yield the validators of a class with the fields they are for; none of a model's own."""
    for one in line:
        for function in one.node.body:
            for decorator in getattr(function, "decorator_list", ()):
                name = dotted(decorator.func if isinstance(decorator, ast.Call) else decorator).rpartition(".")[2]
                if name in _VALIDATORS:
                    said = decorator.args if isinstance(decorator, ast.Call) else []
                    yield function, {str(item.value) for item in said if isinstance(item, ast.Constant)}


def _is_validated(name: str, line: list[Class]) -> bool:
    """Tell whether a validator is for the field, or one of the model looks whether it is among some words."""
    for function, names in _validators(line):
        if name in names or "*" in names:
            return True
        among = (
            node
            for node in ast.walk(function)
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn)
        )
        if any(dotted(node.left).rpartition(".")[2] == name for node in among):
            return True
    return False


def _has_pattern(statement: ast.AnnAssign) -> bool:
    """Tell whether a field takes only what a pattern allows: `Field(pattern=...)`, `constr(regex=...)`."""
    return any(isinstance(node, ast.keyword) and node.arg in {"pattern", "regex"} for node in ast.walk(statement))


def _whole(settings: SettingsClass, line: list[Class]) -> Iterator[Finding]:
    """Yield what a class lacks, with all that it inherits."""
    path, at, name = settings.path, settings.line, settings.name
    words = {
        word for field in settings.fields for name in (field.name, *field.keys) for word in name.upper().split("_")
    }
    secrets = [field for field in settings.fields if any(map(is_secret_name, (field.name, *field.keys)))]
    if settings.forbids and not settings.extra:
        yield found(EXTRA_UNDECIDED, path, at, name)
    config = config_of(line)
    if secrets and not config.is_true("hide_input_in_errors") and not settings.is_first_version:
        yield found(SHOWN_INPUT, path, at, name)
    for field in settings.fields:
        last = field.name.rpartition(".")[2]
        if field.types & {"str", "bytes"} and any(map(is_secret_name, (last, *field.keys))):
            yield found(PLAIN_SECRET, field.path, field.line, last)
        if any(_signs(name.upper()) for name in (field.name, *field.keys)) and _PREVIOUS.isdisjoint(words):
            yield found(NO_ROTATION, field.path, field.line, field.name)


def _unchecked(settings: SettingsClass, line: list[Class], trees: Mapping[str, ast.Module]) -> Iterator[Finding]:
    every = [{name.upper() for name in (field.name, *field.keys)} for field in settings.fields]
    names = {name for one in every if one & _ENVIRONMENT for name in one}
    if ANY_FILE not in settings.env_files or not names:
        return
    validators = ((one, *entry) for one in line for entry in _validators([one]))
    if not any(may_refuse(function, of, names, trees[one.path]) for one, function, of in validators):
        yield found(UNCHECKED_ENVIRONMENT, settings.path, settings.line, settings.name)


def _signs(name: str) -> bool:
    return name == "SECRET_KEY" or (
        name.endswith(("SECRET", "_KEY")) and ("JWT" in name or "SIGN" in name or "TOKEN" in name or "SESSION" in name)
    )
