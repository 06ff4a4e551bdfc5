"""What merging and obsolete forms do unseen: lists that join, `version`, short `depends_on`, health checks too late."""

from collections.abc import Iterator

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.stack.render import Port, Stack, normal, published
from envfence.stack.rules import EMPTY_LIST, MERGED_PORTS, SHORT_DEPENDS_ON, VERSION_KEY, WEAK_HEALTHCHECK
from envfence.stack.tree import Node

_LISTS = ("volumes", "ports", "environment", "env_file", "depends_on", "networks", "expose", "secrets", "configs")


def findings(stack: Stack) -> Iterator[Finding]:
    """Yield what the files of ``stack`` say and the merge does not do."""
    for layer in stack.layers:
        if "version" in layer.mapping:
            version = layer.at("version")
            yield found(VERSION_KEY, version.path, version.line)
        for name, service in layer.at("services").mapping.items():
            waited = service.at("depends_on")
            if isinstance(waited.value, list) and waited.value:
                yield found(SHORT_DEPENDS_ON, waited.path, waited.line, name)
            test = service.at("healthcheck", "test")
            if "pg_isready" in (command := " ".join(item.text for item in test.items)):
                yield from _pg_isready(name, test, command.split(), _users(stack, name))
    for index, layer in enumerate(stack.layers[1:], 1):
        for name, service in layer.at("services").mapping.items():
            below = [under.at("services", name) for under in stack.layers[:index]]
            yield from _empty_lists(name, service, below)
            yield from _merged_ports(name, service, below)
    yield from _health_checks(stack)


def _empty_lists(name: str, service: Node, below: list[Node]) -> Iterator[Finding]:
    for key in _LISTS:
        node = service.mapping.get(key)
        if node is None or node.value or node.tag or isinstance(node.value, str):
            continue
        if any(under.at(key).value for under in below):
            yield found(EMPTY_LIST, node.path, node.line, f"{name}.{key}")


def _merged_ports(name: str, service: Node, below: list[Node]) -> Iterator[Finding]:
    ports = service.at("ports")
    if ports.tag:
        return
    first: dict[tuple[str, str], Port] = {}
    for under in below:
        for item in under.at("ports").items:
            port = published(item)
            first.setdefault((port.container, port.protocol), port)
    for item in ports.items:
        port = published(item)
        other = first.get((port.container, port.protocol))
        if other is not None and other != port:
            yield found(MERGED_PORTS, item.path, item.line, name)


def _health_checks(stack: Stack) -> Iterator[Finding]:
    base = stack.layers[0].at("services")
    for name, service in stack.services.items():
        test = service.at("healthcheck", "test")
        in_base = name in base.mapping and base.at(name, "healthcheck").value is not None
        if name in base.mapping and test.value and not in_base and not service.at("healthcheck", "disable").text:
            yield found(
                WEAK_HEALTHCHECK, test.path, test.line, name, "other stacks have none: it is not in the base file"
            )


def _users(stack: Stack, name: str) -> set[str]:
    """Return what the files of a stack call the user that a database is made with, as written."""
    services = (normal(layer.at("services", name), ("services", name)) for layer in stack.layers)
    return {service.at("environment", "POSTGRES_USER").text for service in services} - {""}


def _pg_isready(name: str, test: Node, words: list[str], known: set[str]) -> Iterator[Finding]:
    has_host = any(word.startswith(("-h", "--host")) for word in words)
    users = [after for word, after in zip(words, [*words[1:], ""], strict=True) if word in {"-U", "--username"}]
    users += [word.partition("=")[2] for word in words if word.startswith("--username=")]
    if not has_host:
        yield found(
            WEAK_HEALTHCHECK,
            test.path,
            test.line,
            name,
            "it asks the socket, which the server of the first start answers",
        )
    if any("$" not in user and known - {user} for user in users):
        yield found(WEAK_HEALTHCHECK, test.path, test.line, name, "the user is fixed")
