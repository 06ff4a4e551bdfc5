"""The backend's programs as processes of their own, as the stack runs them."""

import http.client
import json
import os
import signal
import subprocess
import sys
from contextlib import closing, contextmanager

from environments import BACKEND, NOWHERE
from servers import HERE, free_port, wait_until


@contextmanager
def running(*command, environment, log):
    """Run a Python module in the backend's folder; on the way out it and its children end."""
    values = {**os.environ, **environment, "PYTHONPATH": os.pathsep.join((str(BACKEND), str(BACKEND / "tests")))}
    with log.open("ab") as output:
        process = subprocess.Popen(
            (sys.executable, "-m", *command),
            cwd=BACKEND,
            env=values,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process):
    """Kill a process and its children, as a machine that fails does."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


class Api:
    """A running web server, asked over one connection."""

    def __init__(self, port):
        self.port = port
        self._headers = {"Authorization": f"Bearer {NOWHERE['SERVICE_TOKEN']}", "Content-Type": "application/json"}
        self._connection = http.client.HTTPConnection(HERE, port, timeout=20)

    def close(self):
        self._connection.close()

    def __call__(self, method, path, body=None):
        """Return the status and the answer."""
        try:
            self._connection.request(method, path, json.dumps(body) if body is not None else None, self._headers)
            answer = self._connection.getresponse()
            return answer.status, json.loads(answer.read() or "null")
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise


@contextmanager
def web_server(environment, log):
    """Run the web server and yield its Api once it is ready."""
    port = free_port()
    options = ("--host", HERE, "--port", str(port), "--log-level", "warning")
    server = running("uvicorn", "app.main:app", *options, environment=environment, log=log)
    with server as process, closing(Api(port)) as api:

        def is_ready():
            assert process.poll() is None, log.read_text(encoding="utf-8")
            try:
                return api("GET", "/health/ready")[0] == 200
            except OSError:
                return False

        wait_until(is_ready)
        yield api


@contextmanager
def worker(environment, log, application="app.worker:celery"):
    """Run a worker of two processes and yield it."""
    options = ("worker", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle")
    with running("celery", "--app", application, *options, environment=environment, log=log) as process:
        yield process
