"""Settings classes against the contract: keys, kinds, choices, and the keys that stop the program at its start."""

from collections.abc import Iterator, Mapping, Sequence

from envfence.contract import kinds
from envfence.contract.comparison.surfaces_rules import FORBIDDEN_EXTRA, SETTINGS_DRIFT
from envfence.contract.environment import Environment
from envfence.contract.files import environment_of
from envfence.contract.grammar import DEFAULT, GENERATED, ONE_OF, OPTIONAL, REQUIRED, Key, placeholders
from envfence.contract.rules import found, shown
from envfence.contract.surfaces.known import is_given
from envfence.contract.surfaces.python.configured import ANY_FILE
from envfence.contract.surfaces.python.settings import Field, SettingsClass
from envfence.finding import WARNING, Finding

_URLS = frozenset(
    "AnyUrl AnyHttpUrl HttpUrl AnyWebsocketUrl PostgresDsn RedisDsn MySQLDsn AmqpDsn MongoDsn KafkaDsn".split()
)
_NUMBERS = frozenset({"int", "float", "PositiveInt", "NonNegativeInt", "PositiveFloat", "NonNegativeFloat", "conint"})
_ADDRESSES = frozenset({"IPv4Address", "IPv6Address", "IPvAnyAddress"})
_OTHERS = frozenset({"EmailStr", "NameEmail", "UUID", "date", "datetime", "time"})
# What a field of one group of types can never take.
_IMPOSSIBLE = (
    (_NUMBERS, frozenset({kinds.HOST, kinds.URL})),
    (frozenset({"bool"}), frozenset({kinds.HOST, kinds.URL, kinds.PORT})),
    (_URLS, frozenset({kinds.HOST, kinds.PORT, kinds.INT, kinds.BOOL})),
    (_ADDRESSES, frozenset({kinds.URL, kinds.PORT, kinds.INT, kinds.BOOL})),
    (_OTHERS, frozenset({kinds.HOST, kinds.URL, kinds.PORT, kinds.INT, kinds.BOOL})),
)


def drift(
    classes: Sequence[SettingsClass], contract: Mapping[str, Key], environments: Sequence[Environment] = ()
) -> Iterator[Finding]:
    """Yield the fields that the contract does not name, or says something else of, or that refuse a file's value."""
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
                yield from list(_field(one, field, folded)) or _refused(one, field, environments)


def _field(one: SettingsClass, field: Field, contract: Mapping[str, Key]) -> Iterator[Finding]:
    named = [contract[one.folded(key)] for key in field.keys if one.folded(key) in contract]
    name = shown(field.keys[0] if one.case_sensitive else field.keys[0].upper())
    is_constant = len(field.choices) == 1 and not field.required and field.types <= {"None"}  # Literal["HS256"]
    if not named and is_constant:
        return
    if not named:
        is_elsewhere = one.has_own_sources and not field.required  # in a file that the class reads too
        if not is_elsewhere and not any(is_given(key) for key in field.keys):
            detail = "no file made from the contract has it" + (
                "" if field.required else "; its default is always taken"
            )
            yield found(SETTINGS_DRIFT, field.path, field.line, name, detail, "" if field.required else WARNING)
        return
    if detail := _difference(field, named[0]):
        yield found(SETTINGS_DRIFT, field.path, field.line, name, detail)
    elif detail := _need(field, named[0]):
        yield found(SETTINGS_DRIFT, field.path, field.line, name, detail, "" if field.required else WARNING)


def _refused(one: SettingsClass, field: Field, environments: Sequence[Environment]) -> Iterator[Finding]:
    """Yield the field if an env file gives it a value that is no number; of a number the contract has its own word."""
    yield from _no_json(one, field, environments)
    types = field.types - {"None"}
    if not types or not types <= _NUMBERS:
        return
    for environment in environments:
        for key, value in environment.given():
            is_own = one.folded(key) == one.folded(field.keys[0]) and environment.kind(key) == kinds.TEXT
            if is_own and not kinds.is_of_kind(kinds.INT, value.partition(".")[0]):
                detail = f"{environment.path} gives no number"
                yield found(SETTINGS_DRIFT, field.path, field.line, shown(key), detail)


def _no_json(one: SettingsClass, field: Field, environments: Sequence[Environment]) -> Iterator[Finding]:
    """Yield a field that is read as JSON, while an env file gives it words: `a,b` for a list stops the program."""
    for environment in environments if field.is_json and not one.has_own_sources else ():
        for key, value in environment.given():
            if one.folded(key) == one.folded(field.keys[0]) and value.strip()[:1] not in {"[", "{", "$"}:
                detail = f"the field is read as JSON, which {environment.path} does not give"
                yield found(SETTINGS_DRIFT, field.path, field.line, shown(key), detail)


def _need(field: Field, key: Key) -> str:
    """Return how a field and its key differ on whether a value is needed, in fixed words, "" if they agree."""
    if field.required and key.form == OPTIONAL:
        return "the contract lets it be left out, the field needs it"
    if field.required and key.only:
        return "the contract gives it to some environments only, the field needs it in all"
    is_promised = key.form in {REQUIRED, GENERATED} and not key.only and bool(placeholders(key.text))
    if not field.required and is_promised and not (field.has_literal and key.kind == kinds.SECRET):
        return "the contract requires a value, the field goes on without one"
    return ""


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
    """Yield the keys that a class forbids in the env files that it reads.

    Where the contract names the key, the class is at fault; where it does not, the file. Without files the contract's
    keys stand in.
    """
    for one in classes:
        if not one.forbids or one.is_base:
            continue
        for environment in environments:
            if _reads(one, environment.path.rpartition("/")[2]):
                for key, _ in environment.given():
                    if key not in contract and not one.takes(key):
                        yield environment.found(FORBIDDEN_EXTRA, key, f"{one.name} reads this file")
        for key, paths in _promised(one, contract, environments, contract_path).items():
            if not one.takes(key):
                yield found(FORBIDDEN_EXTRA, one.path, one.line, key, f"{one.name} reads {', '.join(paths)}")


def _promised(
    one: SettingsClass, contract: Mapping[str, Key], environments: Sequence[Environment], contract_path: str
) -> dict[str, list[str]]:
    """Return the keys of the contract with a value in the env files that a class reads, and the files."""
    held: dict[str, list[str]] = {}
    for environment in environments:
        if _reads(one, environment.path.rpartition("/")[2]):
            for name, _ in environment.given():
                if name in contract:
                    held.setdefault(name, []).append(environment.path)
    of_contract = any(file == ANY_FILE or environment_of(file) is not None for file in one.env_files)
    for key in contract.values():
        if key.form != OPTIONAL and of_contract:
            held.setdefault(key.name, [f"what {contract_path} promises"])
    return held


def _reads(one: SettingsClass, name: str) -> bool:
    return any(file in {name, ANY_FILE} for file in one.env_files)
