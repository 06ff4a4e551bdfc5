"""An empty PostgreSQL for a moment: one from wheels, or a database of its own in the stack that runs."""

import os
import secrets
import shutil
import signal
import socket
from collections.abc import Generator
from contextlib import contextmanager

from envfence import console
from envfence.operate.database.client import Client
from envfence.operate.database.place import Place
from envfence.operate.database.program import Program
from envfence.operate.embedded import packages, processes, servers
from envfence.operate.embedded.plan import POSTGRES, Server

_NAME = "envfence_scratch"


@contextmanager
def scratch(program: Program, *, in_stack: bool) -> Generator[Place]:
    """Yield an empty database that is gone afterwards. Raise FenceError if none can be made."""
    home = servers.home_of(program.target.root)
    folder = packages.servers(home, program.python, console.say)
    if in_stack:
        with _beside(program.database, folder) as place:
            yield place
        return
    data = os.path.join(home, f"{_NAME}-{secrets.token_hex(4)}")
    os.makedirs(data, mode=0o755)
    server = Server(POSTGRES, POSTGRES, _free_port(), secrets.token_urlsafe(16), "scratch", _NAME)
    log = os.path.join(data, "log")
    try:
        process = servers.started(server, os.path.join(data, "data"), folder, log, program.python)
        try:
            yield Place(servers.HERE, server.port, _NAME, server.user, server.password, "disable")
        finally:
            processes.end([process], {POSTGRES: signal.SIGINT})
    finally:
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def _beside(place: Place, folder: str) -> Generator[Place]:
    """Yield a new database on the server of ``place``, which may know extensions that wheels do not have."""
    client = Client(place, folder)
    name = f"{_NAME}_{secrets.token_hex(4)}"
    client.ask(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        yield place._replace(name=name)
    finally:
        client.ask(f"DROP DATABASE {name} WITH (FORCE)")


def _free_port() -> str:
    with socket.create_server((servers.HERE, 0)) as probe:
        return str(probe.getsockname()[1])
