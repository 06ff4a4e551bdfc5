"""What a connection is called: the prefix of its keys, from the names and calls around its values."""

import re
from collections.abc import Iterable, Sequence

from envfence.detect.names import PASSWORD as IS_PASSWORD
from envfence.detect.names import USER_WORDS, is_user_name, secret_kind, words

_SCHEMES = {
    "postgres": "DB", "postgresql": "DB", "mysql": "DB", "mariadb": "DB", "mssql": "DB", "sqlserver": "DB",
    "oracle": "DB", "timescaledb": "DB", "cockroachdb": "DB", "redshift": "DB", "redis": "REDIS", "rediss": "REDIS",
    "amqp": "RABBITMQ", "amqps": "RABBITMQ", "mongodb": "MONGO", "clickhouse": "CLICKHOUSE", "smtp": "SMTP",
    "ldap": "LDAP", "ldaps": "LDAP", "mqtt": "MQTT", "nats": "NATS", "ftp": "FTP", "sftp": "SFTP", "bolt": "NEO4J",
    "neo4j": "NEO4J",
}  # fmt: skip
_CALLED = {
    "psycopg": "DB", "psycopg2": "DB", "asyncpg": "DB", "pg8000": "DB", "pymysql": "DB", "mysqldb": "DB", "mysql": "DB",
    "aiomysql": "DB", "aiopg": "DB", "mariadb": "DB", "pymssql": "DB", "pyodbc": "DB", "oracledb": "DB",
    "cx_oracle": "DB", "create_engine": "DB", "create_async_engine": "DB", "url.create": "DB", "redis": "REDIS",
    "strictredis": "REDIS", "aioredis": "REDIS", "arq": "REDIS", "pika": "RABBITMQ", "aio_pika": "RABBITMQ",
    "mongoclient": "MONGO", "asynciomotorclient": "MONGO", "influxdbclient": "INFLUXDB", "kafkaproducer": "KAFKA",
    "kafkaconsumer": "KAFKA", "aiokafkaproducer": "KAFKA", "aiokafkaconsumer": "KAFKA",
    "elasticsearch": "ELASTICSEARCH",
    "opensearch": "OPENSEARCH", "smtplib": "SMTP", "smtp": "SMTP", "ftplib": "FTP", "ftp": "FTP", "paramiko": "SSH",
    "minio": "MINIO", "clickhouse_connect": "CLICKHOUSE", "clickhouse_driver": "CLICKHOUSE", "cluster": "CASSANDRA",
    "mqtt": "MQTT", "graphdatabase": "NEO4J", "qdrantclient": "QDRANT", "milvusclient": "MILVUS",
    "pymemcache": "MEMCACHED",
}  # fmt: skip
_PORTS = {
    "5432": "DB", "5433": "DB", "5434": "DB", "5435": "DB", "3306": "DB", "1433": "DB", "1521": "DB", "6379": "REDIS",
    "6380": "REDIS", "5672": "RABBITMQ", "27017": "MONGO", "9092": "KAFKA", "8086": "INFLUXDB", "9200": "ELASTICSEARCH",
    "1883": "MQTT", "25": "SMTP", "587": "SMTP", "465": "SMTP", "11211": "MEMCACHED",
    "11434": "OLLAMA", "6333": "QDRANT",
}  # fmt: skip
_KNOWN = frozenset((*_SCHEMES.values(), *_CALLED.values(), *_PORTS.values()))
_SQL_WORDS = frozenset(
    "postgres postgresql pg pgsql mysql mariadb database db sql timescale timescaledb mssql sqlalchemy psycopg".split()
)
LIBPQ = re.compile(r"\APG(HOST|PORT|USER|PASSWORD|DATABASE)\Z")
_PART_WORDS = {
    "HOST": "host hostname server address addr ip endpoint",
    "PORT": "port",
    "USER": " ".join(USER_WORDS) + " name",
    "NAME": "name dbname database db",
    "URL": "url uri dsn connection conn string str link endpoint address",
}
_GENERIC = frozenset(
    "config cfg conf configuration settings setting params param options option opts args kwargs connection conn"
    " connect client default defaults info credentials creds credential init get create make main self my the"
    " data value values"
    " new test engine url uri dsn host port server session response resp res result r s c e f g app application api"
    " base http https base params environment env dict local localhost string str address user username password"
    " request requests post put delete read write run start load fetch handler name class object obj instance"
    " passwd pwd pass target destination origin href connections clients hosts configs databases"
    " urls servers candidates targets items entries"
    " headers header payload body json auth"
    " parse parser arg argument arguments cli command environments envs stage stages"
    " manager service production development dev prod staging class".split()
)


