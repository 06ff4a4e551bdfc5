"""The policy on a rendered stack, one pure function: what `env check` and `nox -s stack_check` both hold a stack to."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.stack import (
    env_files,
    hardening,
    labels,
    leaks,
    logins,
    merging,
    networks,
    privileges,
    publishing,
    references,
    waiting,
)
from envfence.stack.entries import mount
from envfence.stack.render import Stack, is_unknown
from envfence.stack.rules import REFUSED_STACK
from envfence.stack.tree import Node


class Facts(NamedTuple):
    """What the rest of the repository says.

    ``dialled`` are the keys that its program reads, ``given`` those that its env files hold; ``dockerfiles`` maps paths
    to texts; ``code_folders`` are the folders that hold code, "" for the root.
    """

    is_secret: Callable[[str], bool]
    dialled: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    dockerfiles: Mapping[str, str] = {}
    code_folders: frozenset[str] = frozenset()


def findings(stack: Stack, facts: Facts) -> list[Finding]:
    """Return what is wrong with a stack, each once, in the order of files and lines."""
    every = {
        *_refusals(stack),
        *merging.findings(stack),
        *publishing.findings(stack, facts.dialled),
        *waiting.findings(stack),
        *networks.findings(stack),
        *hardening.findings(stack),
        *privileges.findings(stack, facts.dockerfiles),
        *labels.findings(stack),
        *logins.findings(stack, facts.given),
        *env_files.findings(stack),
        *leaks.findings(stack, facts.code_folders),
        *references.findings(stack, facts.is_secret, facts.given),
    }
    return sorted(every, key=lambda finding: (finding.path, finding.line, finding.rule, finding.anchor))


def _refusals(stack: Stack) -> Iterator[Finding]:
    services = stack.services
    networks = {*stack.model.at("networks").mapping, "default"}
    volumes = stack.model.at("volumes").mapping
    for name, service in services.items():
        if not {"image", "build", "extends", "provider"} & service.mapping.keys():
            yield found(REFUSED_STACK, service.path, service.line, name, "it has neither image nor build")
        for other, node in service.at("depends_on").mapping.items():
            if other not in services and node.at("required").text != "false":
                yield found(REFUSED_STACK, node.path, node.line, name, f"it depends on {other}, which is no service")
        for other, node in service.at("networks").mapping.items():
            if other not in networks:
                yield found(REFUSED_STACK, node.path, node.line, name, f"network {other} is not declared")
        yield from _undeclared_volumes(name, service, volumes)


def _undeclared_volumes(name: str, service: Node, volumes: Mapping[str, object]) -> Iterator[Finding]:
    for item in service.at("volumes").items:
        one = mount(item)
        is_named = bool(one.source) and not one.is_bind and item.at("type").text in {"", "volume"}
        if is_named and not is_unknown(one.source) and one.source not in volumes:
            yield found(REFUSED_STACK, item.path, item.line, name, "a volume that it mounts is not declared")
