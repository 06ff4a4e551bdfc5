"""Published ports: on which addresses, twice, and with whose key."""

from collections.abc import Iterator

from envfence.contract.grammar import placeholders
from envfence.contract.rules import found
from envfence.finding import WARNING, Finding
from envfence.stack.entries import EVERYWHERE, expanded, published
from envfence.stack.render import Stack, is_unknown, names_in
from envfence.stack.rules import CLASHING_PORT, DIALLED_PORT, OPEN_PORT
from envfence.stack.tree import Node

_PROXIES = ("nginx", "traefik", "caddy", "haproxy", "envoy", "httpd", "apache", "openresty", "kong", "ingress")
_WEB = frozenset({"80", "443"})


def findings(stack: Stack, dialled: frozenset[str]) -> Iterator[Finding]:
    """Yield what is wrong with the ports that ``stack`` publishes; ``dialled`` are the keys that its program reads."""
    taken: dict[tuple[str, str], tuple[str, str, frozenset[str]]] = {}
    for name, service in stack.started.items():
        profiles = frozenset(item.text for item in service.at("profiles").items)
        for item in service.at("ports").items:
            port = published(item)
            if port.address in EVERYWHERE and not _is_proxy(name, service, port.container):
                yield found(OPEN_PORT, item.path, item.line, name, severity=WARNING if stack.is_throwaway else "")
            own = (name, port.address, profiles)
            others = [taken.setdefault((one.host, one.protocol), own) for one in expanded(item) if _is_given(one.host)]
            clash = next((other for other in others if _clash(other, own)), None)
            if clash is not None:
                yield found(CLASHING_PORT, item.path, item.line, name, f"{clash[0]} has it")
    yield from _dialled(stack, dialled)


def _is_given(port: str) -> bool:
    return bool(port) and not placeholders(port)


def _clash(one: tuple[str, str, frozenset[str]], other: tuple[str, str, frozenset[str]]) -> bool:
    overlap = one[1] == other[1] or not EVERYWHERE.isdisjoint({one[1], other[1]})
    together = not one[2] or not other[2] or not one[2].isdisjoint(other[2])
    return one[0] != other[0] and overlap and together and not (is_unknown(one[1]) or is_unknown(other[1]))


def _is_proxy(name: str, service: Node, container: str) -> bool:
    spoken = f"{name} {service.at('image').text}".lower()
    return container in _WEB or any(proxy in spoken for proxy in _PROXIES)


def _dialled(stack: Stack, dialled: frozenset[str]) -> Iterator[Finding]:
    """Yield keys that the program dials and a service of somebody else's image publishes."""
    for layer in stack.layers:
        for name, service in layer.at("services").mapping.items():
            if "build" in stack.services.get(name, service).mapping:
                continue
            for item in service.at("ports").items:
                port = published(item)
                for key in names_in(port.host):
                    pair = {key, f"{key.removesuffix('_PORT')}_HOST"}
                    if pair <= dialled and "$" not in port.container and _is_taken_inside(stack, key):
                        yield found(DIALLED_PORT, item.path, item.line, key)


def _is_taken_inside(stack: Stack, key: str) -> bool:
    """Tell whether some container has the value of ``key`` that is published: `environment` may give it another."""
    takers = [service for service in stack.services.values() if service.at("env_file").items]
    own = [service.at("environment").mapping.get(key) for service in takers]
    return not takers or any(node is None or not node.text or _refers(stack, node, key) for node in own)


def _refers(stack: Stack, node: Node, key: str) -> bool:
    """Tell whether a value was made from ``key``, where it is written."""
    written = (scalar for layer in stack.layers for scalar in layer.scalars())
    return any(key in names_in(one.text) for one in written if (one.path, one.line) == (node.path, node.line))
