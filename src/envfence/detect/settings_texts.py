"""Texts that code puts together: sums, f-strings, `%` and `format`."""

import ast
import re

HOLE = "\0"  # where an expression is put into a text
_SPECIFIER = re.compile(r"%(?:\(\w+\))?[srd]|\{[^{}]*\}")


def parts(node: ast.expr) -> tuple[str, list[ast.expr]] | None:
    """Return a text with a hole for each expression put into it, and the expressions; None if it is no text."""
    if isinstance(node, ast.Constant):
        return (node.value, []) if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        holes = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        texts = [str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values]
        return "".join(texts), holes
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = parts(node.left), parts(node.right)
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
