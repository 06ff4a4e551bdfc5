"""The servers of an environment: [tool.envfence.environments.NAME] says which there are, the contract's keys where.

No address stands in the repository: a role names the key that holds its own.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, cast

from envfence.config import Config, Nearest
from envfence.contract import files
from envfence.environments import ROLE_KEYS, SERVER_KEYS, refuse_others
from envfence.errors import FenceError
from envfence.operate.masking import masker
from envfence.operate.target import Target

USER = "deploy"  # envfence: ignore[hardcoded-username] what setup.sh makes unless the settings name another
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\Z")
_ROOT = re.compile(r"(/[A-Za-z0-9][A-Za-z0-9_.-]*)+\Z")
_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*\Z|[0-9a-fA-F:]+\Z")


class Role(NamedTuple):
    """What runs together on a host, or on each of several. ``hosts`` are keys of the contract."""

    name: str
    hosts: tuple[str, ...]
    services: tuple[str, ...]
    replicas: Mapping[str, int]


class Host(NamedTuple):
    """A server. ``name`` is its key in lower case without `_host`: "db", "backend"."""

    name: str
    address: str
    port: int
    user: str
    roles: tuple[str, ...]
    services: tuple[str, ...]


class Fleet(NamedTuple):
    """The servers of one environment, in the order in which their roles are written.

    ``project`` is compose's name of the stack. ``ready`` is service to the command that shows readiness inside its
    container. ``bind`` and ``webhook`` are keys of the contract. ``masked`` takes values out of a text.
    """

    environment: str
    root: str
    user: str
    project: str
    known_hosts: str
    hosts: tuple[Host, ...]
    roles: tuple[Role, ...]
    bind: str = ""
    migrate: str = ""
    after_migrate: tuple[str, ...] = ()
    ready: Mapping[str, tuple[str, ...]] = {}
    webhook: str = ""
    identity: str = ""
    masked: Callable[[str], str] = str

    def alias(self, host: Host) -> str:
        """Return the name under which a host's key is pinned: it stays when the address changes."""
        return f"{self.environment}-{host.name}"

    def replicas(self, service: str) -> int:
        """Return how many of a service run on each host of its role."""
        return next((role.replicas[service] for role in self.roles if service in role.replicas), 1)

    def hosts_of(self, role: str) -> list[Host]:
        """Return the hosts of a role."""
        return [host for host in self.hosts if role in host.roles]


def fleet_of(target: Target, config: Config | None = None, values: Mapping[str, str] | None = None) -> Fleet:
    """Return the servers of an environment with their values, by default those of ``values_of``.

    Raise FenceError for an unknown key or a wrong value in the settings, and for a key that lacks a value.
    """
    config = config or Nearest(strict=True).of(os.path.join(target.root, files.CONTRACT))
    values = values_of(target, os.environ) if values is None else values
    return made(target.environment, table_of(config, target.environment), values, config.root)._replace(
        project=target.project, masked=masker(values, target.contract), identity=_identity(target)
    )