def of_scheme(scheme: str) -> str:
    """Return the prefix for a URL's scheme: DB for `postgresql+psycopg`."""
    driver = scheme.lower().partition("+")[0]
    return _SCHEMES.get(driver, driver.upper())


def part_of(name: str, rule: str, family: str, value: str) -> str:
    """Return what a value is by its name and the rule that it breaks: HOST, PORT, USER, PASSWORD, or "" for another."""
    if rule == "hardcoded-username":
        return "USER"
    if family == "endpoint":
        if rule == "hardcoded-port" or value.isdigit():
            return "PORT"
        return "HOST" if rule == "hardcoded-host" or is_bare_host(value) else ""
    if is_user_name(name):
        return "USER"
    return "PASSWORD" if secret_kind(name) == IS_PASSWORD and "secret" not in name.lower() else ""


def is_bare_host(value: str) -> bool:
    """Tell whether a value is a host and nothing else."""
    return bool(value) and (value.count(":") != 1) and not set(value) & set("/@, =")


def prefix_in(name: str, part: str) -> str:
    """Return the words of a name before those that say which part it is: DB of `db_host`, "" of `hostname`."""
    said = set(_PART_WORDS.get(part, "password passwd pwd pass pw").split())
    parts = list(words(LIBPQ.sub(r"PG_\1", name)))
    while parts and parts[-1] in said:
        parts.pop()
    return canonical(parts)


def canonical(parts: Sequence[str]) -> str:
    """Return words as a prefix of keys: whatever says SQL database and nothing else is DB."""
    if parts and _SQL_WORDS.issuperset(parts):
        return "DB"
    return "_".join("DB" if part == "database" else part.upper() for part in parts)


def of_client(call: str) -> str:
    """Return the prefix that a call of a client tells, "" of any other: DB for `psycopg2.connect`."""
    parts = call.lower().split(".")
    candidates = (".".join(parts[-2:]), *reversed(parts))
    return next((_CALLED[one] for one in candidates if one in _CALLED), "")


def of_context(call: str, names: Iterable[str], ports: Iterable[str] = ()) -> str:
    """Return the prefix that a call, the names around it, or a well-known port tell, "" if none does."""
    if client := of_client(call):
        return client
    last = call.rpartition(".")[2]
    about = [of_name(name) for name in (*([last] if last[:1].isupper() else []), *names)]
    known = [prefix for prefix in about if prefix in _KNOWN]
    by_port = [_PORTS[port] for port in ports if port in _PORTS]
    return next(iter((*known, *by_port, *filter(None, about))), "")


def of_machine(name: str) -> str:
    """Return the prefix for a machine that commands go to: what its variable is about, DEPLOY if that says nothing."""
    return of_name(name) or "DEPLOY"


def of_secret_url(url: str) -> str:
    """Return what a URL that lets in whoever knows it is called: SLACK_WEBHOOK_URL of one of `hooks.slack.com`."""
    labels = re.split(r"[/:?#]", url.partition("://")[2], maxsplit=1)[0].split(".")
    about = of_name(labels[-2]) if len(labels) > 1 and not labels[-1].isdigit() else ""
    return "_".join(filter(None, (about, "WEBHOOK" if "hook" in url.lower() else "", "URL")))


def of_name(name: str) -> str:
    """Return what a variable, class or module is about: LEGACY_DB of `legacy_db_config`, "" of `config`."""
    return canonical([word for word in words(name) if word not in _GENERIC and len(word) > 1 and not word.isdigit()])
