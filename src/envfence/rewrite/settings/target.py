"""The settings that modules are to read: a class that is there and can be imported, or a module that is added."""

import ast
from collections.abc import Sequence
from typing import NamedTuple

from envfence.contract.surfaces.python.classes import dotted
from envfence.contract.surfaces.python.settings import SettingsClass
from envfence.rewrite import Edit
from envfence.rewrite.offsets import Offsets, first_line
from envfence.rewrite.settings import settings_code
from envfence.rewrite.settings.class_config import ENV_FILE, env_file_edits, node_of
from envfence.rewrite.settings.class_imports import import_edits
from envfence.rewrite.settings.own_class import is_own
from envfence.rewrite.settings.settings_model import INT, SECRET, STR, Field, Settings
from envfence.rewrite.settings.written import finder

GET = "get_settings"
OTHER_GET = "environment_settings"  # where that name is taken


class Target(NamedTuple):
    """Where the settings are: the module's path, what is imported from it, and the class as it is to be.

    ``found`` is the class that is there, None for a new module; ``has_reader`` tells whether it has what is imported.
    """

    path: str
    name: str
    settings: Settings
    found: SettingsClass | None = None
    has_reader: bool = True


def new(path: str) -> Target:
    """Return the settings of a module that does not exist yet."""
    return Target(path, GET, Settings(f"{GET}()"))


def existing(found: SettingsClass, tree: ast.Module) -> Target:
    """Return a class that is there: its fields, and the function or the object that gives it."""
    function, instance = _reader(tree, found.name)
    is_taken = any(isinstance(node, ast.FunctionDef) and node.name == GET for node in tree.body)
    name = function or instance or (OTHER_GET if is_taken else GET)
    reader = name if instance and not function else f"{name}()"
    known = {
        field.keys[0].upper(): Field(field.keys[0].upper(), field.name, _type(field.types))
        for field in found.fields
        if "." not in field.name
    }
    upper = sum(field.name.isupper() for field in found.fields)
    taken = [name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for name in _members(node)]
    is_upper = 2 * upper >= len(found.fields)
    written = finder(node_of(found, tree))
    settings = Settings(reader, known, is_upper=is_upper, taken=taken, written=written, prefix=prefix_of(found) or "")
    return Target(found.path, name, settings, found, bool(function or instance))


def is_made_on_import(found: SettingsClass, tree: ast.Module) -> bool:
    """Tell whether whoever imports the module of a class has an object of it made: `settings = Settings()`."""
    return bool(_reader(tree, found.name)[1])


def prefix_of(found: SettingsClass) -> str | None:
    """Return what the keys of a class begin with, in upper case; None where a field has a key of another kind.

    A field that says its key by itself may have the key that it would have without the prefix.
    """
    named = [(field.keys[0].upper(), field.name.upper()) for field in found.fields]
    prefixes = {key.removesuffix(name) for key, name in named if key.endswith(name)} - {""}
    prefix = min(prefixes, default="")
    return prefix if all(key in {f"{prefix}{name}", name} for key, name in named) else None


def _type(types: frozenset[str]) -> str:
    return SECRET if "SecretStr" in types else INT if "int" in types else STR


def _members(node: ast.ClassDef) -> Sequence[str]:
    named = [item.name for item in node.body if isinstance(item, ast.FunctionDef)]
    return [*named, *(dotted(item.target) for item in node.body if isinstance(item, ast.AnnAssign))]


def _reader(tree: ast.Module, name: str) -> tuple[str, str]:
    """Return the function that gives the class, and the module's object of it, each "" if there is none."""
    function = instance = ""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.args.args:
            if _gives(node, name):
                function = function or node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and dotted(node.value.func) == name:
            instance = instance or dotted(node.targets[0])
        elif isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call) and dotted(node.value.func) == name:
            instance = instance or dotted(node.target)
    return function, instance


def _gives(function: ast.FunctionDef, name: str) -> bool:
    """Tell whether a function returns an object of a class, made where it is returned or on a line before."""
    nodes = list(ast.walk(function))
    made = {
        dotted(one.targets[0])
        for one in nodes
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call) and dotted(one.value.func) == name
    }
    returned = (one.value for one in nodes if isinstance(one, ast.Return))
    return any(
        (isinstance(one, ast.Call) and dotted(one.func) == name) or (isinstance(one, ast.Name) and one.id in made)
        for one in returned
    )


