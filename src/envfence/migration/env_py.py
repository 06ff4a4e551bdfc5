"""Alembic's env.py: how it gets the URL, the models and a log, and what keeps migrations from standing in the way."""

import ast
import re
from collections.abc import Iterator

from envfence.contract.rules import found
from envfence.finding import Finding, Rule
from envfence.migration import models
from envfence.migration.around import Around
from envfence.migration.rules import (
    MODEL_NOT_IMPORTED,
    NO_LOCK,
    NO_OFFLINE_MODE,
    NO_TIMEOUT,
    PATH_BY_HAND,
    TIMESCALE_OBJECTS,
    UNESCAPED_URL,
    UNUSED_LOGGING,
)
from envfence.migration.url import may_hold_percent

_OPTION = "sqlalchemy.url"
_LOCK = re.compile(r"advisory|(?<!b)lock\(", re.IGNORECASE)
_OTHERS = re.compile(r"sqlite|mysql|mariadb|mssql|oracle|duckdb|bigquery|snowflake", re.IGNORECASE)
_POSTGRES = re.compile(r"postgres|psycopg|asyncpg|pg8000", re.IGNORECASE)
_ABOUT = {UNESCAPED_URL: _OPTION, UNUSED_LOGGING: "fileConfig", PATH_BY_HAND: "sys.path"}
_PATH = ("insert", "append", "extend")


def findings(path: str, text: str, around: Around | None) -> Iterator[Finding]:
    """Yield what is wrong in an env.py; nothing, if it is none of Alembic or cannot be read."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    configured = [call for call in calls if _name(call.func) == "configure"]
    if not configured or "run_migrations" not in text:
        return
    rules = [*_of_url(tree, calls), *_of_imports(tree, calls)]
    if "is_offline_mode" not in text:
        rules.append((NO_OFFLINE_MODE, configured[0].lineno))
    online = next((call for call in configured if any(word.arg == "connection" for word in call.keywords)), None)
    if online:
        rules += ((rule, online.lineno) for rule in _unguarded(path, tree, text, around))
    yield from (found(rule, path, line, _ABOUT.get(rule, "context.configure")) for rule, line in rules)
    yield from _not_imported(path, tree, around)


def _of_url(tree: ast.Module, calls: list[ast.Call]) -> Iterator[tuple[Rule, int]]:
    for call in calls:
        names = [word.value for word in call.args if isinstance(word, ast.Constant)]
        is_setting = _name(call.func) in {"set_main_option", "set_section_option"} and _OPTION in names[:2]
        if is_setting and len(call.args) > 1 and may_hold_percent(call.args[-1], tree):
            yield UNESCAPED_URL, call.lineno


def _of_imports(tree: ast.Module, calls: list[ast.Call]) -> Iterator[tuple[Rule, int]]:
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in tree.body:
        names = node.names if isinstance(node, ast.ImportFrom) and node.module == "logging.config" else []
        if any(one.name == "fileConfig" and (one.asname or one.name) not in used for one in names):
            yield UNUSED_LOGGING, node.lineno
    by_hand = (call for call in calls if _name(call.func) in _PATH and ast.unparse(call.func).startswith("sys.path."))
    if first := next(by_hand, None):
        yield PATH_BY_HAND, first.lineno


def _unguarded(path: str, tree: ast.Module, text: str, around: Around | None) -> Iterator[Rule]:
    """Yield what the migrations lack that run on a connection; what env.py imports may have it, too."""
    whole = text + (around.imported(path, tree) if around else "")
    if not _OTHERS.search(whole) or _POSTGRES.search(whole):
        if "lock_timeout" not in whole:
            yield NO_TIMEOUT
        if not _LOCK.search(text) and "advisory" not in whole:
            yield NO_LOCK
    is_timescale = "hypertable" in whole or "timescale" in whole.lower() or (around and around.has_timescale(path))
    if is_timescale and "include_object" not in text and "include_name" not in text:
        yield TIMESCALE_OBJECTS


def _not_imported(path: str, tree: ast.Module, around: Around | None) -> Iterator[Finding]:
    if around is None:
        return
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(_name(target) == "target_metadata" for target in node.targets):
            modules = sorted(models.not_imported(tree, node.value, around.project(path)))
            if modules:
                more = f" and {len(modules) - 1} more" if len(modules) > 1 else ""
                yield found(MODEL_NOT_IMPORTED, path, node.lineno, "target_metadata", modules[0] + more)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
