"""One environment's values and what its name says."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from envfence.contract import kinds
from envfence.contract.entry import Entry
from envfence.contract.grammar import Key
from envfence.contract.rules import found, shown
from envfence.finding import Finding, Rule

DEVELOPMENT, TEST, STAGING, PRODUCTION = "development", "test", "staging", "production"
_STAGES = {
    "development": DEVELOPMENT, "dev": DEVELOPMENT, "develop": DEVELOPMENT, "devel": DEVELOPMENT, "local": DEVELOPMENT,
    "test": TEST, "testing": TEST, "tests": TEST, "ci": TEST,
    "staging": STAGING, "stage": STAGING, "stg": STAGING,
    "production": PRODUCTION, "prod": PRODUCTION, "prd": PRODUCTION, "live": PRODUCTION,
    "qa": "qa", "uat": "uat",
}  # fmt: skip
ENVIRONMENT_KEYS = ("ENVIRONMENT", "ENV", "APP_ENV", "APP_ENVIRONMENT")


class Environment(NamedTuple):
    """The values of one environment. ``path`` is where findings point, ``lines`` tells the line of each key."""

    path: str
    name: str
    values: Mapping[str, str]
    lines: Mapping[str, int]
    contract: Mapping[str, Key]

    @property
    def stage(self) -> str:
        """What kind of environment it is: development, test, staging, production, or its own name."""
        return stage_of(self.name or next((self.values[key] for key in ENVIRONMENT_KEYS if key in self.values), ""))

    @property
    def base(self) -> str:
        """The name without what marks an override: `production.local` is production's."""
        return self.name.removesuffix(".local")

    @property
    def is_throwaway(self) -> bool:
        """Tell whether it runs on developers' machines and in CI only."""
        return self.stage in {DEVELOPMENT, TEST, ""}

    def kind(self, key: str) -> str:
        """Return the contract's kind of ``key``, or for a key it does not name what the name tells."""
        return self.contract[key].kind if key in self.contract else kinds.kind_of_name(key)

    def given(self) -> Iterator[tuple[str, str]]:
        """Yield the keys that have a value, with it."""
        return ((key, value) for key, value in self.values.items() if value)

    def found(self, rule: Rule, key: str, detail: str = "", severity: str = "") -> Finding:
        """Return a finding of ``rule`` at the line of ``key``."""
        name = key if key in self.contract else shown(key)
        return found(rule, self.path, self.lines.get(key, 1), name, detail, severity)


def environment(
    path: str, name: str, values: Mapping[str, str | None], last: Mapping[str, Entry], contract: Mapping[str, Key]
) -> Environment:
    """Return an environment from a file's resolved values and the last statement of each key."""
    present = {key: value for key, value in values.items() if value is not None}
    return Environment(path, name, present, {key: entry.line for key, entry in last.items()}, contract)


def stage_of(name: str) -> str:
    """Return the stage that an environment's name tells: `prod-eu` is production. An unknown name is its own stage."""
    lower = name.lower()
    for word in words(lower):
        if word in _STAGES:
            return _STAGES[word]
    return lower


@cache
def words(text: str) -> tuple[str, ...]:
    """Return the words of a name or host label, without the digits that number machines."""
    for mark in ".-":
        text = text.replace(mark, "_")
    return tuple(word.rstrip("0123456789") for word in text.lower().split("_"))


def is_known(name: str) -> bool:
    """Tell whether a name says which stage it is."""
    return bool(stages_in(name))


def stages_in(text: str) -> set[str]:
    """Return the stages that the words of ``text`` name."""
    return {_STAGES[word] for word in words(text) if word in _STAGES}


def names_the_environment(key: Key | None, name: str) -> bool:
    """Tell whether a key says which environment it is: by its name, or by a choice between environments."""
    if name in ENVIRONMENT_KEYS or name.endswith("_ENVIRONMENT"):
        return True
    return key is not None and len({_STAGES[choice] for choice in key.choices if choice in _STAGES}) > 1
