"""Faults around settings in any module: URLs put together by hand, open CORS, settings made at import."""

import ast
import re
from collections.abc import Iterator

from envfence.contract.rules import found
from envfence.contract.surfaces.classes import Module, dotted
from envfence.contract.surfaces.known import is_secret_name
from envfence.contract.surfaces.spoken import is_spoken_of, lines_with
from envfence.detect.settings_rules import (
    AT_IMPORT,
    OPEN_CORS,
    OPEN_REDIS,
    SHARED_REDIS,
    TEMPLATE_LEFT,
    UNQUOTED_DSN,
)
from envfence.finding import Finding, Rule

HOLE = "\0"  # where an expression is put into a text
WORDS = ("allow_origin", "CORS", "ORIGINS", "cors_", "origins", "BROKER", "broker", "Celery(", "${")
_URL = re.compile(r"""://[^\s"']*(?:[{%]|["']\s*(?:[+%]|\.format|[rbfRBF]*["']))""")
_TEMPLATE = re.compile(r"\$\{\s*(?:self\.)?(?:settings|config|cfg|conf|get_settings\(\))\.\w+")
_LOGIN = re.compile(rf"://[^/@\s]*:{HOLE}[^/@\s]*@")
_SPECIFIER = re.compile(r"%(?:\(\w+\))?[srd]|\{[^{}]*\}")
_REDIS_WITHOUT_LOGIN = re.compile(rf"rediss?://{HOLE}[^@]*\Z")
_QUOTES = frozenset({"quote", "quote_plus", "urlquote", "quoted", "url_quote"})


def lines_of(text: str) -> list[int]:
    """Return the lines of a module's text that may hold a fault."""
    lines = lines_with(WORDS, text)
    if "://" in text:
        lines += (text.count("\n", 0, match.start()) + 1 for match in _URL.finditer(text))
    return sorted(lines)


def code_findings(module: Module) -> Iterator[Finding]:
    """Yield the faults of one module that concern no class by name."""
    lines = lines_of(module.text)
    if not lines:
        return
    quoted = _quoted_names(module.tree) if any(name in module.text for name in _QUOTES) else set[str]()
    inner: set[int] = set()  # parts of a text that has been looked at as a whole
    for node, scope in _scoped(module.tree, "", lines):
        if id(node) in inner:
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inner.add(id(node.value))  # a docstring speaks about code
        yield from _of_node(module, node)
        if isinstance(node, ast.expr) and (parts := _parts(node)) is not None:
            inner.update(id(child) for child in ast.walk(node))
            for rule in _rules(*parts, quoted):
                yield found(rule, module.path, node.lineno, scope)


def _of_node(module: Module, node: ast.AST) -> Iterator[Finding]:
    if isinstance(node, ast.ClassDef):
        yield from _cors(module, node)
    if isinstance(node, ast.ClassDef | ast.Module):
        yield from _shared_redis(module, node)
    if isinstance(node, ast.Call):
        yield from _middleware(module, node)
        if _tail(node.func) == "Celery":
            named = {keyword.arg: ast.dump(keyword.value) for keyword in node.keywords}
            if "broker" in named and named["broker"] == named.get("backend"):
                yield found(SHARED_REDIS, module.path, node.lineno, "Celery")


def _scoped(node: ast.AST, scope: str, lines: list[int]) -> Iterator[tuple[ast.AST, str]]:
    """Yield the nodes on ``lines`` with the name of the function, class or variable they are in, outer ones first."""
    if not is_spoken_of(node, lines):
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        scope = node.name
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        scope = node.targets[0].id
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        scope = node.target.id
    yield node, scope
    for child in ast.iter_child_nodes(node):
        yield from _scoped(child, scope, lines)


