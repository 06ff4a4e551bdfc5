"""Run modules where nothing is reached, and write down what they hand to their clients.

This runs by itself in the interpreter of the project, so it imports the standard library alone. A request comes from
standard input; the answer goes to standard output, which only the process that started it reads.
"""

import builtins
import importlib.util
import json
import os
import runpy
import socket
import subprocess
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Self, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

CLIENTS = frozenset(
    "psycopg psycopg2 asyncpg pg8000 pymysql MySQLdb mysql mariadb pymssql pyodbc oracledb cx_Oracle aiomysql aiopg"
    " sqlalchemy redis aioredis requests httpx aiohttp urllib3 websockets websocket influxdb influxdb_client celery"
    " kombu pymongo motor kafka aiokafka confluent_kafka pika aio_pika elasticsearch opensearchpy smtplib ftplib"
    " paramiko"
    " clickhouse_driver clickhouse_connect minio boto3 paho cassandra neo4j ldap3 nats pymemcache rq dramatiq telegram"
    " slack_sdk openai anthropic".split()
)
SEEN: list[list[str]] = []  # calls and assignments, each with what it is given
FORK = getattr(os, "fork", None)  # Windows has none


class ReachError(OSError):
    """Something tried to leave the process."""


class Stub:
    """Stands for anything of a client: takes every call and writes it down."""

    name_: str

    def __init__(self, name: str) -> None:
        self.__dict__["name_"] = name

    def __getattr__(self, name: str) -> "Stub":
        """Return what the client has under a name."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Stub(f"{self.name_}.{name}")

    def __setattr__(self, name: str, value: object) -> None:
        """Write down what is set."""
        SEEN.append([f"{self.name_}.{name} =", shown(value)])

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Write the call down; a decorator gives back what it is put on."""
        is_decorator = len(args) == 1 and not kwargs and callable(args[0]) and not isinstance(args[0], Stub)
        if is_decorator:
            return args[0]
        SEEN.append([self.name_, *map(shown, args), *(f"{key}={shown(kwargs[key])}" for key in sorted(kwargs))])
        return Stub(f"{self.name_}()")

    def __repr__(self) -> str:
        return f"<{self.name_}>"

    def __getitem__(self, key: object) -> "Stub":
        return Stub(f"{self.name_}[]")

    def __setitem__(self, key: object, value: object) -> None:
        SEEN.append([f"{self.name_}[{shown(key)}] =", shown(value)])

    def __iter__(self) -> object:
        return iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __mro_entries__(self, _: object) -> tuple[type, ...]:
        return (object,)

    def __or__(self, _: object) -> "Stub":
        return self

    __ror__ = __add__ = __radd__ = __sub__ = __mul__ = __truediv__ = __mod__ = __or__


def shown(value: object) -> str:
    """Return a value so that equal ones are equal texts."""
    if isinstance(value, Stub):
        return f"<{value.name_}>"
    if isinstance(value, dict):
        pairs = cast("dict[object, object]", value).items()
        return "{" + ", ".join(f"{shown(key)}: {shown(item)}" for key, item in pairs) + "}"
    if isinstance(value, list | tuple | set | frozenset):
        return f"[{', '.join(map(shown, cast('Iterable[object]', value)))}]"
    if value is None or isinstance(value, str | bytes | int | float):
        return repr(value).replace(os.getcwd(), "<root>")
    return f"<{type(value).__name__}>"


class Finder(MetaPathFinder, Loader):
    """Gives a stub for each client, and for whatever is not installed."""

    def __init__(self, *, clients_only: bool) -> None:
        self.clients_only = clients_only

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002
        """Return a stub's spec for the names that this finder is for."""
        is_client = fullname.partition(".")[0] in CLIENTS
        if is_client == self.clients_only:
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return a stub as a module."""
        module = Module(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: all attributes are stubs."""


