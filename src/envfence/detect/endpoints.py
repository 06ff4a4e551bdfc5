"""Hosts, ports, URLs and connection strings that pin the program to one environment.

A literal is judged by all its uses at once: where it stands, and every call that its constant reaches.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from envfence.detect import addresses as a
from envfence.detect import calls, names, ports
from envfence.detect.excuses import is_excused
from envfence.detect.scope import Scope
from envfence.finding import Rule
from envfence.literals import COMPARED, DEFAULT, DOC, SHOWN, Literal

HOST = Rule(
    "hardcoded-host",
    "endpoint",
    "a host of one environment is written into the code",
    "read the host from settings and name its key in .env.example",
    fixable=True,
)
PORT = Rule(
    "hardcoded-port",
    "endpoint",
    "a port of one environment is written into the code",
    "read the port from settings and name its key in .env.example",
    fixable=True,
)
URL = Rule(
    "hardcoded-url",
    "endpoint",
    "an address of one environment is written into the code",
    "read the address, or its parts, from settings and name the keys in .env.example",
    fixable=True,
)
FALLBACK = Rule(
    "fallback-value",
    "endpoint",
    "a value of one environment is used when the key is not set",
    "drop the default, so that a missing key stops the start instead of reaching the wrong place",
    fixable=True,
)
RULES = (HOST, PORT, URL, FALLBACK)

_OURS = (a.LOCAL, a.OWN)
_OWN_HOSTS = frozenset(  # words before "host" that name our own server
    "listen bind mcp flask uvicorn gunicorn fastapi dashboard webserver http listener vite app streamlit".split()
)
_CONTENT = frozenset("json data params body payload headers".split())  # of a request: what is sent, and no target
_CONNECT = ".connect"  # whatever its first argument is called, it is a host
_BARE_HOST = re.compile(r"[A-Za-z0-9_.\[\]:-]{2,100}")
_COMMAND = re.compile(
    r"\s*(?:sudo\s+)?(?:curl|wget|nc|psql|mysql\w*|mariadb\w*|redis-cli|mongosh?|ssh|scp|sftp|rsync|ping|docker|export|pg_\w+)\s"
)
_LOGIN = re.compile(r"(?:^|\s)[\w.-]+@(\d{1,3}(?:\.\d{1,3}){3})(?=[:\s]|$)")  # no mail goes to a number
_HOST_OPTION = re.compile(r"\s(?:-h\s?|--host[= ])([\w.-]+)")


def decided(found: Iterable[Literal], scope: Scope) -> Iterator[tuple[Literal, Rule]]:
    """Yield each literal that pins the program, in one of its uses, with the rule that it breaks."""
    if scope.may_hold_endpoints:
        return
    together: dict[int, list[Literal]] = {}
    for literal in found:
        together.setdefault(literal.start, []).append(literal)
    hosts: list[Literal] = []
    waiting: list[list[Literal]] = []
    for uses in together.values():
        if not any(may_pin(use.value, scope) or use.call.endswith(_CONNECT) for use in uses):
            continue
        if ports.awaits_host(uses[0], scope):
            waiting.append(uses)
        elif decision := _of_uses(uses, scope):
            hosts += [decision[0]] if _has_no_port(decision[0].value) else []
            yield decision
    hosts.sort(key=lambda host: host.start)
    for uses in waiting:
        if decision := _of_port(uses, hosts, scope):
            yield decision


def may_pin(value: str, scope: Scope) -> bool:
    """Return whether the value pins the program, or says that we listen, where its name and its call tell no more."""
    return _may_pin(value, scope.domains, scope.allowed_hosts)


@lru_cache(maxsize=4096)
def _may_pin(value: str, domains: tuple[str, ...], allowed_hosts: tuple[str, ...]) -> bool:
    scope = Scope("", "", domains, allowed_hosts)
    if ports.is_port(value) or scope.owner_of(value) == a.BIND:
        return True
    return _of_value(Literal(value, 0, 0, "host"), scope) is not None


def _counting(uses: Sequence[Literal], scope: Scope) -> Iterator[Literal]:
    """The uses that may pin the program; none if our own server listens on the host or port in one of them."""
    if any(calls.listens_at_urls(use.call) or ("://" not in use.value and calls.listens(use.call)) for use in uses):
        return
    shown = any(use.role in (SHOWN, DOC) for use in uses)
    for use in uses:
        if shown and not (use.name or use.call):
            continue  # what was found inside a text that is only shown
        if use.role not in (COMPARED, SHOWN, DOC) and not _stays_inside(use) and not is_excused(use, scope):
            yield use


def _stays_inside(use: Literal) -> bool:
    # With an ASGI application the address is made up, and nobody gives it a port.
    is_made_up = use.call.endswith("AsyncClient") and _has_no_port(use.value)
    return is_made_up or calls.stays_inside(use.call)


def _has_no_port(value: str) -> bool:
    address = a.url_in(value)
    return address is None or not address.port


def _of_uses(uses: Sequence[Literal], scope: Scope) -> tuple[Literal, Rule] | None:
    for use in _counting(uses, scope):
        if (rule := _of_value(use, scope)) and scope.counts(use):
            return use, FALLBACK if use.role == DEFAULT else rule
    return None


def _of_port(uses: Sequence[Literal], hosts: Sequence[Literal], scope: Scope) -> tuple[Literal, Rule] | None:
    """A port belongs to the host beside it, or to the call that it is an argument of."""
    for use in _counting(uses, scope):
        if (ports.is_argument(use) or ports.is_beside(use, hosts)) and scope.counts(use):
            return use, FALLBACK if use.role == DEFAULT else PORT
    return None


def _of_value(use: Literal, scope: Scope) -> Rule | None:
    value = use.value.strip()
    if ports.is_port(value):
        return PORT if ports.is_remote(use) and not ports.is_listened_on(use, scope.text) else None
    if _is_prose(value):
        return None
    if found := list(a.urls_in(value)):
        return URL if any(_pins_address(address, scope) for address in found) else None
    if host := a.key_value_host(value):
        return URL if scope.owner_of(host) in _OURS else None
    if pairs := [pair for part in (value, *value.split(",")) if (pair := a.host_port(part))]:
        return URL if any(_pins_host(use, host, scope, always=True) for host, _ in pairs) else None
    if host := _host_in(value):
        return HOST if scope.owner_of(host) in _OURS else None
    if _BARE_HOST.fullmatch(value) and (_pins_host(use, value, scope) or _is_service(use, value, scope)):
        return HOST
    return None


def _host_in(value: str) -> str:
    """Return the host of `user@192.0.2.1`, or of a client's option, or ""."""
    if login := _LOGIN.search(value):
        return login[1]
    command = _COMMAND.match(value)
    option = command and _HOST_OPTION.search(value, command.end())
    return option[1] if option else ""


