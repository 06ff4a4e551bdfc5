"""What code makes up for a key that is not there, and texts that take their keys from the whole environment."""

import ast
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from envfence.contract.surfaces.python.configured import assigned
from envfence.contract.surfaces.python.names import Names, keyword, tail

_NAMED = re.compile(r"\$\{?([A-Za-z_]\w*)|(?<!\{)\{([A-Za-z_]\w*)[^{}]*\}|%\(([A-Za-z_]\w*)\)")
_MISSES = frozenset({"KeyError", "LookupError", "Exception"})  # what catches the read of a key that is not there
_ENDS = frozenset({"exit", "_exit", "abort", "fail"})
_Supplied = Iterator[tuple[ast.expr, ast.expr]]


def is_wsgi(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether a function is called by a web server, so that its `environ` is that of a request."""
    return {"environ", "start_response"} <= {argument.arg for argument in node.args.args}


def goes_on(handler: ast.ExceptHandler) -> bool:
    """Tell whether the program goes on without a key: it is caught, and nothing is raised or ended instead."""
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    is_caught = any(one is None or tail(one) in _MISSES for one in types)
    last = handler.body[-1]
    ends = isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and tail(last.value.func) in _ENDS
    return is_caught and not ends and not isinstance(last, ast.Raise)


def bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield the lists of statements that a statement holds."""
    for part in ("body", "orelse", "finalbody"):
        if isinstance(statements := getattr(node, part, None), list):
            yield statements


def later(statements: list[ast.stmt], found: Names) -> _Supplied:
    """Yield key and value of what statements give, or return for, a name whose key is missing."""
    for statement in statements:
        if isinstance(statement, ast.Try):  # in the `except` of the read itself
            for name, key in _reads(statement.body, found):
                handled = [pair for handler in statement.handlers for pair in _given(handler.body)]
                yield from ((key, value) for target, value in handled if target == name)
    for first, second in pairwise(statements):
        yield from _before(first, second, found)
        yield from _after(first, second, found)


def _before(first: ast.stmt, second: ast.stmt, found: Names) -> _Supplied:
    """Yield what a name has been given before a read that may fail and is passed over."""
    if isinstance(second, ast.Try | ast.With):
        before = dict(_given([first]))
        yield from ((key, before[name]) for name, key in _reads(second.body, found) if name and name in before)


def _after(first: ast.stmt, second: ast.stmt, found: Names) -> _Supplied:
    """Yield what stands in for a read without a value: `if not key: key = ...`, `key = key or ...`, `return`."""
    for name, key in _reads([first], found):
        if isinstance(second, ast.If) and _misses(second.test, name):
            given = ((target, value) for target, value in _given(second.body) if target or not _is_code(value))
            yield from ((key, value) for target, value in given if target in {name, ""})
        for target, value in _given([second]):
            if target in {name, ""} and isinstance(value, ast.BoolOp) and tail(value.values[0]) == name:
                yield key, value.values[-1]


def below(call: ast.AST, found: Names) -> _Supplied:
    """Yield the keys of the tables that a `ChainMap(os.environ, {...})` falls back to, with their values."""
    if isinstance(call, ast.Call) and tail(call.func) == "ChainMap" and call.args and found.is_mapping(call.args[0]):
        for table in call.args[1:]:
            if isinstance(table, ast.Dict):
                yield from ((key, value) for key, value in zip(table.keys, table.values, strict=True) if key)


def taken(node: ast.AST, found: Names, texts_of: Callable[[ast.expr], tuple[str, ...]]) -> Iterator[ast.expr]:
    """Yield the keys that an expression takes from the environment by handing all of it over.

    `itemgetter("A", "B")(os.environ)`, `Template("$A").substitute(os.environ)`, `"{A}".format_map(os.environ)`.
    """
    text: ast.expr | None = None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and found.is_mapping(node.right):
        text = node.left
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and _is_all_of(node.right, found):
        yield node.left
    elif isinstance(node, ast.Call) and tail(node.func) == "map" and len(node.args) > 1:
        call = ast.Call(func=node.args[0], args=node.args[1:], keywords=[])
        if found.key_of(call) is not None:
            yield node.args[1]
    elif isinstance(node, ast.Call) and _is_handed_over(node, found):
        maker = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        if isinstance(maker, ast.Call) and tail(maker.func) == "itemgetter":
            yield from maker.args
        elif tail(node.func) in {"format", "format_map"}:
            text = maker
        elif tail(node.func) in {"substitute", "safe_substitute"} and isinstance(maker, ast.Call) and maker.args:
            text = maker.args[0]
    for said in texts_of(text) if text is not None else ():
        yield from (ast.Constant(next(filter(None, match.groups()))) for match in _NAMED.finditer(said))


def _is_all_of(node: ast.expr, found: Names) -> bool:
    """Tell whether an expression is the names of all keys: `os.environ.keys()`, `set(os.environ)`."""
    if not isinstance(node, ast.Call):
        return found.is_mapping(node)
    if isinstance(node.func, ast.Attribute):
        return node.func.attr == "keys" and found.is_mapping(node.func.value)
    return tail(node.func) in {"set", "frozenset"} and bool(node.args) and found.is_mapping(node.args[0])


def _is_handed_over(call: ast.Call, found: Names) -> bool:
    return any(map(found.is_mapping, (*call.args[:1], *filter(None, [keyword(call, None)]))))


def _reads(statements: list[ast.stmt], found: Names) -> Iterator[tuple[str, ast.expr]]:
    for name, value in _given(statements):
        key = found.key_of(value)
        if key is not None:
            yield name, key


def _given(statements: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """Yield names with what they are given, "" with what is returned."""
    for statement in statements:
        if isinstance(statement, ast.Return) and statement.value:
            yield "", statement.value
        yield from assigned([statement])


def _is_code(value: ast.expr) -> bool:
    """Tell whether what is returned says how a program or a check ended, and stands in for no value."""
    return isinstance(value, ast.Constant) and (isinstance(value.value, int) or " " in str(value.value))


def _misses(test: ast.expr, name: str) -> bool:
    """Tell whether a test holds where the name has no value: `not key`, `key is None`, `key == ""`."""
    if isinstance(test, ast.UnaryOp):
        return isinstance(test.op, ast.Not) and tail(test.operand) == name
    is_compared = isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is | ast.Eq)
    return is_compared and isinstance(test, ast.Compare) and tail(test.left) == name
