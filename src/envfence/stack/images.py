"""What an image's name says: which program it is, and whether its tag stays with one build.

A tag is exact if it holds a version of two numbers or more, a date, a serial number or a commit: `7.2.4-alpine`,
`main-5e1f0c2`. How many numbers a whole version has differs: 17.1 is one of PostgreSQL and a line of releases of Redis.

A word alone (`latest`, `stable`, `alpine`) is whatever is newest, and floats in every stack. A major version alone
(`redis:7`, `postgres:16-alpine`) moves within what promises to be compatible. On a developer's machine that is wanted.
On servers two hosts would run two builds of one file and nobody could go back to yesterday's, so it is reported in
their stacks, and with them in the base file that they use.
"""

import re

from envfence.stack.render import is_unknown
from envfence.stack.tree import Node

EXACT, MAJOR, FLOATS = "exact", "major", "floats"
KEY_VALUE_STORES = frozenset("redis redis-stack redis-stack-server valkey valkey-bundle keydb dragonfly".split())
_STORES = KEY_VALUE_STORES | frozenset(
    "postgres postgresql postgis pgvector timescaledb timescaledb-ha mysql mysql-server mariadb percona mongo mongodb "
    "memcached rabbitmq kafka cp-kafka zookeeper cp-zookeeper nats nats-streaming elasticsearch opensearch influxdb "
    "clickhouse-server clickhouse cassandra scylla cockroach neo4j couchdb minio etcd redpanda pulsar activemq "
    "activemq-artemis questdb qdrant mssql azure-sql-edge".split()
)
_STORES_BY_NAME = _STORES | frozenset("db database cache broker queue timescale".split())
_MOVING = frozenset("latest stable edge nightly main master dev develop rolling mainline current lts".split())
_VARIANTS = (
    "alpine", "slim", "bookworm", "bullseye", "buster", "trixie", "debian", "ubuntu", "jammy", "focal", "noble", "ubi",
    "rhel", "centos", "rocky", "windowsservercore", "nanoserver",
)  # fmt: skip
_BUILD = re.compile(r"\d+\.\d+\.\d+|\d{6}|\d{4}[-.]\d\d[-.]\d\d|(?<![0-9a-z])(?=[a-f]*\d)[0-9a-f]{7,}(?![0-9a-z])")
_VERSION = re.compile(r"\d+\.\d|\d{3}")
_MAJOR = re.compile(r"(?:v|pg|postgres|java|jdk|jre|php|python|py|node)?\d{1,2}\Z")


def name_of(image: str) -> str:
    """Return the last part of an image's name, without tag and digest."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0].lower()


def is_store(name: str, service: Node) -> bool:
    """Tell whether a service is a database, a cache or a broker: by its image, by its own name if that is built."""
    image = name_of(service.at("image").text)
    if image in _STORES or "/mssql/" in service.at("image").text:
        return True
    return "build" in service.mapping and not _STORES_BY_NAME.isdisjoint({name, image})


def movement(image: str) -> str:
    """Return how much the tag of ``image`` moves: EXACT, MAJOR or FLOATS. What is not known here is EXACT."""
    last = image.rpartition("/")[2]
    tag = last.partition(":")[2].lower()
    if "@" in image or "$" in image or image == "scratch" or (not tag and is_unknown(last)):
        return EXACT
    parts = tag.replace("_", "-").split("-")
    if _BUILD.search(tag):
        return EXACT
    if not tag or not _MOVING.isdisjoint(parts) or tag.endswith(".x"):
        return FLOATS
    own = [part for part in parts if not part.startswith(_VARIANTS)]
    if is_unknown(tag) or any(_VERSION.search(part) for part in own):
        return EXACT
    if not any(character.isdigit() for part in own for character in part):
        return FLOATS
    return MAJOR if _MAJOR.match(own[0]) else EXACT
