"""Literals of XML: texts of elements, attributes, and what is named by an attribute: <add key="…" value="…"/>."""

import re
from typing import NamedTuple

from envfence.literals import DEFAULT, DOC, VALUE, Literal, embedded, prose
from envfence.literals.candidates import Spans, is_likely
from envfence.literals.holes import filled

_TOKEN = re.compile(
    r"<!--(?P<comment>[\s\S]*?)(?:-->|\Z)|<!\[CDATA\[(?P<cdata>[\s\S]*?)(?:\]\]>|\Z)|<[?!][^>]*+>"
    r"|</(?P<close>[\w.:-]++)\s*>"
    r"|<(?P<open>[A-Za-z_][\w.:-]*+)(?P<attributes>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>"
)
_ATTRIBUTE = re.compile(r"([A-Za-z_][\w.:-]*+)\s*=\s*(?:\"([^\"]*+)\"|'([^']*+)')")
_NAMING = ("name", "key")  # attributes that say what the value, or the text, of an element is
_VALUES = ("value", "defaultvalue", "default")
_NAME_TAGS = ("name", "param-name", "key")  # <name>password</name><value>…</value>
_VALUE_TAGS = ("value", "param-value")


class _Element(NamedTuple):
    """An element that is open: its tag, what it is called, and where its text begins."""

    tag: str
    name: str
    start: int


def on_lines(text: str, path: str, lines: Spans, wanted: object) -> list[Literal]:
    """Return the literals on these lines."""
    if not text.lstrip("\ufeff \t\r\n").startswith("<"):  # a .config that is something else
        from envfence.literals import lines as settings

        read = settings.literals(text, path)
    else:
        read = _Reader(text, lines).read()
    found = [literal for literal in read if is_likely(lines, literal.start, literal.end)]
    return [*found, *embedded.inner(text, found), *embedded.evident(text, lines, found)]


class _Reader:
    """Reads one text into ``found``."""

    def __init__(self, text: str, lines: Spans) -> None:
        self.text, self.lines = text, lines
        self.found: list[Literal] = []
        self.open: list[_Element] = []
        self.named = ""  # the text of the last <name>, for the <value> that follows

    def read(self) -> list[Literal]:
        """Return all that the text holds."""
        for token in _TOKEN.finditer(self.text):
            if token["comment"] is not None:
                self._lines(*token.span("comment"), DOC)
            elif token["cdata"] is not None:
                self._add(*token.span("cdata"))
            elif token["close"]:
                self._close(token.start(), token["close"])
            elif token["open"]:
                self._open(token)
        return self.found

    @property
    def _path(self) -> tuple[str, ...]:
        return tuple(element.tag for element in self.open)

    def _open(self, token: re.Match[str]) -> None:
        tag = token["open"]
        if not is_likely(self.lines, *token.span()) and token["attributes"].endswith("/"):
            return
        attributes = list(_ATTRIBUTE.finditer(self.text, *token.span("attributes")))
        named = {one[1].lower(): one[2] or one[3] or "" for one in attributes}
        name = next((named[key] for key in _NAMING if key in named), "")
        for one in attributes:
            key = one[1].lower()
            span = one.span(2) if one[2] is not None else one.span(3)
            if key in _VALUES and name:
                self._add(*span, name=name, path=self._path, role=VALUE if key == "value" else DEFAULT)
            elif key not in _NAMING and not key.startswith("xmlns"):
                self._add(*span, name=_local(one[1]), path=(*self._path, _local(tag)))
        if not token["attributes"].endswith("/"):
            self.open.append(_Element(_local(tag), name, token.end()))

    def _close(self, at: int, tag: str) -> None:
        tag = _local(tag)
        if all(element.tag != tag for element in self.open):
            return
        while self.open:
            element = self.open.pop()
            if element.tag == tag:
                self._text(element, at)
                return

    def _text(self, element: _Element, end: int) -> None:
        """Take what is between the tags of an element that holds no other."""
        start, content = element.start, self.text[element.start : end]
        value = content.strip()
        if not value or "<" in content:
            return
        if "\n" in value:
            self._lines(start, end, VALUE)
            return
        name = element.name or element.tag
        if element.tag in _VALUE_TAGS and not element.name:
            name = self.named or next((one.name for one in reversed(self.open) if one.name), element.tag)
        self.named = value if element.tag in _NAME_TAGS else ""
        start += content.find(value)
        self._add(start, start + len(value), name=name)

    def _add(
        self, start: int, end: int, *, name: str = "", path: tuple[str, ...] | None = None, role: str = VALUE
    ) -> None:
        """Add a value; an attribute's includes its quotes."""
        if start >= end:
            return
        value, defaults = filled(self.text, start, end, name)
        quoted = int(path is not None)
        self.found.append(
            Literal(value, start - quoted, end + quoted, name, self._path if path is None else path, role=role)
        )
        self.found += defaults

    def _lines(self, start: int, end: int, role: str) -> None:
        """Add what is in a text of several lines, on the candidate lines."""
        for first, last in self.lines:
            if first < end and start < last:
                self.found += prose.everything(self.text, max(first, start), min(last, end), role)


def _local(name: str) -> str:
    return name.rpartition(":")[2]
