"""One Redis database for a broker and for results: by the names that they are given, and in the call of Celery."""

import ast
from collections.abc import Iterator

from envfence.contract.rules import found
from envfence.contract.surfaces.python.classes import Module, dotted
from envfence.detect.settings.names import meant
from envfence.detect.settings.rules import OPEN_REDIS, SHARED_REDIS
from envfence.detect.settings.texts import HOLE, parts
from envfence.finding import Finding

_Body = ast.ClassDef | ast.Module | ast.FunctionDef


def of_call(module: Module, node: ast.Call | ast.Dict) -> Iterator[Finding]:
    """Yield two URLs of one database: `Celery(broker=..., backend=...)`, `conf.update(broker_url=...)`, in a table."""
    if isinstance(node, ast.Call):
        given = {str(keyword.arg): keyword.value for keyword in node.keywords}
    else:
        pairs = zip(node.keys, node.values, strict=True)
        given = {str(key.value).lower(): value for key, value in pairs if isinstance(key, ast.Constant)}
    broker = given.get("broker") or given.get("broker_url")
    backend = given.get("backend") or given.get("result_backend")
    if broker is None or backend is None:
        return
    urls = [_redis(meant(module.tree, one)) or ast.dump(one) for one in (broker, backend)]
    if urls[0] == urls[1]:
        name = dotted(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else "result_backend"
        yield found(SHARED_REDIS, module.path, node.lineno if name == "Celery" else backend.lineno, name)


def without_login(module: Module, call: ast.Call) -> Iterator[Finding]:
    """Yield a URL of Redis that is built from a host without a password."""
    name = dotted(call.func)
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if name.endswith("RedisDsn.build") and "host" in given and given.keys().isdisjoint({"password", None}):
        yield found(OPEN_REDIS, module.path, call.lineno, name.rpartition(".")[2])


def of_names(module: Module, one: _Body) -> Iterator[Finding]:
    """Yield the results of a class or a module that are kept in the broker's database."""
    broker: set[str] = set()
    names: set[str] = set()
    for role, name, said in _celery(one):
        value = meant(module.tree, said)
        text = _redis(value) or _spoken(value)
        if role == "broker":
            broker.update({text} - {""})
            names |= {name} | {own for own in [dotted(said).rpartition(".")[2].upper()] if "BROKER" in own}
        elif text in broker or dotted(said).rpartition(".")[2].upper() in names:
            yield found(SHARED_REDIS, module.path, said.lineno, name)


def _celery(one: _Body) -> list[tuple[str, str, ast.expr]]:
    """Return what a body calls its broker and its results, brokers first: role, name and expression."""
    values: list[tuple[str, str, ast.expr]] = []
    for statement in one.body:
        values += _of_app(statement)
        name, value = named(statement)
        role = "broker" if "BROKER" in name else "result" if "RESULT" in name else ""
        returned = [value]
        if isinstance(value, ast.FunctionDef):
            returned = [node.value for node in ast.walk(value) if isinstance(node, ast.Return)]
        values += [(role, name, node) for node in returned if role and isinstance(node, ast.expr)]
    return sorted(values, key=lambda entry: entry[0])


def _of_app(statement: ast.stmt) -> Iterator[tuple[str, str, ast.expr]]:
    """Yield the same of `Celery(broker=...)` and `conf.update(...)`, but results beside a broker in one call."""
    call = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr | ast.Return) else None
    if not isinstance(call, ast.Call) or dotted(call.func).rpartition(".")[2] not in {"Celery", "update"}:
        return
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    broker = given.get("broker") or given.get("broker_url")
    backend = given.get("backend") or given.get("result_backend")
    if broker is not None:
        yield "broker", "BROKER_URL", broker
    elif backend is not None:
        yield "result", "RESULT_BACKEND", backend


def _spoken(value: ast.expr) -> str:
    """Return what says that it is of Redis, `redis_url(0)` or `self.redis_url`, "" for anything else."""
    said = ast.dump(value) if isinstance(value, ast.Call | ast.Subscript | ast.Attribute) else ""
    return said if "redis" in said.lower() else ""


def _redis(value: ast.expr) -> str:
    """Return what a Redis URL looks like, with its expressions, "" for anything else."""
    text, holes = parts(value) or ("", [])
    if not text.startswith(("redis://", "rediss://", HOLE)):
        return ""
    if "/" not in text.rstrip("/").partition("://")[2] and not text.startswith(HOLE):
        text = text.rstrip("/") + "/0"  # the database that is meant where none is named
    return text + "".join(map(ast.dump, holes))


def named(statement: ast.stmt) -> tuple[str, ast.AST | None]:
    """Return the name, in capitals, that a statement gives something, and what that is; "" for other statements.

    Of `app.conf.broker_url = url` and `app.conf["broker_url"] = url` it is the last one.
    """
    if isinstance(statement, ast.FunctionDef):
        return statement.name.upper(), statement
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id.upper(), statement.value
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if isinstance(statement, ast.Assign) and isinstance(target, ast.Subscript):
        key = target.slice.value if isinstance(target.slice, ast.Constant) else dotted(target).rpartition(".")[2]
        return str(key).upper(), statement.value
    if isinstance(statement, ast.Assign) and (name := dotted(statement.targets[0]).rpartition(".")[2]):
        return name.upper(), statement.value
    return "", None
