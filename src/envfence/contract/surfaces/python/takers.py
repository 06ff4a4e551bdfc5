"""Functions that take the name of a key and read it: which of their parameters that is, and what they fall back to."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from envfence.contract.surfaces.python.configured import assigned
from envfence.contract.surfaces.python.texts import Texts

_DEFAULTS = frozenset({"default", "fallback", "otherwise", "default_value"})
_OWN = frozenset({"self", "cls"})
_NOTHING = ast.Constant(None)


class Taker(NamedTuple):
    """A function that takes a key, or a part of one.

    ``place`` and ``parameter`` are where it takes it, ``key`` is what it makes of it, and ``texts`` are the constants
    that ``key`` speaks of. ``default`` is place and name of what it takes for a value that is missing, None if there is
    no such thing; ``fallback`` is what it takes without being told, None if that is nothing.
    """

    place: int
    parameter: str
    key: ast.expr
    default: tuple[int, str] | None = None
    fallback: ast.expr | None = None
    texts: Mapping[str, Texts] = MappingProxyType({})

    def given(self, call: ast.Call) -> ast.expr | None:
        """Return what a call gives for the key."""
        return _argument(call, self.place, self.parameter)

    def default_of(self, call: ast.Call) -> ast.expr | None:
        """Return what a call gives, or the function has, for a value that is missing."""
        said = _argument(call, *self.default) if self.default else None
        return said or self.fallback


class Exported(NamedTuple):
    """What one name of a module is to those that import it: a mapping, a reader, a function, a class or one of it."""

    is_mapping: bool = False
    prefix: str | None = None  # of a reader, what it puts before each key
    function: Taker | None = None
    methods: Mapping[str, Taker] | None = None


Read = tuple[ast.expr, ast.expr | None]  # the key of a read, and its default


def taker(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    read: Callable[[ast.AST], Read | None],
    inner: Callable[[ast.Call], Taker | None],
    texts: Mapping[str, Texts],
) -> Taker | None:
    """Return a function as one that takes a key, None if none of its parameters is one.

    ``read`` tells what an expression reads, and ``inner`` which function that is known already it calls.
    """
    parameters = _parameters(node)
    if not parameters:
        return None
    local = dict(assigned(node.body))
    for part in ast.walk(node):
        if (found := read(part)) is not None:
            key, default = found
            key = local.get(key.id, key) if isinstance(key, ast.Name) and key.id not in parameters else key
            if one := _taken_by(key, parameters):
                return _made(node, parameters, one, key, default, texts)
        elif isinstance(part, ast.Call) and (known := inner(part)) is not None:
            given = known.given(part)
            if isinstance(given, ast.Name) and given.id in parameters:
                made = _made(node, parameters, given.id, known.key, known.default_of(part), known.texts)
                return made._replace(key=_renamed(known.key, known.parameter, given.id))
    return None


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, int]:
    """Return the parameters that a caller gives with their places, -1 for those that only go by name."""
    placed = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    placed = placed[1:] if placed[:1] and placed[0] in _OWN else placed
    named = {argument.arg: -1 for argument in node.args.kwonlyargs}
    return {name: place for place, name in enumerate(placed)} | named


def _taken_by(key: ast.expr, parameters: Iterable[str]) -> str:
    named = {part.id for part in ast.walk(key) if isinstance(part, ast.Name)} & set(parameters)
    return named.pop() if len(named) == 1 else ""


def _made(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    parameters: Mapping[str, int],
    one: str,
    key: ast.expr,
    default: ast.expr | None,
    texts: Mapping[str, Texts],
) -> Taker:
    told = default.id if isinstance(default, ast.Name) and default.id in parameters else ""
    told = told or next((name for name in parameters if name in _DEFAULTS), "")
    fallback = dict(_own_defaults(node)).get(told) if told else default
    if isinstance(fallback, ast.Constant) and fallback.value is None:
        fallback = None
    used = {part.id for part in ast.walk(key) if isinstance(part, ast.Name)}
    kept = {name: texts[name] for name in used & texts.keys() if name != one}
    return Taker(parameters[one], one, key, (parameters[told], told) if told else None, fallback, kept)


def _own_defaults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, ast.expr]]:
    placed = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    yield from zip(reversed(placed), reversed(node.args.defaults), strict=False)
    for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        yield argument.arg, default or _NOTHING


def _renamed(key: ast.expr, old: str, new: str) -> ast.expr:
    """Return the expression of a key with one name for another."""
    if old == new:
        return key
    made = ast.parse(ast.unparse(key), mode="eval").body
    for part in ast.walk(made):
        if isinstance(part, ast.Name) and part.id == old:
            part.id = new
    return made


def _argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    if 0 <= place < len(call.args):
        return call.args[place]
    return next((one.value for one in call.keywords if one.arg == name), None)
