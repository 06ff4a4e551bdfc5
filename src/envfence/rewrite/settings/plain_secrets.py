"""Secrets that a settings class keeps as plain text: they become SecretStr, and what reads them asks for the value."""

import ast
import re
from collections.abc import Collection, Mapping, Sequence

from envfence.contract.surfaces.known import is_secret_name
from envfence.contract.surfaces.python.classes import dotted
from envfence.rewrite import Edit
from envfence.rewrite.offsets import Offsets
from envfence.rewrite.settings.class_config import node_of
from envfence.rewrite.settings.own_class import is_own
from envfence.rewrite.settings.settings_model import SECRET
from envfence.rewrite.settings.target import Target

VALUE = ".get_secret_value()"


def hide(
    one: Target, python: Mapping[str, str], edits: dict[str, list[Edit]], others: Collection[str] = ()
) -> list[Edit]:
    """Return the edits that hide secrets of a class; add to ``edits`` those of the modules that read them.

    ``python`` has the texts of all modules, ``edits`` what happens to them otherwise. What is read in a way that is not
    understood stays, and so does a field with a default, which pydantic would take as it is. ``others`` are the
    expressions that give the settings of other classes.
    """
    text = python.get(one.path, "")
    reader = re.escape(one.settings.reader)
    dumps = re.compile(rf"model_dump|(?:getattr|vars)\(\s*{reader}|{reader}\.(?:dict|json|__dict__)")
    if one.found is None or one.found.is_first_version or any(map(dumps.search, python.values())):
        return []
    tree, offsets = ast.parse(text), Offsets(text)
    node, names = node_of(one.found, tree), _names(one, tree)
    types: list[Edit] = []
    for field in node.body if not is_own(node) else ():
        if isinstance(field, ast.AnnAssign) and _is_plain_secret(field, offsets, edits.get(one.path, ())):
            name = dotted(field.target)
            reads = {path: _reads(path, code, name, names, one) for path, code in python.items() if name in code}
            made = {path: found for path, found in reads.items() if found is not None}
            if len(made) == len(reads) and not _are_told(name, made, edits, one, others):
                types.append(Edit(*_type_span(field, offsets), f": {SECRET}"))
                _ask_for_value(name, edits, one)
                for path, found in made.items():
                    edits.setdefault(path, []).extend(found)
    return types


def _names(one: Target, tree: ast.Module) -> dict[str, str]:
    """Return the expressions that give an object of the class, each with the name to import for it."""
    made = {one.settings.reader, f"{one.found.name}()" if one.found else ""}
    named = (node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.value) in made)
    return {one.settings.reader: one.name} | {name: name for node in named for name in map(ast.unparse, node.targets)}


def _ask_for_value(name: str, edits: dict[str, list[Edit]], one: Target) -> None:
    """Let what the other edits read of a field be its value, and the properties that are still to be written."""
    for path, group in edits.items():
        edits[path] = [
            edit._replace(replacement=_plain_read(name, one).sub(rf"\g<0>{VALUE}", edit.replacement)) for edit in group
        ]
    fields = one.settings.fields
    fields.update({key: field._replace(type=SECRET) for key, field in fields.items() if field.attribute == name})


def _plain_read(name: str, one: Target) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.]){re.escape(one.settings.reader)}\.{name}\b(?!{re.escape(VALUE)})")


def _is_plain_secret(field: ast.AnnAssign, offsets: Offsets, edits: Sequence[Edit]) -> bool:
    """Tell whether a field is a text without a default, or one whose default goes, and its name that of a secret."""
    is_text = isinstance(field.annotation, ast.Name) and field.annotation.id == "str"
    if not (is_text and is_secret_name(dotted(field.target))):
        return False
    at = _type_span(field, offsets)[1]
    return field.value is None or any(edit.start == at and not edit.replacement for edit in edits)


def _type_span(field: ast.AnnAssign, offsets: Offsets) -> tuple[int, int]:
    """Return where the type of a field stands, with the colon before it."""
    return offsets.span(field.target)[1], offsets.span(field.annotation)[1]


def _reads(path: str, code: str, name: str, names: Mapping[str, str], one: Target) -> list[Edit] | None:
    """Return the edits of what reads a field in a module, None if it may be read in another way.

    ``names`` are the expressions that give the settings, with what is imported for them.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return None
    nodes = list(ast.walk(tree))
    found = [node for node in nodes if isinstance(node, ast.Attribute) and node.attr == name]
    stem = one.path.rpartition("/")[2].removesuffix(".py")
    imported = "".join(re.findall(rf"^from [\w.]*\b{stem} import ([^\n]*)", code, re.MULTILINE))
    readers = {given for given, own in names.items() if path == one.path or re.search(rf"\b{own}\b", imported)}
    readers |= {"self"} if path == one.path else set()
    offsets = Offsets(code)
    ends = [offsets.span(node)[1] for node in found]
    is_plain = all(code[:end].endswith(f".{name}") for end in ends)
    is_read = all(isinstance(node.ctx, ast.Load) and ast.unparse(node.value) in readers for node in found)
    asked = {id(one) for node in nodes if _asks_process(node) for one in ast.walk(node)}
    is_named = any(isinstance(node, ast.Constant) and node.value == name and id(node) not in asked for node in nodes)
    return [Edit(end, end, VALUE) for end in ends] if is_plain and is_read and not is_named else None


def _asks_process(node: ast.AST) -> bool:
    """Tell whether a variable of the process is read, whose name says nothing of the field."""
    asked = node.func if isinstance(node, ast.Call) else node.value if isinstance(node, ast.Subscript) else None
    return asked is not None and dotted(asked).endswith(("getenv", "environ.get", "environ"))


def _are_told(
    name: str,
    made: Mapping[str, Sequence[Edit]],
    edits: Mapping[str, Sequence[Edit]],
    one: Target,
    others: Collection[str],
) -> bool:
    """Tell whether other edits read the field in a way that is not understood, or change the same characters."""
    foreign = "".join(rf"(?<!\b{re.escape(other)})" for other in others if other != one.settings.reader)
    read, plain = re.compile(rf"{foreign}\.{name}\b"), _plain_read(name, one)
    codes = [edit.replacement for group in edits.values() for edit in group]
    if any(len(read.findall(code)) != len(plain.findall(code)) for code in codes):
        return True
    pairs = ((one, edit) for path, group in made.items() for one in group for edit in edits.get(path, ()))
    return any(edit.start <= one.start <= edit.end for one, edit in pairs)
