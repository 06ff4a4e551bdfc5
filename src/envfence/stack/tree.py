"""A compose file as a tree in which every value knows its file and line."""

from typing import TYPE_CHECKING, Any, NamedTuple, Self

from envfence.errors import FenceError

if TYPE_CHECKING:
    from collections.abc import Iterator

OVERRIDE, RESET = "!override", "!reset"


class Node(NamedTuple):
    """A mapping, a list, a text or nothing. ``line`` is that of its key where it has one. Numbers stay texts."""

    value: "dict[str, Node] | list[Node] | str | None"
    path: str
    line: int
    tag: str = ""

    @property
    def mapping(self) -> "dict[str, Node]":
        """Its entries, none if it is no mapping."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> "list[Node]":
        """Its items; a single text counts as a list of one."""
        if isinstance(self.value, list):
            return self.value
        return [self] if isinstance(self.value, str) else []

    @property
    def text(self) -> str:
        """Its text, "" if it is none."""
        return self.value if isinstance(self.value, str) else ""

    def at(self, *names: str) -> "Node":
        """Return the value below ``names``, an empty one if there is none."""
        node: Node = self
        for name in names:
            node = node.mapping.get(name) or Node(None, node.path, node.line)
        return node

    def holding(self, value: "dict[str, Node] | list[Node] | str | None") -> Self:
        """Return the same place with another value."""
        return self._replace(value=value)

    def scalars(self) -> "Iterator[Node]":
        """Yield every text in it."""
        if isinstance(self.value, str):
            yield self
        for child in self.mapping.values() if isinstance(self.value, dict) else self.value or ():
            if isinstance(child, Node):
                yield from child.scalars()


class UnreadableError(ValueError):
    """The text is no YAML. ``line`` is where reading stopped."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def read(path: str, text: str) -> Node:
    """Return the tree of a file, an empty mapping for an empty one.

    Raise UnreadableError if it is no YAML, FenceError if the extra `stack` is not installed.
    """
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError
    except ImportError as error:
        raise FenceError("reading compose files needs ruamel.yaml: pip install 'envfence[stack]'") from error
    try:
        yaml: Any = YAML(typ="safe", pure=True)
        root = next(iter(yaml.compose_all(text)), None)
    except MarkedYAMLError as error:
        is_open = "end of stream" in str(getattr(error, "problem", ""))  # then what began it is the fault
        mark: Any = getattr(error, "context_mark" if is_open else "problem_mark", None)
        raise UnreadableError(mark.line + 1 if mark else 1) from error
    except (YAMLError, RecursionError) as error:
        raise UnreadableError(1) from error
    return Node({}, path, 1) if root is None else _Builder(path).node(root, 1)


class _Builder:
    """Turns the nodes of ruamel.yaml, which may be shared and so even circular, into a tree."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.above: set[int] = set()

    def node(self, raw: Any, line: int) -> Node:
        if id(raw) in self.above:
            raise UnreadableError(line)  # an alias of what it stands in
        self.above.add(id(raw))
        value = self._value(raw)
        self.above.discard(id(raw))
        tag = str(raw.tag or "")
        return Node(value, self.path, line, tag if tag in {OVERRIDE, RESET} else "")

    def _value(self, raw: Any) -> "dict[str, Node] | list[Node] | str | None":
        kind = raw.id
        if kind == "scalar":
            is_plain = not raw.style
            return None if is_plain and raw.value in {"", "~", "null", "Null", "NULL"} else str(raw.value)
        if kind == "sequence":
            return [self.node(item, item.start_mark.line + 1) for item in raw.value]
        return self._mapping(raw)

    def _mapping(self, raw: Any) -> dict[str, Node]:
        own: dict[str, Node] = {}
        merged: dict[str, Node] = {}
        for key, value in raw.value:
            line = key.start_mark.line + 1
            if key.value == "<<" and not key.style:
                for source in value.value if value.id == "sequence" else [value]:
                    merged = self.node(source, line).mapping | merged if source.id == "mapping" else merged
            elif str(key.value) in own:
                raise UnreadableError(line)  # compose refuses a key that stands twice
            else:
                own[str(key.value)] = self.node(value, line)
        return merged | own
