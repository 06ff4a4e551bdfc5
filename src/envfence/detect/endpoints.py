"""Hosts, ports, URLs and connection strings that pin the program to one environment.

A literal is judged by all its uses at once: it is its own value, and an argument of every call that its constant reaches.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from envfence.detect import addresses as a
from envfence.detect import calls, names
from envfence.detect.scope import Scope
from envfence.finding import Rule
from envfence.literals import COMPARED, DEFAULT, DOC, HOLE, SHOWN, Literal

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

# Names of what is no target, although its value looks like one.
_NO_TARGET = re.compile(
    r"(?i)cors|allow|origins?$|trusted|alt_?names?$|common_?name|subject|no_?proxy|listen(?!er_url)|bind|xmlns|namespace"
    r"|homepage|docs?_?url|repository|license|refer+er|audience|\$(?:ref|schema|id)|sans?$|cert|advertise|jmx"
    r"|examples?$|^(?:x-)?forwarded|^x-|real-?ip|user_?agent|server_?name$|application_?url$|whitelist|blacklist|deny|ban"
)
_HEADERS = frozenset("Host Origin Forwarded Via Location".split())
# Keys of compose files, manifests and workflows whose values are no targets of the program.
_NO_TARGET_KEYS = frozenset(
    "healthcheck ports expose extra_hosts image hostname container_name ipam subnet gateway ipv4_address networks dns labels"
    " annotations livenessProbe readinessProbe startupProbe podIP clusterIP loadBalancerIP externalIPs cidr depends_on links"
    " build tags containers_ports httpGet tcpSocket".split()
)
# Sections of configuration that say where our own server listens.
_OWN_SECTIONS = frozenset("server http https listen listener web webserver management metrics pprof admin bind rpc-server".split())
# A port named so is one that our own server listens on.
_OWN_PORT_HEADS = frozenset(
    "server http https listen listener app web api backend frontend bind jmx exporter metrics management dashboard debug ui"
    " health admin dev local public internal external container expose published host node vite next react flask fastapi uvicorn gunicorn"
    " mcp client service svc target published prometheus grafana debugger inspector forwarded forward own self default base".split()
)
_SERVICE_HEADS = frozenset(
    "db database postgres postgresql pg mysql mariadb sql mssql oracle redis valkey mongo mongodb rabbit rabbitmq amqp kafka zookeeper"
    " influx influxdb elastic elasticsearch es smtp mail email imap pop ldap mqtt broker ssh sftp ftp clickhouse cassandra memcached"
    " memcache etcd consul nats timescale jaeger zipkin otlp tws ib ibkr neo4j milvus qdrant minio remote upstream proxy questdb".split()
)
_OWN_HOST_HEADS = frozenset(
    "listen bind mcp flask uvicorn gunicorn fastapi dashboard webserver http listener vite app streamlit".split()
)
_PORT_VALUE = re.compile(r"\d{2,5}")
_BARE_HOST = re.compile(r"[A-Za-z0-9_.\[\]:-]{2,100}")
_COMMAND = re.compile(r"\s*(?:sudo\s+)?(?:curl|wget|nc|psql|mysql|redis-cli|mongosh?|ssh|ping|docker|export|pg_\w+)\s")
_PLACE_WORDS = names.HOST_WORDS | names.PORT_WORDS | {"name"}
_BESIDE = 1500  # how far from its host a port may stand


def decided(found: Iterable[Literal], scope: Scope) -> Iterator[tuple[Literal, Rule]]:
    """Yield each literal that pins the program, in one of its uses, with the rule that it breaks."""
    if scope.may_hold_endpoints:
        return
    together: dict[int, list[Literal]] = {}
    for literal in found:
        together.setdefault(literal.start, []).append(literal)
    hosts: list[Literal] = []
    ports: list[list[Literal]] = []
    for uses in together.values():
        if _awaits_host(uses[0], scope):
            ports.append(uses)
        elif decision := _of_uses(uses, scope):
            if decision[1] is not URL:
                hosts.append(decision[0])
            yield decision
    for uses in ports:
        if decision := _of_port(uses, hosts, scope):
            yield decision


def _of_uses(uses: Sequence[Literal], scope: Scope) -> tuple[Literal, Rule] | None:
    if any(_is_own(use) for use in uses):
        return None
    for use in uses:
        if use.role in (COMPARED, SHOWN, DOC) or calls.stays_inside(use.call) or _is_excused(use, scope):
            continue
        if (rule := _of_value(use, scope)) and scope.counts(use):
            return use, FALLBACK if use.role == DEFAULT else rule
    return None


def _is_own(use: Literal) -> bool:
    """A host or port that our own server listens on."""
    return "://" not in use.value and calls.listens(use.call)


def _is_excused(use: Literal, scope: Scope) -> bool:
    if scope.is_configuration and use.path and use.path[-1].lower() in _OWN_SECTIONS:
        return True
    if use.name in _HEADERS or any(_NO_TARGET.search(name) for name in (use.name, *use.path[-2:])):
        return True
    if "HEALTHCHECK" in use.path or (use.name, use.path) == ("url", ("servers",)):  # of an image, of an OpenAPI document
        return True
    return scope.is_yaml and not _NO_TARGET_KEYS.isdisjoint((use.name, *use.path))


def _of_value(use: Literal, scope: Scope) -> Rule | None:
    value = use.value.strip()
    if _PORT_VALUE.fullmatch(value):
        return PORT if _is_remote_port(use) else None
    if _is_prose(value):
        return None
    if "://" in value or "@tcp(" in value:
        return URL if _pins_url(value, scope) else None
    if host := a.key_value_host(value):
        return URL if scope.owner_of(host) in (a.LOCAL, a.OWN) else None
    if pairs := [pair for part in value.split(",") if (pair := a.host_port(part))]:
        return URL if any(_pins_pair(use, *pair, scope) for pair in pairs) else None
    if _BARE_HOST.fullmatch(value) and _is_remote_host(use, value, scope):
        return HOST
    return None


def _is_prose(value: str) -> bool:
    """A sentence that mentions an address; a command line does not only mention it."""
    words = value.split(None, 4)
    return len(words) > 3 and not value.startswith(("http", "ws")) and not _COMMAND.match(value) and "=" not in words[0]


def _pins_url(value: str, scope: Scope) -> bool:
    address = a.url_in(value)
    if address is None:
        return False
    owner = scope.owner_of(address.host)
    if address.scheme in a.WEB_SCHEMES:
        return owner in (a.LOCAL, a.OWN)
    if not a.leads_to_host(address.scheme):
        return False
    return owner in (a.LOCAL, a.OWN) or (owner == a.PUBLIC and bool(address.user))


def _pins_pair(use: Literal, host: str, port: str, scope: Scope) -> bool:
    owner = scope.owner_of(host)
    return owner == a.LOCAL or (owner == a.OWN and (names.is_host_name(use.name) or calls.connects(use.call)))


def _is_remote_host(use: Literal, value: str, scope: Scope) -> bool:
    owner = scope.owner_of(value)
    said = _says_host(use)
    if owner == a.LOCAL:
        return said or names.is_url_name(use.name) or calls.connects(use.call)
    if owner == a.OWN:
        return said or calls.connects(use.call)
    return owner == a.SERVICE and use.argument == "0" and use.call.endswith(".connect") and not use.name


def _says_host(use: Literal) -> bool:
    """A name that the value goes by says host; a default goes by its variable's too."""
    if _OWN_HOST_HEADS.intersection(names.words(use.name)[:-1]):
        return False
    said = (use.name, use.argument, *(use.path[-1:] if use.role == DEFAULT else ()))
    return any(names.is_host_name(name) for name in said)


