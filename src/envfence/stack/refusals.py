"""What docker compose refuses to start: names that nothing declares, circles, keys and ports that it does not know."""

import difflib
import re
from collections.abc import Iterator, Mapping

from envfence.contract.grammar import placeholders
from envfence.contract.readers.template import TemplateError, references
from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.stack.entries import mount, published
from envfence.stack.render import Stack, is_unknown
from envfence.stack.rules import REFUSED_STACK
from envfence.stack.tree import Node

_SERVICE = frozenset(
    """annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name
    cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec
    depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname driver_opts entrypoint
    env_file environment expose extends external_links extra_hosts gpus group_add healthcheck hostname image init ipc
    isolation label_file labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models
    network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop privileged
    profiles provider pull_policy read_only restart runtime scale secrets security_opt shm_size stdin_open
    stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes
    volumes_from working_dir""".split()
)
_TOP = frozenset("name version services networks volumes secrets configs include models".split())
_ALIKE = 0.8  # how far a word may be from the one that is meant: a letter or two
_LISTS = (  # what is a list and has no short form as a text
    "ports", "expose", "volumes", "secrets", "configs", "cap_add", "cap_drop", "security_opt", "devices", "group_add",
)  # fmt: skip
_PORT = re.compile(r"\d{1,5}(?:-\d{1,5})?\Z")


def findings(stack: Stack) -> Iterator[Finding]:
    """Yield what keeps ``stack`` from being started at all."""
    services = stack.services
    for name, service in services.items():
        if not {"image", "build", "extends", "provider"} & service.mapping.keys():
            yield found(REFUSED_STACK, service.path, service.line, name, "it has neither image nor build")
        for other, node in service.at("depends_on").mapping.items():
            if other not in services and node.at("required").text != "false":
                yield found(REFUSED_STACK, node.path, node.line, name, f"it depends on {other}, which is no service")
        yield from _undeclared(stack, name, service)
        yield from _undeclared_volumes(name, service, stack.model.at("volumes").mapping)
        yield from _ports(name, service)
        parent, mode = service.at("extends"), service.at("network_mode")
        named = parent.text or parent.at("service").text
        if named and not parent.at("file").text and named not in services:
            yield found(REFUSED_STACK, parent.path, parent.line, name, f"it extends {named}, which is no service")
        if mode.text and service.at("networks").mapping:
            yield found(REFUSED_STACK, mode.path, mode.line, name, "it has both network_mode and networks")
    yield from _circles(services)
    for layer in stack.layers:
        yield from _misspelt(layer, _TOP, "")
        yield from _unfilled(layer)
        for name, service in layer.at("services").mapping.items():
            yield from _misspelt(service, _SERVICE, name)
            yield from _no_lists(name, service)


def _no_lists(name: str, service: Node) -> Iterator[Finding]:
    for part in _LISTS:
        node = service.at(part)
        if node.text:
            yield found(REFUSED_STACK, node.path, node.line, name, f"{part} is no list")


def _unfilled(layer: Node) -> Iterator[Finding]:
    """Yield the texts whose `${...}` compose cannot read."""
    for scalar in layer.scalars():
        try:
            list(references(scalar.text) if "$" in scalar.text else ())
        except TemplateError:
            yield found(REFUSED_STACK, scalar.path, scalar.line, detail="a `${...}` in it is none")


def _undeclared(stack: Stack, name: str, service: Node) -> Iterator[Finding]:
    """Yield the networks, secrets and configs of a service that its files do not declare."""
    for other, node in service.at("networks").mapping.items():
        if other not in {*stack.model.at("networks").mapping, "default"}:
            yield found(REFUSED_STACK, node.path, node.line, name, f"network {other} is not declared")
    for part in ("secrets", "configs"):
        for item in service.at(part).items:
            source = item.at("source").text or item.text
            if source and not is_unknown(source) and source not in stack.model.at(part).mapping:
                yield found(REFUSED_STACK, item.path, item.line, name, f"{part[:-1]} {source} is not declared")


def _undeclared_volumes(name: str, service: Node, volumes: Mapping[str, object]) -> Iterator[Finding]:
    for item in service.at("volumes").items:
        one = mount(item)
        is_named = bool(one.source) and not one.is_bind and item.at("type").text in {"", "volume"}
        if is_named and not is_unknown(one.source) and one.source not in volumes:
            yield found(REFUSED_STACK, item.path, item.line, name, "a volume that it mounts is not declared")


def _ports(name: str, service: Node) -> Iterator[Finding]:
    for item in service.at("ports").items:
        port = published(item)
        numbers = [
            number for number in (port.host, port.container) if number and not is_unknown(number) and "$" not in number
        ]
        if any(map(placeholders, numbers)):
            left = found(REFUSED_STACK, item.path, item.line, name, "a placeholder stands where it publishes a port")
            yield left._replace(advice="write the number, or set the key that it is taken from in the env file")
        elif not all(_PORT.match(number) for number in numbers):
            yield found(REFUSED_STACK, item.path, item.line, name, "a port that it publishes is no number")


def _circles(services: Mapping[str, Node]) -> Iterator[Finding]:
    """Yield each wait that comes back to the service which waits."""
    waits = {name: service.at("depends_on").mapping for name, service in services.items()}
    for name, others in waits.items():
        for other, node in others.items():
            seen, reached = {other}, [other]
            while reached:
                more = waits.get(reached.pop(), {}).keys() - seen
                seen |= more
                reached += more
            if name in seen:
                yield found(REFUSED_STACK, node.path, node.line, name, f"it waits for {other}, which waits for it")


def _misspelt(node: Node, known: frozenset[str], anchor: str) -> Iterator[Finding]:
    for key, child in node.mapping.items():
        meant = difflib.get_close_matches(key, known, 1, _ALIKE) if key not in known and key[:2] != "x-" else []
        if meant:
            detail = f"compose knows no {key}: {meant[0]} is meant"
            yield found(REFUSED_STACK, child.path, child.line, anchor, detail)
