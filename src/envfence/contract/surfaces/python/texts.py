"""Texts that expressions of a module can be: constants, sums, f-strings, what names were given."""

import ast
from collections.abc import Mapping
from typing import NamedTuple

Texts = tuple[str, ...]


class Scope(NamedTuple):
    """What names stand for at one place: texts by name, and the prefix that `env.prefixed` adds.

    ``is_caught``: a key that is not there is caught, and the program goes on.
    """

    texts: Mapping[str, Texts]
    prefix: str = ""
    is_caught: bool = False


def constants(body: list[ast.stmt], scope: Scope) -> Scope:
    """Return ``scope`` with the texts that assignments of ``body`` give names, where a name is given only one."""
    texts = dict(scope.texts)
    for node in body:
        if isinstance(node, ast.ClassDef):  # Key.DB_HOST of an enum, or of a class of constants
            inner = constants(node.body, scope).texts
            texts |= {f"{node.name}.{name}": inner[name] for name in inner.keys() - scope.texts.keys()}
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = getattr(node, "value", None)
        if len(targets) == 1 and isinstance(targets[0], ast.Name) and value is not None:
            resolved = texts_of(value, scope._replace(texts=texts))
            if resolved:
                texts[targets[0].id] = resolved
            else:
                texts.pop(targets[0].id, None)
    return scope._replace(texts=texts)


def texts_of(node: ast.expr, scope: Scope) -> Texts:
    """Return the texts that an expression can be, () where that is not known."""
    if isinstance(node, ast.Constant):
        value = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        return (value,) if isinstance(value, str) else ()
    if isinstance(node, ast.Name | ast.Attribute):
        return scope.texts.get(_named(node), ())
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return tuple(text for element in node.elts for text in texts_of(element, scope))
    if isinstance(node, ast.Dict):
        return tuple(text for key in node.keys if key is not None for text in texts_of(key, scope))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined([texts_of(node.left, scope), texts_of(node.right, scope)])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        return _called(node.func.attr, texts_of(node.func.value, scope))
    if isinstance(node, ast.JoinedStr):
        return _joined(
            [texts_of(part.value if isinstance(part, ast.FormattedValue) else part, scope) for part in node.values]
        )
    return ()


def is_literal(node: ast.expr | None, scope: Scope) -> bool:
    """Tell whether an expression is a text or a number that is not empty, or a name for such a text."""
    if isinstance(node, ast.Name):
        return any(scope.texts.get(node.id, ()))
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and bool(node.value))


def _called(method: str, texts: Texts) -> Texts:
    if method in {"upper", "lower"}:
        return tuple(getattr(text, method)() for text in texts)
    return tuple(word for text in texts for word in text.split()) if method == "split" else ()


def _named(node: ast.expr) -> str:
    """Return a name, or that of a class with the constant in it; `.value` of an enum's member is the member."""
    if isinstance(node, ast.Attribute) and node.attr == "value" and isinstance(node.value, ast.Attribute):
        node = node.value
    if isinstance(node, ast.Attribute):
        return f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else ""
    return node.id if isinstance(node, ast.Name) else ""


def _joined(parts: list[Texts]) -> Texts:
    whole: Texts = ("",)
    for part in parts:
        whole = tuple(head + tail for head in whole for tail in part)
    return whole
