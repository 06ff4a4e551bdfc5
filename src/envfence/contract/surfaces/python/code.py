"""Reads of the process environment in Python: os.environ, getenv, environs, decouple, click, python-dotenv.

Constants, literal loops, prefixes and functions that take a key's name are followed inside the module. Only statements
on whose lines the environment is spoken of are looked at, so a module costs little more than parsing it.
"""

import ast
import re
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple, cast

from envfence.contract.surfaces import CODE, FALLS_BACK, REQUIRES, SETS, Use
from envfence.contract.surfaces.python import supplied
from envfence.contract.surfaces.python.imported import names_of
from envfence.contract.surfaces.python.names import Names, keyword, tail
from envfence.contract.surfaces.python.spoken import is_spoken_of, lines_with
from envfence.contract.surfaces.python.takers import Exported, Read, Taker, taker
from envfence.contract.surfaces.python.texts import Scope, constants, is_literal, texts_of

WORDS = ("environ", "getenv", "envvar", "Env(", "decouple", "Config(", "dotenv", "get_key", "expandvars")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_EXPANDED = re.compile(r"\$\{?([A-Za-z_]\w*)")


class Taken(NamedTuple):
    """What a module takes from others of the repository: by name, and in modules that it imports whole."""

    names: Mapping[str, Exported]
    modules: Mapping[str, Mapping[str, Exported]]


NOTHING = Taken({}, {})


def uses(path: str, text: str, tree: ast.Module) -> list[Use]:
    """Return the reads of a module in order, each once; ``tree`` is ``text`` parsed."""
    return read(path, text, tree)[0]


def read(path: str, text: str, tree: ast.Module, taken: Taken = NOTHING) -> tuple[list[Use], Names]:
    """Return the reads of a module in order, each once, and the names it reads by; ``tree`` is ``text`` parsed."""
    found = names_of(text, tree)
    for name, what in taken.names.items():
        found.take(name, what)
    found.holders.update(taken.modules)
    words = (*WORDS, *taken.names, *taken.modules)
    lines = lines_with(words, text)
    if not lines:
        return [], found
    scope = Scope({})
    reader = _Reader(path, found, lines)
    reader.body(tree.body, constants(tree.body, scope))
    if names := found.spoken():
        reader = _Reader(path, found, lines_with((*words, *names), text))
        reader.body(tree.body, constants(tree.body, scope))
    return list(dict.fromkeys(sorted(reader.uses, key=lambda use: use.line))), found


