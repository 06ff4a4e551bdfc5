"""The env files that services, and files taken in, are given: those of this environment or of another."""

import posixpath
from collections.abc import Iterator

from envfence.contract.rules import found
from envfence.contract.stages import is_known, stages_in
from envfence.contract.surfaces.compose import read
from envfence.finding import Finding
from envfence.stack import linking
from envfence.stack.render import Stack, is_unknown
from envfence.stack.rules import REFUSED_STACK, WRONG_ENV_FILE
from envfence.stack.tree import Node


def findings(stack: Stack, at_hand: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Yield the env files of another environment that ``stack`` takes, or would take if a key is not exported.

    ``at_hand`` are the paths of env files: beside one that is this environment's, a service may name no other.
    """
    told: set[tuple[str, int]] = set()
    for layer in stack.layers:
        for name, service in layer.at("services").mapping.items():
            for path in _paths(service):
                if any(reference.operator.endswith("-") and reference.argument for reference in read(path.text)):
                    told.add((path.path, path.line))
                    detail = "unless it is exported, the default's file is taken"
                    yield found(WRONG_ENV_FILE, path.path, path.line, name, detail)
    given = [(name, path) for name, service in stack.started.items() for path in _paths(service)]
    given += [("include", path) for item in stack.model.at("include").items for path in _paths(item)]
    for name, path in given:
        if is_known(stack.environment) and is_of_another(stack, path.text) and (path.path, path.line) not in told:
            told.add((path.path, path.line))
            yield found(WRONG_ENV_FILE, path.path, path.line, name, f"in the stack of {stack.environment}")
    here = {path for path in at_hand if stack.stage in stages_in(posixpath.basename(path))}
    for name, service in stack.started.items() if here else ():
        yield from _absent(stack, name, service, here)


def _absent(stack: Stack, name: str, service: Node, here: set[str]) -> Iterator[Finding]:
    """Yield the env files of a service that are not there, while those of ``here`` are, in the same folder."""
    folders = {posixpath.dirname(path) for path in here}
    for item in service.at("env_file").items:
        path = item.at("path") if item.mapping else item
        folder, last = posixpath.split(linking.path_of(path))
        is_own = folder in folders and stack.stage in stages_in(last) and posixpath.join(folder, last) not in here
        if is_own and _is_needed(item, last):
            detail = f"there is no such env file, but {posixpath.basename(min(here))}"
            yield found(REFUSED_STACK, path.path, path.line, name, detail)


def _is_needed(item: Node, name: str) -> bool:
    """Tell whether compose stops without an env file; one that is for each machine alone need not be at hand."""
    is_plain = name.startswith(".env.") and name.count(".") == 2 and not is_unknown(name)
    return is_plain and item.at("required").text != "false"


def _paths(holder: Node) -> list[Node]:
    return [item.at("path") if item.mapping else item for item in holder.at("env_file").items]


def is_of_another(stack: Stack, path: str) -> bool:
    """Tell whether the name of a file, or of its folder, is of another environment: .env.dev, dev.env, dev/app.env."""
    folder, _, name = path.rpartition("/")
    if is_unknown(path) or name == ".env.local":
        return False
    stages = stages_in(name.removesuffix(".local")) or stages_in(posixpath.basename(folder))
    return bool(stages) and stack.stage not in stages
