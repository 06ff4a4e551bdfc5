"""Which compose files make a stack together: a base and the override of one environment, by their names."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from envfence.contract.environment import names_the_environment
from envfence.contract.grammar import Key
from envfence.contract.stages import THROWAWAY, is_known, stage_of
from envfence.errors import FenceError
from envfence.stack.tree import Node

_BASE = re.compile(r"(?:docker-)?compose\.ya?ml\Z")
_OVERRIDE = re.compile(r"(?:docker-)?compose[.-](?P<name>[\w-]+)\.ya?ml\Z")


def stacks(
    trees: Mapping[str, Node], keys: Iterable[Key], environments: Sequence[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each environment with the paths of its stack; a base that nothing overrides has the environment ""."""
    declared = [choice for key in keys if names_the_environment(key, key.name) for choice in key.choices]
    folders: dict[str, list[str]] = {}
    for path in trees:
        folders.setdefault(path.rpartition("/")[0], []).append(path)
    for paths in folders.values():
        base = next((path for path in paths if _BASE.match(path.rpartition("/")[2])), "")
        overrides = [(name, path) for path in paths if (name := _environment(path, [*declared, *environments]))]
        for name, path in overrides:
            alone = not base or _stands_alone(trees[path], trees[base])
            yield name, (path,) if alone else (base, path)
        others = [path for path in paths if _OVERRIDE.match(path.rpartition("/")[2])]
        if base and len(others) == len(overrides) and all(stage_of(name) in THROWAWAY for name, _ in overrides):
            yield "", (base,)  # what a server runs


def declared(lines: Iterable[str], root: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the stacks of lines such as `production: base.yml prod.yml`, paths below ``root``. Raise FenceError."""
    for number, line in enumerate(lines, 1):
        environment, colon, files = line.partition(":")
        if not colon or not files.split():
            raise FenceError(f"stacks: number {number} is no stack; write 'production: base.yml prod.yml'")
        yield (
            environment.strip(),
            tuple(posixpath.normpath(posixpath.join(root or ".", file)) for file in files.split()),
        )


def is_same(one: str, other: str) -> bool:
    """Tell whether two names are of one environment; a stack without an environment is of all."""
    return not other or one == other or stage_of(one) == stage_of(other)


def _environment(path: str, declared: Sequence[str]) -> str:
    """Return the environment of an override: as it is declared, else as the file says it; "" if it is of none."""
    match = _OVERRIDE.match(path.rpartition("/")[2])
    if match is None:
        return ""
    name = "development" if match["name"] == "override" else match["name"]
    if name not in declared and not is_known(name):
        return ""
    return next((one for one in declared if is_same(one, name)), name)


def _stands_alone(override: Node, base: Node) -> bool:
    """Tell whether a file is no override: it defines every service of the base anew, or none and needs none."""
    own, theirs = override.at("services").mapping, base.at("services").mapping
    if not own or not all({"image", "build", "extends"} & service.mapping.keys() for service in own.values()):
        return False
    waits = {name for service in own.values() for name in _names(service.at("depends_on"))}
    return own.keys() >= theirs.keys() or not (own.keys() | waits) & theirs.keys()


def _names(node: Node) -> list[str]:
    return [*node.mapping, *(item.text for item in node.items)]
