"""The stack in a folder of its own, run with the commands that its users type."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
import uuid
from pathlib import Path
from typing import NamedTuple

import pytest

from envfence.contract.grammar import contract_of
from envfence.contract.writing import new_text

ROOT = Path(__file__).parents[2]
BASE = "stack/docker-compose.yml"
FILES = {
    "development": (BASE, "stack/docker-compose.dev.yml"),
    "staging": (BASE, "stack/docker-compose.prod.yml"),
    "production": (BASE, "stack/docker-compose.prod.yml"),
}
IMAGES = {
    "POSTGRES_IMAGE": "envfence-test/postgres",
    "REDIS_IMAGE": "envfence-test/redis",
    "INFLUXDB_IMAGE": "envfence-test/stub",
    "GRAFANA_IMAGE": "envfence-test/stub",
    "AIRFLOW_IMAGE": "envfence-test/airflow",
    "PROXY_IMAGE": "envfence-test/proxy",
    "PYTHON_IMAGE": "envfence-test/python",
}
# Service and port inside -> the key that it is published by.
PUBLISHED = {
    "postgres 5432": "DB_PUBLISH_PORT",
    "redis 6379": "REDIS_PUBLISH_PORT",
    "influxdb 8086": "INFLUXDB_PUBLISH_PORT",
    "backend 8000": "BACKEND_PORT",
    "proxy 8080": "FRONTEND_PORT",
    "grafana 3000": "GRAFANA_PORT",
    "airflow 8080": "AIRFLOW_PORT",
}
LOOPBACK = "127.0.0.1"


class System(NamedTuple):
    """One environment of the stack. ``root`` is a copy of the repository's stack with an env file of its own."""

    root: Path
    environment: str
    project: str
    values: dict

    def compose(self, *args, check=True, timeout=240):
        """Run docker compose as the guide does; return (exit code, standard output, standard error)."""
        files = [part for file in FILES[self.environment] for part in ("-f", file)]
        command = ["docker", "compose", "--env-file", f".env.{self.environment}", *files, *args]
        done = run(command, self.root, self.project, timeout)
        assert not check or done[0] == 0, f"{' '.join(args)}: {done[2]}\n{self.logs()}"
        return done

    def logs(self):
        """Return the last lines of every service."""
        return run(["docker", "compose", "logs", "--tail", "15", "--no-color"], self.root, self.project)[1][-6000:]

    def containers(self):
        """Return {service: [what docker says of a container]} of all containers, also of those that have ended."""
        label = f"label=com.docker.compose.project={self.project}"
        ids = docker("ps", "--all", "--quiet", "--filter", label).split()
        found = {}
        for one in json.loads(docker("inspect", *ids)) if ids else ():
            found.setdefault(one["Config"]["Labels"]["com.docker.compose.service"], []).append(one)
        return found

    def container(self, service):
        """Return what docker says of the one container of a service."""
        (one,) = self.containers()[service]
        return one

    def sql(self, text, user="", database="", check=True):
        """Run SQL inside the database's container over TCP; return (exit code, rows, standard error)."""
        user, database = user or self.values["DB_USER"], database or self.values["DB_NAME"]
        password = self.values["GRAFANA_DB_PASSWORD" if user == "grafana" else "DB_PASSWORD"]
        address = f"postgresql:///{database}?host={self.container('postgres')['Name'][1:]}&user={user}"
        psql = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "-v", "ON_ERROR_STOP=1", address]
        # Through the network, as a program has it: on its own machine PostgreSQL's image trusts everybody.
        options = ["--rm", "--interactive", "--network", f"{self.project}_stack", "--env", "PGPASSWORD"]
        done = subprocess.run(
            ["docker", "run", *options, IMAGES["POSTGRES_IMAGE"], *psql],
            input=text, capture_output=True, encoding="utf-8", check=False, env={**ENVIRON, "PGPASSWORD": password},
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stderr
        return done.returncode, done.stdout.splitlines(), done.stderr

    def url(self, key, path=""):
        """Return an address that the env file names, with a path."""
        return self.values[key] + path

    def down(self):
        """Take everything away that the project has made."""
        run(["docker", "compose", "--project-name", self.project, "down", "-v", "-t", "3"], self.root, self.project)


def made(root, environment, project="", **values):
    """Return a new System below ``root``: a copy of the stack, and an env file made from the contract."""
    shutil.copytree(ROOT / "stack", root / "stack", ignore=shutil.ignore_patterns("__pycache__", ".*_cache", ".venv"))
    shutil.copy(ROOT / ".env.example", root)
    return told(root, environment, project or f"envfence-test-{uuid.uuid4().hex[:8]}", values)


def running(project):
    """Return the development stack of this checkout, which `nox -s dev_up` has started."""
    file = ROOT / ".env.development"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    system = System(ROOT, "development", project, {key.name: key.text for key in contract_of(text).values()})
    assert system.containers(), f"nothing of {project} runs; `nox -s dev_up` starts it"
    return system


def told(root, environment, project, values):
    """Return a System whose env file, written here, gives every key of the contract a value."""
    contract = (root / ".env.example").read_text(encoding="utf-8")
    given = {**_values(environment, project), **values}
    text = new_text(contract, environment)
    for key, value in given.items():
        text = re.sub(rf"^{key}=.*$", f"{key}={value}", text, flags=re.MULTILINE)
    file = root / f".env.{environment}"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    return System(root, environment, project, {key.name: key.text for key in contract_of(text).values()})


def _values(environment, project):
    ports = {key: str(port) for key, port in zip(PUBLISHED.values(), _free_ports(len(PUBLISHED)), strict=True)}
    values = {**IMAGES, **ports, "DB_USER": "stock", "DB_SSLMODE": "disable", "INFLUXDB_USER": "stock"}
    values["BACKEND_IMAGE"] = f"envfence-test/backend:{project.rpartition('-')[2]}"
    address = LOOPBACK if environment == "development" else private_address()
    for name in ("BACKEND", "FRONTEND", "GRAFANA", "AIRFLOW"):
        values[f"{name}_URL"] = f"http://{address}:{ports[f'{name}_PORT']}"
    values["CORS_ORIGINS"] = values["FRONTEND_URL"]
    if environment == "development":
        hosts = (LOOPBACK, ports["DB_PUBLISH_PORT"], LOOPBACK, ports["REDIS_PUBLISH_PORT"])
        values["INFLUXDB_URL"] = f"http://{LOOPBACK}:{ports['INFLUXDB_PUBLISH_PORT']}"
    else:
        hosts = ("postgres", "5432", "redis", "6379")
        values |= {"INFLUXDB_URL": "http://influxdb:8086", "BIND_ADDRESS": address}
        values |= {"BACKEND_HOST": address, "AIRFLOW_HOST": address}
    return values | dict(zip(("DB_HOST", "DB_PORT", "REDIS_HOST", "REDIS_PORT"), hosts, strict=True))


def private_address():
    """Return an address of this machine that containers reach too, as servers reach each other; else loopback."""
    if not shutil.which("docker"):
        return LOOPBACK
    form = "{{(index .IPAM.Config 0).Gateway}}"
    return run(["docker", "network", "inspect", "bridge", "--format", form], ROOT)[1].strip() or LOOPBACK


def _free_ports(count):
    sockets = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


ENVIRON = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(Path.home())}


