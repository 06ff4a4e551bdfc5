"""`${KEY}` of a stack: without a value, and with a default that hides the env file's."""

from collections.abc import Callable, Iterator

from envfence.contract.rules import found
from envfence.contract.surfaces import FALLS_BACK
from envfence.contract.surfaces.compose import interpolations
from envfence.finding import WARNING, Finding
from envfence.stack.render import Stack
from envfence.stack.rules import IGNORES_ENV_FILE
from envfence.stack.tree import Node

_IDENTITY = ("environment", "command", "entrypoint", "healthcheck")  # where two values for one key break things


def findings(stack: Stack, is_secret: Callable[[str], bool], given: frozenset[str]) -> Iterator[Finding]:
    """Yield defaults that interpolation falls back to while `env_file` gives containers the real value."""
    if not any(_is_another(item) for service in stack.services.values() for item in service.at("env_file").items):
        return
    for layer in stack.layers:
        for service in layer.at("services").mapping.values():
            for part, node in service.mapping.items():
                yield from _ignored(part, node, is_secret, given)


def _is_another(item: Node) -> bool:
    """Tell whether an env file is another than `.env`, which interpolation reads too."""
    path = item.at("path").text if item.mapping else item.text
    return path.rpartition("/")[2] != ".env"


def _ignored(part: str, node: Node, is_secret: Callable[[str], bool], given: frozenset[str]) -> Iterator[Finding]:
    if part in {"env_file", "image"}:  # not values of the program
        return
    for use in interpolations(node):
        if use.way == FALLS_BACK and use.has_literal and use.key in given:
            grave = part in _IDENTITY or is_secret(use.key)
            yield found(IGNORES_ENV_FILE, use.path, use.line, use.key, severity="" if grave else WARNING)
