"""Hosts, ports, URLs and connection strings that pin the program to one environment."""

import re

from envfence.detect import addresses as a
from envfence.detect import names
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

# The address that our own server listens on is no violation.
LISTENS = re.compile(
    r"(?:^|\.)(?:run|run_app|run_simple|listen|listen_and_serve|ListenAndServe\w*|bind|serve|start_server|create_server|createServer"
    r"|HTTPServer|TCPServer|UDPServer|ThreadingHTTPServer|start_http_server|make_server|Server|ServerSocket|launch|serve_forever|runserver"
    r"|WSGIServer|httpd|TestClient|Site|Listen|loopback|NewServer)$"
)
OWN_PORT_HEADS = frozenset(
    "server http https listen listener app web api backend frontend bind jmx exporter metrics management dashboard debug ui health admin"
    " dev local public external internal container expose client mcp flask fastapi uvicorn gunicorn node vite service".split()
)
CONNECTS = re.compile(
    r"(?i)connect|client|redis|cluster|engine|broker|session|pool|socket|producer|consumer|mongo|influx|amqp|ssh|smtp|ftp|dial|open|channel|proxy|request|\bget$|post$|fetch|axios"
)
NOT_REMOTE_NAMES = re.compile(
    r"(?i)cors|allow|origins?$|trusted|alt_?name|common_?name|subject|no_?proxy|listen|bind|xmlns|schema|namespace|homepage|docs?_?url|repository|license|referer|issuer|audience|\$ref|\$id|sans?$|cert"
)
DATA_SCHEMES = re.compile(
    r"(?:postgres|postgresql|mysql|mariadb|mssql|sqlserver|oracle|cockroachdb|timescaledb|redis|rediss|valkey|amqp|amqps|mongodb|memcached?|kafka|nats|mqtt|mqtts"
    r"|ldap|ldaps|smtp|smtps|ftp|ftps|sftp|ssh|clickhouse|cassandra|elasticsearch|influxdb|etcd|consul|zookeeper|tcp|udp|grpc|thrift|bolt|neo4j|couchdb|pyro|rpc|db)(?:\+[\w.+]+)?"
)
WEB_SCHEMES = frozenset("http https ws wss".split())
_PORT_VALUE = re.compile(r"\d{2,5}")
_BARE_HOST = re.compile(r"[A-Za-z0-9_.\[\]:-]{2,100}")


def rule_for(literal: Literal) -> Rule | None:
    """Return the rule that the literal breaks in one of its contexts, if any."""
    if literal.role in (COMPARED, SHOWN, DOC) or LISTENS.search(literal.call):
        return None
    if _is_excused(literal):
        return None
    rule = _of_value(literal)
    return FALLBACK if rule and literal.role == DEFAULT else rule


def _is_excused(literal: Literal) -> bool:
    around = (literal.name, *literal.path[-2:])
    return any(NOT_REMOTE_NAMES.search(name) for name in around)


def _of_value(literal: Literal) -> Rule | None:
    value = literal.value.strip()
    if _PORT_VALUE.fullmatch(value):
        return PORT if _is_remote_port(literal) else None
    if "://" in value:
        return URL if _pins_url(value) else None
    if host := a.key_value_host(value):
        return URL if a.owner_of(host) in (a.LOCAL, a.OWN) else None
    if pair := a.host_port(value):
        return URL if _pins_pair(literal, *pair) else None
    if _BARE_HOST.fullmatch(value) and _is_remote_host(literal, value):
        return HOST
    return None


def _pins_url(value: str) -> bool:
    address = a.url_in(value)
    if address is None:
        return False
    owner = a.owner_of(address.host)
    if address.scheme in WEB_SCHEMES:
        return owner in (a.LOCAL, a.OWN)
    if not DATA_SCHEMES.fullmatch(address.scheme):
        return False
    return owner in (a.LOCAL, a.OWN) or (owner == a.PUBLIC and bool(address.port or address.user))


def _pins_pair(literal: Literal, host: str, port: str) -> bool:
    owner = a.owner_of(host)
    return owner == a.LOCAL or (owner == a.OWN and names.is_host_name(literal.name))


def _is_remote_host(literal: Literal, value: str) -> bool:
    owner = a.owner_of(value)
    if owner == a.LOCAL:
        return _is_connected(literal) or names.is_host_name(literal.name) or names.is_url_name(literal.name)
    if owner == a.OWN:
        return (
            names.is_host_name(literal.name)
            or names.is_host_name(literal.argument)
            or bool(CONNECTS.search(literal.call))
        )
    return owner == a.SERVICE and literal.argument == "0" and literal.call.endswith(".connect") and not literal.name


def _is_connected(literal: Literal) -> bool:
    return bool(CONNECTS.search(literal.call)) or names.is_host_name(literal.argument)


def _is_remote_port(literal: Literal) -> bool:
    name = literal.name or literal.argument
    if not names.is_port_name(name) or not 10 <= int(literal.value) <= 65535:
        return False
    heads = names.words(name)[:-1]
    if not heads:
        return bool(literal.call) or literal.role == DEFAULT
    return not OWN_PORT_HEADS.intersection(heads)
