"""The compose services that are built from a Dockerfile: what they give its containers, and how they give more."""

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from envfence.errors import FenceError
from envfence.rewrite import Edit, Rewritten
from envfence.stack.tree import Node, UnreadableError, read


class Builder(NamedTuple):
    """One service: the variables that its containers are ``given``, and the ``arguments`` of its builds.

    It is open where its containers may be given more than can be told, or cannot be given more by an edit.
    """

    path: str
    text: str
    node: Node
    given: frozenset[str]
    arguments: frozenset[str]
    is_open: bool
    services: frozenset[str]


def builders(dockerfile: str, compose: Mapping[str, str], text_of: Callable[[str], str]) -> list[Builder]:
    """Return the services of compose files, texts by path, that are built from a Dockerfile.

    ``text_of`` returns the text of another file, "" if there is none.
    """
    found: list[Builder] = []
    for path, text in compose.items():
        try:
            services = read(path, text).at("services").mapping
        except (UnreadableError, FenceError):
            continue
        folder = posixpath.dirname(path)
        for node in services.values():
            if _dockerfile(folder, node.at("build")) == dockerfile:
                given, is_open = _given(node, folder, text_of)
                arguments = frozenset(_names(node.at("build", "args")))
                found.append(Builder(path, text, node, given, arguments, is_open, frozenset(services)))
    return found


def _dockerfile(folder: str, build: Node) -> str:
    """Return the path of what a service is built from, "" if it is built from nothing."""
    context = build.text or build.at("context").text or ("." if build.mapping else "")
    name = build.at("dockerfile").text or "Dockerfile"
    return posixpath.normpath(posixpath.join(folder, context, name)) if context else ""


def _given(node: Node, folder: str, text_of: Callable[[str], str]) -> tuple[frozenset[str], bool]:
    """Return the variables that a service gives, and whether there may be more or it cannot be extended."""
    own = node.at("environment")
    given = set(_names(own))
    files = [one.text or one.at("path").text for one in node.at("env_file").items]
    texts = [text_of(posixpath.normpath(posixpath.join(folder, one))) for one in files]
    for text in texts:
        given |= {line.partition("=")[0].strip() for line in text.splitlines() if "=" in line}
    return frozenset(given), not all(texts) or _place(node) is None


def _names(block: Node) -> Iterator[str]:
    yield from block.mapping
    if isinstance(block.value, list):
        yield from (one.text.partition("=")[0] for one in block.value)


def _place(node: Node) -> tuple[int, str] | None:
    """Return the line above which a variable goes, and how: "map", "list" or "new". None where no line can go."""
    own = node.at("environment")
    children = own.value if isinstance(own.value, list) else list(own.mapping.values())
    inner = min((one.line for one in children), default=0)
    if own.value is not None:
        how = "list" if isinstance(own.value, list) else "map"
        return (inner, how) if own.line > node.line and inner > own.line else None
    first = min((one.line for one in node.mapping.values() if one.line > node.line), default=0)
    return (first, "new") if first else None


def inserted(found: Sequence[Builder], given: Mapping[str, str]) -> Iterator[tuple[str, Rewritten]]:
    """Yield the edits of compose files that give services the variables they lack, by path."""
    by_path: dict[str, list[Edit]] = {}
    for one in found:
        lacking = {name: value for name, value in given.items() if name not in one.given}
        place = _place(one.node) if lacking else None
        if place:
            by_path.setdefault(one.path, []).append(_edit(one.text, *place, lacking))
    yield from ((path, Rewritten(edits)) for path, edits in by_path.items())


def _edit(text: str, line: int, how: str, given: Mapping[str, str]) -> Edit:
    lines = text.split("\n")
    at = sum(len(one) + 1 for one in lines[: line - 1])
    margin = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip(" "))]
    newline = "\r\n" if "\r\n" in text else "\n"
    if how == "list":
        new = [f'- "{name}={value}"' for name, value in given.items()]
    else:
        indent = "  " if how == "new" else ""
        new = [*(["environment:"] if indent else []), *(f'{indent}{name}: "{value}"' for name, value in given.items())]
    return Edit(at, at, "".join(f"{margin}{one}{newline}" for one in new))
