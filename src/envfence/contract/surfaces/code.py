"""Reads of the process environment in Python: os.environ, getenv, environs, decouple, click, python-dotenv.

Constants, literal loops, prefixes and functions that take a key's name are followed inside the module. Only statements
on whose lines the environment is spoken of are looked at, so a module costs little more than parsing it.
"""

import ast
import re
from typing import NamedTuple

from envfence.contract.surfaces import CODE, FALLS_BACK, REQUIRES, SETS, Use
from envfence.contract.surfaces.spoken import is_spoken_of, lines_with
from envfence.contract.surfaces.texts import Scope, constants, texts_of

WORDS = ("environ", "getenv", "envvar", "Env(", "decouple", "Config(", "dotenv", "get_key")
_RENAMED = re.compile(r"\b(?:environb?|getenv)\s+as\b")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_LIBRARIES = frozenset({"environs", "environ", "decouple", "starlette.config", "starlette.datastructures"})
_METHODS = frozenset(  # of a reader, each taking a key first
    "get get_value str bool int float decimal bytes list tuple dict json url path date time datetime"
    " timedelta uuid enum log_level unicode db db_url cache cache_url email email_url search_url channels"
    " dj_db_url dj_email_url dj_cache_url".split()
)


class _Found(NamedTuple):
    """Names that stand for the environment here: mappings, readers, functions that take a key; who makes readers."""

    mappings: set[str]
    readers: set[str]
    functions: dict[str, int]
    makers: set[str]


def uses(path: str, text: str, tree: ast.Module) -> list[Use]:
    """Return the reads of a module in order, each once; ``tree`` is ``text`` parsed."""
    lines = lines_with(WORDS, text)
    if not lines:
        return []
    makers, readers = _imported(tree) if any(library in text for library in _LIBRARIES) else (set[str](), set[str]())
    mappings = {"environ", "environb"}
    if _RENAMED.search(text):
        renamed = _renamed(tree)
        mappings |= {ours for ours, name in renamed.items() if name != "getenv"}
        readers |= {ours for ours, name in renamed.items() if name == "getenv"}
    found = _Found(mappings, readers, {}, makers)
    scope = Scope({})
    reader = _Reader(path, found, lines)
    reader.body(tree.body, constants(tree.body, scope))
    names = (found.mappings | found.readers | found.functions.keys()) - {"environ", "environb"}
    if names:
        reader = _Reader(path, found, lines_with((*WORDS, *names), text))
        reader.body(tree.body, constants(tree.body, scope))
    return list(dict.fromkeys(sorted(reader.uses, key=lambda use: use.line)))


def _renamed(tree: ast.Module) -> dict[str, str]:
    """Return what the module calls the names of ``os`` that it imports: `from os import getenv as read`."""
    return {
        alias.asname: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "os"
        for alias in node.names
        if alias.asname and alias.name in {"environ", "environb", "getenv"}
    }


def _imported(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Return the names that a module imports from libraries that read keys: classes that make readers, and readers."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in _LIBRARIES
        for alias in node.names
    }
    makers = {name for name in names if name[:1].isupper()}
    return makers | {"Env", "FileAwareEnv", "AutoConfig"}, names - makers


