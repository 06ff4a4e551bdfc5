"""One Redis database for a broker and for results: by the names that they are given, and in the call of Celery."""

import ast
from collections.abc import Iterator

from envfence.contract.rules import found
from envfence.contract.surfaces.classes import Module
from envfence.detect.settings_rules import SHARED_REDIS
from envfence.detect.settings_texts import HOLE, parts
from envfence.finding import Finding


def of_celery(module: Module, call: ast.Call) -> Iterator[Finding]:
    """Yield a `Celery(broker=..., backend=...)` whose two URLs are of one database."""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    broker, backend = named.get("broker"), named.get("backend")
    if broker is None or backend is None:
        return
    urls = [_redis(_meant(module, node)) or ast.dump(node) for node in (broker, backend)]
    if urls[0] == urls[1]:
        yield found(SHARED_REDIS, module.path, call.lineno, "Celery")


def _meant(module: Module, node: ast.expr) -> ast.expr:
    """Return what a name is given where that happens only once, else the expression itself."""
    if not isinstance(node, ast.Name):
        return node
    values = [
        one.value
        for one in ast.walk(module.tree)
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name) and target.id == node.id
    ]
    return values[0] if len(values) == 1 else node


def of_names(module: Module, one: ast.ClassDef | ast.Module) -> Iterator[Finding]:
    """Yield the results of a class or a module that are kept in the broker's database."""
    broker: set[str] = set()
    for role, name, value in _celery(one):
        text = _redis(value)
        if text and role == "broker":
            broker.add(text)
        elif text in broker:
            yield found(SHARED_REDIS, module.path, value.lineno, name)


def _celery(one: ast.ClassDef | ast.Module) -> list[tuple[str, str, ast.expr]]:
    """Return what a body calls its broker and its results, brokers first: role, name and expression."""
    values: list[tuple[str, str, ast.expr]] = []
    for statement in one.body:
        name, value = named(statement)
        role = "broker" if "BROKER" in name else "result" if "RESULT" in name else ""
        returned = [value]
        if isinstance(value, ast.FunctionDef):
            returned = [node.value for node in ast.walk(value) if isinstance(node, ast.Return)]
        values += [(role, name, node) for node in returned if role and isinstance(node, ast.expr)]
    return sorted(values, key=lambda entry: entry[0])


def _redis(value: ast.expr) -> str:
    """Return what a Redis URL looks like, with its expressions, "" for anything else."""
    text, holes = parts(value) or ("", [])
    if not text.startswith(("redis://", "rediss://", HOLE)):
        return ""
    if "/" not in text.rstrip("/").partition("://")[2] and not text.startswith(HOLE):
        text = text.rstrip("/") + "/0"  # the database that is meant where none is named
    return text + "".join(map(ast.dump, holes))


def named(statement: ast.stmt) -> tuple[str, ast.AST | None]:
    """Return the name, in capitals, that a statement gives something, and what that is; "" for other statements."""
    if isinstance(statement, ast.FunctionDef):
        return statement.name.upper(), statement
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id.upper(), statement.value
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id.upper(), statement.value
    return "", None
