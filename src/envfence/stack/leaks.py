"""What a stack gets from another environment: its env file, its ports, its mounts, its way to start."""

import posixpath
from collections.abc import Iterator

from envfence.contract import files
from envfence.contract.environment import ENVIRONMENT_KEYS
from envfence.contract.rules import ENVIRONMENT_MISMATCH, found
from envfence.contract.stages import THROWAWAY, is_known, stage_of, stages_in
from envfence.contract.surfaces.compose import read
from envfence.finding import Finding
from envfence.stack.render import Stack, is_unknown, mount, published
from envfence.stack.rules import LEAKED_OVERRIDE, WRONG_ENV_FILE
from envfence.stack.tree import Node

_CODE_TARGETS = frozenset("/app /code /src /srv /workspace /usr/src/app /usr/src /opt/app /home/app /srv/app".split())
_STORES = frozenset("5432 3306 6379 27017 9200 5672 8086 9042 11211 1433 1521".split())
_DEBUGGERS = frozenset({"5678", "9229", "4444", "5005"})
_RELOADING = frozenset("--reload --debug debugpy nodemon --watch".split())


def findings(stack: Stack, code_folders: frozenset[str]) -> Iterator[Finding]:
    """Yield what ``stack`` takes from another environment; ``code_folders`` are the folders that hold code."""
    defaults = [
        finding
        for layer in stack.layers
        for name, service in layer.at("services").mapping.items()
        for finding in _defaults(name, service)
    ]
    yield from defaults
    told = {(finding.path, finding.line) for finding in defaults}
    if stack.environment and not stack.is_throwaway:
        yield from _files_of_others(stack)
    for name, service in stack.services.items():
        for finding in _env_files(stack, name, service):
            if (finding.path, finding.line) not in told:
                yield finding
        if is_known(stack.environment):
            yield from _environment(stack, name, service)
        if stack.environment and not stack.is_throwaway:
            yield from _mounts(name, service, code_folders)
            yield from _ports(stack, name, service)
            yield from _start(name, service)


def _files_of_others(stack: Stack) -> Iterator[Finding]:
    """Yield what is taken from a file that is named for development."""
    for layer in stack.layers:
        included = [item.at("path") if item.mapping else item for item in layer.at("include").items]
        extended = [service.at("extends", "file") for service in layer.at("services").mapping.values()]
        for node in (path for taken in (*included, *extended) for path in taken.items):
            if THROWAWAY & stages_in(posixpath.basename(node.text).removesuffix(".yml").removesuffix(".yaml")):
                yield found(LEAKED_OVERRIDE, node.path, node.line, detail="a file of development")


def _defaults(name: str, service: Node) -> Iterator[Finding]:
    for item in service.at("env_file").items:
        path = item.at("path") if item.mapping else item
        if any(reference.operator.endswith("-") and reference.argument for reference in read(path.text)):
            yield found(
                WRONG_ENV_FILE, path.path, path.line, name, "unless it is exported, the default's file is taken"
            )


def _env_files(stack: Stack, name: str, service: Node) -> Iterator[Finding]:
    for item in service.at("env_file").items:
        path = item.at("path") if item.mapping else item
        environment = files.environment_of(posixpath.basename(path.text)) or ""
        theirs = environment.removesuffix(".local")
        if is_unknown(path.text) or not is_known(theirs) or theirs == "local" or not is_known(stack.environment):
            continue
        if stage_of(theirs) != stack.stage:
            yield found(WRONG_ENV_FILE, path.path, path.line, name, f"in the stack of {stack.environment}")


def _environment(stack: Stack, name: str, service: Node) -> Iterator[Finding]:
    override = stack.layers[-1].path
    for key, node in service.at("environment").mapping.items():
        if key in ENVIRONMENT_KEYS and is_known(node.text) and stage_of(node.text) != stack.stage:
            own = node.path == override and len(stack.layers) > 1
            rule = ENVIRONMENT_MISMATCH if own else LEAKED_OVERRIDE
            yield found(rule, node.path, node.line, f"{name}.{key}", f"in the stack of {stack.environment}")


def _mounts(name: str, service: Node, code_folders: frozenset[str]) -> Iterator[Finding]:
    context = service.at("build", "context").text
    for item in service.at("volumes").items:
        one = mount(item)
        if not one.is_bind or one.source.startswith("/") or is_unknown(one.source) or one.read_only:
            continue
        folder = _below(item.path, one.source)
        holds_code = folder in code_folders or folder == _below(item.path, context or "\0")
        if one.target in _CODE_TARGETS or (holds_code and "build" in service.mapping):
            yield found(LEAKED_OVERRIDE, item.path, item.line, name, "the mount hides the image's code")


def _below(file: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(file), path))
    return "" if joined == "." else joined


def _ports(stack: Stack, name: str, service: Node) -> Iterator[Finding]:
    base = stack.layers[0].path
    for item in service.at("ports").items:
        port = published(item)
        if port.container in _DEBUGGERS:
            yield found(LEAKED_OVERRIDE, item.path, item.line, name, "a debugger's port")
        elif port.container in _STORES and not port.address and item.path == base and len(stack.layers) > 1:
            yield found(LEAKED_OVERRIDE, item.path, item.line, name, "the base file publishes a data store everywhere")


def _start(name: str, service: Node) -> Iterator[Finding]:
    for key in ("command", "entrypoint"):
        node = service.at(key)
        words = " ".join(item.text for item in node.items).split()
        if not _RELOADING.isdisjoint(words):
            yield found(LEAKED_OVERRIDE, node.path, node.line, name, "it reloads or debugs")