def _awaits_host(use: Literal, scope: Scope) -> bool:
    """A port whose name says nothing of whose it is; in YAML any, for there it may be that of a service beside it."""
    if not _PORT_VALUE.fullmatch(use.value):
        return False
    return names.words(use.name or use.argument) in (("port",), ("ports",)) or (scope.is_yaml and _is_remote_port(use))


def _is_remote_port(use: Literal) -> bool:
    name = use.name or use.argument
    if not names.is_port_name(name) or not 10 <= int(use.value) <= 65535:
        return False
    heads = names.words(name)[:-1]
    return bool(_SERVICE_HEADS.intersection(heads)) or not _OWN_PORT_HEADS.intersection(heads)


def _of_port(uses: Sequence[Literal], hosts: Sequence[Literal], scope: Scope) -> tuple[Literal, Rule] | None:
    """Such a port belongs to the host beside it, or to the call that it is an argument of."""
    if any(_is_own(use) for use in uses) or not 10 <= int(uses[0].value) <= 65535:
        return None
    for use in uses:
        if use.role in (COMPARED, SHOWN, DOC) or _is_excused(use, scope) or not scope.counts(use):
            continue
        if any(_is_beside(use, host) for host in hosts) or (use.role != DEFAULT and _is_argument(use)):
            return use, FALLBACK if use.role == DEFAULT else PORT
    return None


def _is_argument(use: Literal) -> bool:
    return bool(use.call) and use.argument == "port" and not calls.stays_inside(use.call)


def _is_beside(port: Literal, host: Literal) -> bool:
    """In the same section, close by, and of the same thing: DB_HOST and DB_PORT, host and port."""
    near = abs(port.start - host.start) < _BESIDE and _section(port) == _section(host)
    return near and not _things(port).isdisjoint(_things(host))


def _section(use: Literal) -> tuple[str, ...]:
    """Where the setting stands; of `host: ${DB_HOST:localhost}` the last name is the setting itself."""
    return use.path[:-1] if use.role == DEFAULT else use.path


def _things(use: Literal) -> set[tuple[str, ...]]:
    """What the names of a host or port are about: ("db",) for DB_HOST, () for host."""
    called = (use.name, *(use.path[-1:] if use.role == DEFAULT else ()))
    return {tuple(word for word in names.words(name) if word not in _PLACE_WORDS) for name in called}
