"""Settings classes against the contract: keys, kinds, choices, and the keys that stop the program at its start."""

from collections.abc import Iterator, Mapping, Sequence

from envfence.contract import kinds
from envfence.contract.environment import Environment
from envfence.contract.files import environment_of
from envfence.contract.grammar import DEFAULT, ONE_OF, OPTIONAL, Key
from envfence.contract.rules import found, shown
from envfence.contract.surfaces.configured import ANY_FILE
from envfence.contract.surfaces.known import is_given
from envfence.contract.surfaces.settings import Field, SettingsClass
from envfence.contract.surfaces_rules import FORBIDDEN_EXTRA, SETTINGS_DRIFT
from envfence.finding import WARNING, Finding

_URLS = frozenset(
    "AnyUrl AnyHttpUrl HttpUrl AnyWebsocketUrl PostgresDsn RedisDsn MySQLDsn AmqpDsn MongoDsn KafkaDsn".split()
)
_NUMBERS = frozenset({"int", "float", "PositiveInt", "NonNegativeInt", "PositiveFloat", "NonNegativeFloat", "conint"})
# What a field of one group of types can never take.
_IMPOSSIBLE = (
    (_NUMBERS, frozenset({kinds.HOST, kinds.URL})),
    (frozenset({"bool"}), frozenset({kinds.HOST, kinds.URL, kinds.PORT})),
    (_URLS, frozenset({kinds.PORT, kinds.INT, kinds.BOOL})),
)


def drift(classes: Sequence[SettingsClass], contract: Mapping[str, Key]) -> Iterator[Finding]:
    """Yield the fields that the contract does not name, or says something else of."""
    seen: set[tuple[str, int, str]] = set()
    for one in classes:
        if one.is_base:
            continue
        folded = {one.folded(name): key for name, key in contract.items()}
        for field in one.fields:
            if field.takes and not field.required:
                continue  # a nested value: its parts are fields of their own
            place = (field.path, field.line, field.keys[0])
            if place not in seen:
                seen.add(place)
                yield from _field(one, field, folded)


def _field(one: SettingsClass, field: Field, contract: Mapping[str, Key]) -> Iterator[Finding]:
    named = [contract[one.folded(key)] for key in field.keys if one.folded(key) in contract]
    name = shown(field.keys[0] if one.case_sensitive else field.keys[0].upper())
    if not named:
        if not any(is_given(key) for key in field.keys):
            detail = "no file made from the contract has it" + (
                "" if field.required else "; its default is always taken"
            )
            yield found(SETTINGS_DRIFT, field.path, field.line, name, detail, "" if field.required else WARNING)
        return
    if detail := _difference(field, named[0]):
        yield found(SETTINGS_DRIFT, field.path, field.line, name, detail)


def _difference(field: Field, key: Key) -> str:
    """Return how a field and its key differ, in fixed words, "" if they agree."""
    types = field.types - {"None"}
    if key.form == OPTIONAL:
        never_empty = (types and types <= _NUMBERS | {"bool"} | _URLS) or (field.choices and not types)
        return "the contract lets it be empty, which this type never is" if never_empty else ""
    if field.choices and types <= _enums(field):
        if key.form == ONE_OF and not set(key.choices) <= set(field.choices):
            return "the contract has a choice that the field refuses"
        if key.form == DEFAULT and key.text not in field.choices:
            return "the field refuses the contract's default"
        return ""
    if any(types and types <= group and key.kind in impossible for group, impossible in _IMPOSSIBLE):
        return f"the contract says {key.kind}, the field another type"
    if key.form == DEFAULT and types == frozenset(("int",)) and not kinds.is_of_kind(kinds.INT, key.text):
        return "the contract's default is no whole number"
    if key.form == DEFAULT and types == frozenset(("bool",)) and not kinds.is_of_kind(kinds.BOOL, key.text):
        return "the contract's default is neither true nor false"
    return ""


def _enums(field: Field) -> frozenset[str]:
    """Return the types of a field that has choices and is no plain text beside them."""
    return field.types - {"str", "int", "Any"}


def forbidden_extras(
    classes: Sequence[SettingsClass],
    contract: Mapping[str, Key],
    environments: Sequence[Environment],
    contract_path: str,
) -> Iterator[Finding]:
    """Yield the keys in env files that a class reading them forbids; without files the contract's keys stand in."""
    for one in classes:
        if not one.forbids or one.is_base:
            continue
        for key, paths in _held(one, contract, environments, contract_path).items():
            if not one.takes(key):
                name = key if key in contract else shown(key)
                yield found(FORBIDDEN_EXTRA, one.path, one.line, name, f"{one.name} reads {', '.join(paths)}")


def _held(
    one: SettingsClass, contract: Mapping[str, Key], environments: Sequence[Environment], contract_path: str
) -> dict[str, list[str]]:
    """Return the keys with a value in the env files that a class reads, and the files."""
    held: dict[str, list[str]] = {}
    for environment in environments:
        if _reads(one, environment.path.rpartition("/")[2]):
            for name, _ in environment.given():
                held.setdefault(name, []).append(environment.path)
    of_contract = any(file == ANY_FILE or environment_of(file) is not None for file in one.env_files)
    for key in contract.values():
        if key.form != OPTIONAL and of_contract:
            held.setdefault(key.name, [f"what {contract_path} promises"])
    return held


def _reads(one: SettingsClass, name: str) -> bool:
    return any(file in {name, ANY_FILE} for file in one.env_files)
