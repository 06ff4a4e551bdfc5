"""What a stack gets from another environment: its ports, its mounts, its way to start and to debug."""

import posixpath
from collections.abc import Iterator, Mapping
from itertools import pairwise

from envfence.contract.content.endpoint import is_loopback
from envfence.contract.content.values import is_debugging
from envfence.contract.environment import ENVIRONMENT_KEYS
from envfence.contract.rules import DEBUG_IN_PRODUCTION, ENVIRONMENT_MISMATCH, found
from envfence.contract.stages import PRODUCTION, THROWAWAY, is_known, stage_of, stages_in
from envfence.contract.surfaces.compose import read
from envfence.finding import Finding
from envfence.stack import images, linking, networks
from envfence.stack.entries import EVERYWHERE, mount, published
from envfence.stack.render import Stack, is_unknown
from envfence.stack.rules import LEAKED_OVERRIDE
from envfence.stack.tree import Node

_CODE_TARGETS = frozenset("/app /code /src /srv /workspace /usr/src/app /usr/src /opt/app /home/app /srv/app".split())
_STORES = frozenset("5432 3306 6379 27017 9200 5672 15672 8086 9042 11211 1433 1521 9092 2181 7687 7474 8123".split())
# A debugger's port -> part of the image's name of a program that serves on it.
_DEBUGGERS = {"5678": "n8n", "9229": "inspector", "4444": "selenium", "5005": "rasa"}
_TOOLS = frozenset(
    "adminer cloudbeaver fakesmtp kafka-ui localstack mailcatcher maildev mailhog mailpit mongo-express pgadmin4 pgweb "
    "phpmyadmin redis-commander redisinsight smtp4dev".split()
)
_DESKTOPS = ("/Users/", "/mnt/c/", "/c/Users")
_RELOADING = frozenset(
    "--reload --debug --watch --inspect --inspect-brk --auto-reload --autoreload --use-reloader start-dev "
    "debugpy nodemon runserver watchmedo watchfiles ts-node-dev".split()
)
_DEV_COMMANDS = frozenset(
    {("run", "dev"), ("run", "start:dev"), ("yarn", "dev"), ("pnpm", "dev"), ("bun", "dev"), ("next", "dev")}
    | {("nuxt", "dev"), ("fastapi", "dev"), ("tsx", "watch"), ("server", "-dev")}
)
# How a framework runs, which is production's way in staging too.
_MODES = frozenset(
    "NODE_ENV FLASK_ENV RAILS_ENV RACK_ENV MIX_ENV SYMFONY_ENV ASPNETCORE_ENVIRONMENT DOTNET_ENVIRONMENT GO_ENV".split()
)


def findings(stack: Stack, code_folders: frozenset[str]) -> Iterator[Finding]:
    """Yield what ``stack`` takes from another environment; ``code_folders`` are the folders that hold code."""
    if is_known(stack.environment):
        for name, service in stack.started.items():
            yield from _environment(stack, name, service)
    if stack.environment and not stack.is_throwaway:
        yield from _files_of_others(stack)
        yield from _services_of_others(stack)
        below = _ports_below(stack)
        for name, service in stack.started.items():
            yield from _mounts(name, service, code_folders)
            yield from _ports(name, service, below)
            yield from _start(name, service)


def _files_of_others(stack: Stack) -> Iterator[Finding]:
    """Yield what is taken from a file that is named for development."""
    for layer in stack.layers:
        for node in linking.taken(layer):
            if THROWAWAY & stages_in(posixpath.basename(node.text).removesuffix(".yml").removesuffix(".yaml")):
                yield found(LEAKED_OVERRIDE, node.path, node.line, detail="a file of development")


def _environment(stack: Stack, name: str, service: Node) -> Iterator[Finding]:
    override = stack.layers[-1].path if stack.layers[1:] else ""
    for key, node in service.at("environment").mapping.items():
        is_own = node.path == override
        if _is_of_env_file(stack, node):
            continue  # it is found there
        if is_known(node.text) and _is_of_another(stack, key, node.text):
            rule = ENVIRONMENT_MISMATCH if is_own else LEAKED_OVERRIDE
            yield found(rule, node.path, node.line, f"{name}.{key}", f"in the stack of {stack.environment}")
        elif stack.stage == PRODUCTION and not is_unknown(node.text) and is_debugging(key, node.text.lower()):
            rule = DEBUG_IN_PRODUCTION if is_own else LEAKED_OVERRIDE
            yield found(rule, node.path, node.line, f"{name}.{key}", "it switches debugging on")


