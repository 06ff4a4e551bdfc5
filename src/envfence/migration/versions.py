"""A migration: whether Alembic can load it, whether it does what its place promises, and what going back loses."""

import ast
import re
from collections.abc import Iterator

from envfence.contract.rules import found
from envfence.finding import Finding, Rule
from envfence.migration.around import Around, plain_ids
from envfence.migration.rules import (
    CONCURRENT_HYPERTABLE,
    EMPTY_INITIAL,
    NO_REVISION,
    NUMBERED_REVISION,
    SILENT_LOSS,
    UNNAMED_CONSTRAINT,
)
from envfence.migration.url import assigned

_NUMBER = re.compile(r"\d{1,6}(?:$|[_-])")
_LOSES = frozenset({"drop_table", "drop_column"})
_LOSES_IN_SQL = re.compile(r"\bdrop\s+(?:table|column)\b|\btruncate\b|\bdelete\s+from\b", re.IGNORECASE)
_GENERATED = "###"  # the comments that Alembic writes

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def findings(path: str, text: str, around: Around | None) -> Iterator[Finding]:
    """Yield what is wrong in a migration; nothing, if it is none or cannot be read."""
    ids = plain_ids(text)
    if len(ids) == 2 and around and not around.is_head(path, ids["revision"]):
        return  # what has been built upon is asked for its ids only, and these it has
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    functions = {node.name: node for node in tree.body if isinstance(node, _Function)}
    said = {name: node for node in tree.body for name in assigned(node)}
    upgrade = functions.get("upgrade")
    if upgrade is None or ("op." not in text and "revision" not in said):
        return
    own = _value(said.get("revision"))
    hits = list(_of_ids(path, own, said, upgrade, around))
    if around is None or around.is_head(path, own):
        hits += (*_of_calls(path, tree, around), *_of_newest(path, text, own, said, functions.get("downgrade")))
    yield from (found(rule, path, line, own) for rule, line in hits)


def _of_ids(
    path: str, own: str, said: dict[str, ast.stmt], upgrade: _Function, around: Around | None
) -> Iterator[tuple[Rule, int]]:
    if "revision" not in said or "down_revision" not in said:
        yield NO_REVISION, upgrade.lineno
        return
    is_first = own and _is_none(said["down_revision"]) and _is_none(said.get("branch_labels"))
    if is_first and _is_empty(upgrade) and not (around and around.makes_tables_next(path, own)):
        yield EMPTY_INITIAL, upgrade.lineno


# What follows counts for the newest migration only: it is the one that is taken back, and the others have been run.


def _of_calls(path: str, tree: ast.Module, around: Around | None) -> Iterator[tuple[Rule, int]]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        first = call.args[0] if call.args else None
        if name == "drop_constraint" and isinstance(first, ast.Constant) and first.value is None:
            yield UNNAMED_CONSTRAINT, call.lineno
        is_concurrent = name in {"create_index", "drop_index"} and _is_concurrent(call)
        if is_concurrent and around and not around.hypertables(path).isdisjoint(_texts(call)):
            yield CONCURRENT_HYPERTABLE, call.lineno


def _of_newest(
    path: str, text: str, own: str, said: dict[str, ast.stmt], downgrade: _Function | None
) -> Iterator[tuple[Rule, int]]:
    if _NUMBER.match(own or path.rpartition("/")[2]):
        yield NUMBERED_REVISION, said["revision"].lineno if own else 1
    if downgrade and (lost := _lost(downgrade)) and not _is_marked(downgrade, text):
        yield SILENT_LOSS, lost


def _lost(downgrade: _Function) -> int:
    """Return the first line that loses data, 0 if none does."""
    for call in (node for node in ast.walk(downgrade) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name in _LOSES or (name == "execute" and any(_LOSES_IN_SQL.search(text) for text in _texts(call))):
            return call.lineno
    return 0


def _is_marked(downgrade: _Function, text: str) -> bool:
    """Tell whether its author has thought of what is lost: a comment, a docstring, a guard."""
    lines = text.splitlines()[downgrade.lineno : downgrade.end_lineno]
    if any("#" in line and _GENERATED not in line for line in lines) or ast.get_docstring(downgrade):
        return True
    guards = (node for node in ast.walk(downgrade) if isinstance(node, ast.Raise | ast.If | ast.Assert))
    calls = (node.value for node in downgrade.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
    return any(guards) or any(isinstance(call.func, ast.Name) for call in calls)


def _value(node: ast.stmt | None) -> str:
    value = getattr(node, "value", None)
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _is_none(node: ast.stmt | None) -> bool:
    value = getattr(node, "value", None)
    return node is None or (isinstance(value, ast.Constant) and value.value is None)


def _is_empty(function: _Function) -> bool:
    return all(
        isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in function.body
    )


def _is_concurrent(call: ast.Call) -> bool:
    return any(
        word.arg == "postgresql_concurrently" and isinstance(word.value, ast.Constant) and word.value.value is True
        for word in call.keywords
    )


def _texts(call: ast.Call) -> list[str]:
    return [one.value for one in ast.walk(call) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
