"""Service containers for the tests of a workflow: which ones, and how the contract's keys reach them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from envfence.contract.environment import ENVIRONMENT_KEYS
from envfence.contract.grammar import DEFAULT, OPTIONAL, Key
from envfence.contract.kinds import BOOL, CHOICE, HOST, INT, PORT, SECRET, URL
from envfence.stack.tree import Node

DRAWN = "test-${{ github.sha }}"  # a password that no server but the job's own ever has
_NAME = "test"
_HERE = "localhost"  # envfence: ignore[hardcoded-host] the runner itself, where its containers are published
_USER = "${{ github.job }}"  # a name that means something would look like an account
_IMAGE = re.compile(r"\$\{(\w+)(?::?-([^}]*))?")
_CHECK = "--health-interval 2s --health-timeout 5s --health-retries 60"


class Kind(NamedTuple):
    """One kind of server: the words of its images and of its keys, its port, how it is started and asked."""

    name: str
    images: str
    keys: tuple[str, ...]
    port: int
    settings: tuple[tuple[str, str], ...]
    check: str
    url: str


class Service(NamedTuple):
    """A server that a compose file defines: an image by digest, or the variable that names one."""

    kind: Kind
    image: str
    variable: str


_DATABASES = ("DB", "DATABASE")
KINDS = (
    Kind(
        "postgres", r"postgres(?:ql)?|timescaledb(?:-ha)?|postgis|pgvector",
        ("POSTGRES", "POSTGRESQL", "PG", *_DATABASES), 5432,
        (("POSTGRES_USER", _USER), ("POSTGRES_PASSWORD", DRAWN), ("POSTGRES_DB", _NAME)),
        f"pg_isready -h {_HERE}", "postgresql",
    ),
    Kind(
        "mysql", r"mysql|mariadb", ("MYSQL", "MARIADB", *_DATABASES), 3306,
        (
            ("MYSQL_USER", _USER), ("MYSQL_PASSWORD", DRAWN), ("MYSQL_DATABASE", _NAME),
            ("MYSQL_RANDOM_ROOT_PASSWORD", '"yes"'),
        ),
        f"mysqladmin ping -h {_HERE} --protocol tcp || mariadb-admin ping -h {_HERE} --protocol tcp",
        "mysql",
    ),
    Kind(
        "redis", r"redis(?:-stack-server)?|valkey", ("REDIS", "VALKEY"), 6379, (),
        "redis-cli ping || valkey-cli ping", "redis",
    ),
    Kind(
        "influxdb", r"influxdb", ("INFLUXDB", "INFLUX"), 8086,
        (
            ("DOCKER_INFLUXDB_INIT_MODE", "setup"), ("DOCKER_INFLUXDB_INIT_USERNAME", _USER),
            ("DOCKER_INFLUXDB_INIT_PASSWORD", DRAWN), ("DOCKER_INFLUXDB_INIT_ADMIN_TOKEN", DRAWN),
            ("DOCKER_INFLUXDB_INIT_ORG", _NAME), ("DOCKER_INFLUXDB_INIT_BUCKET", _NAME),
        ),
        "influx ping", "http",
    ),
)  # fmt: skip


def services(compose: Iterable[Node]) -> list[Service]:
    """Return the servers of compose files that a workflow can start, one of each kind."""
    found: dict[str, Service] = {}
    for tree in compose:
        for name, node in tree.at("services").mapping.items():
            text = node.at("image").text
            match = _IMAGE.match(text)
            image = (match[2] or "") if match else text
            kind = next((kind for kind in KINDS if re.fullmatch(kind.images, _base(image))), None)
            if kind and kind.name not in found:
                variable = match[1] if match else f"{name.upper().replace('-', '_')}_IMAGE"
                found[kind.name] = Service(kind, image, "" if "@sha256:" in image else variable)
    return list(found.values())


def _base(image: str) -> str:
    """Return the name of an image alone: timescaledb of `registry:5000/timescale/timescaledb:2@sha256:…`."""
    return image.rpartition("/")[2].partition(":")[0].partition("@")[0]


def block(used: Iterable[Service]) -> Iterator[str]:
    """Yield the lines of `services:`; none if there are none."""
    for number, service in enumerate(used):
        kind = service.kind
        if not number:
            yield "services:"
        yield f"  {kind.name}:"
        by_variable = (
            f"${{{{ vars.{service.variable} }}}} # zizmor: ignore[unpinned-images] the variable holds a digest"
        )
        yield f"    image: {by_variable if service.variable else service.image}"
        yield from ("    env:", *(f"      {key}: {value}" for key, value in kind.settings)) if kind.settings else ()
        yield f'    ports: ["{kind.port}"]'
        yield f'    options: --health-cmd "{kind.check}" {_CHECK}'


def values(contract: Mapping[str, Key], used: Iterable[Service]) -> Iterator[tuple[str, str]]:
    """Yield what the tests are given for each key that has no default, and for all of a service's."""
    owners = {word: service for service in reversed(list(used)) for word in service.kind.keys}
    for key in contract.values():
        owner = owners.get(key.name.upper().partition("_")[0])
        value = _of_service(key, owner) if owner else ""
        if value or key.form not in {DEFAULT, OPTIONAL}:
            yield key.name, value or _stand_in(key)


def _of_service(key: Key, service: Service) -> str:
    kind = service.kind
    port = f"${{{{ job.services.{kind.name}.ports[{kind.port}] }}}}"
    last = key.name.upper().rpartition("_")[2]
    if key.kind == URL:
        login = f"{_USER}:{DRAWN}@" if kind.url not in {"http", "redis"} else ""
        path = {"http": "", "redis": "/0"}.get(kind.url, f"/{_NAME}")
        return f"{kind.url}://{login}{_HERE}:{port}{path}"
    by_kind = {HOST: _HERE, PORT: "" if "PUBLISH" in key.name else port}
    if key.kind in by_kind:
        return by_kind[key.kind]
    if key.kind == SECRET:
        return DRAWN if kind.settings else '""'
    if last in {"USER", "USERNAME"}:
        return _USER
    return _NAME if last in {"NAME", "DATABASE", "DB", "ORG", "BUCKET"} else ""


def _stand_in(key: Key) -> str:
    """Return a value of the key's kind that names no server."""
    if key.kind == CHOICE:
        first = next((choice for choice in key.choices if choice.startswith("test")), key.choices[0])
        return first if key.name.upper() in ENVIRONMENT_KEYS else key.choices[0]
    if key.name.upper().endswith(("USER", "USERNAME")):
        return _USER
    by_kind = {HOST: _HERE, PORT: '"1"', URL: f"http://{_HERE}", INT: '"1"', BOOL: '"false"', SECRET: DRAWN}
    return by_kind.get(key.kind, _NAME)
