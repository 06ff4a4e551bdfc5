"""Variables that code takes for true or false as they come: they are texts, and `false` is a text that is not empty."""

import ast
import re
from collections.abc import Iterator, Mapping

from envfence.contract import kinds
from envfence.contract.comparison.surfaces_rules import TEXT_AS_SWITCH
from envfence.contract.grammar import Key
from envfence.contract.rules import found
from envfence.contract.surfaces.python.names import Names, tail
from envfence.finding import Finding

_MAY_TEST = re.compile(r"\b(?:if|elif|while|not|bool|and|or)\b[^\n]*(?:getenv|environ)")
Tested = tuple[str, str, int]  # key, path, line


def tested(path: str, text: str, tree: ast.Module, names: Names) -> list[Tested]:
    """Return the keys whose values a module takes for true or false, as `os.getenv` or `os.environ` gives them."""
    if not _MAY_TEST.search(text):
        return []
    every: list[Tested] = []
    for node in ast.walk(tree):
        for part in _conditions(node):
            key = names.key_of(part)
            is_typed = isinstance(part, ast.Call) and names.prefix_of(part) is not None  # env.bool("DEBUG")
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and not is_typed:
                every.append((key.value, path, part.lineno))
    return list(dict.fromkeys(every))


def findings(every: list[Tested], contract: Mapping[str, Key]) -> Iterator[Finding]:
    """Yield what is tested so and is a bool by the contract."""
    for key, path, line in every:
        if key in contract and contract[key].kind == kinds.BOOL:
            yield found(TEXT_AS_SWITCH, path, line, key)


def _conditions(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions that a node takes for true or false."""
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        waiting = [node.test]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        waiting = [node.operand]
    elif isinstance(node, ast.Call) and tail(node.func) == "bool" and len(node.args) == 1:
        waiting = [node.args[0]]
    else:
        return
    for part in waiting:
        if isinstance(part, ast.BoolOp):
            waiting += part.values
        else:
            yield part
