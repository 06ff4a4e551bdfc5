"""What an element of a list, a tuple or a command is, by those beside it and the name that all of them go to."""

from collections.abc import Sequence
from itertools import pairwise

import libcst as cst

from envfence.detect.names import words
from envfence.rewrite.code.nodes import dotted, text_of


def is_list(node: cst.CSTNode) -> bool:
    """Tell whether it holds several values of one kind: a host and its port are a pair."""
    kinds = [type(one.value) for one in node.elements] if isinstance(node, cst.Set | cst.List | cst.Tuple) else []
    return any(kinds.count(kind) > 1 for kind in (cst.SimpleString, cst.Integer))


def follows_option(element: cst.CSTNode, command: cst.CSTNode) -> bool:
    """Tell whether it is what an option of a command is given: the host in `["psql", "-h", "db"]`."""
    elements = command.elements if isinstance(command, cst.List | cst.Tuple) else ()
    return any(one is element and text_of(option.value).startswith("-") for option, one in pairwise(elements))


def unpacked(element: cst.Element, values: cst.Tuple, above: Sequence[cst.CSTNode]) -> str:
    """Return the name that a value goes to in `host, port = "…", 5432`."""
    assigned = above[-2] if len(above) > 1 else None
    target = assigned.targets[0].target if isinstance(assigned, cst.Assign) else None
    if not isinstance(target, cst.Tuple) or len(target.elements) != len(values.elements):
        return ""
    return next(
        dotted(name.value) for name, one in zip(target.elements, values.elements, strict=True) if one is element
    )


def of_login(element: cst.Element, values: cst.Tuple, above: Sequence[cst.CSTNode]) -> str:
    """Return what a value is in `auth=("…", "…")`: the user, or the password."""
    holder = above[-2] if len(above) > 1 else None
    if isinstance(holder, cst.Arg) and holder.keyword:
        name = holder.keyword.value
    else:
        name = text_of(holder.key) if isinstance(holder, cst.DictElement) else ""
    is_login = len(values.elements) == 2 and words(name)[-1:] in {("auth",), ("login",), ("credentials",)}
    return ("user" if element is values.elements[0] else "password") if is_login else ""
