"""What the code around an expression says that it is for: names, the call, the table, the variable that is read."""

from collections.abc import Sequence
from typing import NamedTuple

import libcst as cst

from envfence.contract.stages import is_known
from envfence.detect.names import words
from envfence.literals.callees import wraps
from envfence.rewrite.code.elements import follows_option, is_list, of_login, unpacked
from envfence.rewrite.code.nodes import dotted, text_of

PERCENT, METHOD = "percent", "method"  # what fills the holes that stay in a template
_READS = frozenset("getenv get config env setdefault pop str int bool url db_url parse get_env".split())


class Frame(NamedTuple):
    """What is one environment's: an entry of a table, or a class with an environment's name.

    ``inner`` are the names between it and the expression: expressions with one ``group`` and the same names belong
    together, one for each environment. ``bases`` are the classes that it is made of.
    """

    stage: str
    group: int
    inner: tuple[str, ...]
    bases: tuple[str, ...] = ()


class Place(NamedTuple):
    """What is known of an expression from the code around it.

    ``name`` is the nearest name that it is bound to, ``names`` those around it, nearest first; ``call`` the dotted
    callee, ``group`` tells which values are arguments of one call or entries of one table. ``read`` is a call that
    reads the environment variable ``key`` with the expression as its fallback, and ``cast`` a call of `int` around it.
    ``field`` is the statement of a class's body that the expression is the default in. ``frame`` is the part of a table
    of environments, or the class of one, that the expression stands in; ``entry`` that of a table whose entries are
    connections of their own.
    """

    name: str = ""
    names: tuple[str, ...] = ()
    call: str = ""
    group: int = 0
    key: str = ""
    read: cst.BaseExpression | None = None
    cast: cst.Call | None = None
    field: cst.AnnAssign | None = None
    owner: cst.ClassDef | None = None
    table: cst.Dict | None = None
    frame: Frame | None = None
    entry: str = ""
    filled: str = ""  # PERCENT, METHOD: what the text goes through before anybody else gets it
    is_pattern: bool = False
    is_one_of_several: bool = False
    is_statement: bool = False  # a docstring
    is_constant: bool = False  # it is what a name of the module stands for
    is_variable: bool = False  # it is all that a name is given, wherever that is
    is_option: bool = False  # it is the default of an option of the command line


def place_of(node: cst.BaseExpression, above: Sequence[cst.CSTNode]) -> Place:
    """Return what the code around a node says; ``above`` are the nodes that it is in, outermost first."""
    is_statement = bool(above) and isinstance(above[-1], cst.Expr)
    is_constant = len(above) > 2 and isinstance(above[2], cst.Assign | cst.AnnAssign)
    is_one_of_several = len(above) > 1 and is_list(above[-2]) and not follows_option(above[-1], above[-2])
    is_variable = bool(above) and isinstance(above[-1], cst.Assign | cst.AnnAssign)
    place = Place(
        is_statement=is_statement,
        is_constant=is_constant,
        is_variable=is_variable,
        is_one_of_several=is_one_of_several,
    )
    names: list[str] = []
    child: cst.CSTNode = node
    for index in range(len(above) - 1, -1, -1):
        parent = above[index]
        if isinstance(parent, cst.FunctionDef | cst.Lambda) and not isinstance(child, cst.Parameters):
            names += [parent.name.value] if isinstance(parent, cst.FunctionDef) else []
        if isinstance(parent, cst.ClassDef):
            place = _framed(place, "_".join(words(parent.name.value)), 0, names, parent)
            names.append(parent.name.value)
        place = _climbed(place, parent, child, above[:index], names)
        child = parent
    return place._replace(name=names[0] if names else "", names=tuple(names))


def _climbed(
    place: Place, parent: cst.CSTNode, child: cst.CSTNode, above: Sequence[cst.CSTNode], names: list[str]
) -> Place:
    """Add what one node says."""
    outer = above[-1] if above else None
    if isinstance(parent, cst.Arg) and isinstance(outer, cst.Call):
        return _argument(place, outer, parent, names)
    if isinstance(parent, cst.Assign | cst.AnnAssign | cst.NamedExpr):
        return _bound(place, parent, child, above, names)
    if isinstance(parent, cst.DictElement) and isinstance(outer, cst.Dict) and child is parent.value:
        return _entry(place, parent, outer, names)
    if (
        isinstance(parent, cst.Element)
        and isinstance(outer, cst.Tuple)
        and (name := unpacked(parent, outer, above) or of_login(parent, outer, above))
    ):
        names.append(name)
        return place._replace(group=place.group or id(outer), is_one_of_several=False)
    if isinstance(parent, cst.Param):
        names.append(parent.name.value)
        return place._replace(group=place.group or id(outer))
    if isinstance(parent, cst.BooleanOperation | cst.BinaryOperation):
        return _operand(place, parent, child, names)
    if isinstance(parent, cst.Attribute) and not place.call:
        return place._replace(filled=place.filled or METHOD)
    return place._replace(is_pattern=place.is_pattern or isinstance(parent, cst.MatchPattern | cst.Annotation))


