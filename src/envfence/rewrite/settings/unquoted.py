"""URLs that a settings class puts together of plain fields: user and password are quoted, as every reader expects.

They stay equal to the character under all values that are known, or else they are left alone: a value that quoting
would change may be quoted in the env file already.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from envfence.contract.surfaces.python.classes import dotted
from envfence.detect.settings.texts import HOLE, parts
from envfence.rewrite import Edit
from envfence.rewrite.held import Key
from envfence.rewrite.offsets import Offsets
from envfence.rewrite.settings import evaluate
from envfence.rewrite.settings.class_config import node_of
from envfence.rewrite.settings.settings_model import SECRET, STR
from envfence.rewrite.settings.target import Target

_LOGIN = re.compile(rf"://({HOLE}?):({HOLE})@")
_OPENS = re.compile(r"""[rR]?[fF][rR]?("|')""")


def quoted(one: Target, text: str, tree: ast.Module, env: Iterable[str], keys: Iterable[Key]) -> list[Edit]:
    """Return the edits that quote the logins of URLs in the properties of a class that is there.

    ``text`` and ``tree`` are its module, ``env`` the texts of the env files, ``keys`` those that come into them.
    """
    if one.found is None or not _may_import(tree):
        return []
    known = _values(env, keys)
    node = node_of(one.found, tree)
    edits: list[Edit] = []
    for made in ast.walk(node):
        if isinstance(made, ast.JoinedStr):
            plain = [name for name in _login(made) if _is_plain(name, one, node, known)]
            if plain and len(plain) == len(_login(made)):
                edits += _edits(made, plain, text)
    return edits


def _may_import(tree: ast.Module) -> bool:
    """Tell whether `quote` is that of URLs in a module, or nothing yet."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module != "urllib.parse":
            if any((alias.asname or alias.name) == "quote" for alias in node.names):
                return False
        elif isinstance(node, ast.FunctionDef) and node.name == "quote":
            return False
    return True


def _values(env: Iterable[str], keys: Iterable[Key]) -> dict[str, set[str]]:
    """Return the values that each key has anywhere."""
    known: dict[str, set[str]] = {}
    pairs = [pair for text in env for pair in evaluate.given(text).items()]
    pairs += [(key.name, value) for key in keys for value in key.values.values()]
    for name, value in pairs:
        known.setdefault(name.upper(), set()).add(value)
    return known


def _login(made: ast.JoinedStr) -> list[str]:
    """Return the attributes that are the user and the password of a URL, none if one of them is anything else."""
    told = parts(made)
    match = _LOGIN.search(told[0]) if told else None
    if told is None or match is None:
        return []
    first = told[0].count(HOLE, 0, match.start())
    holes = told[1][first : first + match[0].count(HOLE)]
    names = [_attribute(hole) for hole in holes]
    return names if all(names) else []


def _attribute(hole: ast.expr) -> str:
    """Return the name of `self.name` and of `self.name.get_secret_value()`, "" of anything else."""
    if isinstance(hole, ast.Call) and isinstance(hole.func, ast.Attribute) and hole.func.attr == "get_secret_value":
        hole = hole.func.value
    owner, _, name = dotted(hole).partition(".")
    return name if owner == "self" and "." not in name else ""


def _is_plain(name: str, one: Target, node: ast.ClassDef, known: Mapping[str, set[str]]) -> bool:
    """Tell whether every value of an attribute is known, and what it is when it is quoted."""
    field = next((field for field in one.settings.fields.values() if field.attribute == name), None)
    values = {*known.get(field.key, ()), *_default(node, name)} if field and field.type in (STR, SECRET) else set[str]()
    return bool(values) and all(quote(value, safe="") == value for value in values)


def _default(node: ast.ClassDef, name: str) -> Iterator[str]:
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and dotted(item.target) == name and isinstance(item.value, ast.Constant):
            yield str(item.value.value)


def _edits(made: ast.JoinedStr, names: Iterable[str], text: str) -> list[Edit]:
    """Return the edits of one text, none if a name stands in it more than once."""
    code = ast.get_source_segment(text, made) or ""
    start = Offsets(text).span(made)[0]
    edits: list[Edit] = []
    for name in names:
        found = list(re.finditer(rf"\{{(self\.{name}\b(?:\.get_secret_value\(\))?)\}}", code))
        opening = [match[1] for match in _OPENS.finditer(code, 0, found[0].start())] if len(found) == 1 else []
        if not opening:
            return []
        inner = "'" if opening[-1] == '"' else '"'
        first, end = start + found[0].start(1), start + found[0].end(1)
        # The brace goes along, so that what else is put behind the name comes first.
        edits += [Edit(first, first, "quote("), Edit(end, end + 1, f", safe={inner * 2})}}")]
    return edits
