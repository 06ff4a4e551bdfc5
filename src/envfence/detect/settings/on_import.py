"""Settings made as soon as a module is imported."""

import ast
import re
from collections.abc import Iterator, Mapping

from envfence.contract.rules import found
from envfence.contract.surfaces.python.classes import Module, dotted
from envfence.detect.settings.rules import AT_IMPORT
from envfence.finding import Finding


def factories(module: Module, classes: set[str]) -> Iterator[str]:
    """Yield the functions of a module that return an object of one of ``classes``: `get_settings`."""
    for function in module.tree.body:
        if not isinstance(function, ast.FunctionDef) or not any(name in module.text for name in classes):
            continue
        made = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and _makes(node.value, classes)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
        if any(_makes(value, classes) or (isinstance(value, ast.Name) and value.id in made) for value in returned):
            yield function.name


def renamed(module: Module, makers: set[str]) -> set[str]:
    """Return what a module calls some of ``makers`` that it imports: `from config import Settings as Conf`."""
    if " as " not in module.text:
        return set()
    imported = (node for node in module.tree.body if isinstance(node, ast.ImportFrom))
    return {alias.asname for node in imported for alias in node.names if alias.asname and alias.name in makers}


def callers(texts: Mapping[str, str], makers: set[str]) -> list[str]:
    """Return the paths of those ``texts`` that call one of ``makers`` in a line that is not indented."""
    if not makers:
        return []
    named = "|".join(map(re.escape, sorted(makers)))
    opened = r"[(\[{]\n(?:[ \t][^\n]*\n)*?[ \t][^#\n]*"  # an expression of several lines
    called = re.compile(rf"^(?!def |async |class )[^\s#@][^#\n]*(?:{opened})?\b(?:{named})\(", re.MULTILINE)
    return [path for path, text in texts.items() if called.search(text)]


def made_at_import(
    module: Module, body: list[ast.stmt], makers: set[str], *, may_take: bool = True
) -> Iterator[Finding]:
    """Yield what calls one of ``makers``, classes and functions that return settings, when a module is imported.

    One that ``may_take`` a value of a function, `create_engine(get_settings().database_url)`, needs it to be of use.
    """
    for statement in body:
        if isinstance(statement, ast.Try | ast.ClassDef):
            yield from made_at_import(module, statement.body, makers, may_take=may_take)
        elif isinstance(statement, ast.If) and "__main__" not in ast.dump(statement.test):
            yield from made_at_import(module, [*statement.body, *statement.orelse], makers, may_take=may_take)
        for value in _evaluated(statement):
            taken = [node.value for node in ast.walk(value) if isinstance(node, ast.Attribute)]
            for call in ast.walk(value):
                if isinstance(call, ast.Lambda):
                    break
                if _makes(call, makers):
                    name = dotted(call.func).rpartition(".")[2] if isinstance(call, ast.Call) else ""
                    if may_take and call in taken and name[:1].islower():
                        continue
                    yield found(AT_IMPORT, module.path, statement.lineno, name)


def _evaluated(statement: ast.stmt) -> list[ast.expr]:
    """Return the expressions of a statement that are evaluated where it stands: of a function, its defaults."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return [*statement.args.defaults, *(default for default in statement.args.kw_defaults if default is not None)]
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr) and statement.value is not None:
        return [statement.value]
    return []


def _makes(node: ast.AST | None, makers: set[str]) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in makers
