"""Services that cannot reach each other: no network has both."""

import re
from collections.abc import Iterator

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.stack.images import is_store, name_of
from envfence.stack.render import ENDED, Stack
from envfence.stack.rules import SPLIT_NETWORK
from envfence.stack.tree import Node

_DEFAULT = frozenset({"default"})
_BRIDGE = frozenset({"\0bridge"})  # docker's own, where no name is known
_NEED_NOBODY = ("certbot", "portainer", "watchtower", "autoheal", "acme")
_HOST_KEYS = ("HOST", "HOSTNAME", "SERVER", "SERVERS", "ADDR", "ADDRESS", "ENDPOINT")
_NO_HOST_KEYS = ("ORIGINS", "ORIGIN", "NAME", "IMAGE")
_NAMED = r"(?:(?<=//)|(?<=@)|(?<![\w./@-]))(?:{names})(?=:\d|:\u27e8)|(?:(?<=://)|(?<=@))(?:{names})(?=[/?,]|$)"


def findings(stack: Stack) -> Iterator[Finding]:
    """Yield the services of ``stack`` that are alone on the default network, and those that name one out of reach."""
    joined = {
        name: _networks(service)
        for name, service in stack.services.items()
        if service.at("network_mode").text in {"", "bridge", "none"}
    }
    told: set[str] = set()
    for name, other, _ in talks(stack):
        both = name in joined and other in joined
        if both and name != other and joined[name].isdisjoint(joined[other]):
            outside = other if joined[other] == _DEFAULT and joined[name] != _DEFAULT else name
            if outside not in told:
                told.add(outside)
                yield _found(stack, outside, f"{name} names {other}, and no network has both")
    others = [
        networks for networks in joined.values() if networks and networks != _BRIDGE and "default" not in networks
    ]
    is_bridged = any("default" in networks and networks != _DEFAULT for networks in joined.values())
    for name, networks in joined.items():
        service = stack.services[name]
        called = f"{name} {name_of(service.at('image').text)}"
        needs_nobody = any(word in called for word in _NEED_NOBODY)
        if (
            others
            and (networks == _BRIDGE or (networks == _DEFAULT and not is_bridged))
            and not needs_nobody
            and name not in told
        ):
            yield _found(stack, name, "")


def _networks(service: Node) -> frozenset[str]:
    if service.at("network_mode").text == "bridge":
        return _BRIDGE
    if service.at("network_mode").text == "none":
        return frozenset()
    return frozenset(service.at("networks").mapping) or _DEFAULT


def _found(stack: Stack, name: str, detail: str) -> Finding:
    service = stack.services[name]
    said = [service.at(key) for key in ("networks", "network_mode") if service.at(key).value]
    node = said[0] if said else service
    return found(SPLIT_NETWORK, node.path, node.line, name, detail)


def talks(stack: Stack) -> Iterator[tuple[str, str, Node]]:
    """Yield each service with every other that it names as a host or waits for as a store, and where it says so."""
    names = _hosts(stack)
    alternatives = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    pattern = re.compile(_NAMED.format(names=alternatives or "(?!)"))
    for name, service in stack.services.items():
        for node in _texts(service):
            for match in pattern.finditer(node.text):
                yield name, names[match[0]], node
        for key, node in service.at("environment").mapping.items():
            if key.upper().endswith(_HOST_KEYS) and node.text in names:
                yield name, names[node.text], node
        for other, node in service.at("depends_on").mapping.items():
            target = stack.services.get(other)
            ends = node.at("condition").text == ENDED
            if target is not None and is_store(other, target) and not ends:
                yield name, other, node


def _hosts(stack: Stack) -> dict[str, str]:
    """Return each name that containers may call a service by, with the service."""
    names: dict[str, str] = {}
    for name, service in stack.services.items():
        aliases = [
            item.text for network in service.at("networks").mapping.values() for item in network.at("aliases").items
        ]
        for host in (service.at("container_name").text, *aliases):
            names.setdefault(host, name)
    names |= {name: name for name in stack.services}
    names.pop("", None)
    return names


def _texts(service: Node) -> Iterator[Node]:
    for key, node in service.at("environment").mapping.items():
        if not key.upper().endswith(_NO_HOST_KEYS):
            yield node
    for part in ("command", "entrypoint"):
        yield from service.at(part).items
