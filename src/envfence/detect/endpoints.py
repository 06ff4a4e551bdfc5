"""Hosts, ports, URLs and connection strings that pin the program to one environment.

A literal is judged by all its uses at once: where it stands, and every call that its constant reaches.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from envfence.detect import addresses as a
from envfence.detect import calls, ports, targets
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

_BARE_HOST = re.compile(r"[A-Za-z0-9_.\[\]:-]{2,100}")
_COMMAND = re.compile(
    r"\s*(?:sudo\s+)?(?:curl|wget|nc|psql|mysql\w*|mariadb\w*|redis-cli|mongosh?|ssh|scp|sftp|rsync|ping|docker|export|pg_\w+)\s"
)
_LOGIN = re.compile(r"(?:^|\s)[\w.-]+@(\d{1,3}(?:\.\d{1,3}){3})(?=[:\s]|$)")  # no mail goes to a number
_RUN = re.compile(r"(?i)cmd|command|args|script|run")
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
        if not any(may_pin(use.value, scope) or calls.takes_address(use.call) for use in uses):
            continue
        if ports.awaits_host(uses[0], scope):
            waiting.append(uses)
        elif decision := _of_uses(uses, scope):
            yield from _by_address(*decision, scope)
            if _has_no_port(decision[0].value):
                hosts.append(decision[0])
                yield from _port_next_to(*decision, scope)
    hosts.sort(key=lambda host: host.start)
    if waiting:
        binds = [uses[0] for uses in together.values() if scope.owner_of(uses[0].value) == a.BIND]
        yield from _of_ports(waiting, hosts, binds, scope)


def _by_address(literal: Literal, rule: Rule, scope: Scope) -> Iterator[tuple[Literal, Rule]]:
    """Yield the decision for each address in a literal of several lines; for all of it where there is none."""
    text = scope.text[literal.start : literal.end]
    found = [
        literal._replace(start=literal.start + start, end=literal.start + end)
        for start, end in (a.places_in(text) if "\n" in text else ())
        if (address := a.url_in(text[start:end])) and _pins_address(address, scope)
    ]
    yield from ((one, rule) for one in found or (literal,))


def may_pin(value: str, scope: Scope) -> bool:
    """Return whether the value pins the program, or says that we listen, where its name and its call tell no more."""
    return _may_pin(value, scope.domains, scope.allowed_hosts)


@lru_cache(maxsize=4096)
def _may_pin(value: str, domains: tuple[str, ...], allowed_hosts: tuple[str, ...]) -> bool:
    scope = Scope("", "", domains, allowed_hosts)
    if ports.is_port(value) or scope.owner_of(value) == a.BIND or a.host_port(value):
        return True
    return _of_value(Literal(value, 0, 0, "host"), scope) is not None


def _counting(uses: Sequence[Literal], scope: Scope) -> Iterator[Literal]:
    """The uses that may pin the program; none if our own server listens on the host or port in one of them."""
    counted = [use for use in uses if use.role not in (COMPARED, SHOWN, DOC) and scope.counts(use)]
    if not counted or any(_listens(use) for use in uses):
        return
    shown = any(use.role in (SHOWN, DOC) for use in uses)
    is_our_own = any(targets.is_of_own_server(use) or ports.is_of_own_server(use) for use in uses)
    for use in counted:
        if shown and not (use.name or use.call):
            continue  # what was found inside a text that is only shown
        if is_our_own and not use.call and "://" not in use.value:
            continue  # host: env.HTTP_HOST ?? "localhost"
        if not _stays_inside(use) and not is_excused(use, scope):
            yield use


def _listens(use: Literal) -> bool:
    return calls.listens_at_urls(use.call) or ("://" not in use.value and calls.listens(use.call))


def _stays_inside(use: Literal) -> bool:
    # With an ASGI application the address is made up, and nobody gives it a port.
    is_made_up = use.call.endswith("AsyncClient") and _has_no_port(use.value)
    return is_made_up or calls.stays_inside(use.call)


def _has_no_port(value: str) -> bool:
    address = a.url_in(value)
    return address is None or not address.port


def _of_uses(uses: Sequence[Literal], scope: Scope) -> tuple[Literal, Rule] | None:
    for use in _counting(uses, scope):
        if rule := _of_value(use, scope):
            return use, FALLBACK if use.role == DEFAULT else rule
    return None


def _of_ports(
    waiting: Sequence[list[Literal]], hosts: Sequence[Literal], binds: Sequence[Literal], scope: Scope
) -> Iterator[tuple[Literal, Rule]]:
    """Yield the ports that belong to one of the hosts, and not to an interface that we listen on."""
    for uses in waiting:
        if not ports.is_beside(uses[0], binds) and (decision := _of_port(uses, hosts, scope)):
            yield decision


def _of_port(uses: Sequence[Literal], hosts: Sequence[Literal], scope: Scope) -> tuple[Literal, Rule] | None:
    """A port belongs to the host beside it, or to the call that it is an argument of."""
    for use in _counting(uses, scope):
        if ports.is_argument(use) or ports.is_beside(use, hosts):
            return use, FALLBACK if use.role == DEFAULT else PORT
    return None


def _port_next_to(host: Literal, rule: Rule, scope: Scope) -> Iterator[tuple[Literal, Rule]]:
    if rule is not URL and (port := ports.next_to(host, scope.text)):
        yield port, FALLBACK if rule is FALLBACK else PORT


def _of_value(use: Literal, scope: Scope) -> Rule | None:
    value = use.value.strip()
    if ports.is_port(value):
        return PORT if ports.is_remote(use) and not ports.is_listened_on(use, scope) else None
    if _is_prose(value) or _is_mentioned(use, value):
        return None
    if found := list(a.urls_in(value)):
        is_page = a.is_page_of_every_interface(value) and not calls.listens(use.call)
        return URL if is_page or any(_pins_address(address, scope) for address in found) else None
    if host := a.key_value_host(value):
        return URL if scope.owner_of(host) in targets.OURS else None
    if pairs := [pair for part in (value, *value.split(",")) if (pair := a.host_port(part))]:
        return URL if any(targets.is_with_port(use, host, scope) for host, _ in pairs) else None
    if host := _host_in(value):
        return HOST if scope.owner_of(host) in targets.OURS else None
    if _BARE_HOST.fullmatch(value) and targets.is_host(use, value, scope):
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


def _is_mentioned(use: Literal, value: str) -> bool:
    """A line that people read, as one of several: `["  Server   http://localhost:8000", …]`."""
    if use.call or "[]" not in use.path or "=" in value or "\n" in value or _RUN.search(use.name):
        return False
    words = value.split(None, 1)
    return len(words) > 1 and "://" not in words[0] and "://" in value and not _COMMAND.match(value)


def _pins_address(address: a.Address, scope: Scope) -> bool:
    owner = scope.owner_of(address.host)
    if owner in targets.OURS:
        return address.scheme in a.WEB_SCHEMES or a.leads_to_host(address.scheme)
    return owner in (a.PUBLIC, a.BIND) and a.is_database(address.scheme)
