"""The tables of `environments` in the settings: which there are, and what a table and its roles may say."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from envfence.errors import FenceError, repeated

SERVER_KEYS = frozenset(
    ("root", "user", "known-hosts", "bind", "port", "roles", "migrate", "after-migrate", "ready", "webhook")
)
ROLE_KEYS = frozenset(("host", "services", "replicas"))


def names_of(tables: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """Return the environments that have a table; raise FenceError for what is none, and for a key that none has."""
    if not all(isinstance(table, dict) for table in tables.values()):
        raise FenceError(f"{where} must be a list of names, or a table with a table for each")
    for name, table in tables.items():
        refuse_others(table, SERVER_KEYS, f"{where}.{name}")
        for role, own in _table(table.get("roles")).items():
            refuse_others(_table(own), ROLE_KEYS, f"{where}.{name}.roles.{role}")
    return tuple(tables)


def refuse_others(table: Mapping[str, Any], keys: Iterable[str], where: str) -> None:
    """Raise FenceError if a table has a key besides those that it may have."""
    for key in table:
        if key not in keys:
            raise FenceError(f"{where}: unknown key {repeated(key)}; the keys are {', '.join(sorted(keys))}")


def _table(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
