"""What a service waits for: only for the start of another, or for a health check that is weak, late or missing."""

from collections.abc import Iterator

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.stack.images import is_store
from envfence.stack.render import Stack, normal
from envfence.stack.rules import REFUSED_STACK, SHORT_DEPENDS_ON, WEAK_HEALTHCHECK
from envfence.stack.tree import Node

_ALWAYS = frozenset({("true",), ("/bin/true",), (":",), ("exit", "0")})
_STARTED, _HEALTHY = "service_started", "service_healthy"


def findings(stack: Stack) -> Iterator[Finding]:
    """Yield what the services of ``stack`` wait for in vain or too briefly."""
    for layer in stack.layers:
        for name, service in layer.at("services").mapping.items():
            waited = service.at("depends_on")
            if isinstance(waited.value, list) and waited.value:
                yield found(SHORT_DEPENDS_ON, waited.path, waited.line, name)
            else:
                yield from _too_briefly(stack, name, waited)
                yield from _linked(stack, name, service)
            test = service.at("healthcheck", "test")
            words = " ".join(item.text for item in test.items).split()
            if not {"pg_isready", "psql"}.isdisjoint(words):
                yield from _pg_isready(name, test, words, _users(stack, name))
            if tuple(word for word in words if word not in {"CMD", "CMD-SHELL"}) in _ALWAYS:
                yield found(WEAK_HEALTHCHECK, test.path, test.line, name, "it passes whatever the service does")
    yield from _in_vain(stack)
    yield from _late_checks(stack)


def _too_briefly(stack: Stack, name: str, waited: Node) -> Iterator[Finding]:
    """Yield the long form that says no more than the short one, for what can be asked whether it is ready."""
    for other, node in waited.mapping.items():
        target = stack.services.get(other)
        if target is None or node.at("condition").text != _STARTED:
            continue
        if _has_check(target) or is_store(other, target):
            yield found(SHORT_DEPENDS_ON, node.path, node.line, name, f"condition: {_STARTED} says no more")


def _linked(stack: Stack, name: str, service: Node) -> Iterator[Finding]:
    """Yield `links`, which wait as the short form does, to what is not waited for in another way."""
    for item in service.at("links").items:
        other = item.text.partition(":")[0]
        target = stack.services.get(other)
        is_waited_for = other in stack.services[name].at("depends_on").mapping if name in stack.services else False
        if target is not None and not is_waited_for and (_has_check(target) or is_store(other, target)):
            yield found(SHORT_DEPENDS_ON, item.path, item.line, name, "`links` waits for the start only")


def _in_vain(stack: Stack) -> Iterator[Finding]:
    """Yield waits for the health of a store that has no check: its image brings none, so it never gets healthy."""
    for name, service in stack.services.items():
        for other, node in service.at("depends_on").mapping.items():
            target = stack.services.get(other)
            if target is None or node.at("condition").text != _HEALTHY or "build" in target.mapping:
                continue
            if _is_off(target) or (is_store(other, target) and not _has_check(target)):
                yield found(
                    REFUSED_STACK, node.path, node.line, name, f"it waits for a health check that {other} lacks"
                )


def _has_check(service: Node) -> bool:
    return bool(service.at("healthcheck", "test").value) and not _is_off(service)


def _is_off(service: Node) -> bool:
    check = service.at("healthcheck")
    return check.at("disable").text.lower() == "true" or [item.text for item in check.at("test").items] == ["NONE"]


def _late_checks(stack: Stack) -> Iterator[Finding]:
    base = stack.layers[0].at("services")
    for name, service in stack.services.items():
        test = service.at("healthcheck", "test")
        # A service that extends another of the base file has that one's check.
        in_base = base.at(name, "healthcheck").value is not None or test.path == base.path
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
