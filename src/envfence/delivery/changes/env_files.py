"""The env file of a host: the keys that its own services take, in one spelling that compose reads back unchanged."""

import hashlib
import ipaddress
from collections.abc import Mapping
from typing import NamedTuple

from envfence.contract.readers import compose_reader
from envfence.delivery.releases import model as models
from envfence.delivery.servers.fleet import Fleet, Host
from envfence.errors import FenceError

PROFILES = "COMPOSE_PROFILES"
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@+,%")


class EnvFile(NamedTuple):
    """What is sent to a host. ``name`` holds the first letters of its digest, ``keys`` what is in it."""

    name: str
    data: bytes
    keys: tuple[str, ...]


def for_host(model: models.Model, fleet: Fleet, host: Host, values: Mapping[str, str]) -> EnvFile:
    """Return the env file of a host. Images are the release's own. Raise FenceError for a value no spelling keeps."""
    sliced = models.sliced(model, fleet, host)
    own = {PROFILES: ",".join(host.roles)} | ({fleet.bind: _bound(fleet, host, values)} if fleet.bind else {})
    wanted = models.keys_in(sliced) - set(models.images_of(sliced).values())
    given = {key: values[key] for key in wanted if key in values} | own
    return made({key: given[key] for key in sorted(given)})


def made(values: Mapping[str, str]) -> EnvFile:
    """Return an env file with these values."""
    data = "".join(f"{key}={_spelled(key, value)}\n" for key, value in values.items()).encode()
    return EnvFile(f"{hashlib.sha256(data).hexdigest()[:12]}.env", data, tuple(values))


def fingerprint(data: bytes, salt: str) -> dict[str, str]:
    """Return key to digest, as a host says it of the file that it has."""
    lines = [line for line in data.decode().splitlines() if "=" in line]
    return {
        line.partition("=")[0]: hashlib.sha256(f"{salt} {line}".encode()).hexdigest()[:16] for line in lines
    }  # fmt: skip


def _bound(fleet: Fleet, host: Host, values: Mapping[str, str]) -> str:
    """Return the address that a host's ports are published on: its own, where that is no name."""
    for address in (host.address, values.get(fleet.bind, "")):
        try:
            return str(ipaddress.ip_address(address))
        except ValueError:
            continue
    raise FenceError(f"{host.name}: its address is a name, so {fleet.bind} has to say which address ports are on")


def _spelled(key: str, value: str) -> str:
    """Return the first spelling of a value, all in one line, that compose reads as the value."""
    inside = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("\n", "\\n")
    for spelling in ([value] if _BARE.issuperset(value) else []) + [f"'{value}'", f'"{inside}"']:
        entries = compose_reader.entries(f"{key}={spelling}\n", {})
        if "\n" not in spelling and len(entries) == 1 and entries[0].value == value and not entries[0].problem:
            return spelling
    raise FenceError(f"{key}: its value has a character that no env file keeps; choose another one")
