"""Logins that everybody knows, and services that ask for none.

What is written into the files is judged in every stack; what an image does by default, where nobody says otherwise,
on servers: a store without a password, and a dashboard that lets anybody look.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import pairwise

from envfence.contract import kinds
from envfence.contract.content.endpoint import endpoints
from envfence.contract.rules import found
from envfence.finding import WARNING, Finding
from envfence.stack.entries import mount
from envfence.stack.images import KEY_VALUE_STORES, name_of
from envfence.stack.render import Stack, is_unknown, normal
from envfence.stack.rules import DEFAULT_LOGIN
from envfence.stack.tree import Node

# Part of an image's name -> the variables of which one replaces the login that it ships.
_LOGINS = {
    "grafana/grafana": "GF_SECURITY_ADMIN_PASSWORD GF_SECURITY_ADMIN_PASSWORD__FILE".split(),
    "mher/flower": "FLOWER_BASIC_AUTH FLOWER_AUTH FLOWER_AUTH_PROVIDER FLOWER_OAUTH2_KEY".split(),
    "rabbitmq": "RABBITMQ_DEFAULT_PASS RABBITMQ_DEFAULT_PASS_FILE RABBITMQ_PASSWORD RABBITMQ_CONFIG_FILE".split(),
    "minio/minio": "MINIO_ROOT_PASSWORD MINIO_ROOT_PASSWORD_FILE MINIO_SECRET_KEY".split(),
}
_SHIPPED = frozenset(
    "admin administrator adminadmin airflow bitnami changeit changeme changethis dbpassword default directus elastic "
    "example grafana guest influx influxdb keycloak letmein mariadb metabase minio minioadmin mongo mongodb "
    "my-secret-pw my-super-secret-auth-token mypassword mysecretpassword mysql n8n neo4j nexus nextcloud p@ssw0rd pass "
    "passw0rd password pgadmin postgres postgresql qwerty rabbit rabbitmq redis root rootpass rootpassword rootroot "
    "secret somewordpress sonar superset supersecret test toor user wordpress yourpassword "
    "yourstrong(!)password".split()
)
_ROWS = frozenset({"1234", "12345", "123456", "12345678", "123456789"})
_SECRETS = ("PASSWORD", "PASSWD", "PASS", "_PWD")
# A variable and the values that switch a login off. "*" is any value at all.
_SWITCHED_OFF = {
    "POSTGRES_HOST_AUTH_METHOD": {"trust"},
    "MYSQL_ALLOW_EMPTY_PASSWORD": {"*"},
    "MARIADB_ALLOW_EMPTY_PASSWORD": {"*"},
    "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD": {"*"},
    "ALLOW_EMPTY_PASSWORD": kinds.TRUE,
    "ALLOW_ANONYMOUS_LOGIN": kinds.TRUE,
    "NEO4J_AUTH": {"none"},
}
_OPEN_ON_SERVERS = {
    "GF_AUTH_ANONYMOUS_ENABLED": kinds.TRUE,
    "XPACK.SECURITY.ENABLED": kinds.FALSE,
    "DISABLE_SECURITY_PLUGIN": kinds.TRUE,
    "PGADMIN_CONFIG_SERVER_MODE": kinds.FALSE,
    "INFLUXDB_HTTP_AUTH_ENABLED": kinds.FALSE,
    "ME_CONFIG_BASICAUTH": kinds.FALSE,
    "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": kinds.TRUE,
}
_NO_LOGIN = "no password is asked for"
_DEAF = frozenset({"redis", "valkey", "keydb"})  # to REDIS_PASSWORD and the like; the images of others read it
_TAKEN_FROM = ("requirepass", "aclfile", ".conf", ".acl")
_FOLDERS = frozenset(f"{top}/{name}" for top in ("/etc", "/usr/local/etc") for name in KEY_VALUE_STORES)
_IN_PLACE = ("--requirepass", "--password", "--basic_auth", "--basic-auth")


def findings(stack: Stack, given: frozenset[str]) -> Iterator[Finding]:
    """Yield the services of ``stack`` that anybody can enter. ``given`` are the keys that env files hold."""
    written = (
        finding
        for layer in stack.layers
        for name, service in layer.at("services").mapping.items()
        for finding in _written(name, normal(service, ("services", name)))
    )
    # An anchor of YAML gives one line to many services: it is told once.
    yield from {(finding.path, finding.line): finding for finding in written}.values()
    for name, service in stack.started.items():
        yield from _shipped(name, service, given)
        yield from _open_dashboard(stack, name, service)
        if not stack.is_throwaway:
            yield from _switched_off(name, service, _OPEN_ON_SERVERS)
            yield from _open_store(name, service, given)


def _written(name: str, service: Node) -> Iterator[Finding]:
    """Yield the logins that stand in a file, in variables and in commands."""
    for key, node in service.at("environment").mapping.items():
        if _is_shipped_login(key, node.text.strip("\"'")):
            yield found(DEFAULT_LOGIN, node.path, node.line, f"{name}.{key}")
    yield from _switched_off(name, service, _SWITCHED_OFF)
    for part in ("command", "entrypoint"):
        words = [(word, item) for item in service.at(part).items for word in item.text.replace("=", " ").split()]
        for (option, _), (value, item) in pairwise(words):
            if option.strip("\"'") in _IN_PLACE and _is_shipped(value.strip("\"'")):
                yield found(DEFAULT_LOGIN, item.path, item.line, name)


def _is_shipped_login(key: str, value: str) -> bool:
    upper = key.upper()
    if "://" in value:
        return any(_is_shipped(endpoint.password) for endpoint in endpoints(value))
    is_pair = upper.endswith("_AUTH") and not {":", "/"}.isdisjoint(value)
    is_secret = is_pair or upper.endswith(_SECRETS) or kinds.kind_of_name(key) == kinds.SECRET
    return is_secret and _is_shipped(value)


def _is_shipped(value: str) -> bool:
    """Tell whether an image, its manual or habit gives this password, or this user and password."""
    user, mark, password = value.lower().replace("/", ":").partition(":")
    last = password if mark else user
    return last in _SHIPPED or last.rstrip("0123456789!@#") in _SHIPPED or last in _ROWS


def _switched_off(name: str, service: Node, table: Mapping[str, AbstractSet[str]]) -> Iterator[Finding]:
    for key, node in service.at("environment").mapping.items():
        values = table.get(key.upper().replace("__", "."), set())
        said = node.text.strip("\"'").lower()
        if said in values or ("*" in values and said):
            yield found(DEFAULT_LOGIN, node.path, node.line, f"{name}.{key}", _NO_LOGIN)


def _shipped(name: str, service: Node, given: frozenset[str]) -> Iterator[Finding]:
    environment, image = service.at("environment").mapping, service.at("image")
    for part, keys in _LOGINS.items():
        from_file = bool(service.at("env_file").value) and not given.isdisjoint(keys)
        has_file = any(_is_of_program(part, mount(item).target) for item in service.at("volumes").items)
        is_told = has_file or from_file or any(key in environment for key in keys) or _is_told(service)
        if part in image.text and not is_told:
            yield found(DEFAULT_LOGIN, image.path, image.line, name, f"{keys[0]} is not set")


def _is_told(service: Node) -> bool:
    """Tell whether the command names who may log in: `celery flower --basic-auth=...`."""
    said = " ".join(item.text for item in service.at("command").items)
    return "flower" in said and "auth" in said


def _is_of_program(part: str, target: str) -> bool:
    """Tell whether a file that is mounted is the configuration of the program whose image is called ``part``."""
    return part.rpartition("/")[2] in target and target.endswith((".conf", ".config", ".ini", ".json"))


def _open_dashboard(stack: Stack, name: str, service: Node) -> Iterator[Finding]:
    environment = service.at("environment").mapping
    role = environment.get("GF_AUTH_ANONYMOUS_ORG_ROLE")
    enabled = service.at("environment", "GF_AUTH_ANONYMOUS_ENABLED").text.lower() in kinds.TRUE
    if stack.is_throwaway and enabled and role is not None and role.text.lower() in {"admin", "editor"}:
        yield found(DEFAULT_LOGIN, role.path, role.line, f"{name}.GF_AUTH_ANONYMOUS_ORG_ROLE", _NO_LOGIN, WARNING)
    if not stack.is_throwaway:
        for part in ("command", "entrypoint"):
            for item in service.at(part).items:
                if "--api.insecure=true" in item.text.lower() or item.text.lower() == "--api.insecure":
                    yield found(DEFAULT_LOGIN, item.path, item.line, name, _NO_LOGIN)


def _open_store(name: str, service: Node, given: frozenset[str]) -> Iterator[Finding]:
    image = service.at("image")
    program = name_of(image.text)
    if program in KEY_VALUE_STORES and not _asks(service):
        keys = {key for key, node in service.at("environment").mapping.items() if _gives_password(key, node)}
        if service.at("env_file").value:
            keys |= {key for key in given if _is_password_of_store(key)}
        if not keys:
            yield found(DEFAULT_LOGIN, image.path, image.line, name, _NO_LOGIN)
        elif program in _DEAF and "bitnami" not in image.text and "build" not in service.mapping:
            detail = f"{_NO_LOGIN}: this image reads no password from its environment"
            yield found(DEFAULT_LOGIN, image.path, image.line, name, detail, WARNING)
    elif program in {"mongo", "mongodb"} and not _is_locked(service):
        yield found(DEFAULT_LOGIN, image.path, image.line, name, _NO_LOGIN)


def _is_locked(service: Node) -> bool:
    """Tell whether a MongoDB is started with a root user, or told to ask for one."""
    said = " ".join(item.text for item in service.at("command").items)
    has_root = any("PASSWORD" in key for key in service.at("environment").mapping) or bool(service.at("env_file").value)
    return has_root or any(option in said for option in ("--auth", "--keyFile", "--config", ".conf"))


def _asks(service: Node) -> bool:
    """Tell whether a Redis or its like is started with a password, or with a file that may hold one."""
    said = [item.text for part in ("command", "entrypoint") for item in service.at(part).items]
    words = " ".join(said)
    after = words.partition("--requirepass")[2].replace("=", " ").strip()
    if "--requirepass" in words and (not after or after.startswith(('""', "''", "--"))):
        return False
    if any(way in words for way in _TAKEN_FROM) or words.endswith(".sh"):
        return True
    targets = [mount(item).target for item in service.at("volumes").items]
    targets += [item.at("target").text or item.text for item in service.at("configs").items]
    return any(target.endswith((".conf", ".acl", ".sh")) or target in _FOLDERS for target in targets)


def _is_password_of_store(key: str) -> bool:
    upper = key.upper()
    return upper.startswith(("REDIS", "VALKEY", "KEYDB", "DFLY", "DRAGONFLY")) and "PASS" in upper


def _gives_password(key: str, node: Node) -> bool:
    upper = key.upper()
    has_value = node.value is None or bool(node.text) or is_unknown(node.text)
    return has_value and ("PASS" in upper or upper.endswith(("_ARGS", "_FLAGS", "ACLFILE")))
