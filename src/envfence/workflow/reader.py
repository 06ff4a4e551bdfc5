"""A workflow as a tree in which every value knows its line.

It is read line by line and needs no library, so that a commit is not held up. It knows the YAML that people write in
workflows: blocks, lists, flow values on one line or several, anchors. What it cannot read it leaves out.
"""

import re

from envfence.stack.tree import Node

LITERAL, FOLDED = "|", ">"  # tags of block scalars: their text starts on the line below

_Value = dict[str, Node] | list[Node] | str | None
_KEY = re.compile(r"""("[^"]*"|'[^']*'|[^\s"'#\[\]{},&*!|>%@-][^\n]*?|-[^\s:]+)\s*:(?:[ \t]+(.*))?$""")
_BLOCK = re.compile(r"([|>])[+\-0-9]*(?:[ \t]+#.*)?$")
_MARK = re.compile(r"([&*])([\w-]+)(?:[ \t]+|$)")
_FLOW = re.compile(r"""[ \t\n]*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\[\]{},\n]*?(?=[ \t]*[\[\]{},\n:])|[^\[\]{},\n]*)""")
_COMMENT = re.compile(r"(?:^|[ \t])#.*$")
_NOTHING = frozenset({"", "~", "null"})
_DEEPEST = 50


def read(path: str, text: str) -> Node:
    """Return the tree of a workflow; a mapping, empty if there is none."""
    reader = _Reader(path, text)
    indent = reader.next_indent()
    return reader.block(indent) if indent >= 0 else Node({}, path, 1)


