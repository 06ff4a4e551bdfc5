"""Databases that two environments use, wherever a file names them: in URLs, in words, in keys of their own."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from envfence.contract.content.endpoint import endpoints, is_relative, split_port
from envfence.contract.environment import Environment
from envfence.contract.rules import SHARED_DATABASE
from envfence.contract.stages import words
from envfence.finding import Finding

_DATABASES = {
    "DB": "sql", "DATABASE": "sql", "POSTGRES": "sql", "POSTGRESQL": "sql", "PG": "sql", "MYSQL": "sql",
    "MARIADB": "sql", "TIMESCALE": "sql", "TIMESCALEDB": "sql", "SQLALCHEMY": "sql", "SQL": "sql", "REDIS": "redis",
    "CELERY": "redis", "BROKER": "redis", "CACHE": "redis", "MONGO": "mongodb", "MONGODB": "mongodb",
    "INFLUX": "influxdb", "INFLUXDB": "influxdb", "RABBITMQ": "amqp", "KAFKA": "kafka", "ELASTICSEARCH": "elastic",
    "ELASTIC": "elastic", "OPENSEARCH": "elastic", "MEMCACHED": "memcached", "MEMCACHE": "memcached", "NATS": "nats",
    "CLICKHOUSE": "clickhouse", "CASSANDRA": "cassandra", "MQTT": "mqtt", "ETCD": "etcd", "MSSQL": "sql",
    "ORACLE": "sql",
}  # fmt: skip
_SQL = frozenset(
    "postgresql postgres mysql mariadb timescale timescaledb mssql sqlserver oracle cockroachdb clickhouse".split()
)
_PORTS = {
    "mysql": "3306", "mariadb": "3306", "mssql": "1433", "sqlserver": "1433", "redis": "6379", "rediss": "6379",
    "mongodb": "27017", "amqp": "5672", "amqps": "5671",
}  # fmt: skip
_OTHERS = frozenset({"mongodb", "redis", "rediss", "amqp", "amqps"})
_PAIR = re.compile(r"([a-z][a-z ]*?)\s*=\s*('[^']*'|\"[^\"]*\"|[^;\s]+)", re.IGNORECASE)
_USUAL = {"sql": "5432", "redis": "6379", "mongodb": "27017", "influxdb": "8086", "clickhouse": "9000"}  # ports
_HOST_ENDS = ("_HOSTNAME", "_HOST", "_SERVER", "_ADDRESS", "_ADDR", "HOST")
_HOST_WORDS = ("host", "hostaddr", "server", "data source", "addr", "address")
_NAME_WORDS = ("dbname", "database", "databasename", "initial catalog")
# What follows the stem of a key beside the one with the host: DB_NAME, REDIS_DB_INDEX, INFLUXDB_BUCKET.
_NAMES = (
    "NAME DATABASE DB DBNAME DB_NAME DATABASE_NAME BUCKET INDEX KEYSPACE "
    "DB_INDEX DATABASE_INDEX DB_NUMBER DB_NUM DATABASE_NUMBER"
).split()
_INFLUX = ("db", "bucket")  # parameters of its web addresses, in version 1 and 2


class Database(NamedTuple):
    """One database, wherever it is named."""

    host: str
    port: str
    name: str


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
    """Yield the databases that ``environment`` names in URLs and split keys, with the key that tells the host."""
    for key, value in environment.given():
        for database in (
            *_split_database(environment, key, value),
            *_of_urls(environment, key, value),
            *_of_web_address(environment, key, value),
            *_of_words(value),
        ):
            if database.name and not is_relative(database.host):
                yield key, database


def _split_database(environment: Environment, key: str, host: str) -> Iterator[Database]:
    stem, usual = host_stem(key), _USUAL.get(family(key), "")
    if not stem or not usual:
        return
    name, port = split_port(host.strip())
    port = port or environment.values.get(f"{stem}_PORT") or environment.values.get(f"{stem}PORT") or usual
    yield Database(plain(name), port, _named_beside(environment, stem))


def _named_beside(environment: Environment, stem: str) -> str:
    """Return the database that a key of its own names, "" if none does: DB_NAME, PGDATABASE."""
    keys = (f"{stem}{glue}{word}" for glue in ("_", "") for word in _NAMES)
    return next(filter(None, map(environment.values.get, keys)), "")


def host_stem(key: str) -> str:
    """Return what stands before the word for a host: DB of DB_HOST and DB_SERVER, PG of PGHOST; "" for other keys."""
    return next((key[: -len(end)] for end in _HOST_ENDS if key.upper().endswith(end)), "")


def _of_web_address(environment: Environment, key: str, url: str) -> Iterator[Database]:
    """Yield what the web address of a store names, or a key beside it: `/query?db=x`, INFLUXDB_BUCKET."""
    stem, _, word = key.rpartition("_")
    is_named = word.upper() in {"URL", "URI", "ENDPOINT", "ADDR", "HOST"} and bool(family(key))
    for endpoint in endpoints(url):
        if endpoint.scheme in {"http", "https"} and (is_named or endpoint.path in {"query", "write"}):
            own = _parameter(url, _INFLUX) if family(key) == "influxdb" or endpoint.path in {"query", "write"} else ""
            yield Database(endpoint.host, endpoint.dialled, own or (_named_beside(environment, stem) if stem else ""))


def _of_urls(environment: Environment, key: str, value: str) -> Iterator[Database]:
    for endpoint in endpoints(value):
        scheme = endpoint.scheme.partition("+")[0].removeprefix("jdbc:")
        if scheme in _SQL or scheme in _OTHERS:
            name = endpoint.path or _parameter(value, ("db", *_NAME_WORDS))
            name = name or (_named_beside(environment, key.rpartition("_")[0]) if "_" in key else "")
            name = name or ("0" if scheme in {"redis", "rediss"} else "")  # it has no other by itself
            yield Database(endpoint.host, endpoint.port or _PORTS.get(scheme, "5432"), name)


def _of_words(value: str) -> Iterator[Database]:
    if said := words_of(value):
        name = next(filter(None, map(said.get, _NAME_WORDS)), "")
        yield Database(plain(said["host"]), said.get("port") or "5432", name)


def _parameter(value: str, names: Sequence[str]) -> str:
    """Return the first parameter of a URL that has one of ``names``; SQL Server's JDBC has `;` between them."""
    asked = re.split(r"[?&;]", value)[1:]
    said = dict(reversed([(word.lower(), text) for word, _, text in (part.partition("=") for part in asked)]))
    return next((said[name].strip("'\"") for name in names if said.get(name)), "")


def words_of(value: str) -> dict[str, str]:
    """Return what a text such as `host=db dbname=orders` or `Server=tcp:db,1433;Database=orders` says, by its words.

    ``host`` and ``port`` are always those of the server; nothing for any other text.
    """
    if "=" not in value or "://" in value:
        return {}
    said = {word.strip().lower(): text.strip("'\"") for word, text in _PAIR.findall(value)}
    server = next((said[word] for word in _HOST_WORDS if word in said), "")
    if not server or not any(word in said for word in _NAME_WORDS):
        return {}
    host, port = split_port(server.removeprefix("tcp:").replace(",", ":"))
    return {**said, "host": host, "port": port or said.get("port", "")}


def plain(host: str) -> str:
    """Return a host as it is compared."""
    return host.strip().lower().removesuffix(".")


def _has_a_graver_owner(owners: Sequence[Environment]) -> bool:
    return any(not owner.is_throwaway for owner in owners)


@cache
def family(key: str) -> str:
    """Return the kind of store that a key's name tells: sql, redis and so on, "" for none."""
    key = key.replace("HOST", "_HOST")  # PGHOST
    return next((_DATABASES[word.upper()] for word in words(key) if word.upper() in _DATABASES), "")