def _is_prose(value: str) -> bool:
    """A sentence that mentions an address; a command line does not only mention it."""
    words = value.split(None, 4)
    if value.count(";") > 1 and value.count("=") > 1:
        return False  # Data Source=…;User Id=…
    return len(words) > 3 and not value.startswith(("http", "ws")) and not _COMMAND.match(value) and "=" not in words[0]


def _pins_address(address: a.Address, scope: Scope) -> bool:
    owner = scope.owner_of(address.host)
    if owner in _OURS:
        return address.scheme in a.WEB_SCHEMES or a.leads_to_host(address.scheme)
    return owner in (a.PUBLIC, a.BIND) and a.is_database(address.scheme)


def _pins_host(use: Literal, host: str, scope: Scope, *, always: bool = False) -> bool:
    """Whether the host is a target; ``always``: a port stands behind it, so that a local host can be nothing else."""
    owner = scope.owner_of(host)
    if owner not in _OURS:
        return False
    if _says_host(use) or (calls.connects(use.call) and use.argument not in _CONTENT):
        return True
    is_fallback = use.role == DEFAULT and use.name.isupper()  # rabbit_host_funds = getenv("FUNDS", …)
    mentions = is_fallback and any(names.mentions_host(name) for name in (use.name, *use.path[-1:]))
    return owner == a.LOCAL and (always or mentions or names.is_url_name(use.name) or ports.is_of_service(use.name))


def _is_service(use: Literal, value: str, scope: Scope) -> bool:
    """A service's name, where it is surely connected to: `mqtt.connect("broker", 1883)`."""
    connected = use.argument == "0" and use.call.endswith(_CONNECT) and not use.name
    return connected and scope.owner_of(value) == a.SERVICE


def _says_host(use: Literal) -> bool:
    """A name that the value goes by says host; a default goes by its variable's too."""
    if not _OWN_HOSTS.isdisjoint(names.words(use.name)[:-1]):
        return False
    said = (use.name, use.argument, *(use.path[-1:] if use.role == DEFAULT else ()))
    return any(names.is_host_name(name) for name in said)
