"""Reads of the process environment in Python: os.environ, getenv, environs, decouple, click, python-dotenv.

Constants, literal loops, prefixes and functions that take a key's name are followed inside the module. Only statements
on whose lines the environment is spoken of are looked at, so a module costs little more than parsing it.
"""

import ast
import re
from functools import partial
from typing import cast

from envfence.contract.surfaces import CODE, FALLS_BACK, REQUIRES, SETS, Use, supplied
from envfence.contract.surfaces.names import Names, Taker, keyword, names_of, tail
from envfence.contract.surfaces.spoken import is_spoken_of, lines_with
from envfence.contract.surfaces.texts import Scope, constants, texts_of

WORDS = ("environ", "getenv", "envvar", "Env(", "decouple", "Config(", "dotenv", "get_key", "expandvars")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_MISSES = frozenset({"KeyError", "LookupError", "Exception"})  # what catches the read of a key that is not there
_EXPANDED = re.compile(r"\$\{?([A-Za-z_]\w*)")
_ENDS = frozenset({"exit", "_exit", "abort", "fail"})


def uses(path: str, text: str, tree: ast.Module) -> list[Use]:
    """Return the reads of a module in order, each once; ``tree`` is ``text`` parsed."""
    lines = lines_with(WORDS, text)
    if not lines:
        return []
    found = names_of(text, tree)
    scope = Scope({})
    reader = _Reader(path, found, lines)
    reader.body(tree.body, constants(tree.body, scope))
    names = (found.mappings | found.readers | found.functions.keys()) - {"environ", "environb"}
    if names:
        reader = _Reader(path, found, lines_with((*WORDS, *names), text))
        reader.body(tree.body, constants(tree.body, scope))
    return list(dict.fromkeys(sorted(reader.uses, key=lambda use: use.line)))


class _Reader:
    """Walks the statements that speak of the environment and collects what they read."""

    def __init__(self, path: str, found: Names, lines: list[int]) -> None:
        self.path, self.found, self.lines = path, found, lines
        self.uses: list[Use] = []

    def body(self, statements: list[ast.stmt], scope: Scope) -> None:
        self._later(statements, scope)
        for statement in statements:
            self._node(statement, scope)

    def _later(self, statements: list[ast.stmt], scope: Scope) -> None:
        for key, value in supplied.later(statements, self.found):
            if _is_literal(value, scope):
                self._add(key, value, scope, FALLS_BACK, has_literal=True)

    def _node(self, node: ast.AST, scope: Scope) -> None:
        if not is_spoken_of(node, self.lines) or self.found.drops(node):
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if _is_wsgi(node):
                return  # its `environ` is that of a request
            self._function(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            self.found.learn(node)
        elif isinstance(node, ast.Try) and any(map(_goes_on, node.handlers)):
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

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Remember a function whose parameter is the key that it reads."""
        parameters = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        for inner in ast.walk(node):
            key = self.found.key_of(inner)
            named = [part.id for part in ast.walk(key) if isinstance(part, ast.Name)] if key is not None else []
            if key is not None and len(named) == 1 and named[0] in parameters:
                position = parameters.index(named[0]) - (parameters[0] in {"self", "cls"})
                self.found.functions[node.name] = Taker(position, named[0], key)

    def _expression(self, node: ast.AST, scope: Scope) -> None:
        for name, value in self.found.put(node):
            self._add(name, value, scope, SETS, has_literal=_is_literal(value, scope))
        for matched in self.found.matched(node):
            self._add(matched, matched, scope, FALLS_BACK)
        self._at_once(node, scope)
        if isinstance(node, ast.Call):
            self._call(node, scope)
        elif isinstance(node, ast.Subscript) and (key := self.found.key_of(node)) is not None:
            if isinstance(node.ctx, ast.Load):
                self._add(key, node, scope, REQUIRES)
        elif isinstance(node, ast.Compare) and self.found.is_mapping(node.comparators[0]):
            self._add(node.left, node, scope, FALLS_BACK)
        elif isinstance(node, ast.BoolOp | ast.IfExp):
            read, other = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node.values[0], node.values[-1])
            if (key := self.found.key_of(read)) is not None and _is_literal(other, scope):
                self._add(key, read, scope, FALLS_BACK, has_literal=True)

    def _at_once(self, node: ast.AST, scope: Scope) -> None:
        """Add what an expression takes from the whole environment."""
        for below, value in supplied.below(node, self.found):
            self._add(below, value, scope, FALLS_BACK, has_literal=_is_literal(value, scope))
        for taken in supplied.taken(node, self.found, partial(texts_of, scope=scope)):
            self._add(taken, cast("ast.expr", node), scope, REQUIRES)

    def _call(self, node: ast.Call, scope: Scope) -> None:
        name = tail(node.func)
        if (spoken := keyword(node, "envvar")) is not None:
            default = keyword(node, "default")
            way = FALLS_BACK if default is not None else REQUIRES
            self._add(spoken, node, scope, way, has_literal=_is_literal(default, scope))
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
            way = SETS if name == "setdefault" else FALLS_BACK if default is not None else REQUIRES
            self._add(key, node, scope, way, has_literal=_is_literal(default, scope))
        elif name in self.found.functions and len(node.args) > self.found.functions[name].position >= 0:
            self._taken(node, self.found.functions[name], scope)

    def _taken(self, node: ast.Call, taker: Taker, scope: Scope) -> None:
        """Add the key that a call of a function of the module reads."""
        given, *rest = node.args[taker.position :]
        default = rest[0] if rest else keyword(node, "default")
        way = FALLS_BACK if default is not None else REQUIRES
        inside = scope._replace(texts={**scope.texts, taker.parameter: texts_of(given, scope)})
        self._add(taker.key, node, inside, way, has_literal=_is_literal(default, scope))

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
        reader = tail(node.func.value if isinstance(node.func, ast.Attribute) else node.func)
        return self.found.prefixes.get(reader, "") + scope.prefix if reader in self.found.readers else ""


def _is_wsgi(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return {"environ", "start_response"} <= {argument.arg for argument in node.args.args}


def _goes_on(handler: ast.ExceptHandler) -> bool:
    """Tell whether the program goes on without a key: it is caught, and nothing is raised or ended instead."""
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    is_caught = any(one is None or tail(one) in _MISSES for one in types)
    last = handler.body[-1]
    ends = isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and tail(last.value.func) in _ENDS
    return is_caught and not ends and not isinstance(last, ast.Raise)


def _is_literal(node: ast.expr | None, scope: Scope) -> bool:
    """Tell whether an expression is a text or a number that is not empty, or a name for such a text."""
    if isinstance(node, ast.Name):
        return any(scope.texts.get(node.id, ()))
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and bool(node.value))