class _Reader:
    """Walks the statements that speak of the environment and collects what they read."""

    def __init__(self, path: str, found: _Found, lines: list[int]) -> None:
        self.path, self.found, self.lines = path, found, lines
        self.uses: list[Use] = []

    def body(self, statements: list[ast.stmt], scope: Scope) -> None:
        for statement in statements:
            self._node(statement, scope)

    def _node(self, node: ast.AST, scope: Scope) -> None:
        if not is_spoken_of(node, self.lines):
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._function(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            self._assignment(node)
        scope = self._within(node, scope)
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
            if isinstance(call, ast.Call) and _tail(call.func) == "prefixed" and call.args:
                scope = scope._replace(prefix=scope.prefix + "".join(texts_of(call.args[0], scope)[:1]))
        return scope

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Remember a function whose parameter is the key that it reads."""
        parameters = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        for inner in ast.walk(node):
            key = self._key_of(inner)
            if isinstance(key, ast.Name) and key.id in parameters:
                position = parameters.index(key.id) - (parameters[0] in {"self", "cls"})
                self.found.functions[node.name] = position

    def _assignment(self, node: ast.Assign | ast.AnnAssign) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        value = node.value
        if not names or value is None:
            return
        if _tail(value) in {"environ", "environb"}:
            self.found.mappings.update(names)
        elif isinstance(value, ast.Call):
            made_by = _tail(value.func)
            if made_by in self.found.makers:
                self.found.readers.update(names)
            elif made_by == "dotenv_values" or (made_by in {"copy", "dict"} and self._speaks_of_mapping(value)):
                self.found.mappings.update(names)

    def _speaks_of_mapping(self, call: ast.Call) -> bool:
        held = [call.func.value] if isinstance(call.func, ast.Attribute) else call.args[:1]
        return any(self._is_mapping(node) for node in held)

    def _is_mapping(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Call):
            return _tail(node.func) == "dotenv_values"
        return _tail(node) in self.found.mappings

    def _key_of(self, node: ast.AST) -> ast.expr | None:
        """Return the expression of the key that ``node`` itself reads or writes, None if it does neither."""
        if isinstance(node, ast.Subscript) and self._is_mapping(node.value):
            return node.slice
        if not isinstance(node, ast.Call):
            return None
        name = _tail(node.func)
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if name in {"getenv", "getenvb"} or (
            name in {"get", "pop", "setdefault"} and owner is not None and self._is_mapping(owner)
        ):
            return node.args[0] if node.args else _keyword(node, "key")
        if name == "get_key" and len(node.args) > 1:
            return node.args[1]
        is_read = (
            name in self.found.readers if owner is None else _tail(owner) in self.found.readers and name in _METHODS
        )
        return (node.args[0] if node.args else _keyword(node, "name")) if is_read else None

    def _expression(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.Call):
            self._call(node, scope)
        elif isinstance(node, ast.Subscript) and (key := self._key_of(node)) is not None:
            if not isinstance(node.ctx, ast.Del):
                self._add(key, node, scope, SETS if isinstance(node.ctx, ast.Store) else REQUIRES)
        elif isinstance(node, ast.Compare) and self._is_mapping(node.comparators[0]):
            self._add(node.left, node, scope, FALLS_BACK)
        elif isinstance(node, ast.BoolOp | ast.IfExp):
            read, other = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node.values[0], node.values[-1])
            if (key := self._key_of(read)) is not None and _is_literal(other, scope):
                self._add(key, read, scope, FALLS_BACK, has_literal=True)

    def _call(self, node: ast.Call, scope: Scope) -> None:
        name = _tail(node.func)
        for keyword in node.keywords:
            if keyword.arg == "envvar":
                default = _keyword(node, "default")
                way = FALLS_BACK if default is not None else REQUIRES
                self._add(keyword.value, node, scope, way, has_literal=_is_literal(default, scope))
        if name in {"Env", "FileAwareEnv"}:  # django-environ: Env(DEBUG=(bool, False))
            for keyword in node.keywords:
                if keyword.arg and keyword.arg.isupper():
                    self._add(ast.Constant(keyword.arg), node, scope, FALLS_BACK)
        key = self._key_of(node)
        if key is not None:
            default = self._default(node, name)
            way = SETS if name == "setdefault" else FALLS_BACK if default is not None else REQUIRES
            self._add(key, node, scope, way, has_literal=_is_literal(default, scope))
        elif name in self.found.functions and len(node.args) > self.found.functions[name] >= 0:
            rest = node.args[self.found.functions[name] + 1 :]
            default = rest[0] if rest else _keyword(node, "default")
            way = FALLS_BACK if default is not None else REQUIRES
            self._add(node.args[self.found.functions[name]], node, scope, way, has_literal=_is_literal(default, scope))

    def _default(self, node: ast.Call, name: str) -> ast.expr | None:
        default = _keyword(node, "default")
        if default is not None:
            return default
        position = 2 if name == "get_key" else 1
        return node.args[position] if len(node.args) > position else None

    def _add(self, key: ast.expr, node: ast.expr, scope: Scope, way: str, *, has_literal: bool = False) -> None:
        prefix = scope.prefix if isinstance(node, ast.Call) and self._reads_with_prefix(node) else ""
        for text in texts_of(key, scope):
            if _NAME.match(text):
                self.uses.append(Use(prefix + text, self.path, node.lineno, CODE, way, has_literal))

    def _reads_with_prefix(self, node: ast.Call) -> bool:
        owner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        return _tail(owner) in self.found.readers


def _tail(node: ast.AST) -> str:
    """Return the last name of `a.b.c`, "" for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)


def _is_literal(node: ast.expr | None, scope: Scope) -> bool:
    """Tell whether an expression is a text or a number that is not empty, or a name for such a text."""
    if isinstance(node, ast.Name):
        return any(scope.texts.get(node.id, ()))
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and bool(node.value))