class Module(ModuleType):
    """A module of which every attribute is a stub."""

    def __getattr__(self, name: str) -> Stub:
        """Return what the client or module has under a name."""
        if name.startswith("__"):
            raise AttributeError(name)
        return Stub(f"{self.__name__}.{name}")


def block() -> None:
    """Let nothing out of the process: no connection, no other program."""

    def refuse(*_: object, **__: object) -> None:
        raise ReachError("nothing is reached while a fix is verified")

    for owner, names in (
        (socket.socket, ("connect", "connect_ex", "bind", "sendto")),
        (socket, ("create_connection", "getaddrinfo", "gethostbyname")),
        (subprocess, ("Popen",)),
        (os, ("system", "popen", "execv", "execve", "posix_spawn", "fork", "kill")),
    ):
        for name in names:
            if hasattr(owner, name):
                setattr(owner, name, refuse)
    setattr(builtins, "input", refuse)  # noqa: B010 for type checkers


def _in_package(file: str, base: str) -> str:
    """Return the name of a module in a package, "" for a script: a package runs first, and siblings are found by it."""
    names = os.path.relpath(file, base).removesuffix(".py").split(os.sep)
    is_inside = len(names) > 1 and os.path.exists(os.path.join(os.path.dirname(file), "__init__.py"))
    return ".".join(names) if is_inside and all(name.isidentifier() for name in names) else ""


def _path(file: str, base: str) -> list[str]:
    """Return where a module finds others: beside it as well, unless one there hides the folder that it lies in."""
    folder = os.path.dirname(file)
    top = os.path.relpath(file, base).partition(os.sep)[0]
    return [base] if os.path.exists(os.path.join(folder, f"{top}.py")) else [base, folder]


def run(file: str, base: str, *, name: str) -> dict[str, object]:
    """Return what running one module hands out, and how it ends."""
    SEEN.clear()
    known = set(sys.modules)
    path = list(sys.path)
    sys.path[:0] = _path(file, base)
    try:
        if module := _in_package(file, base):
            runpy.run_module(module, run_name=name)
        else:
            runpy.run_path(file, run_name=name)
        ends = ""
    except BaseException as error:  # noqa: BLE001 however a module ends, the other one has to end alike
        ends = type(error).__name__
    sys.path[:] = path
    for loaded in set(sys.modules) - known:
        del sys.modules[loaded]
    return {"seen": list(SEEN), "ends": ends}


def run_apart(file: str, base: str, *, name: str) -> object:
    """Return what `run` does, from a process of its own: libraries in C break when they are imported once more."""
    if FORK is None:
        return run(file, base, name=name)
    reader, writer = os.pipe()
    child: int = FORK()
    if not child:
        os.close(reader)
        with os.fdopen(writer, "w", encoding="utf-8") as stream:
            json.dump(run(file, base, name=name), stream)
        os._exit(0)  # threads that a module has started are no reason to wait
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as stream:
        answer = stream.read()
    status = os.waitpid(child, 0)[1]
    return json.loads(answer) if answer and not status else {"seen": [], "ends": f"status {status}"}


def main() -> None:
    """Run what standard input names."""
    asked = json.load(sys.stdin)
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    sink = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 as long as the process
    sys.stdout = sys.stderr = sink
    os.dup2(sink.fileno(), 1)
    os.dup2(sink.fileno(), 2)
    os.chdir(asked["root"])
    sys.argv = ["verified"]
    own = [path for path in sys.path if path]
    sys.path[:] = own
    missing = [name for name in asked["needed"] if importlib.util.find_spec(name) is None]
    block()
    sys.meta_path.insert(0, Finder(clients_only=True))
    sys.meta_path.append(Finder(clients_only=False))
    results = [run_apart(file, base, name=asked["name"]) for file, base in asked["files"]]
    json.dump({"missing": missing, "results": results}, answer)
    answer.close()
    os._exit(0)  # threads that a module has started are no reason to wait


if __name__ == "__main__":
    main()
