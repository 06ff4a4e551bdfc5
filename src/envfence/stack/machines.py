"""A stack over several machines: its own network ends at each, and what one starts for itself is not the others'."""

import re
from collections.abc import Iterable, Iterator, Mapping

from envfence.contract.content.endpoint import endpoints, is_loopback, is_relative, split_port
from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.stack.commands import Call
from envfence.stack.entries import published
from envfence.stack.images import is_store, name_of
from envfence.stack.render import OPEN, Stack
from envfence.stack.rules import SECOND_STORE
from envfence.stack.tree import Node

# Words of a key that names a store's host -> parts of the names of its images.
_KINDS = {
    "DB DATABASE POSTGRES POSTGRESQL PG TIMESCALE": ("postgres", "postgis", "timescale", "pgvector"),
    "DB DATABASE MYSQL MARIADB": ("mysql", "mariadb", "percona"),
    "REDIS CACHE BROKER CELERY": ("redis", "valkey", "keydb", "dragonfly"),
    "INFLUX INFLUXDB": ("influxdb",),
    "MONGO MONGODB": ("mongo",),
    "RABBITMQ BROKER CELERY": ("rabbitmq",),
}


def findings(stack: Stack, values: Mapping[str, str], calls: Iterable[Call]) -> Iterator[Finding]:
    """Yield the stores that a server's stack starts beside a program, while its ``values`` name another machine's.

    Only where one of the ``calls`` starts the program and not the store, as an address may also be this machine's own;
    or where one starts all, and neither a service of the stack nor an address can reach the store. A store with a
    profile is meant to run only where that is asked for.
    """
    if stack.is_throwaway:
        return
    own = [call for call in calls if call.starts and _is_of(call, stack)]
    alone = [frozenset(call.services) for call in own]
    is_whole = any(call.is_whole and len(call.files) == len(stack.layers) for call in own)
    for name, store in stack.started.items():
        if not is_store(name, store) or store.at("profiles").value:
            continue
        key = next((key for key, host in _hosts(name, store, values) if _is_elsewhere(host)), "")
        starter = _starter(stack, name, alone) if key else ""
        if key and not starter and is_whole and not _is_reached(stack, name, values):
            starter = "`up` of the whole stack"
        if starter:
            detail = f"{starter} starts it, and {key} names another machine"
            yield found(SECOND_STORE, store.path, store.line, name, detail)


def _is_of(call: Call, stack: Stack) -> bool:
    """Tell whether a call may be of this stack: it names none of another's files."""
    own = {layer.path.rpartition("/")[2] for layer in stack.layers}
    return {file.rpartition("/")[2] for file in call.files if "$" not in file} <= own


def _starter(stack: Stack, store: str, alone: Iterable[frozenset[str]]) -> str:
    """Return a service that is started without ``store`` and cannot run without it, "" if there is none."""
    asked = {service for services in alone if store not in services for service in services}
    return next((name for name in stack.started if name in asked and store in _needed(stack, name)), "")


def _needed(stack: Stack, name: str) -> set[str]:
    """Return the services that compose starts for one: what it waits for, and what those wait for."""
    needed: set[str] = set()
    waiting = [name]
    while waiting:
        service = stack.services.get(waiting.pop())
        waits = service.at("depends_on").mapping if service else {}
        more = {other for other, wait in waits.items() if wait.at("required").text != "false"} - needed
        needed |= more
        waiting += more
    return needed


def _is_reached(stack: Stack, store: str, values: Mapping[str, str]) -> bool:
    """Tell whether something may use a store: its machine's address leads to it, or it is named as a host."""
    service = stack.services[store]
    ports = map(published, service.at("ports").items)
    if service.at("network_mode").text == "host" or not all(is_loopback(port.address) for port in ports):
        return True
    names = {store, service.at("container_name").text, service.at("hostname").text} - {""}
    said = (scalar.text for name, other in stack.services.items() if name != store for scalar in other.scalars())
    spoken = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, sorted(names)))})(?![\w-])")
    return any(map(spoken.search, said)) or not names.isdisjoint(_dialled(values))


def _dialled(values: Mapping[str, str]) -> Iterator[str]:
    for key, value in values.items():
        if key.upper().endswith("HOST"):
            yield split_port(value)[0].lower()
        yield from (endpoint.host for endpoint in endpoints(value))


def _hosts(name: str, store: Node, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the keys that say where a store of this kind is, with the host."""
    words = _words(name, store)
    for key, value in values.items():
        if words.isdisjoint(key.upper().split("_")):
            continue
        if key.upper().endswith("_HOST"):
            yield key, split_port(value)[0].lower()
        else:
            yield from ((key, endpoint.host) for endpoint in endpoints(value))


def _words(name: str, store: Node) -> set[str]:
    spoken = name_of(store.at("image").text) if OPEN not in store.at("image").text else name
    return {word for words, images in _KINDS.items() if any(one in spoken for one in images) for word in words.split()}


def _is_elsewhere(host: str) -> bool:
    return bool(host) and OPEN not in host and not is_relative(host)