def _is_of_env_file(stack: Stack, node: Node) -> bool:
    """Tell whether a value was put in from a key, and not from the default beside it."""
    return any(
        bool(reference.name) and not (reference.operator.endswith("-") and reference.argument == node.text)
        for layer in stack.layers
        for service in layer.at("services").mapping.values()
        for scalar in service.at("environment").scalars()
        if (scalar.path, scalar.line) == (node.path, node.line) and "$" in scalar.text
        for reference in read(scalar.text)
    )


def _is_of_another(stack: Stack, key: str, value: str) -> bool:
    if key in _MODES:
        return not stack.is_throwaway and stage_of(value) in THROWAWAY
    return key in ENVIRONMENT_KEYS and stage_of(value) != stack.stage


def _services_of_others(stack: Stack) -> Iterator[Finding]:
    """Yield what dials, or waits for, a service that is named for development."""
    waits = (
        (name, other, node)
        for name, service in stack.services.items()
        for other, node in service.at("depends_on").mapping.items()
    )
    named = {name for name in stack.services if THROWAWAY & stages_in(name)}
    started = stack.started.keys() - named
    for name, other, node in (*networks.talks(stack), *waits):
        if other in named and name in started:
            yield found(LEAKED_OVERRIDE, node.path, node.line, name, "it works with a service of development")


def _mounts(name: str, service: Node, code_folders: frozenset[str]) -> Iterator[Finding]:
    is_built, context = "build" in service.mapping, service.at("build", "context").text
    for item in service.at("volumes").items:
        one = mount(item)
        if one.source.startswith(_DESKTOPS) or one.source[1:3] in {":\\", ":/"}:
            yield found(LEAKED_OVERRIDE, item.path, item.line, name, "a folder of somebody's desktop")
        if not one.is_bind or one.source.startswith("/") or is_unknown(one.source):
            continue
        folder = _below(item.path, one.source)
        holds_code = folder in code_folders or folder == _below(item.path, context or "\0")
        hides = one.target in _CODE_TARGETS and (is_built or holds_code)
        if hides or (holds_code and (is_built or _is_beside_code(one.target)) and not one.read_only):
            yield found(LEAKED_OVERRIDE, item.path, item.line, name, "the mount hides the image's code")


def _is_beside_code(target: str) -> bool:
    """Tell whether a folder of a container is where images keep programs, so that the image is the project's own."""
    return "-packages/" in target or target.startswith(tuple(f"{folder}/" for folder in _CODE_TARGETS))


def _below(file: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(file), path))
    return "" if joined == "." else joined


def _ports_below(stack: Stack) -> dict[tuple[str, int], str]:
    """Return file and line of each port that the files below the last one publish, with the host's port as written."""
    return {
        (item.path, item.line): published(item).host
        for layer in stack.layers[:-1]
        for service in layer.at("services").mapping.values()
        for item in service.at("ports").items
    }


def _ports(name: str, service: Node, below: Mapping[tuple[str, int], str]) -> Iterator[Finding]:
    """Yield ports for debuggers, and those of stores and tools that the base file publishes for a developer."""
    image = service.at("image").text
    for item in service.at("ports").items:
        port, host = published(item), below.get((item.path, item.line))
        if port.container in _DEBUGGERS and _DEBUGGERS[port.container] not in image:
            yield found(LEAKED_OVERRIDE, item.path, item.line, name, "a debugger's port")
            continue
        is_for_developers = port.container in _STORES or images.name_of(image) in _TOOLS
        is_fixed = host is not None and (port.address in EVERYWHERE or (is_loopback(port.address) and "$" not in host))
        if is_for_developers and is_fixed:
            yield found(LEAKED_OVERRIDE, item.path, item.line, name, "the base file publishes it in every stack")


def _start(name: str, service: Node) -> Iterator[Finding]:
    for key in ("command", "entrypoint"):
        node = service.at(key)
        words = [word.strip("\"'") for item in node.items for word in item.text.split()]
        if not _RELOADING.isdisjoint(word.partition("=")[0] for word in words) or _runs_dev(words):
            yield found(LEAKED_OVERRIDE, node.path, node.line, name, "it reloads or debugs")
    target = service.at("build", "target")
    if THROWAWAY & stages_in(target.text):
        yield found(LEAKED_OVERRIDE, target.path, target.line, name, "a build stage of development")


def _runs_dev(words: list[str]) -> bool:
    return any(pair in _DEV_COMMANDS for pair in pairwise(words))