def _bound(
    place: Place,
    parent: cst.Assign | cst.AnnAssign | cst.NamedExpr,
    child: cst.CSTNode,
    above: Sequence[cst.CSTNode],
    names: list[str],
) -> Place:
    target = parent.targets[0].target if isinstance(parent, cst.Assign) else parent.target
    names += _target_names(target, child, parent.value)
    if isinstance(parent, cst.Assign | cst.AnnAssign) and len(above) > 2:
        body, owner = above[-2], above[-3]
        if isinstance(body, cst.IndentedBlock) and isinstance(owner, cst.ClassDef):
            return place._replace(field=parent if isinstance(parent, cst.AnnAssign) else None, owner=owner)
    return place


def _entry(place: Place, parent: cst.DictElement, table: cst.Dict, names: list[str]) -> Place:
    entry = text_of(parent.key)
    place = _framed(place, entry, id(table), names)
    names += [entry] if entry else []
    if place.table is None and not place.call:
        return place._replace(table=table, group=place.group or id(table))
    return place


def _framed(place: Place, stage: str, group: int, names: Sequence[str], owner: cst.ClassDef | None = None) -> Place:
    """Return the place with what is one environment's around it, if this is."""
    if place.frame is not None or not is_known(stage):
        return place
    bases = tuple(dotted(base.value) for base in owner.bases) if owner else ()
    return place._replace(frame=Frame(stage, group, tuple(names), bases))


def _operand(
    place: Place, parent: cst.BooleanOperation | cst.BinaryOperation, child: cst.CSTNode, names: list[str]
) -> Place:
    if isinstance(parent.operator, cst.Modulo) and child is parent.left:
        return place._replace(filled=PERCENT)
    if isinstance(parent.operator, cst.Or) and child is parent.right and not place.key and not place.call:
        key = read_key(parent.left)
        names[:0] = [key] if key else []
        return place._replace(key=key, read=parent) if key else place
    return place


def _argument(place: Place, call: cst.Call, argument: cst.Arg, names: list[str]) -> Place:
    callee = dotted(call.func)
    position = next(index for index, one in enumerate(call.args) if one is argument)
    keyword = argument.keyword.value if argument.keyword else ""
    if place.call:
        names += [keyword] if keyword else []
        return place
    key = read_key(call) if position == 1 or keyword.startswith("default") else ""
    if key and not place.key:
        names.insert(0, key)
        return place._replace(key=key, read=call)
    if keyword == "default" and (option := _option(call)):
        names.append(option)
        return place._replace(is_option=True)
    if callee == "int" and len(call.args) == 1 and place.cast is None:
        return place._replace(cast=call)
    if keyword and keyword != "default":
        names.append(keyword)
    if wraps(callee, position) or keyword == "default":
        return place._replace(group=place.group or (id(call) if callee == "dict" else 0))
    names += [] if names else [""]  # what the call's result is bound to is no name of its argument
    return place._replace(call=callee, group=place.group or id(call))


def _option(call: cst.Call) -> str:
    """Return the option of a command line that a call declares: `add_argument("--db-host", …)` gives db_host."""
    if dotted(call.func).rpartition(".")[2] not in {"add_argument", "option"}:
        return ""
    said = (text_of(argument.value) for argument in call.args if argument.keyword is None)
    return next((text.lstrip("-").replace("-", "_") for text in said if text.startswith("--")), "")


def read_key(node: cst.BaseExpression) -> str:
    """Return the environment variable that an expression reads: `os.getenv("X")`, `os.environ.get("X", …)`."""
    if isinstance(node, cst.Subscript):
        element = node.slice[0].slice
        return (
            text_of(element.value) if dotted(node.value).endswith("environ") and isinstance(element, cst.Index) else ""
        )
    if not isinstance(node, cst.Call) or not node.args:
        return ""
    *owners, last = dotted(node.func).split(".")
    is_read = last in {"getenv", "get_env"} or (last == "get" and owners[-1:] == ["environ"])
    is_read = is_read or (last in {"config", "env"} and not owners) or (owners == ["env"] and last in _READS)
    is_read = is_read or not {"env", "environ", "variable"}.isdisjoint(words((owners or [""])[-1] + "_" + last))
    key = text_of(node.args[0].value) if is_read else ""
    return key if key.isidentifier() and key.upper() == key else ""


def _target_names(target: cst.BaseExpression, child: cst.CSTNode, value: cst.BaseExpression | None) -> list[str]:
    if isinstance(target, cst.Tuple):
        return []
    if child is not value:
        return []
    if isinstance(target, cst.Subscript):
        element = target.slice[0].slice
        key = text_of(element.value) if isinstance(element, cst.Index) else ""
        return [name for name in (key, dotted(target.value).rpartition(".")[2]) if name]
    return [dotted(target).rpartition(".")[2]]
