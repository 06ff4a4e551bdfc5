"""Texts of Python code, however they are put together: one template, and the literals that it is made of."""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import libcst as cst

from envfence.literals import HOLE

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\x00"}
_CHARACTER = re.compile(  # as it is spelled, with the line ends around it that a backslash takes away
    r"(?:\\\n)*"
    r"(?:\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|N\{[^{}]*\}|[0-7]{1,3}|[\\'\"abfnrtv])|.)"
    r"(?:(?:\\\n)+\Z)?",
    re.DOTALL,
)
_NAMED = re.compile(r"\\N\{[^{}]*\}")  # its braces are none of an f-string


class Leaf(NamedTuple):
    """A literal piece of a template: ``owner`` is the string that it stands in, ``start`` its place in the template."""

    owner: cst.SimpleString | cst.FormattedString
    node: cst.SimpleString | cst.FormattedStringText
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends in the template."""
        return self.start + len(self.text)


class Template(NamedTuple):
    """What the program makes of an expression: its text with a HOLE for each part that is computed.

    One that ``is_folded`` is put together by `%` or `format`; ``filled`` is the code for each HOLE in it.
    """

    text: str
    leaves: tuple[Leaf, ...]
    is_bytes: bool = False
    is_folded: bool = False
    filled: tuple[str, ...] = ()

    @property
    def has_holes(self) -> bool:
        """Tell whether a part is computed."""
        return not self.is_folded and len(self.text) > sum(len(leaf.text) for leaf in self.leaves)


def template_of(node: cst.BaseExpression) -> Template | None:
    """Return the template of an expression, None if it is no text put together from literals."""
    parts = list(_parts(node))
    if not any(isinstance(part, tuple) for part in parts):
        return None
    leaves: list[Leaf] = []
    at = 0
    is_bytes = False
    for part in parts:
        if isinstance(part, tuple):
            owner, leaf, text = part
            is_bytes = is_bytes or (isinstance(owner, cst.SimpleString) and "b" in owner.prefix.lower())
            leaves.append(Leaf(owner, leaf, text, at))
        at += len(part[2]) if isinstance(part, tuple) else 1
    text = "".join(part[2] if isinstance(part, tuple) else HOLE for part in parts)
    return Template(text, tuple(leaves), is_bytes)


_Part = tuple[cst.SimpleString | cst.FormattedString, cst.SimpleString | cst.FormattedStringText, str]


def _parts(node: cst.BaseExpression) -> Iterator[_Part | None]:
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        yield node, node, value.decode("latin-1") if isinstance(value, bytes) else value
    elif isinstance(node, cst.ConcatenatedString):
        yield from _parts(node.left)
        yield from _parts(node.right)
    elif isinstance(node, cst.FormattedString):
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText):
                yield node, part, _unescaped(node, part.value)
            else:
                yield None
    elif isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        yield from _parts(node.left)
        yield from _parts(node.right)
    else:
        yield None


def _unescaped(owner: cst.FormattedString, raw: str) -> str:
    raw = raw.replace("{{", "{").replace("}}", "}")
    if "\\" not in raw or "r" in owner.prefix.lower():
        return raw
    quote = owner.start[len(owner.prefix) :]
    return str(ast.literal_eval(f"{quote}{raw}{quote}"))


def spelled(owner: cst.SimpleString | cst.FormattedString, raw: str) -> list[str]:
    """Return how each character of a literal's text is spelled in it, without what an f-string doubles."""
    if isinstance(owner, cst.FormattedString):
        raw = raw.replace("{{", "{").replace("}}", "}")
    if "r" in owner.prefix.lower():
        return list(raw)
    return [_NAMED.sub(_character, one[0]) for one in _CHARACTER.finditer(raw)]


def _character(name: re.Match[str]) -> str:
    return str(ast.literal_eval(f'"{name[0]}"'))


def rendered(owner: cst.SimpleString | cst.FormattedString, pieces: Sequence[tuple[str, bool]]) -> str:
    """Return a string as an f-string of ``pieces``: texts as they are spelled in it, and code (True) to interpolate."""
    prefix = "rf" if "r" in owner.prefix.lower() else "f"
    quote = owner.quote if isinstance(owner, cst.SimpleString) else owner.start[len(owner.prefix) :]
    inside = "".join(text if is_code else _doubled(text) for text, is_code in pieces)
    return f"{prefix}{quote}{inside}{quote}"


def f_string(pieces: Sequence[tuple[str, bool]]) -> str:
    """Return a new f-string of ``pieces``: texts, and code (True) to interpolate."""
    inside = "".join(text if is_code else _doubled(_escaped(text)) for text, is_code in pieces)
    return f'f"{inside}"'


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in text)


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
