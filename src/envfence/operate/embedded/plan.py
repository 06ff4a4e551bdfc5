"""Which processes stand in for which services. Pure: a stack in, a plan out."""

import os
import shlex
from collections.abc import Mapping
from typing import NamedTuple

from envfence.operate.target import Target
from envfence.stack.entries import Port, published
from envfence.stack.tree import Node

POSTGRES, REDIS = "postgres", "redis"
_SERVERS = {"5432": POSTGRES, "6379": REDIS}


class Server(NamedTuple):
    """A PostgreSQL or a Redis of its own. ``user`` and ``database`` are PostgreSQL's only."""

    service: str
    kind: str
    port: str
    password: str
    user: str = ""
    database: str = ""


class Program(NamedTuple):
    """A process of the program that is built in ``folder``. ``port`` is where it is reached, "" if nowhere."""

    service: str
    folder: str
    command: tuple[str, ...]
    environ: Mapping[str, str]
    port: str
    ends: bool


class Plan(NamedTuple):
    """What runs, in the order in which it starts, and the services that nothing stands in for."""

    servers: tuple[Server, ...]
    programs: tuple[Program, ...]
    left_out: tuple[str, ...]

    @property
    def ports(self) -> dict[str, str]:
        """Each service that is reached, with its port."""
        servers = {one.service: one.port for one in self.servers}
        return servers | {one.service: one.port for one in self.programs if one.port}


def plan_of(target: Target, scratch: str) -> Plan:
    """Return the plan of a stack; what its containers write below /tmp goes into ``scratch``."""
    services = {name: one for name, one in target.stack.services.items() if not one.at("profiles").items}
    ports = {name: [published(item) for item in service.at("ports").items] for name, service in services.items()}
    servers = [server for name, one in services.items() if (server := _server(name, one, ports[name]))]
    inside = {f"{one.service}:{_container_port(one)}": f"127.0.0.1:{one.port}" for one in servers}
    folders = _folders(target, services)
    programs = [
        _program(name, services[name], folder, ports[name], target, scratch, inside)
        for name, folder in folders.items()
        if services[name].at("command").items
    ]
    programs.sort(key=lambda one: not one.ends)
    stood_in = {one.service for one in servers} | {one.service for one in programs}
    return Plan(tuple(servers), tuple(programs), tuple(name for name in services if name not in stood_in))


def _server(name: str, service: Node, ports: list[Port]) -> Server | None:
    for port in ports:
        kind = _SERVERS.get(port.container)
        if kind == REDIS:
            return Server(name, REDIS, port.host, _redis_password(service))
        if kind == POSTGRES:
            given = {key: node.text for key, node in service.at("environment").mapping.items()}
            user = given.get("POSTGRES_USER") or POSTGRES  # as the image has it
            password, database = given.get("POSTGRES_PASSWORD", ""), given.get("POSTGRES_DB") or user
            return Server(name, POSTGRES, port.host, password, user, database)
    return None


def _container_port(server: Server) -> str:
    return next(port for port, kind in _SERVERS.items() if kind == server.kind)


def _redis_password(service: Node) -> str:
    words = _words(service.at("command"))
    if "--requirepass" in words[:-1]:
        return words[words.index("--requirepass") + 1]
    return next((node.text for key, node in service.at("environment").mapping.items() if "PASSWORD" in key), "")


def _folders(target: Target, services: Mapping[str, Node]) -> dict[str, str]:
    """Return the services that run what is built here, each with the folder that it is built in."""
    base = os.path.dirname(target.files[0])
    built = {
        name: os.path.normpath(os.path.join(base, one.at("build", "context").text or "."))
        for name, one in services.items()
        if one.at("build").value
    }
    images = {services[name].at("image").text: folder for name, folder in built.items()}
    images.pop("", None)
    of_image = {name: images[one.at("image").text] for name, one in services.items() if one.at("image").text in images}
    return {name: (of_image | built)[name] for name in services if name in of_image or name in built}


def _program(
    name: str, service: Node, folder: str, ports: list[Port], target: Target, scratch: str, inside: Mapping[str, str]
) -> Program:
    moved = {port.container: port.host for port in ports} | {"0.0.0.0": "127.0.0.1"}  # noqa: S104 replaced
    words = [moved.get(word, word) for word in _words(service.at("command"))]
    command = tuple(os.path.join(scratch, word[5:]) if word.startswith("/tmp/") else word for word in words)  # noqa: S108
    environ = {key: _outside(node.text, inside) for key, node in service.at("environment").mapping.items()}
    port = ports[0].host if ports else ""
    return Program(name, folder, command, environ | dict(target.values), port, ends=name in target.stack.ending)


def _outside(value: str, inside: Mapping[str, str]) -> str:
    """Return a value with the addresses of services replaced by where they are reached from outside."""
    for address, reached in inside.items():
        value = value.replace(address, reached)
    return value


def _words(node: Node) -> list[str]:
    return [item.text for item in node.items] if isinstance(node.value, list) else shlex.split(node.text)