def values_of(target: Target, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the values of an environment: those of its env file; of what it lacks, those that CI gives to the process.

    A shell may hold another environment's values, so it never counts before the file.
    """
    return {key: environ[key] for key in target.contract if environ.get(key)} | dict(target.values)


def table_of(config: Config, environment: str) -> Mapping[str, Any]:
    """Return how the settings describe the servers of an environment. Raise FenceError if they do not."""
    table = config.fleets.get(environment)
    if not table:
        raise FenceError(f"{environment} has no servers: name them in {_heading(environment)}")
    return table


def made(environment: str, table: Mapping[str, Any], values: Mapping[str, str], folder: str = "") -> Fleet:
    """Return the fleet that a table means with the values of its keys; paths in it are below ``folder``.

    Raise FenceError for what the table may not say, and for a key without a value.
    """
    where = _heading(environment)
    refuse_others(table, SERVER_KEYS, where)
    roles = tuple(_role(name, one, where) for name, one in _table(table.get("roles"), f"{where}: roles").items())
    root, user = str(table.get("root", "")), str(table.get("user", USER))
    if not _ROOT.match(root):
        raise FenceError(f"{where}: root must be the absolute path of one folder, plainly spelled")
    if not _NAME.match(user):
        raise FenceError(f"{where}: user must be the name of a user")
    known = os.path.join(folder, str(table.get("known-hosts", "deploy/known_hosts")))
    port = _port(values, str(table["port"])) if "port" in table else 22
    return Fleet(
        environment, root, user, "", known, _hosts(roles, values, user, port, environment), roles,
        bind=str(table.get("bind", "")),
        migrate=str(table.get("migrate", "")),
        after_migrate=_texts(table.get("after-migrate", []), f"{where}: after-migrate"),
        ready=_ready(table, where),
        webhook=str(table.get("webhook", "")),
    )  # fmt: skip


def _ready(table: Mapping[str, Any], where: str) -> dict[str, tuple[str, ...]]:
    given = _table(table.get("ready", {}), f"{where}: ready")
    return {service: _texts(command, f"{where}: ready.{service}") for service, command in given.items()}


def _role(name: str, table: Any, where: str) -> Role:
    where = f"{where}: roles.{name}"
    table = _table(table, where)
    refuse_others(table, ROLE_KEYS, where)
    hosts = table.get("host", ())
    hosts = (hosts,) if isinstance(hosts, str) else _texts(hosts, f"{where}.host")
    services = _texts(table.get("services", []), f"{where}.services")
    if not hosts or not services:
        raise FenceError(f"{where}: needs `host`, a key of the contract, and `services`")
    replicas = _table(table.get("replicas", {}), f"{where}.replicas")
    if not all(isinstance(count, int) and count > 0 and service in services for service, count in replicas.items()):
        raise FenceError(f"{where}.replicas must give services of this role a number")
    return Role(name, hosts, services, cast("dict[str, int]", replicas))


def _hosts(
    roles: Iterable[Role], values: Mapping[str, str], user: str, port: int, environment: str
) -> tuple[Host, ...]:
    hosts: dict[str, Host] = {}  # by address: two roles at one address are one host
    for role in roles:
        for key in role.hosts:
            address = values.get(key, "")
            if not address:
                where = f"set it in .env.{environment}, or as a variable of the job"
                raise FenceError(f"{key}, the address of the role {role.name}, has no value for {environment}; {where}")
            if not _ADDRESS.match(address):
                raise FenceError(f"{key} of {environment} is no address of a server")
            one = hosts.get(address) or Host(_host_name(key), address, port, user, (), ())
            hosts[address] = one._replace(roles=(*one.roles, role.name), services=(*one.services, *role.services))
    return tuple(hosts.values())


def _host_name(key: str) -> str:
    return key.lower().removesuffix("_host").replace("_", "-")


def _port(values: Mapping[str, str], key: str) -> int:
    value = values.get(key, "") or "22"
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise FenceError(f"{key} is no port")
    return int(value)


def _identity(target: Target) -> str:
    """Return the file of the private key, "" where ssh's own agent and configuration have one."""
    own = os.path.join(target.root, ".envfence", "keys", target.environment)
    return os.environ.get("ENVFENCE_SSH_KEY") or (os.path.abspath(own) if os.path.isfile(own) else "")


def _heading(environment: str) -> str:
    return f"[tool.envfence.environments.{environment}]"


def _table(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FenceError(f"{where} must be a table")
    table = cast("dict[str, Any]", value)
    if not all(_NAME.match(name) for name in table):
        raise FenceError(f"{where}: a name is of letters, digits, hyphens")
    return table


def _texts(value: Any, where: str) -> tuple[str, ...]:
    texts = tuple(cast("Iterable[Any]", value)) if isinstance(value, list) else (None,)
    if not all(isinstance(text, str) and text for text in texts):
        raise FenceError(f"{where} must be a list of texts")
    return cast("tuple[str, ...]", texts)
