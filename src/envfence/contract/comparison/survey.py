"""What a repository says about its keys, put together: what everything else is compared by."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from envfence.contract import kinds
from envfence.contract.environment import Environment
from envfence.contract.grammar import Key
from envfence.contract.surfaces import Use
from envfence.contract.surfaces.known import is_secret_name
from envfence.contract.surfaces.python.settings import SettingsClass
from envfence.stack.commands import Call
from envfence.stack.render import Stack


class Survey(NamedTuple):
    """What a repository says about its keys. ``mentioned`` returns those of some keys that any other file names."""

    contract_path: str
    contract: Mapping[str, Key]
    environments: tuple[Environment, ...] = ()
    classes: tuple[SettingsClass, ...] = ()
    uses: tuple[Use, ...] = ()
    stacks: tuple[Stack, ...] = ()
    mentioned: Callable[[frozenset[str]], frozenset[str]] = lambda keys: keys
    dockerfiles: Mapping[str, str] = {}
    code_folders: frozenset[str] = frozenset()
    calls: tuple[Call, ...] = ()

    def is_secret(self, key: str) -> bool:
        """Tell whether the value of ``key`` is a secret: the contract says so, or its name does."""
        if key in self.contract and self.contract[key].kind != kinds.TEXT:
            return self.contract[key].kind == kinds.SECRET
        return is_secret_name(key)