def run(command, folder, project="", timeout=240):
    """Run a command with nothing in its environment but the project's name; return its code and what it says."""
    environ = {**ENVIRON, "COMPOSE_PROJECT_NAME": project} if project else ENVIRON
    done = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", check=False, env=environ, timeout=within(timeout)
    )
    return done.returncode, done.stdout, done.stderr


def docker(*args):
    """Run docker and return its standard output."""
    return subprocess.run(["docker", *args], capture_output=True, encoding="utf-8", check=True).stdout


def within(seconds):
    """Return a limit that holds on an idle machine, longer by as much as this one has more to do than it can."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0  # Windows does not tell
    return seconds * max(1, load / (os.cpu_count() or 1))


def until(told, seconds=30, pause=0.1):
    """Return what ``told`` returns once that is true; fail after some seconds, of a machine with nothing else to do."""
    end = time.monotonic() + within(seconds)
    while not (answer := told()):
        assert time.monotonic() < end, f"not within {seconds} seconds"
        time.sleep(pause)
    return answer


def require(images):
    """Skip where there is no engine or it lacks an image; fail if ENVFENCE_DOCKER=required."""
    try:
        lacking = subprocess.run(
            ["docker", "image", "inspect", "--format", "x", *images], capture_output=True, encoding="utf-8", check=False
        ).stderr.strip()
    except FileNotFoundError:
        lacking = "docker is not installed"
    if lacking:
        refuse = pytest.fail if os.environ.get("ENVFENCE_DOCKER") == "required" else pytest.skip
        refuse(f"{lacking.splitlines()[0]} (run tests/docker/docker-engine, then tests/docker/test-images)")
