"""Env files whose path begins nowhere: it holds only in the folder that the program is started from."""

import ast
from collections.abc import Iterator

from envfence.contract.rules import found
from envfence.contract.surfaces.classes import Module, dotted
from envfence.detect.settings_rules import RELATIVE_ENV_FILE
from envfence.finding import ERROR, WARNING, Finding

_LOADERS = frozenset({"load_dotenv", "dotenv_values"})


def taken_from_the_folder(module: Module, call: ast.Call) -> Iterator[Finding]:
    """Yield a call that is given such a path: `Settings(_env_file=...)`, `load_dotenv(...)`."""
    name = dotted(call.func).rpartition(".")[2]
    given = [keyword.value for keyword in call.keywords if keyword.arg in {"_env_file", "dotenv_path"}]
    for path in [*given, *(call.args[:1] if name in _LOADERS else [])]:
        if is_relative(path):
            severity = WARNING if isinstance(path, ast.Constant) else ERROR
            yield found(RELATIVE_ENV_FILE, module.path, path.lineno, name, severity=severity)


def is_relative(node: ast.expr) -> bool:
    """Tell whether a path is put together without a folder that holds wherever the program is started."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and not node.value.startswith(("/", "~")) and ":" not in node.value
    if isinstance(node, ast.JoinedStr):
        return bool(node.values) and isinstance(node.values[0], ast.Constant) and is_relative(node.values[0])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod | ast.Div):
        return is_relative(node.left)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            return is_relative(node.func.value)
        called = dotted(node.func)
        if called.endswith(("Path.cwd", "getcwd")):
            return True
        takes_a_path = called.rpartition(".")[2] in {"Path", "PurePath", "str", "join", "abspath"}
        return takes_a_path and (not node.args or is_relative(node.args[0]))
    return False
