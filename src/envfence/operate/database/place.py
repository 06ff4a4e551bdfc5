"""Where the database of an environment is, as the keys of its contract say."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

from envfence.contract.content.endpoint import endpoints
from envfence.contract.grammar import Key
from envfence.errors import FenceError
from envfence.operate.target import Target
from envfence.stack.render import names_in

_STEMS = ("DB", "DATABASE", "POSTGRES", "PG")
_PARTS = {
    "host": ("HOST",),
    "port": ("PORT",),
    "name": ("NAME", "DB", "DATABASE"),
    "user": ("USER", "USERNAME"),
    "password": ("PASSWORD",),
    "sslmode": ("SSLMODE",),
}
_SCHEMES = ("postgres", "postgresql")


class Keys(NamedTuple):
    """The keys that name a database, "" for a part that none names; ``url`` names all of it in one."""

    host: str = ""
    port: str = ""
    name: str = ""
    user: str = ""
    password: str = ""
    sslmode: str = ""
    url: str = ""


class Place(NamedTuple):
    """One database. ``__str__`` is what a person recognizes it by."""

    host: str
    port: str
    name: str
    user: str
    password: str
    sslmode: str = ""

    def __str__(self) -> str:
        """Return it without its login."""
        return f"database {self.name} on {self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The place as libpq and SQLAlchemy read it."""
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        options = f"?sslmode={self.sslmode}" if self.sslmode else ""
        return f"postgresql://{login}@{self.host}:{self.port}/{quote(self.name, safe='')}{options}"


def keys_of(target: Target) -> Keys:
    """Return the keys of the stack's database. Raise FenceError if the contract names none."""
    contract = target.contract
    for stem in (*_stems_in_stack(target), *_STEMS):
        parts = {part: _first(contract, stem, endings) for part, endings in _PARTS.items()}
        if parts["host"] and parts["name"]:
            return Keys(**parts)
    url = next((key for key in contract if key.endswith(("_URL", "_URI", "_DSN")) and _names_database(key)), "")
    if url:
        return Keys(url=url)
    raise FenceError("the contract names no database: neither DB_HOST and DB_NAME nor DATABASE_URL")


def place_of(keys: Keys, values: Mapping[str, str]) -> Place:
    """Return the database that ``values`` name. Raise FenceError if a part is missing."""
    if keys.url:
        found = [one for one in endpoints(values.get(keys.url, "")) if one.scheme.partition("+")[0] in _SCHEMES]
        if not found:
            raise FenceError(f"{keys.url} names no PostgreSQL")
        one = found[0]
        return Place(one.host, one.dialled, one.path, one.user, one.password)
    lacking = [key for key in (keys.host, keys.name, keys.user) if not values.get(key)]
    if lacking:
        raise FenceError(f"{', '.join(lacking)} has no value; `envfence env fill` adds what is missing")
    parts = (values.get(key, "") for key in (keys.name, keys.user, keys.password, keys.sslmode))
    return Place(values[keys.host], values.get(keys.port) or "5432", *parts)


def values_for(keys: Keys, place: Place) -> dict[str, str]:
    """Return the values with which a program dials ``place``."""
    if keys.url:
        return {keys.url: place.url}
    named = {
        keys.host: place.host, keys.port: place.port, keys.name: place.name, keys.user: place.user,
        keys.password: place.password, keys.sslmode: place.sslmode,
    }  # fmt: skip
    return {key: value for key, value in named.items() if key and value}


def _stems_in_stack(target: Target) -> list[str]:
    """Return the stems of the keys that compose gives to PostgreSQL: ${DB_NAME} is POSTGRES_DB, so DB."""
    layers = (service for layer in target.stack.layers for service in layer.at("services").mapping.values())
    names = [names_in(service.at("environment", "POSTGRES_DB").text) for service in layers]
    return [name.rpartition("_")[0] for found in names for name in found if "_" in name]


def _first(contract: Mapping[str, Key], stem: str, endings: tuple[str, ...]) -> str:
    return next((f"{stem}_{ending}" for ending in endings if f"{stem}_{ending}" in contract), "")


def _names_database(key: str) -> bool:
    return any(word in key for word in ("DATABASE", "DB", "POSTGRES", "PG"))
