"""Servers that a name is known for: who dials one and has no name for it takes the one that it has already."""

import re
from collections.abc import Mapping

from envfence.contract.content.ports import service_of
from envfence.detect.addresses import is_loopback

ANY = "API"  # what nothing is known of
UNNAMED = f"{ANY}_URL"
_ORIGIN = re.compile(r"https?://([^/@\s]+:\d+)/?")
_UNNAMED = re.compile(rf"{ANY}\d*_(?:HOST|PORT|URL(?:_\d+)?)")


def origin_of(value: str) -> str:
    """Return `host:port` of a URL that is no more than that, "" of anything else."""
    match = _ORIGIN.fullmatch(value)
    return match[1].lower() if match else ""


def is_better(name: str, other: str) -> bool:
    """Tell whether a key's name says the service that a URL leads to, and another one says none."""
    return bool(_service_in(name)) and bool(_UNNAMED.fullmatch(other))


def dialled(parts: Mapping[str, str]) -> str:
    """Return the `host:port` of the parts of a connection, with one name for this machine; "" if either lacks."""
    if not (parts.get("HOST") and parts.get("PORT")):
        return ""
    return f"{'localhost' if is_loopback(parts['HOST']) else parts['HOST'].lower()}:{parts['PORT']}"


def named(values: Mapping[str, str]) -> dict[str, str]:
    """Return `host:port` to the prefix of its key, for the services that are known by one name: GRAFANA_URL."""
    found: dict[str, set[str]] = {}
    for key, value in values.items():
        if (prefix := _service_in(key)) and (origin := origin_of(value)):
            found.setdefault(origin, set()).add(prefix)
    return {origin: prefixes.pop() for origin, prefixes in found.items() if len(prefixes) == 1}


def _service_in(key: str) -> str:
    """Return the prefix of a URL's key that says which service it leads to, "" if it says none: GRAFANA."""
    prefix = key.removesuffix("_URL")
    return prefix if prefix != key and service_of(prefix) not in {"", service_of(ANY)} else ""


def unnamed(values: Mapping[str, str]) -> set[str]:
    """Return `host:port` of each server that keys of no service lead to."""
    keys = {key: value for key, value in values.items() if _UNNAMED.fullmatch(key)}
    pairs = {f"{value}:{keys.get(f'{key[:-5]}_PORT', '')}" for key, value in keys.items() if key.endswith("_HOST")}
    return (pairs | {origin_of(value) for value in keys.values()}) - {""}
