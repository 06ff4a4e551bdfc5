"""One environment's values and what its name says."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from envfence.contract import kinds
from envfence.contract.grammar import Key
from envfence.contract.readers.entry import Entry
from envfence.contract.rules import found, shown
from envfence.contract.stages import THROWAWAY, is_known, stage_of
from envfence.finding import Finding, Rule

ENVIRONMENT_KEYS = ("ENVIRONMENT", "ENV", "APP_ENV", "APP_ENVIRONMENT")
# Keys that choose what an environment runs with; their values may name it among other things: config.settings.staging.
_MODES = ("_PROFILE", "_PROFILES", "_PROFILES_ACTIVE", "_STAGE", "_TIER", "_SETTINGS_MODULE", "_CONFIG_NAME")


class Environment(NamedTuple):
    """The values of one environment. ``path`` is where findings point, ``lines`` tells the line of each key.

    ``stage`` is development, test, staging, production or its own name; ``identity`` is what two files of one
    environment have in common.
    """

    path: str
    name: str
    stage: str
    identity: str
    values: Mapping[str, str]
    lines: Mapping[str, int]
    contract: Mapping[str, Key]

    @property
    def base(self) -> str:
        """The name without what marks an override: `production.local` is production's."""
        return self.name.removesuffix(".local")

    @property
    def is_throwaway(self) -> bool:
        """Tell whether it runs on developers' machines and in CI only."""
        return self.stage in THROWAWAY

    def kind(self, key: str) -> str:
        """Return the contract's kind of ``key``, or for a key it does not name what the name tells."""
        return self.contract[key].kind if key in self.contract else kinds.kind_of_name(key)

    def given(self) -> Iterator[tuple[str, str]]:
        """Yield the keys that have a value, with it."""
        return ((key, value) for key, value in self.values.items() if value.strip())

    def found(self, rule: Rule, key: str, detail: str = "", severity: str = "") -> Finding:
        """Return a finding of ``rule`` at the line of ``key``."""
        name = key if key in self.contract else shown(key)
        return found(rule, self.path, self.lines.get(key, 1), name, detail, severity)


def environment(
    path: str, name: str, values: Mapping[str, str | None], last: Mapping[str, Entry], contract: Mapping[str, Key]
) -> Environment:
    """Return an environment from a file's resolved values and the last statement of each key."""
    present = {key: value for key, value in values.items() if value is not None}
    lines = {key: entry.line for key, entry in last.items()}
    declared = next((present[key] for key in ENVIRONMENT_KEYS if present.get(key)), "")
    stage = stage_of(name if is_known(name) else declared or name)
    base = name.removesuffix(".local")
    # A server's file says by its values whose it is.
    agrees = declared and (not is_known(base) or stage_of(base) == stage_of(declared))
    return Environment(path, name, stage, stage if agrees else base, present, lines, contract)


def chooses_a_mode(name: str) -> bool:
    """Tell whether a key chooses a mode that may be named for an environment: SPRING_PROFILES_ACTIVE, STAGE."""
    return f"_{name.upper()}".endswith(_MODES)


def names_the_environment(key: Key | None, name: str) -> bool:
    """Tell whether a key says which environment it is: by its name, or by a choice between environments."""
    if name in ENVIRONMENT_KEYS or name.endswith(("_ENVIRONMENT", "_ENV")):
        return True
    return key is not None and len({stage_of(choice) for choice in key.choices if is_known(choice)}) > 1


def declared(contract: Mapping[str, Key]) -> list[str]:
    """Return the environments that a contract names: the choices of each key that says which one it is."""
    return [choice for key in contract.values() if names_the_environment(key, key.name) for choice in key.choices]
