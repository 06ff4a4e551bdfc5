"""Other compose files that one takes services from: by `include`, and by `extends` with a file."""

import posixpath
from collections.abc import Iterator, Mapping

from envfence.stack.render import overlaid
from envfence.stack.tree import Node

_SHARED = ("networks", "volumes", "secrets", "configs")


def taken(tree: Node) -> Iterator[Node]:
    """Yield the paths in ``tree`` of the files that it takes services from, as written."""
    for item in tree.at("include").items:
        yield from (item.at("path") if item.mapping else item).items
    for service in tree.at("services").mapping.values():
        yield from service.at("extends", "file").items


def linked(tree: Node, trees: Mapping[str, Node], above: tuple[str, ...] = ()) -> Node:
    """Return ``tree`` with what it includes and extends; files that are not in ``trees`` are left out."""
    if tree.path in above or not any(True for _ in taken(tree)):
        return tree
    above = (*above, tree.path)
    entries = dict(tree.mapping)
    services = {name: _extended(name, service, trees, above) for name, service in tree.at("services").mapping.items()}
    for item in tree.at("include").items:
        layers = [_other(path, trees, above) for path in (item.at("path") if item.mapping else item).items]
        for other in (layer for layer in layers if layer is not None):
            services = dict(other.at("services").mapping) | services
            for part in _SHARED:
                if other.at(part).mapping:
                    own = entries.get(part, other.at(part))
                    entries[part] = own.holding(other.at(part).mapping | own.mapping)
    entries["services"] = tree.at("services").holding(services)
    return tree.holding(entries)


def path_of(node: Node) -> str:
    """Return the path that a text in a file means, relative as that file's own path is."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(node.path), node.text))


def _other(node: Node, trees: Mapping[str, Node], above: tuple[str, ...]) -> Node | None:
    path = path_of(node)
    return linked(trees[path], trees, above) if path in trees else None


def _extended(name: str, service: Node, trees: Mapping[str, Node], above: tuple[str, ...]) -> Node:
    file = service.at("extends", "file")
    other = _other(file, trees, above) if file.text else None
    parent = other.at("services").mapping.get(service.at("extends", "service").text) if other else None
    return overlaid(parent, service, ("services", name)) if parent else service
