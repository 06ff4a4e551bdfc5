"""What a command is about: one environment, its compose files, its env file and the name of its project."""

import os
import re
from collections.abc import Mapping
from typing import NamedTuple

from envfence import sources
from envfence.config import Config, Nearest
from envfence.contract import check, files, grammar
from envfence.contract.environment import ENVIRONMENT_KEYS, names_the_environment
from envfence.contract.grammar import OPTIONAL, Key
from envfence.contract.readers import python_reader
from envfence.contract.stages import DEVELOPMENT, PRODUCTION, THROWAWAY, stage_of
from envfence.contract.surfaces.compose import is_compose
from envfence.errors import FenceError, repeated
from envfence.stack import pairs
from envfence.stack.linking import linked, path_of, taken
from envfence.stack.lock import NAME as LOCK
from envfence.stack.render import Stack, is_unknown, rendered
from envfence.stack.tree import Node, UnreadableError, read

ASIDE = frozenset("test tests testing fixtures examples docs bench node_modules vendor".split())
_NO_NAME = re.compile(r"[^a-z0-9_-]")


class Target(NamedTuple):
    """One environment. Paths are relative to the working directory; ``values`` are those of its env file."""

    root: str
    environment: str
    stack: Stack
    values: Mapping[str, str]
    contract: Mapping[str, Key]
    project: str

    @property
    def files(self) -> tuple[str, ...]:
        """The compose files, the base first."""
        return tuple(layer.path for layer in self.stack.layers)

    @property
    def env_file(self) -> str:
        """The path of its env file, which need not be there."""
        return sources.shown(os.path.join(self.root, f".env.{self.environment}"))

    @property
    def env_files(self) -> tuple[str, ...]:
        """The env file, and for servers the images as they were locked."""
        lock = sources.shown(os.path.join(os.path.dirname(self.files[0]), LOCK))
        return (self.env_file, lock) if not self.is_throwaway and os.path.isfile(lock) else (self.env_file,)

    @property
    def is_throwaway(self) -> bool:
        """Tell whether it runs on developers' machines and in CI only."""
        return stage_of(self.environment) in THROWAWAY

    @property
    def is_production(self) -> bool:
        """Tell whether people's own data is at stake."""
        return stage_of(self.environment) == PRODUCTION


def target_of(root: str, environment: str, environ: Mapping[str, str], *, needs_stack: bool = True) -> Target:
    """Return what ``environment`` means in ``root``.

    Raise FenceError if more than one stack is its own, or with ``needs_stack`` none.
    """
    config = Nearest(strict=True).of(os.path.join(root, files.CONTRACT))
    contract = contract_of(root)
    name = _spelled(environment, contract, root)
    values = values_of(root, name)
    every = stacks_in(root, config, contract)
    own = [layers for other, layers in every if other and pairs.is_same(name, other)]
    found = own or [layers for other, layers in every if not other]
    if not found and not needs_stack:
        found = [layers for _, layers in every[:1]] or [[Node({}, sources.shown(os.path.join(root, "compose.yml")), 1)]]
    if not found:
        raise FenceError(f"no compose files of {name} here; name them under `stacks` in [tool.envfence]")
    layers = min(found, key=lambda trees: trees[0].path.count("/"))
    if sum(trees[0].path.count("/") == layers[0].path.count("/") for trees in found) > 1:
        raise FenceError(f"several stacks could be {name}; say which one under `stacks` in [tool.envfence]")
    declares = {key.name: name for key in contract.values() if names_the_environment(key, key.name)}
    given = declares | values
    promised = {key.name for key in contract.values() if key.form != OPTIONAL}
    stack = rendered(name, layers, given, promised.__contains__)
    return Target(root, name, stack, values, contract, _project(stack, {**environ, **values}))


def contract_of(root: str) -> dict[str, Key]:
    """Return the contract of ``root``. Raise FenceError if there is none."""
    contract = check.contract_in(root)
    if contract is None:
        raise FenceError(f"{sources.shown(os.path.join(root, files.CONTRACT))} is missing: it names the keys")
    return grammar.contract_of(contract.text)


def values_of(root: str, environment: str) -> dict[str, str]:
    """Return the values of an env file as the program reads it, none if there is no such file."""
    file = os.path.join(root, f".env.{environment}")
    if not os.path.isfile(file):
        return {}
    resolved = python_reader.resolve(check.read(file).statements, {})
    return {key: value for key, value in resolved.items() if value}


def _spelled(environment: str, contract: Mapping[str, Key], root: str) -> str:
    """Return the environment by its full name: `prod` is production. Raise FenceError for one nobody has heard of."""
    choices = [choice for name in ENVIRONMENT_KEYS if name in contract for choice in contract[name].choices]
    own = [name for file in files.env_files(root) if (name := files.environment_of(file))]
    known = list(dict.fromkeys((*choices, *own, DEVELOPMENT, PRODUCTION)))
    match = [environment] if environment in known else [one for one in known if stage_of(one) == stage_of(environment)]
    if not match:
        raise FenceError(f"{repeated(environment)} is no environment here; there are {', '.join(known)}")
    return match[0]


def stacks_in(root: str, config: Config, contract: Mapping[str, Key]) -> list[tuple[str, list[Node]]]:
    """Return every stack below ``root``: the environment that it is for, "" for any, and its files, the base first."""
    named = list(pairs.declared(config.stacks, config.root.replace(os.sep, "/")))
    paths = [path for _, layers in named for path in layers] or _compose_files(root, config)
    trees = {path: _tree(path) for path in dict.fromkeys(paths)}
    waiting = list(trees.values())
    while waiting:
        more = {path for path in map(path_of, taken(waiting.pop())) if path not in trees and os.path.isfile(path)}
        trees |= {path: _tree(path) for path in more}
        waiting += [trees[path] for path in more]
    named = named or list(pairs.stacks(trees, contract.values(), config.environments))
    return [(name, [linked(trees[path], trees) for path in layers]) for name, layers in named]


def _compose_files(root: str, config: Config) -> list[str]:
    paths = [source.path for source in sources.from_paths([root]) if is_compose(source.path)]
    return [path for path in paths if ASIDE.isdisjoint(path.split("/")) and not config.is_excluded(path)]


def _tree(path: str) -> Node:
    try:
        with open(path, encoding="utf-8-sig") as stream:
            return read(path, stream.read())
    except FileNotFoundError as error:
        raise FenceError(f"stacks: there is no file {path}") from error
    except UnicodeDecodeError as error:
        raise FenceError(f"{path}: not UTF-8") from error
    except UnreadableError as error:
        raise FenceError(f"{path}:{error.line}: not valid YAML") from error


def _project(stack: Stack, values: Mapping[str, str]) -> str:
    name = values.get("COMPOSE_PROJECT_NAME") or stack.model.at("name").text
    if not name or is_unknown(name):
        name = os.path.basename(os.path.dirname(os.path.abspath(stack.layers[0].path)))
    return _NO_NAME.sub("", name.lower()).lstrip("_-")
