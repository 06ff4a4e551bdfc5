"""Hosts of one environment that belong to another: a developer's machine, another's server, one database twice."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from envfence.contract import kinds
from envfence.contract.endpoint import endpoints, is_address, is_loopback, is_relative, split_port
from envfence.contract.environment import Environment
from envfence.contract.rules import POINTS_AT_DEVELOPMENT, SHARED_DATABASE
from envfence.contract.stages import DEVELOPMENT, KNOWN, PRODUCTION, TEST, stages_in, words
from envfence.finding import WARNING, Finding

# What rightly runs beside the program, or is an address that it listens on.
_BESIDE = frozenset(
    "BIND LISTEN PUBLISH AGENT STATSD OTEL JAEGER SIDECAR PROXY COLLECTOR FLUENT FLUENTD FLUENTBIT "
    "SYSLOG LOG LOGS HEALTH HEALTHCHECK PROBE UVICORN GUNICORN SERVER NO DOCKER".split()
)
_MAIL = frozenset({"SMTP", "MAIL", "EMAIL"})
_ITSELF = "the machine itself"
_DATABASES = {
    "DB": "sql", "DATABASE": "sql", "POSTGRES": "sql", "POSTGRESQL": "sql", "PG": "sql", "MYSQL": "sql",
    "MARIADB": "sql", "TIMESCALE": "sql", "TIMESCALEDB": "sql", "SQLALCHEMY": "sql", "SQL": "sql", "REDIS": "redis",
    "CELERY": "redis", "BROKER": "redis", "CACHE": "redis", "MONGO": "mongodb", "MONGODB": "mongodb",
    "INFLUX": "influxdb", "INFLUXDB": "influxdb", "RABBITMQ": "amqp", "KAFKA": "kafka", "ELASTICSEARCH": "elastic",
}  # fmt: skip
_SERVERS = frozenset("SERVERS BROKERS BROKER NODES HOSTS PEERS ENDPOINTS ADDRESSES SENTINELS".split())
_SCHEMES = frozenset({"postgresql", "postgres", "mysql", "mariadb", "timescale", "mongodb"})
_SAME_FOR_ALL = ("dev.azure.com",)  # services of others whose name holds such a word


class Database(NamedTuple):
    """One database, wherever it is named."""

    host: str
    port: str
    name: str


def misplaced_hosts(environments: Sequence[Environment], same_for_all: Sequence[str] = ()) -> Iterator[Finding]:
    """Yield the hosts that an environment outside development should not use; some hosts are the same for all."""
    allowed = tuple(f".{host}" for host in (*_SAME_FOR_ALL, *same_for_all))
    named = [(environment, _hosts(environment)) for environment in environments]
    for environment, of_keys in named:
        if environment.is_throwaway:
            continue
        others = (pair for pair in named if pair[0].stage != environment.stage)
        theirs = _database_hosts(others) if environment.stage == PRODUCTION else {}
        for key, hosts in of_keys.items():
            own = [host for host in hosts if not f".{host}".endswith(allowed)]
            reason = next(filter(None, (_reason(environment, key, host, theirs) for host in own)), "")
            if reason:
                # A relay on the server itself is possible; in a container there is none.
                is_possible = reason == _ITSELF and not _MAIL.isdisjoint(key.upper().split("_"))
                yield environment.found(POINTS_AT_DEVELOPMENT, key, reason, WARNING if is_possible else "")


def shared_databases(environments: Sequence[Environment]) -> Iterator[Finding]:
    """Yield the databases that another environment uses too; relative hosts are another machine in each."""
    owners: dict[Database, list[Environment]] = {}
    for environment in environments:
        for database in dict.fromkeys(database for _, database in databases(environment)):
            owners.setdefault(database, []).append(environment)
    for environment in environments:
        for key, database in databases(environment):
            others = [other.path for other in owners[database] if other.identity != environment.identity]
            if others and not (environment.is_throwaway and _has_a_graver_owner(owners[database])):
                yield environment.found(SHARED_DATABASE, key, f"also in {', '.join(others)}")


def databases(environment: Environment) -> Iterator[tuple[str, Database]]:
    """Yield the SQL databases that ``environment`` names in URLs and split keys, with the key that tells the host."""
    for key, value in environment.given():
        for database in (*_split_database(environment, key, value), *_of_urls(value)):
            if database.name and not is_relative(database.host):
                yield key, database


def _split_database(environment: Environment, key: str, host: str) -> Iterator[Database]:
    if not key.upper().endswith("_HOST") or _family(key) != "sql":
        return
    stem = key[: -len("_HOST")]
    names = (environment.values.get(f"{stem}_{word}") for word in ("NAME", "DATABASE", "DB"))
    yield Database(_plain(host), environment.values.get(f"{stem}_PORT") or "5432", next(filter(None, names), ""))


def _of_urls(value: str) -> Iterator[Database]:
    for endpoint in endpoints(value):
        if endpoint.scheme.partition("+")[0] in _SCHEMES:
            yield Database(endpoint.host, endpoint.dialled, endpoint.path)
    if words := _of_words(value):
        yield Database(_plain(words.get("host", "")), words.get("port", "5432"), words.get("dbname", ""))


def _of_words(value: str) -> dict[str, str]:
    """Return what a text such as `host=db port=5432 dbname=orders` says, nothing for any other text."""
    if "host=" not in value or "dbname=" not in value:
        return {}
    words = (word.partition("=") for word in value.split())
    return {name: said.strip("'\"") for name, _, said in words}


def _plain(host: str) -> str:
    return host.strip().lower().removesuffix(".")


def _has_a_graver_owner(owners: Sequence[Environment]) -> bool:
    return any(not owner.is_throwaway for owner in owners)


def _hosts(environment: Environment) -> dict[str, list[str]]:
    hosts: dict[str, list[str]] = {}
    for key, value in environment.given():
        found = [endpoint.host for endpoint in endpoints(value)] or list(filter(None, [_of_words(value).get("host")]))
        if not found and (environment.kind(key) == kinds.HOST or _lists_hosts(key, value)):
            found = [_plain(split_port(part.strip())[0]) for part in value.split(",")]
        if found:
            hosts[key] = found
    return hosts


def _lists_hosts(key: str, value: str) -> bool:
    """Tell whether the name of a key speaks of servers, and the value has a host and a port for each."""
    if _SERVERS.isdisjoint(key.upper().split("_")):
        return False
    return all(port.isdecimal() and host for host, port in map(split_port, map(str.strip, value.split(","))))


def _reason(environment: Environment, key: str, host: str, theirs: dict[str, str]) -> str:
    if environment.stage == PRODUCTION and _is_own_machine(environment, key, host):
        return _ITSELF
    labels = "" if is_loopback(host) or is_address(host) else host.rpartition(".")[0] or host
    named = stages_in(labels)
    if named and environment.stage in KNOWN and environment.stage not in named and _is_below(environment, named):
        return "its name says another environment"
    if environment.stage == PRODUCTION and _family(key) and not is_relative(host) and host in theirs:
        return f"also the host in {theirs[host]}"
    return ""


def _is_own_machine(environment: Environment, key: str, host: str) -> bool:
    if host == "0.0.0.0":  # noqa: S104  a server binds it; whoever dials it reaches itself
        return bool(_family(key)) or "://" in environment.values[key]
    return is_loopback(host) and _BESIDE.isdisjoint(key.upper().split("_")) and key.upper() != "HOST"


def _is_below(environment: Environment, named: set[str]) -> bool:
    return environment.stage == PRODUCTION or not named.isdisjoint({DEVELOPMENT, TEST})


def _database_hosts(others: Iterable[tuple[Environment, dict[str, list[str]]]]) -> dict[str, str]:
    return {
        host: other.path
        for other, of_keys in others
        for key, hosts in of_keys.items()
        if _family(key)
        for host in hosts
    }


@cache
def _family(key: str) -> str:
    return next((_DATABASES[word.upper()] for word in words(key) if word.upper() in _DATABASES), "")
