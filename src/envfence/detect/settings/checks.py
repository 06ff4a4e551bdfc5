"""Whether code compares the environment that its settings name with the one that chose their file, and stops."""

import ast

from envfence.contract.environment import ENVIRONMENT_KEYS
from envfence.contract.surfaces.python.classes import Module, dotted

_STOPS = frozenset({"exit", "_exit", "abort", "quit", "fail"})
_TELLS = frozenset("print debug info warning warn error critical exception log str repr format get getenv".split())
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def compares(module: Module) -> bool:
    """Tell whether a module compares the environment of some settings with what is no constant, not only to tell."""
    compared = [node for node in ast.walk(module.tree) if _compares_environment(node)]
    if not compared:
        return False
    stops = _stopping(module.tree)
    vain = {
        id(node)
        for one in ast.walk(module.tree)
        if isinstance(one, ast.If) and not (_refuses(one, stops) or _goes_back(one))
        for node in ast.walk(one.test)
    }
    return any(id(node) not in vain for node in compared)


def may_refuse(function: ast.AST, of: set[str], names: set[str], tree: ast.AST) -> bool:
    """Tell whether a validator may refuse the environment that a file names, by what is no constant.

    ``of`` are the fields that it is for, none for the whole model; ``names`` those of the environment, in capitals.
    """
    if not isinstance(function, _Function) or (of and "*" not in of and not names & {name.upper() for name in of}):
        return False
    own = {argument.arg for argument in function.args.args[1:]} if of else set[str]()
    spoken = [node for node in ast.walk(function) if _names(node, names) or (_is_name(node) and dotted(node) in own)]
    hands_over = any(
        argument in spoken and not isinstance(argument, ast.Constant)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and _called(call) not in _TELLS
        for argument in call.args
    )
    compared = any(isinstance(node, ast.Compare) and not _has_constant(node) for node in ast.walk(function))
    return bool(spoken) and (hands_over or (compared and _refuses(function, _stopping(tree))))


def _compares_environment(node: ast.AST) -> bool:
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
        return False
    sides = [node.left, node.comparators[0]]
    of_settings = any(isinstance(side, ast.Attribute) and side.attr.upper() in ENVIRONMENT_KEYS for side in sides)
    return of_settings and not _has_constant(node)


def _has_constant(node: ast.Compare) -> bool:
    return any(map(_is_constant, (node.left, *node.comparators)))


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return all(map(_is_constant, node.elts))
    return isinstance(node, ast.Constant)


def _names(node: ast.AST, names: set[str]) -> bool:
    """Tell whether a node is the environment: `self.ENVIRONMENT`, or the key of `values["ENVIRONMENT"]`."""
    said = node.attr if isinstance(node, ast.Attribute) else node.value if isinstance(node, ast.Constant) else None
    return isinstance(said, str) and said.upper() in names


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name)


def _stopping(tree: ast.AST) -> frozenset[str]:
    """Return the functions of a module that stop the program, beside those of Python."""
    functions = (node for node in ast.walk(tree) if isinstance(node, _Function))
    return _STOPS | {node.name for node in functions if _refuses(node, _STOPS)}


def _refuses(node: ast.AST, stops: frozenset[str]) -> bool:
    return any(isinstance(one, ast.Raise | ast.Assert) or _called(one) in stops for one in ast.walk(node))


def _called(node: ast.AST) -> str:
    """Return the last name of what is called, "" for what is no call."""
    func = node.func if isinstance(node, ast.Call) else None
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _goes_back(node: ast.If) -> bool:
    """Tell whether a condition ends the function where it holds: what refuses may stand below."""
    return any(isinstance(one, ast.Return) for statement in node.body for one in ast.walk(statement))