class _Reader:
    """Walks the statements that speak of the environment and collects what they read."""

    def __init__(self, path: str, found: Names, lines: list[int]) -> None:
        self.path, self.found, self.lines = path, found, lines
        self.uses: list[Use] = []
        self.methods: set[ast.AST] = set()
        self.unused: set[ast.AST] = set()  # expressions whose values nobody takes

    def body(self, statements: list[ast.stmt], scope: Scope) -> None:
        self._later(statements, scope)
        for statement in statements:
            self._node(statement, scope)

    def _later(self, statements: list[ast.stmt], scope: Scope) -> None:
        for key, value in supplied.later(statements, self.found):
            if is_literal(value, scope):
                self._add(key, value, scope, FALLS_BACK, has_literal=True)

    def _node(self, node: ast.AST, scope: Scope) -> None:
        if not is_spoken_of(node, self.lines) or self.found.drops(node):
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if supplied.is_wsgi(node):
                return  # its `environ` is that of a request
            self._function(node, scope)
        elif isinstance(node, ast.ClassDef):
            self._class(node, scope)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            self.found.learn(node)
        elif isinstance(node, ast.Try) and any(map(supplied.goes_on, node.handlers)):
            self.body(node.body, scope._replace(is_caught=True))
            for rest in (*node.handlers, *node.orelse, *node.finalbody):
                self._node(rest, scope)
            return
        scope = self._within(node, scope)
        for statements in supplied.bodies(node):
            self._later(statements, scope)
        self._expression(node, scope)
        for child in ast.iter_child_nodes(node):
            self._node(child, scope)

    def _within(self, node: ast.AST, scope: Scope) -> Scope:
        """Return the scope of what ``node`` holds."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return constants(node.body, scope)
        if isinstance(node, ast.With):
            return self._prefixed(node, scope)
        loops: list[ast.For | ast.comprehension] = [node] if isinstance(node, ast.For) else []
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            loops += node.generators
        for loop in loops:
            if isinstance(loop.target, ast.Name):
                scope = self._bound(scope, loop.target, loop.iter)
        return scope

    def _bound(self, scope: Scope, target: ast.Name, values: ast.expr) -> Scope:
        texts = texts_of(values, scope) if not isinstance(values, ast.Constant) else ()
        return scope._replace(texts={**scope.texts, target.id: texts})

    def _prefixed(self, node: ast.With, scope: Scope) -> Scope:
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and tail(call.func) == "prefixed" and call.args:
                scope = scope._replace(prefix=scope.prefix + "".join(texts_of(call.args[0], scope)[:1]))
        return scope

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        """Remember a function whose parameter is the key that it reads."""
        if node not in self.methods and (found := self._taker(node, scope)):
            self.found.functions[node.name] = found

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        """Remember a class with such functions."""
        methods = [item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]
        self.methods.update(methods)
        takers = {method.name: found for method in methods if (found := self._taker(method, scope))}
        if takers:
            self.found.owners[node.name] = takers

    def _taker(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Taker | None:
        return taker(node, self._read, self.found.taker_of, scope.texts) if is_spoken_of(node, self.lines) else None

    def _read(self, node: ast.AST) -> Read | None:
        key = self.found.key_of(node)
        if key is None:
            return None
        return key, self._default(node, tail(node.func)) if isinstance(node, ast.Call) else None

    def _expression(self, node: ast.AST, scope: Scope) -> None:
        for name, value in self.found.put(node):
            self._add(name, value, scope, SETS, has_literal=is_literal(value, scope))
        for matched in self.found.matched(node):
            self._add(matched, matched, scope, FALLS_BACK)
        self._at_once(node, scope)
        if isinstance(node, ast.Expr):
            self.unused.add(node.value)
        elif isinstance(node, ast.Call):
            self._call(node, scope)
        elif isinstance(node, ast.Subscript) and (key := self.found.key_of(node)) is not None:
            if isinstance(node.ctx, ast.Load):
                self._add(key, node, scope, REQUIRES)
        elif isinstance(node, ast.Compare) and self.found.is_mapping(node.comparators[0]):
            self._add(node.left, node, scope, FALLS_BACK)
        elif isinstance(node, ast.BoolOp | ast.IfExp):
            read, other = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node.values[0], node.values[-1])
            if (key := self.found.key_of(read)) is not None and is_literal(other, scope):
                self._add(key, read, scope, FALLS_BACK, has_literal=True)

    def _at_once(self, node: ast.AST, scope: Scope) -> None:
        """Add what an expression takes from the whole environment."""
        for below, value in supplied.below(node, self.found):
            self._add(below, value, scope, FALLS_BACK, has_literal=is_literal(value, scope))
        for taken in supplied.taken(node, self.found, partial(texts_of, scope=scope)):
            self._add(taken, cast("ast.expr", node), scope, REQUIRES)

    def _call(self, node: ast.Call, scope: Scope) -> None:
        name = tail(node.func)
        if (spoken := keyword(node, "envvar")) is not None:
            default = option_default(node)
            way = FALLS_BACK if default is not None else REQUIRES
            self._add(spoken, node, scope, way, has_literal=is_literal(default, scope))
        if name in {"Env", "FileAwareEnv"}:  # django-environ: Env(DEBUG=(bool, False))
            for declared in node.keywords:
                if declared.arg and declared.arg.isupper():
                    self._add(ast.Constant(declared.arg), node, scope, FALLS_BACK)
        if name == "expandvars" and node.args:
            for text in texts_of(node.args[0], scope):
                for spelt in _EXPANDED.findall(text):
                    self._add(ast.Constant(spelt), node, scope, REQUIRES)
        key = self.found.key_of(node)
        if key is not None:
            default = self._default(node, name)
            is_set = name == "setdefault" and node in self.unused
            way = SETS if is_set else FALLS_BACK if default is not None else REQUIRES
            self._add(key, node, scope, way, has_literal=is_literal(default, scope))
        elif (known := self.found.taker_of(node)) and (given := known.given(node)) is not None:
            default = known.default_of(node)
            way = FALLS_BACK if default is not None else REQUIRES
            inside = scope._replace(texts={**scope.texts, **known.texts, known.parameter: texts_of(given, scope)})
            self._add(known.key, node, inside, way, has_literal=is_literal(default, scope))

    def _default(self, node: ast.Call, name: str) -> ast.expr | None:
        default = keyword(node, "default")
        if default is not None:
            return default
        position = 2 if name == "get_key" else 1
        return node.args[position] if len(node.args) > position else None

    def _add(self, key: ast.expr, node: ast.expr, scope: Scope, way: str, *, has_literal: bool = False) -> None:
        way = FALLS_BACK if way == REQUIRES and scope.is_caught else way
        prefix = self._prefix(node, scope) if isinstance(node, ast.Call) else ""
        for text in texts_of(key, scope):
            if _NAME.match(text):
                self.uses.append(Use(prefix + text, self.path, node.lineno, CODE, way, has_literal))

    def _prefix(self, node: ast.Call, scope: Scope) -> str:
        """Return what a reader puts before each key."""
        prefix = self.found.prefix_of(node)
        return prefix + scope.prefix if prefix is not None else ""


def option_default(node: ast.Call) -> ast.expr | None:
    """Return the default of an option of a command: Typer takes it first, before the option's names."""
    first = node.args[0] if node.args and tail(node.func) in {"Option", "Argument"} else None
    value = first.value if isinstance(first, ast.Constant) else None
    is_none = value is ... or (isinstance(value, str) and value.startswith("-"))
    return keyword(node, "default") or (None if is_none else first)
