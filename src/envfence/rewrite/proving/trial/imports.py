"""What imports give in a trial: stand-ins for clients, for what is not installed, and for what fails without them."""

from __future__ import annotations

import builtins
import inspect
import os
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from typing import TYPE_CHECKING, Any

from .stand_ins import Module

if TYPE_CHECKING:
    from types import ModuleType

CLIENTS = frozenset(
    "psycopg psycopg2 asyncpg pg8000 pymysql MySQLdb mysql mariadb pymssql pyodbc oracledb cx_Oracle aiomysql aiopg"
    " sqlalchemy redis aioredis requests httpx aiohttp urllib3 websockets websocket influxdb influxdb_client celery"
    " kombu pymongo motor kafka aiokafka confluent_kafka pika aio_pika elasticsearch opensearchpy smtplib ftplib"
    " paramiko"
    " clickhouse_driver clickhouse_connect minio boto3 paho cassandra neo4j ldap3 nats pymemcache rq dramatiq telegram"
    " slack_sdk docker statsd openai anthropic".split()
)
MISSING: set[str] = set()  # libraries that are not installed, or fail where clients are stand-ins
_IMPORT = builtins.__import__


class Finder(MetaPathFinder, Loader):
    """Gives a stand-in for each client, or for whatever else the project asks for and is not installed.

    What is not installed may be a package of the project: ``packages`` maps their names to the folders around them.
    """

    def __init__(self, packages: dict[str, str] | None = None, *, clients_only: bool) -> None:
        self.packages, self.clients_only = packages or {}, clients_only

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002
        """Return a stand-in's spec for the names that this finder is for."""
        top = fullname.partition(".")[0]
        is_client = top in CLIENTS or top in MISSING
        if self.clients_only:
            return ModuleSpec(fullname, self, is_package=True) if is_client else None
        if is_client or not _is_asked_by_project():
            return None  # what libraries can do without they ask for, too
        if top == fullname and top in self.packages:
            sys.path.append(os.path.join(os.getcwd(), self.packages[top]))  # as an editable install does
            return PathFinder.find_spec(fullname)
        if top == fullname:
            MISSING.add(top)
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return a stand-in as a module."""
        module = Module(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: all attributes are stand-ins."""


def prepare(packages: dict[str, str]) -> None:
    """Let imports give stand-ins from now on; see `Finder`."""
    sys.meta_path.insert(0, Finder(clients_only=True))
    sys.meta_path.append(Finder(packages, clients_only=False))
    setattr(builtins, "__import__", _imported)  # noqa: B010 for type checkers


def _imported(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:  # noqa: A002
    """Import as Python does. A library that the project asks for and that fails becomes a stand-in as a whole."""
    try:
        return _IMPORT(name, globals, locals, fromlist, level)
    except Exception:
        top = name.partition(".")[0]
        file = globals.get("__file__") if globals else None
        if level or top in MISSING or _is_of_project(top) or not _is_file_of_project(file):
            raise
        for loaded in [one for one in sys.modules if one.partition(".")[0] == top]:
            del sys.modules[loaded]
        MISSING.add(top)
        return _IMPORT(name, globals, locals, fromlist, level)


def _is_of_project(top: str) -> bool:
    folders = [path for path in sys.path if path.startswith(os.getcwd())]
    return any(os.path.exists(os.path.join(path, one)) for path in folders for one in (top, f"{top}.py"))


def _is_file_of_project(file: str | None) -> bool:
    return bool(file) and os.path.abspath(str(file)).startswith(os.getcwd() + os.sep)


def _is_asked_by_project() -> bool:
    """Tell whether the import that is at work stands in a file of the project, which is the working directory."""
    frame = inspect.currentframe()
    while frame and ("importlib" in frame.f_code.co_filename or frame.f_globals.get("__name__") == __name__):
        frame = frame.f_back
    return frame is not None and _is_file_of_project(frame.f_code.co_filename)
