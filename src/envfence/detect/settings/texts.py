"""Texts that code puts together: sums, f-strings, `%` and `format`."""

import ast
import re

HOLE = "\0"  # where an expression is put into a text
_NAMED = re.compile(r"\$(?:\w+|\{\w+\})")
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
    return _called(node) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None


def _called(node: ast.Call) -> tuple[str, list[ast.expr]] | None:
    """Return the text of `"".join([...])` and of `Template("...").substitute(...)`."""
    owner, name = (node.func.value, node.func.attr) if isinstance(node.func, ast.Attribute) else (node, "")
    if name == "join" and isinstance(owner, ast.Constant) and isinstance(owner.value, str) and node.args:
        given = node.args[0].elts if isinstance(node.args[0], ast.List | ast.Tuple) else []
        pieces = [parts(one) or (HOLE, [one]) for one in given]
        return owner.value.join(text for text, _ in pieces), [hole for _, holes in pieces for hole in holes]
    if name in {"substitute", "safe_substitute"} and isinstance(owner, ast.Call) and owner.args:
        template = owner.args[0]
        if isinstance(template, ast.Constant) and isinstance(template.value, str):
            return _NAMED.sub(HOLE, template.value), [keyword.value for keyword in node.keywords]
    return None


def _filled(template: ast.expr, given: list[ast.expr]) -> tuple[str, list[ast.expr]] | None:
    if not isinstance(template, ast.Constant) or not isinstance(template.value, str):
        return None
    return _SPECIFIER.sub(HOLE, template.value), given
