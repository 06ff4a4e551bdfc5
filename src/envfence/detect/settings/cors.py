"""Origins that may call the API, where code lets every one in."""

import ast
from collections.abc import Iterator

from envfence.contract.rules import found
from envfence.contract.stages import THROWAWAY, stages_said
from envfence.contract.surfaces.python.classes import Module, dotted
from envfence.detect.settings.redis import named
from envfence.detect.settings.rules import OPEN_CORS
from envfence.finding import Finding

_OTHER_LISTS = ("METHOD", "HEADER")  # a star among these opens nothing
_FOR_ALL = frozenset({"CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"})  # of django-cors-headers


def open_middleware(module: Module, call: ast.Call) -> Iterator[Finding]:
    """Yield what a call that sets CORS up gives to let every origin in, with the visitor's credentials."""
    given = dict(_given(module, call))
    is_flask = dotted(call.func).rpartition(".")[2] == "CORS"
    credentials = given.get("supports_credentials" if is_flask else "allow_credentials")
    if not (isinstance(credentials, ast.Constant) and credentials.value is True):
        return
    if is_flask and not {"origins", "resources"} & given.keys():
        yield found(OPEN_CORS, module.path, call.lineno, "CORS", "with the visitor's credentials, as by default")
    for name in ("origins", "resources") if is_flask else ("allow_origins", "allow_origin_regex"):
        value = given.get(name)
        listed = _constant(module, value.id) if isinstance(value, ast.Name) else value
        if value is not None and listed is not None and any(_is_star(node) for node in ast.walk(listed)):
            yield found(OPEN_CORS, module.path, value.lineno, name, "with the visitor's credentials")


def listed_origins(module: Module, node: ast.ClassDef | ast.Module) -> Iterator[Finding]:
    """Yield fields and properties of a class, and settings of Django, that list origins and let every one in."""
    is_module = isinstance(node, ast.Module)
    if is_module and THROWAWAY & stages_said(module.path):
        return
    for statement in node.body:
        name, value = named(statement)
        if value is None or (is_module and "CORS" not in name):
            continue
        if is_module and name in _FOR_ALL and isinstance(value, ast.Constant) and value.value is True:
            yield found(OPEN_CORS, module.path, statement.lineno, name)
        if "ORIGIN" in name or ("CORS" in name and not any(word in name for word in _OTHER_LISTS)):
            for part in _taken(value):
                if _is_star(part):
                    yield found(OPEN_CORS, module.path, getattr(part, "lineno", statement.lineno), name)


def _given(module: Module, call: ast.Call, passed: frozenset[str] = frozenset()) -> Iterator[tuple[str, ast.expr]]:
    """Yield the arguments of a call by name, those of `**` too; ``passed`` are names that have been looked up."""
    for keyword in call.keywords:
        if keyword.arg:
            yield keyword.arg, keyword.value
        else:
            yield from _spread(module, keyword.value, passed)


def _spread(module: Module, value: ast.AST, passed: frozenset[str]) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(value, ast.Name) and value.id not in passed and (meant := _constant(module, value.id)):
        yield from _spread(module, meant, passed | {value.id})
    elif isinstance(value, ast.Call) and dotted(value.func) == "dict":
        yield from _given(module, value, passed)
    elif isinstance(value, ast.Dict):
        for key, item in zip(value.keys, value.values, strict=True):
            if key is None:
                yield from _spread(module, item, passed)
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, item


def _taken(value: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a value, without what is only compared: a validator asks whether there is a star."""
    yield value
    for child in ast.iter_child_nodes(value):
        if not isinstance(child, ast.Compare | ast.Raise):
            yield from _taken(child)


def _constant(module: Module, name: str) -> ast.AST | None:
    """Return what the module itself gives a name, None if that is nothing, or not always the same."""
    given = [node for node in ast.walk(module.tree) if isinstance(node, ast.Assign | ast.AnnAssign)]
    values = [value for called, value in map(named, given) if called == name.upper()]
    return values[0] if len(values) == 1 else None


def _is_star(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in {"*", ".*", "^.*$", "https?://.*"}
