"""Faults around settings in any module: URLs put together by hand, open CORS, an environment by default."""

import ast
import re
from collections.abc import Container, Iterator

from envfence.contract.environment import ENVIRONMENT_KEYS
from envfence.contract.rules import found
from envfence.contract.stages import PRODUCTION, is_known, stage_of
from envfence.contract.surfaces.known import is_secret_name
from envfence.contract.surfaces.python.classes import Module, dotted
from envfence.contract.surfaces.python.spoken import is_spoken_of, lines_with
from envfence.detect.settings.cors import listed_origins, open_middleware
from envfence.detect.settings.paths import taken_from_the_folder
from envfence.detect.settings.redis import named, of_call, of_names, without_login
from envfence.detect.settings.rules import LONG_TOKEN, OPEN_ENVIRONMENT, OPEN_REDIS, TEMPLATE_LEFT, UNQUOTED_DSN
from envfence.detect.settings.texts import HOLE, parts
from envfence.detect.settings.tokens import is_long, signed_for_long
from envfence.finding import Finding, Rule

WORDS = (
    *("allow_origin", "CORS", "ORIGINS", "cors_", "origins", "BROKER", "broker", "Celery(", "${"),
    *("CORS(", "RedisDsn", "result_backend", '"exp"', "'exp'"),
    *("EXPIR", "_TTL", "LIFETIME", "TOKEN_MINUTES", "TOKEN_HOURS", "TOKEN_DAYS"),
    *("_env_file", "load_dotenv", "dotenv_values"),
    *(f"{quote}{key}{quote}" for key in ENVIRONMENT_KEYS for quote in "\"'"),
)
_URL = re.compile(r"""://[^\s"']*(?:[{%$]|["']\s*(?:[+%,]|\.format|[rbfRBF]*["']))""")
_TEMPLATE = re.compile(r"\$\{\s*(?:self\.)?(?:settings|config|cfg|conf|get_settings\(\))\.\w+")
_WHOLE = re.compile(r"\$\{(\w+)(?::?[-?][^{}]*)?\}")
# What fills or writes such texts: a template, a compose file, a script.
_FILLS = re.compile(
    r"expandvars|Template\b|substitut|interpolat|OmegaConf|yaml|compose|shell|\.replace\(|\bre\.|write_text"
)
_LOGIN = re.compile(rf"://[^/@\s]*:{HOLE}[^/@\s]*@")
_REDIS_WITHOUT_LOGIN = re.compile(rf"rediss?://{HOLE}[^@]*\Z")
_READERS = frozenset({"getenv", "get", "setdefault", "config", "str", "env"})
_QUOTES = frozenset({"quote", "quote_plus", "urlquote", "quoted", "url_quote"})


def lines_of(text: str) -> list[int]:
    """Return the lines of a module's text that may hold a fault."""
    lines = lines_with(WORDS, text)
    if "://" in text:
        lines += (text.count("\n", 0, match.start()) + 1 for match in _URL.finditer(text))
    return sorted(lines)


def code_findings(module: Module, keys: Container[str] = ()) -> Iterator[Finding]:
    """Yield the faults of one module that concern no class by name; ``keys`` are those of the contract."""
    lines = lines_of(module.text)
    if not lines:
        return
    quoted = _quoted_names(module.tree) if any(name in module.text for name in _QUOTES) else set[str]()
    if _FILLS.search(module.text):
        keys = ()
    inner: set[int] = set()  # parts of a text that has been looked at as a whole
    for node, scope in _scoped(module.tree, "", lines):
        if id(node) in inner:
            if isinstance(node, ast.Call):  # its arguments are no less read than those of others
                yield from _of_node(module, node)
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inner.add(id(node.value))  # a docstring speaks about code
        yield from _of_node(module, node)
        if isinstance(node, ast.expr) and (text := parts(node)) is not None:
            inner.update(id(child) for child in ast.walk(node))
            for rule in _rules(*text, quoted, keys):
                yield found(rule, module.path, node.lineno, scope)


def _of_node(module: Module, node: ast.AST) -> Iterator[Finding]:
    if isinstance(node, ast.ClassDef | ast.Module):
        yield from listed_origins(module, node)
    if isinstance(node, ast.ClassDef | ast.Module | ast.FunctionDef):
        yield from of_names(module, node)
    if isinstance(node, ast.Call):
        yield from open_middleware(module, node)
        yield from _open_environment(module, node)
        yield from taken_from_the_folder(module, node)
        yield from of_call(module, node)
        yield from without_login(module, node)
    elif isinstance(node, ast.Dict):
        yield from of_call(module, node)
        yield from signed_for_long(module, node)
    elif isinstance(node, ast.Assign) and (name := named(node)[0]) and is_long(name, node.value):
        yield found(LONG_TOKEN, module.path, node.lineno, name)
    elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        yield from _open_environment(module, node.values[0], node.values[-1])


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
    """Return the variables that hold a text which was quoted for a URL, alone or as one of several at once."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            targets = target.elts if isinstance(target, ast.Tuple) else [target]
            pairs = zip(targets, values, strict=False)
            names |= {one.id for one, value in pairs if isinstance(one, ast.Name) and _is_quoted(value)}
    return names


def _is_quoted(value: ast.expr) -> bool:
    if isinstance(value, ast.Attribute):
        return _is_called_quoted(value.attr)
    return isinstance(value, ast.Call) and _tail(value.func) in _QUOTES


def _is_called_quoted(name: str) -> bool:
    return any(word in name.lower() for word in ("quote", "escape", "encoded"))


def _tail(node: ast.AST) -> str:
    return dotted(node).rpartition(".")[2]


def _rules(text: str, holes: list[ast.expr], quoted: set[str], keys: Container[str]) -> Iterator[Rule]:
    """Yield what is wrong with a text that has ``holes``; ``quoted`` are variables that are safe in a URL."""
    whole = _WHOLE.fullmatch(text)
    if not holes and (_TEMPLATE.search(text) or (whole and whole[1] in keys)):
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
    return bool(name) and is_secret_name(name) and not _is_called_quoted(name)


def _open_environment(module: Module, read: ast.expr, other: ast.expr | None = None) -> Iterator[Finding]:
    """Yield a read of the environment's name, as `getenv` or `get`, that goes on as another one without it."""
    if not isinstance(read, ast.Call):
        return
    given: dict[str | None, ast.expr | None] = {keyword.arg: keyword.value for keyword in read.keywords}
    if "envvar" in given:  # an option of click or typer; the latter has its default first
        given = {"default": next(iter(read.args), None), **given, "key": given["envvar"]}
    elif _tail(read.func) in _READERS:
        given |= dict(zip(("key", "default"), read.args, strict=False))
    else:
        return
    key, word = _text(given.get("key")), _text(other or given.get("default"))
    if key in ENVIRONMENT_KEYS and is_known(word) and stage_of(word) != PRODUCTION:
        detail = "its default is taken wherever the key is forgotten"
        yield found(OPEN_ENVIRONMENT, module.path, read.lineno, key, detail)


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
