"""Env files held to the contract: each by itself, or as parts of one environment, `.envs/.production/.postgres`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from envfence.contract import files, keys
from envfence.contract.environment import Environment
from envfence.contract.grammar import Key
from envfence.contract.readers.entry import Entry
from envfence.contract.rules import MISSING_KEY
from envfence.finding import Finding


class Part(NamedTuple):
    """One env file: where it is below the root, its values, and the last statement of each key."""

    place: str
    environment: Environment
    last: Mapping[str, Entry]

    @property
    def entries(self) -> dict[str, Entry]:
        """The statements with what their values come to: a reference to nothing is as empty as no value.

        A key that stands once more without a value has none.
        """
        values = self.environment.values
        return {key: entry._replace(value=values[key]) for key, entry in self.last.items() if key in values}


def key_findings(parts: Sequence[Part], contract: Mapping[str, Key]) -> Iterator[Finding]:
    """Yield the keys that environments lack, and those that the contract does not name for them.

    Files in folders count where the root has none of an environment; those of one folder make up one environment.
    """
    of_root = [part for part in parts if "/" not in part.place]
    for part in of_root:
        if part.environment.name or len(parts) == 1:  # beside others `.env` is compose's own
            yield from keys.key_findings(part.environment.path, part.environment.name, part.entries, contract)
    if any(part.environment.name for part in of_root):
        return
    for group in _groups(parts):
        first = group[0].environment
        whole = {key: entry for part in group for key, entry in part.entries.items()}
        for finding in keys.key_findings(first.path, first.name, whole, contract):
            if finding.rule == MISSING_KEY.id:
                yield finding
        for part in group:
            for finding in keys.key_findings(part.environment.path, first.name, part.entries, contract):
                if finding.rule != MISSING_KEY.id:
                    yield finding


def _groups(parts: Sequence[Part]) -> list[list[Part]]:
    groups: dict[str, list[Part]] = {}
    for part in parts:
        folder, slash, name = part.place.rpartition("/")
        is_whole = bool(files.environment_of(name))  # config/production.env
        groups.setdefault(part.place if is_whole else folder, []).extend([part] if slash else [])
    return [group for group in groups.values() if group]
