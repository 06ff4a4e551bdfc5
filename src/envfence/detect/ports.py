"""Whose port a number is: a service's that the program connects to, or our own server's."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from envfence.detect import calls, names, places
from envfence.detect.scope import Scope
from envfence.literals import DEFAULT, Literal

_OF_IMAGE = (("ENV",), ("ARG",))  # of a Dockerfile: mostly where the image itself listens
_BESIDE = 1500  # how far from its host a port may stand
_PLACE_WORDS = names.HOST_WORDS | names.PORT_WORDS | {"name", "url", "tcp", "udp"}

# Words before "port" that name a service of others, and those that name our own server.
_SERVICES = frozenset(
    "db database postgres postgresql pg mysql mariadb sql mssql oracle redis valkey mongo mongodb rabbit rabbitmq"
    " amqp kafka zookeeper influx influxdb elastic elasticsearch es smtp mail email imap pop ldap mqtt broker ssh"
    " sftp ftp clickhouse cassandra memcached memcache etcd consul nats timescale jaeger zipkin otlp neo4j milvus"
    " qdrant minio remote upstream proxy questdb".split()
)
_OUR_OWN = frozenset(
    "server http https listen listener app web api backend frontend bind jmx exporter metrics management"
    " dashboard debug debugger inspector ui health admin dev local public internal external container expose"
    " published target forward forwarded exposed bound"
    " host node vite next react flask fastapi uvicorn gunicorn mcp client"
    " webserver service svc prometheus grafana own self default base from to tls ssl gin puma"
    " start end min max first last range".split()  # of a range that one is looked for in
)
_BEHIND = re.compile(r"\s{0,60},\s{0,60}(([\"']?)(\d{4,5})\2)(?=\s{0,60}[,)\]}])")  # "192.0.2.17", 6379
_BEFORE = re.compile(r"\(\s{0,60}((\b)(\d{4,5}))\s{0,60},\s{0,60}\Z")  # (6379, "192.0.2.17"
_AROUND = 200  # characters
_PUBLISHED = re.compile(r"\s(?:-p|--publish)[ =][\"']?(?:[^\s\"':]{0,60}:)?\$\{?(?P<port>\w{1,60})\}?:\d")
_EVERY_INTERFACE = re.compile(r"[\"`](?:0\.0\.0\.0|\[::\])?:%[sdv][\"`]\s{0,9},\s{0,9}(?P<port>\w{1,60})")


def is_port(value: str) -> bool:
    """Return whether the text is a number that may be a service's port.

    Those below 1024 belong to protocols, and are the same in every environment.
    """
    return value.isdecimal() and 4 <= len(value) <= 5 and 1024 <= int(value) <= 65535


def is_remote(use: Literal) -> bool:
    """Return whether the port's name says that it is not our own: DB_PORT, tws_port, not SERVER_PORT."""
    name = use.name or use.argument
    heads = names.kind_words(name)[:-1]
    if use.path in _OF_IMAGE:
        return names.is_port_name(name) and not _SERVICES.isdisjoint(heads)
    return names.is_port_name(name) and (not _SERVICES.isdisjoint(heads) or _OUR_OWN.isdisjoint(heads))


def is_of_own_server(use: Literal) -> bool:
    """Return whether the port's name says that it is our own: SERVER_PORT, base_port."""
    heads = names.kind_words(use.name)[:-1]
    return names.is_port_name(use.name) and _SERVICES.isdisjoint(heads) and not _OUR_OWN.isdisjoint(heads)


def is_of_service(name: str) -> bool:
    """Return whether the name ends in that of a service of others: `"Redis": "localhost"`."""
    return not _SERVICES.isdisjoint(names.kind_words(name)[-1:])


def is_listened_on(use: Literal, scope: Scope) -> bool:
    """Return whether our own server listens on the port.

    It is written behind every interface, `fmt.Sprintf("0.0.0.0:%s", rpcPort)`, published, `docker run -p $PORT:5000`,
    or named for the folder of the service that the file is in: ORDERS_PORT in orders/settings.py.
    """
    if not use.name.isidentifier():
        return False
    heads = names.kind_words(use.name)[:-1]
    if heads and _SERVICES.isdisjoint(heads) and any(names.words(one) == heads for one in scope.path.split("/")[:-1]):
        return True
    spoken = (*_EVERY_INTERFACE.finditer(scope.text), *_PUBLISHED.finditer(scope.text))
    return any(match["port"] == use.name for match in spoken)


def awaits_host(use: Literal, scope: Scope) -> bool:
    """Return whether the host beside the port must decide.

    It must where the name says nothing, and in configuration: there a port may be that of a service of the same file.
    """
    if not is_port(use.value):
        return False
    return names.kind_words(use.name or use.argument) in (("port",), ("ports",)) or (
        places.is_configuration(scope.path) and is_remote(use)
    )


def is_argument(use: Literal) -> bool:
    """Return whether a call is given the port by that name: `broker_for("ib", port=7497)`."""
    return use.role != DEFAULT and bool(use.call) and use.argument == "port" and not calls.stays_inside(use.call)


def next_to(host: Literal, text: str) -> Literal | None:
    """Return the port that stands next to a host and has no name: `Redis("…", 6379)`, `net.connect(6379, "…")`."""
    if not host.quoted or not (host.call or host.path or host.name):
        return None
    behind = _BEHIND.match(text, host.end)
    number = behind or _BEFORE.search(text, max(0, host.start - _AROUND), host.start)
    if number is None or not is_port(number[3]) or (behind is None and not calls.connects(host.call)):
        return None
    start, end = number.span(1)
    return host._replace(value=number[3], start=start, end=end, argument="port", quoted=bool(number[2]))


def is_beside(port: Literal, hosts: Sequence[Literal]) -> bool:
    """Return whether one of the hosts is in the same section, close by, and of the same thing: DB_HOST and DB_PORT.

    The hosts are in order.
    """
    section, things = _section(port), _things(port)
    first = bisect_right(hosts, port.start - _BESIDE, key=_start)
    last = bisect_left(hosts, port.start + _BESIDE, key=_start)
    return any(_section(host) == section and not things.isdisjoint(_things(host)) for host in hosts[first:last])


def _start(use: Literal) -> int:
    return use.start


def _section(use: Literal) -> tuple[str, ...]:
    """Where the setting stands; of `host: ${DB_HOST:localhost}` the last name is the setting itself."""
    return use.path[:-1] if use.role == DEFAULT else use.path


def _things(use: Literal) -> set[tuple[str, ...]]:
    """What the names of a host or port are about: ("db",) for DB_HOST, () for host."""
    called = (use.name, *(use.path[-1:] if use.role == DEFAULT else ()))
    return {tuple(word for word in names.words(name) if word not in _PLACE_WORDS) for name in called}