class _Reader:
    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines = [line.rstrip() for line in text.lstrip("\ufeff").split("\n")]
        self.at = 0
        self.depth = 0
        self.anchors: dict[str, Node] = {}

    def next_indent(self) -> int:
        """Go to the next line that says something; return its indent, -1 at the end."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            said = line.lstrip(" ")
            if said and not said.startswith(("#", "---", "%")):
                return len(line) - len(said)
            self.at += 1
        return -1

    def block(self, indent: int) -> Node:
        """Return the mapping or the list that stands at ``indent``."""
        start = self.at + 1
        if self.depth > _DEEPEST:
            self.at = len(self.lines)
            return self._node(None, start)
        self.depth += 1
        is_list = self._is_item(indent)
        value: _Value = self._items(indent) if is_list else self._entries(indent)
        self.depth -= 1
        return self._node(value, start)

    def _node(self, value: _Value, line: int, tag: str = "") -> Node:
        return Node(value, self.path, line, tag)

    def _is_item(self, indent: int) -> bool:
        said = self.lines[self.at][indent:]
        return said == "-" or said.startswith("- ")

    def _entries(self, indent: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while (next_one := self.next_indent()) >= indent:
            match = _KEY.match(self.lines[self.at], indent) if next_one == indent else None
            if match is None or self._is_item(indent):
                if next_one == indent and self._is_item(indent):
                    break
                self.at += 1  # no YAML that is known here
                continue
            found[match[1].strip("\"'")] = self._value(match[2] or "", indent)
        return found

    def _items(self, indent: int) -> list[Node]:
        found: list[Node] = []
        while self.next_indent() == indent and self._is_item(indent):
            line = self.lines[self.at]
            rest = line[indent + 1 :].lstrip(" ")
            inner = len(line) - len(rest)
            if rest and (_KEY.match(rest) or rest.startswith("- ")) and rest[0] not in "{[":
                self.lines[self.at] = " " * inner + rest
                found.append(self.block(inner))
            else:
                found.append(self._value(rest, indent))
        return found

    def _value(self, said: str, indent: int) -> Node:
        """Return the value that starts with ``said`` on this line, and go to the line behind it."""
        line = self.at + 1
        name = ""
        if mark := _MARK.match(said):
            name, said = mark[2], said[mark.end() :]
            if mark[1] == "*":
                self.at += 1
                return self.anchors.get(name, self._node(None, line))._replace(line=line)
        node = self._unmarked(said, indent, line)
        if name:
            self.anchors[name] = node
        return node

    def _unmarked(self, said: str, indent: int, line: int) -> Node:
        if block := _BLOCK.match(said):
            return self._node(self._scalar_block(indent), line, block[1])
        if said.startswith(("[", "{")):
            return self._flow(said, line)
        self.at += 1
        if not said or said.startswith("#"):
            below = self.next_indent()
            if below < indent or (below == indent and not self._is_item(below)):
                return self._node(None, line)
            said = self.lines[self.at][below:]
            if self._is_item(below) or (_KEY.match(said) and said[0] not in "[{"):
                return self.block(below)._replace(line=line)
            return self._unmarked(said, indent, line)
        while self.at < len(self.lines) and self.next_indent() > indent:  # it goes on
            said = f"{_COMMENT.sub('', said)} {self.lines[self.at].strip()}"
            self.at += 1
        return self._node(_scalar(said), line)

    def _scalar_block(self, indent: int) -> str:
        self.at += 1
        start = self.at
        while self.at < len(self.lines):
            text = self.lines[self.at]
            if text and len(text) - len(text.lstrip(" ")) <= indent:
                break
            self.at += 1
        lines = self.lines[start : self.at]
        margin = next((len(text) - len(text.lstrip(" ")) for text in lines if text), 0)
        return "\n".join(text[margin:] for text in lines).rstrip("\n")

    def _flow(self, said: str, line: int) -> Node:
        self.at += 1
        while self.at < len(self.lines) and not _is_closed(said):
            said += "\n" + _COMMENT.sub("", self.lines[self.at])
            self.at += 1
        return _Flow(said, self.path, line).node()


def _is_closed(said: str) -> bool:
    return said.count("[") + said.count("{") <= said.count("]") + said.count("}")


def _scalar(said: str) -> str | None:
    """Return the text of a plain or quoted value, without the comment behind it."""
    quote = said[0]
    if quote in "\"'" and (end := said.find(quote, 1)) > 0:
        while quote == "'" and said.startswith("''", end) and (more := said.find("'", end + 2)) > 0:
            end = more
        while quote == '"' and said[end - 1] == "\\" and (more := said.find('"', end + 1)) > 0:
            end = more
        return said[1:end].replace("''", "'") if quote == "'" else said[1:end].replace('\\"', '"')
    plain = _COMMENT.sub("", said).strip()
    return None if plain in _NOTHING else plain


class _Flow:
    """Reads `[a, b]` and `{a: b}`, nested too."""

    def __init__(self, text: str, path: str, line: int) -> None:
        self.text, self.path, self.line, self.at = text, path, line, 0
        self.depth = 0

    def node(self) -> Node:
        """Return the list or the mapping that opens here; what is nested deeper than anybody writes is left out."""
        self.depth += 1
        if self.depth > _DEEPEST:
            self.at = len(self.text)
            return Node(None, self.path, self.line)
        opening = self.text[self.at]
        self.at += 1
        named: dict[str, Node] = {}
        listed: list[Node] = []
        while self.at < len(self.text) and not self._closes():
            before = self.at
            name, value = self._entry()
            if opening == "{":
                named |= {name: value} if name else {}
            elif name:
                listed.append(Node({name: value}, self.path, self.line))
            elif value.value is not None:
                listed.append(value)
            if self.at == before:
                self.at += 1
        self.at += 1
        self.depth -= 1
        return Node(named if opening == "{" else listed, self.path, self.line)

    def _closes(self) -> bool:
        while self.at < len(self.text) and self.text[self.at] in " \t\n,":
            self.at += 1
        return self.text[self.at : self.at + 1] in {"]", "}"}

    def _entry(self) -> tuple[str, Node]:
        name = ""
        while self.at < len(self.text):
            if self.text[self.at] in "[{":
                return name, self.node()
            match = _FLOW.match(self.text, self.at)
            said = match[1].strip() if match else ""
            self.at = match.end() if match else self.at
            if not self.text.startswith(":", self.at):
                return name, Node(_scalar(said) if said else None, self.path, self.line)
            name = said.strip("\"'")
            self.at += 1
            while self.text[self.at : self.at + 1] in {" ", "\t", "\n"}:
                self.at += 1
        return name, Node(None, self.path, self.line)
