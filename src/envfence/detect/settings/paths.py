"""Env files whose path begins nowhere: it holds only in the folder that the program is started from."""

import ast
from collections.abc import Callable, Iterator
from functools import partial

from envfence.contract.rules import found
from envfence.contract.surfaces.python.classes import Module, dotted
from envfence.detect.settings.names import meant
from envfence.detect.settings.rules import RELATIVE_ENV_FILE
from envfence.finding import ERROR, WARNING, Finding

_LOADERS = frozenset({"load_dotenv", "dotenv_values"})


def taken_from_the_folder(module: Module, call: ast.Call) -> Iterator[Finding]:
    """Yield a call that is given such a path: `Settings(_env_file=...)`, `load_dotenv(...)`."""
    name = dotted(call.func).rpartition(".")[2]
    given = [keyword.value for keyword in call.keywords if keyword.arg in {"_env_file", "dotenv_path"}]
    for path in [*given, *(call.args[:1] if name in _LOADERS else [])]:
        if is_relative(path, follow := partial(meant, module.tree)):
            severity = WARNING if isinstance(follow(path), ast.Constant) else ERROR
            yield found(RELATIVE_ENV_FILE, module.path, path.lineno, name, severity=severity)


def is_relative(node: ast.expr, follow: Callable[[ast.expr], ast.expr] = lambda node: node) -> bool:
    """Tell whether a path is put together without a folder that holds wherever the program is started.

    ``follow`` returns what a variable was given on a line above.
    """
    node = follow(node)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and not node.value.startswith(("/", "~")) and ":" not in node.value
    if isinstance(node, ast.JoinedStr):
        first = node.values[0] if node.values else None
        start = first.value if isinstance(first, ast.FormattedValue) else first
        return start is not None and is_relative(start, follow)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod | ast.Div):
        return is_relative(node.left, follow)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            return is_relative(node.func.value, follow)
        called = dotted(node.func)
        if called.endswith(("Path.cwd", "getcwd")):
            return True
        takes_a_path = called.rpartition(".")[2] in {"Path", "PurePath", "str", "join", "abspath"}
        return takes_a_path and (not node.args or is_relative(node.args[0], follow))
    return False