def _quoted_names(tree: ast.Module) -> set[str]:
    """Return the variables that hold a text which was quoted for a URL."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _tail(node.value.func) in _QUOTES
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _tail(node: ast.AST) -> str:
    return dotted(node).rpartition(".")[2]


def made_at_import(module: Module, body: list[ast.stmt], classes: set[str]) -> Iterator[Finding]:
    """Yield what makes an object of one of ``classes`` as soon as the module is imported."""
    for statement in body:
        if isinstance(statement, ast.Try):
            yield from made_at_import(module, statement.body, classes)
        elif isinstance(statement, ast.If) and "__main__" not in ast.dump(statement.test):
            yield from made_at_import(module, [*statement.body, *statement.orelse], classes)
        elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr) and statement.value is not None:
            for call in ast.walk(statement.value):
                if isinstance(call, ast.Lambda):
                    break
                if isinstance(call, ast.Call) and dotted(call.func).rpartition(".")[2] in classes:
                    yield found(AT_IMPORT, module.path, statement.lineno, dotted(call.func).rpartition(".")[2])


def _parts(node: ast.expr) -> tuple[str, list[ast.expr]] | None:
    """Return a text with a hole for each expression put into it, and the expressions; None if it is no text."""
    if isinstance(node, ast.Constant):
        return (node.value, []) if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        holes = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        texts = [str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values]
        return "".join(texts), holes
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _parts(node.left), _parts(node.right)
        if left is None and right is None:
            return None
        first, second = left or (HOLE, [node.left]), right or (HOLE, [node.right])
        return first[0] + second[0], first[1] + second[1]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        given = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        return _filled(node.left, given)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _filled(node.func.value, [*node.args, *(keyword.value for keyword in node.keywords)])
    return None


def _filled(template: ast.expr, given: list[ast.expr]) -> tuple[str, list[ast.expr]] | None:
    if not isinstance(template, ast.Constant) or not isinstance(template.value, str):
        return None
    return _SPECIFIER.sub(HOLE, template.value), given


def _rules(text: str, holes: list[ast.expr], quoted: set[str]) -> Iterator[Rule]:
    """Yield what is wrong with a text that has ``holes``; ``quoted`` are variables that are safe in a URL."""
    if not holes and _TEMPLATE.search(text):
        yield TEMPLATE_LEFT
    elif "://" in text and holes:
        if f"${HOLE}" in text:
            yield TEMPLATE_LEFT
        if _LOGIN.search(text) and any(_is_unquoted_secret(hole) and dotted(hole) not in quoted for hole in holes):
            yield UNQUOTED_DSN
        if _REDIS_WITHOUT_LOGIN.search(text):
            yield OPEN_REDIS


def _is_unquoted_secret(hole: ast.expr) -> bool:
    if isinstance(hole, ast.Call):
        name = dotted(hole.func).rpartition(".")[2]
        if name in _QUOTES:
            return False
        if name == "get_secret_value" and isinstance(hole.func, ast.Attribute):
            return _is_unquoted_secret(hole.func.value)
        keys = [argument.value for argument in hole.args if isinstance(argument, ast.Constant)]
        return any(isinstance(key, str) and is_secret_name(key) for key in keys)
    if isinstance(hole, ast.Subscript) and isinstance(hole.slice, ast.Constant):
        return is_secret_name(str(hole.slice.value))
    name = dotted(hole).rpartition(".")[2]
    return (
        bool(name) and is_secret_name(name) and not any(word in name.lower() for word in ("quote", "escape", "encoded"))
    )


def _middleware(module: Module, call: ast.Call) -> Iterator[Finding]:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    credentials = named.get("allow_credentials")
    if not (isinstance(credentials, ast.Constant) and credentials.value is True):
        return
    for name in ("allow_origins", "allow_origin_regex"):
        value = named.get(name)
        if value is not None and any(_is_star(node) for node in ast.walk(value)):
            yield found(OPEN_CORS, module.path, value.lineno, name, "with the visitor's credentials")


def _is_star(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in {"*", ".*", "^.*$", "https?://.*"}


def _cors(module: Module, one: ast.ClassDef) -> Iterator[Finding]:
    """Yield fields and properties of a class that list origins and let every one in."""
    for statement in one.body:
        name, value = _named(statement)
        if ("ORIGIN" in name or name == "CORS") and value is not None:
            for node in ast.walk(value):
                if _is_star(node):
                    yield found(OPEN_CORS, module.path, getattr(node, "lineno", statement.lineno), name)


def _named(statement: ast.stmt) -> tuple[str, ast.AST | None]:
    if isinstance(statement, ast.FunctionDef):
        return statement.name.upper(), statement
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id.upper(), statement.value
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id.upper(), statement.value
    return "", None


def _shared_redis(module: Module, one: ast.ClassDef | ast.Module) -> Iterator[Finding]:
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
        name, value = _named(statement)
        role = "broker" if "BROKER" in name else "result" if "RESULT" in name else ""
        returned = [value]
        if isinstance(value, ast.FunctionDef):
            returned = [node.value for node in ast.walk(value) if isinstance(node, ast.Return)]
        values += [(role, name, node) for node in returned if role and isinstance(node, ast.expr)]
    return sorted(values, key=lambda entry: entry[0])


def _redis(value: ast.expr) -> str:
    """Return what a Redis URL looks like, with its expressions, "" for anything else."""
    parts = _parts(value)
    if parts is None or not parts[0].startswith(("redis://", "rediss://", HOLE)):
        return ""
    return parts[0] + "".join(map(ast.dump, parts[1]))