def edits(
    targets: Sequence[Target],
    text: str,
    tree: ast.Module,
    *,
    depth: int,
    newline: str,
    more: Sequence[Edit] = (),
    is_said: bool = False,
) -> list[Edit]:
    """Return the edits that give classes of one module what is read of them: fields, properties, the env file.

    The env files lie in the folder ``depth`` above that of the module. ``more`` are edits that may need imports,
    ``is_said`` tells whether the plain env file names the environment.
    """
    offsets = Offsets(text)
    found = [*more, *(edit for one in targets if one.found for edit in _of_class(one, one.found, text, tree, offsets))]
    env_file = settings_code.ENV_FILE_SAID if is_said else settings_code.ENV_FILE
    env_file = env_file.format(folder=settings_code.above(depth), name=ENV_FILE)
    if helpers := _helpers(targets, found, tree, env_file):
        at = offsets.starts[_first_line(targets, tree, text) - 1]
        found.append(Edit(at, at, helpers))
    return _merged(text, [*import_edits(text, tree, offsets, found), *found], newline)


def _helpers(targets: Sequence[Target], found: Sequence[Edit], tree: ast.Module, env_file: str) -> str:
    """Return what the edits use and the module lacks: the path of the env file, and what quotes a pair's value."""
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    composed = [one for target in targets for one in target.settings.composed]
    needs_pairs = settings_code.needs_pair_helper(composed) and "_pair_value" not in defined
    needs_file = any(ENV_FILE in edit.replacement for edit in found)
    is_plain = any(isinstance(node, ast.ClassDef) and node.name == "Settings" and is_own(node) for node in tree.body)
    has_secret = any(isinstance(node, ast.ClassDef) and node.name == SECRET for node in tree.body)
    needs_secret = is_plain and not has_secret and any(one.type == SECRET for t in targets for one in t.settings.added)
    return (
        (env_file if needs_file else "")
        + (settings_code.PAIR_HELPER if needs_pairs else "")
        + (settings_code.SECRET_CLASS if needs_secret else "")
    )


def _first_line(targets: Sequence[Target], tree: ast.Module, text: str) -> int:
    """Return the line before which the module's own helpers go: that of its first class, or of a comment above it."""
    wanted = min(target.found.line for target in targets if target.found)
    statement = next(one for one in tree.body if one.lineno <= wanted <= (one.end_lineno or 0))
    line = first_line(statement)
    lines = text.split("\n")
    while line > 1 and lines[line - 2].startswith("#"):
        line -= 1
    return line


def _of_class(target: Target, found: SettingsClass, text: str, tree: ast.Module, offsets: Offsets) -> list[Edit]:
    """Return the edits of a class that is ``found``: the env file, fields, properties, and what gives it."""
    node = node_of(found, tree)
    indent = offsets.indent(offsets.span(node.body[0])[0])
    settings = target.settings
    fields = [item for item in node.body if isinstance(item, ast.AnnAssign)]
    after_fields, after_class = (
        offsets.starts[item.end_lineno or 0] for item in (fields[-1] if fields else node.body[0], node)
    )
    made = [] if is_own(node) else env_file_edits(found, node, text)
    if settings.added:
        is_first = found.is_first_version
        lines = (settings_code.field_line(field, indent, is_first_version=is_first) for field in settings.added)
        code = "".join(f"{line}\n" for line in lines)
        made.append(Edit(after_fields, after_fields, code))
    if settings.composed:
        code = "".join(f"\n{settings_code.property_code(one, settings)}" for one in settings.composed)
        step = indent[node.col_offset :]
        made.append(Edit(after_class, after_class, settings_code.indented(code, indent, step)))
    if settings.is_read and not target.has_reader:
        code = f"\n\n@lru_cache\ndef {target.name}() -> {node.name}:\n    return {node.name}()\n"
        made.append(Edit(len(text), len(text), code))
    return made


def _merged(text: str, found: Sequence[Edit], newline: str) -> list[Edit]:
    """Return the edits with the file's line ends, and insertions at one place as one."""
    by_place: dict[tuple[int, int], str] = {}
    for edit in found:
        place = edit[:2]
        by_place[place] = by_place.get(place, "") + edit.replacement
    ends_open = bool(text) and not text.endswith(("\n", "\r"))
    return [
        Edit(start, end, (newline if ends_open and start == len(text) else "") + code.replace("\n", newline))
        for (start, end), code in by_place.items()
    ]
