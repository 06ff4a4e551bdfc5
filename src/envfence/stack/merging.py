"""What merging does unseen: lists that join, ports that add up, a `version` that nobody reads."""

from collections.abc import Iterator

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.stack.entries import Port, expanded
from envfence.stack.render import Stack, normal
from envfence.stack.rules import EMPTY_LIST, MERGED_PORTS, VERSION_KEY
from envfence.stack.tree import Node

_REPLACED = frozenset({"command", "entrypoint", "test"})  # by an empty list too
_NAMED = frozenset({"networks", "depends_on"})  # an entry without a value joins one as it is


def findings(stack: Stack) -> Iterator[Finding]:
    """Yield what the files of ``stack`` say and the merge does not do."""
    for layer in stack.layers:
        if "version" in layer.mapping:
            version = layer.at("version")
            yield found(VERSION_KEY, version.path, version.line)
    for index, layer in enumerate(stack.layers):
        services = layer.at("services").mapping
        for name, service in services.items():
            below = [normal(under.at("services", name), ("services", name)) for under in stack.layers[:index]]
            yield from _merged_ports(name, service, below)
            extended = _parents(services, service)
            yield from _empty_lists(name, service, [*below, *extended])


def _parents(services: dict[str, Node], service: Node) -> Iterator[Node]:
    """Yield the services of the same file that one extends, one above the other."""
    seen: set[str] = set()
    while True:
        name = service.at("extends").text or service.at("extends", "service").text
        if name in seen or name not in services or service.at("extends", "file").text:
            return
        seen.add(name)
        service = services[name]
        yield normal(service, ("services", name))


def _empty_lists(anchor: str, node: Node, below: list[Node]) -> Iterator[Finding]:
    """Yield every empty list or mapping in a service, or in its build and the like, that the files below fill."""
    for key, child in node.mapping.items():
        under = [one.at(key) for one in below]
        if key in _REPLACED or child.tag:
            continue
        if child.mapping and key not in _NAMED:
            yield from _empty_lists(f"{anchor}.{key}", child, under)
        elif (
            not child.value and not isinstance(child.value, str) and any(one.mapping or _is_list(one) for one in under)
        ):
            yield found(EMPTY_LIST, child.path, child.line, f"{anchor}.{key}")


def _is_list(node: Node) -> bool:
    return isinstance(node.value, list) and bool(node.value)


def _merged_ports(name: str, service: Node, below: list[Node]) -> Iterator[Finding]:
    ports = service.at("ports")
    if ports.tag:
        return
    first: dict[tuple[str, str], Port] = {}
    for under in below:
        for port in (port for item in under.at("ports").items for port in expanded(item)):
            first.setdefault((port.container, port.protocol), port)
    for item in ports.items:
        if any(first.get((port.container, port.protocol), port) != port for port in expanded(item)):
            yield found(MERGED_PORTS, item.path, item.line, name)
