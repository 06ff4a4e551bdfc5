"""Keys that any other file names, in whatever language, outside comments and prose: enough not to call them unused."""

import ast
import re
from collections.abc import Iterator
from typing import TypeGuard

_PROSE = (".md", ".rst", ".txt", ".adoc", ".ipynb", ".svg", ".csv", ".lock", ".po")
_BRACED = (".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".go", ".java", ".kt", ".rs", ".php", ".cs")
_COMMENT_LINE = re.compile(r"(?:^|(?<=\s))(?:#|//|-- |; ?)[^\n]*|^\s*\*[^\n]*", re.MULTILINE)
_COMMENT_BLOCK = re.compile(r"/\*.*?\*/", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_]\w+")
# A name in a text of many words: as a program would write it, not as a sentence speaks of it.
_IN_TEXT = re.compile(r"(?<=[${(\"'`])[A-Za-z_]\w+|(?<![\w.])[A-Za-z_]\w+(?==)")
_COMMENT_MARKUP = re.compile(r"<!--.*?-->", re.DOTALL)
_MARKUP = (".html", ".htm", ".xml", ".vue", ".svelte")
_SETTERS = frozenset({"setenv", "setdefault", "putenv", "delenv"})


def is_prose(path: str) -> bool:
    """Tell whether a file only speaks about the program."""
    return path.lower().endswith(_PROSE)


def mentioned(path: str, text: str, keys: frozenset[str]) -> set[str]:
    """Return those of ``keys`` that the text of a file names, in any case, outside comments."""
    if not keys or not text:
        return set()
    text = _COMMENT_BLOCK.sub(" ", text) if path.endswith(_BRACED) else text
    text = _COMMENT_MARKUP.sub(" ", text) if path.endswith(_MARKUP) else text
    words = {word.upper() for word in _WORD.findall(_COMMENT_LINE.sub("", text))}
    words |= {word.removeprefix("ENV_") for word in words}  # as supervisord has them: %(ENV_KEY)s
    found = {key for key in keys if key.upper() in words}
    named = {key for key in found if key.isupper()}  # a library's name counts wherever it stands
    if path.endswith(".py") and named and (tree := _parsed(text)) is not None:
        spoken = {word.upper() for word in _spoken(tree)}
        return found - {key for key in named if key not in spoken}
    return found


def without_assignments(text: str, keys: frozenset[str]) -> str:
    """Return a text without the names that it gives a value itself: `KEY=x`, `KEY: x`, `ENV KEY x`."""
    names = "|".join(map(re.escape, sorted(keys)))
    return re.sub(rf"(?<![\w$.{{])(?:{names})(?=[\"']?\s*:?=|[\"']?\s*:\s)|(?<=ENV )(?:{names})(?=\s)", "", text)


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _spoken(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module takes from elsewhere: attributes, imports, fields, and texts that are no prose."""
    passed = {id(node) for node in _set_or_said(tree)}
    own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name.rpartition(".")[2]
        elif isinstance(node, ast.ClassDef):
            yield from (one.target.id for one in node.body if isinstance(one, ast.AnnAssign) and _is_name(one.target))
            made = [one for one in node.body if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call)]
            yield from (target.id for one in made for target in one.targets if _is_name(target))
        elif isinstance(node, ast.Name) and node.id not in own:
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in passed:
            said = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            yield from (_IN_TEXT if " " in said.strip() else _WORD).findall(said)


def _is_name(node: ast.expr) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def _is_pop(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "pop"


def _set_or_said(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield the keys that a module itself gives a value, and texts that stand alone: its documentation."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _is_pop(node.value):
            yield from node.value.args[:1]
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SETTERS:
            yield from node.args[:1]
