"""Texts that `%` and `format` make of constants, some of them with names between: `"…".format(host, password="…")`."""

from collections.abc import Sequence
from typing import NamedTuple

import libcst as cst

from envfence.literals import HOLE
from envfence.rewrite.code.nodes import dotted
from envfence.rewrite.code.strings import Template
from envfence.rewrite.proving.known import plain_pieces


class _Name(NamedTuple):
    """The code of an argument that is a name, or an attribute of one."""

    code: str


def folded(node: cst.BaseExpression) -> Template | None:
    """Return the template of a text that is filled with constants, or by `format` with names as well, None of another.

    A text that is only filled with names is left as it is.
    """
    try:
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo):
            return _filled(_constant(node.left), _constant(node.right))
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "format":
            return _formatted(_constant(node.func.value), node.args)
    except (TypeError, ValueError, LookupError, AttributeError):
        return None
    return None


def _filled(template: object, given: object) -> Template | None:
    """Return what `%` makes of a text. Raise TypeError or ValueError where Python would."""
    return Template(template % given, (), is_folded=True) if isinstance(template, str) and given is not None else None


def _formatted(template: object, arguments: Sequence[cst.Arg]) -> Template | None:
    """Return what `format` makes of a text. Raise ValueError or LookupError where Python would."""
    values = [_given(one.value) for one in arguments if one.keyword is None and not one.star]
    named = {one.keyword.value: _given(one.value) for one in arguments if one.keyword}
    given = [*values, *named.values()]
    if not isinstance(template, str) or None in given or len(given) < len(arguments):
        return None
    if not any(isinstance(one, _Name) for one in given):
        return Template(template.format(*values, **named), (), is_folded=True)
    if all(isinstance(one, _Name) for one in given):
        return None
    pieces = list(plain_pieces(template, values, named))
    text = "".join(HOLE if isinstance(one, _Name) else str(one) for one in pieces)
    return Template(text, (), is_folded=True, filled=tuple(one.code for one in pieces if isinstance(one, _Name)))


def _given(node: cst.BaseExpression) -> object:
    """Return the value of a constant, a name, or None for anything else."""
    value = _constant(node)
    is_name = isinstance(node, cst.Name) or (isinstance(node, cst.Attribute) and _is_dotted(node))
    return _Name(dotted(node)) if value is None and is_name else value


def _is_dotted(node: cst.BaseExpression) -> bool:
    """Tell whether an expression is a name with attributes and nothing else."""
    return isinstance(node, cst.Name) or (isinstance(node, cst.Attribute) and _is_dotted(node.value))


def _constant(node: cst.BaseExpression) -> object:
    """Return the value of a text, a number, or a tuple of them, None for anything else."""
    if isinstance(node, cst.SimpleString | cst.ConcatenatedString | cst.Integer):
        return node.evaluated_value
    if isinstance(node, cst.Tuple):
        values = tuple(_constant(one.value) for one in node.elements)
        return None if None in values else values
    return None
