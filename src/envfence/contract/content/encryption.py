"""Connections to other machines whose credentials and data anybody between can read.

A host of one word is a service beside the program, on a network of its own machine. An encrypted network below all of
this is as good, and no file says that there is one: therefore these are warnings.
"""

import re
from collections.abc import Iterator, Mapping

from envfence.contract import kinds
from envfence.contract.content.endpoint import endpoints, is_relative
from envfence.contract.environment import Environment
from envfence.contract.rules import CLEAR_TEXT
from envfence.finding import Finding

_CLEAR = {
    "http": "https", "ws": "wss", "redis": "rediss", "amqp": "amqps", "mqtt": "mqtts", "ldap": "ldaps", "ftp": "sftp",
}  # fmt: skip
_NOT_CHECKED = frozenset({"allow", "prefer", "preferred", "require", "required"})  # anybody may answer
_IN_URL = re.compile(r"[?&]ssl-?mode=([\w-]+)", re.IGNORECASE)
# Names of others, and lists that other keys have one by one.
_NO_CONNECTION = ("_PROXY", "_ORIGINS", "_ORIGIN", "_XMLNS", "_NAMESPACE", "_SCHEMA")


def clear_connections(environment: Environment) -> Iterator[Finding]:
    """Yield the keys of a server's environment that name another machine, and no encryption on the way to it."""
    if environment.is_throwaway:
        return
    for key, value in environment.given():
        name = key.upper()
        if name.endswith(_NO_CONNECTION) or (environment.kind(key) == kinds.HOST and "://" in value):
            continue  # a host with a scheme is of the wrong kind: another scheme is no remedy
        reason = _of_url(value) or _of_switch(name, value, environment.values)
        if reason:
            yield environment.found(CLEAR_TEXT, key, reason)


def _of_url(value: str) -> str:
    for one in endpoints(value):
        if is_relative(one.host):
            continue
        if one.scheme in _CLEAR:
            return f"write {_CLEAR[one.scheme]}://"
        mode = _IN_URL.search(value)
        if mode and (reason := _of_mode(mode[1])):
            return reason
    return ""


def _of_switch(name: str, value: str, values: Mapping[str, str]) -> str:
    """Return why a key such as DB_SSLMODE or REDIS_TLS leaves its host's connection open, "" if it does not."""
    stem = re.sub(r"_?(?:USE_?)?(?:SSL_?MODE|SSL|TLS)(?:_ENABLED?)?$", "", name)
    host = values.get(f"{stem}_HOST") or values.get(f"{stem}HOST") or ""
    if stem == name or not host or is_relative(host):
        return ""
    return "switch it on" if value.lower() in kinds.FALSE else _of_mode(value)


def _of_mode(mode: str) -> str:
    if mode.lower() in {"disable", "disabled"}:
        return "verify-full encrypts, and checks who answers"
    return "verify-full also checks who answers" if mode.lower() in _NOT_CHECKED else ""
