"""`envfence stack` with a real engine: what starts, what cannot start and why, and that nothing is left behind."""

import os
import re
import shutil
import socket
import subprocess
import sys
import uuid

import pytest

from envfence.operate.embedded import servers

from .system import LOOPBACK, docker

pytestmark = pytest.mark.docker

CONTRACT = """\
ENVIRONMENT=<development|production>
WEB_PORT=<WEB_PORT>
WEB_PASSWORD=<GENERATE_PASSWORD>
WEB_IMAGE=
"""
BASE = """\
services:
  setup: {image: envfence-test/tiny, command: [sh, -c, "exit SETUP"]}
  web:
    image: ${WEB_IMAGE:-envfence-test/tiny}
    command: [sh, -c, "echo the password is $$PASSWORD; exec httpd -f -p 8080 -h /etc"]
    environment: {PASSWORD: "${WEB_PASSWORD:?}"}
    init: true
    depends_on: {setup: {condition: service_completed_successfully}}
    volumes: [data:/data]
    healthcheck: {test: [CMD, busybox, cat, HEALTHY], interval: 1s, start_interval: 200ms, start_period: 3s, retries: 2}
volumes: {data: {}}
"""
COMMAND = 'command: [sh, -c, "echo the password is $$PASSWORD; exec httpd -f -p 8080 -h /etc"]'
DEV = 'services: {web: {ports: ["127.0.0.1:${WEB_PORT:?}:8080"]}}\n'


@pytest.fixture
def stack(engine, write, monkeypatch):
    """Return a function that writes a stack of one web server, and runs `envfence stack` on it."""
    project = f"envfence-test-{uuid.uuid4().hex[:8]}"
    monkeypatch.setenv("COMPOSE_PROJECT_NAME", project)

    def run(*arguments, setup="0", healthy="/etc/hosts", change=("", ""), values="", **environ):
        base = BASE.replace("SETUP", setup).replace("HEALTHY", healthy).replace(*change, 1)
        root = write({".env.example": CONTRACT, "docker-compose.yml": base, "docker-compose.dev.yml": DEV})
        if values:
            (root / ".env.development").write_text(f"ENVIRONMENT=development\n{values}", encoding="utf-8")
            (root / ".env.development").chmod(0o600)
        command = [sys.executable, "-m", "envfence", "stack", *arguments]
        done = subprocess.run(
            command, cwd=root, capture_output=True, encoding="utf-8", check=False, env={**os.environ, **environ},
            stdin=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    run.project = project
    yield run
    subprocess.run(["docker", "compose", "-p", project, "down", "-v", "-t", "1"], check=True, capture_output=True)


@pytest.fixture
def port():
    """Return a free port, as text."""
    with socket.create_server((LOOPBACK, 0)) as probe:
        return str(probe.getsockname()[1])


def left(project):
    """Return the containers, networks and volumes of a project."""
    label = ["--quiet", "--filter", f"label=com.docker.compose.project={project}"]
    return [*docker("ps", "--all", *label).split(), *docker("network", "ls", *label).split(),
            *docker("volume", "ls", *label).split()]  # fmt: skip


def values(port, image="envfence-test/tiny"):
    return f"WEB_PORT={port}\nWEB_PASSWORD=fenced-in-by-tests\nWEB_IMAGE={image}\n"


def test_up_looks_and_down(stack, port, tmp_path):
    code, out, error = stack("up", WEB_PORT=port)
    assert (code, out) == (0, f"web                  {LOOPBACK}:{port}\n"), error
    assert "by convention" not in error
    assert "as this shell has them: WEB_PORT" in error
    assert ["setup", "done"] in [line.split()[:2] for line in error.splitlines()]
    assert ["web", "healthy"] in [line.split()[:2] for line in error.splitlines()]

    before = left(stack.project)
    assert stack("up")[0] == 0
    assert left(stack.project) == before

    code, out, _ = stack("status")
    assert (code, [line.split() for line in out.splitlines()]) == (
        0,
        [["setup", "done"], ["web", "healthy", f"{LOOPBACK}:{port}"]],
    )
    code, out, _ = stack("logs")
    assert (code, out.strip()) == (0, "web-1  | the password is ***")
    code, out, _ = stack("config")
    assert code == 0
    assert "WEB_PASSWORD:?" in out
    secret = next(line for line in (tmp_path / ".env.development").read_text().splitlines() if "PASSWORD" in line)
    assert secret.partition("=")[2] not in out

    assert stack("down")[0] == 0
    assert len(left(stack.project)) == 1  # the data
    assert stack("down", "--volumes")[0] == 0
    assert left(stack.project) == []
    assert stack("status")[0] == 1


def test_a_port_in_use_is_named_with_the_process_that_has_it(stack):
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        code, _, error = stack("up", values=values(port))
    assert code == 2
    assert f"port {port} is in use by process {os.getpid()} (" in error
    assert "change WEB_PORT in the env file" in error
    assert left(stack.project) == []


def test_a_port_of_another_stack_is_named_with_its_container(stack, port):
    name = f"{stack.project}-other"
    published = f"{LOOPBACK}:{port}:80"
    docker(
        "run", "--detach", "--rm", "--init", "--name", name, "--publish", published, "envfence-test/tiny", "sleep", "60"
    )
    try:
        code, _, error = stack("up", values=values(port))
    finally:
        docker("rm", "--force", name)
    assert code == 2
    assert f"port {port} is in use by container {name}" in error
    assert left(stack.project) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    (
        pytest.param(
            {"healthy": "/none"},
            "service web is unhealthy; its check says: cat: can't open '/none': No such file or directory; its last "
            "lines:\n  the password is ***\n",
            id="unhealthy",
        ),
        pytest.param({"setup": "3"}, "service setup is exited (3); its last lines:\n  (nothing)\n", id="one-shot"),
    ),
)
def test_a_service_that_does_not_come_up_shows_why(stack, port, fault, said):
    code, out, error = stack("up", values=values(port), **fault)
    assert (code, out) == (2, "")
    assert error.endswith(f"envfence: {said}")
    assert left(stack.project) == []


def test_a_service_that_compose_waits_for_is_given_so_long(stack, port):
    last = "services:\n  last: {image: envfence-test/tiny, depends_on: {web: {condition: service_healthy}}}"
    code, _, error = stack("up", "--timeout", "2", values=values(port), healthy="/none", change=("services:", last))
    assert code == 2
    assert re.search(r"envfence: service (?:web|setup) is \w+ after 2 s; its", error), error
    assert left(stack.project) == []


def test_keep_leaves_what_has_started(stack, port):
    assert stack("up", "--keep", values=values(port), healthy="/none")[0] == 2
    assert len(left(stack.project)) == 4
    code, out, _ = stack("status")
    assert code == 1
    assert ["web", "unhealthy"] in [line.split()[:2] for line in out.splitlines()]


def test_an_image_that_nobody_has_is_named_with_its_key(stack, port):
    code, _, error = stack("up", values=values(port, "envfence-test/none:1.0"))
    assert code == 2
    assert "image envfence-test/none:1.0 is missing" in error
    assert "WEB_IMAGE in the env file names another" in error
    assert left(stack.project) == []


def test_a_broken_contract_is_refused_before_anything_starts(stack):
    code, out, error = stack("up", values="WEB_PORT=none\n")
    assert code == 1
    assert "missing-key WEB_PASSWORD" in out
    assert "wrong-kind WEB_PORT" in out
    assert "nothing was started" in error
    assert left(stack.project) == []


def test_engine_that_is_down_is_said(stack, port, tmp_path):
    code, _, error = stack("up", values=values(port), DOCKER_HOST=f"unix://{tmp_path}/none.sock")
    assert (code, "the docker engine is not running; start it" in error) == (2, True)


def test_the_reference_is_up_already_so_nothing_happens(development, monkeypatch):
    monkeypatch.setenv("COMPOSE_PROJECT_NAME", development.project)
    before = {one["Id"] for (one,) in development.containers().values()}
    command = [sys.executable, "-m", "envfence", "stack", "up", "--root", str(development.root)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert {one["Id"] for (one,) in development.containers().values()} == before
    assert done.stdout.splitlines()[-1].split() == ["proxy", development.values["FRONTEND_URL"]]


def test_migrations_hold_where_prices_are_hypertables(development, monkeypatch):
    monkeypatch.setenv("COMPOSE_PROJECT_NAME", development.project)
    command = [sys.executable, "-m", "envfence", "database", "check", "--stack", "--root", str(development.root)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    names = development.sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'envfence%'")[1]
    assert names == ["0"]  # the scratch database is gone
    shutil.rmtree(servers.home_of(str(development.root)))  # root keeps PostgreSQL where nobody can reach it


def program(folder, name, text):
    """Write a program in front of the real one."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)


@pytest.mark.parametrize(
    ("old", "said"),
    (
        pytest.param("1.29.2", "this machine has Compose v1", id="version 1"),
        pytest.param("2.26.1", "its compose plugin is not", id="no plugin"),
    ),
)
def test_docker_without_its_compose_is_said(stack, port, tmp_path_factory, old, said):
    folder = tmp_path_factory.mktemp("bin")
    program(folder, "docker", "echo \"docker: 'compose' is not a docker command.\" >&2; exit 1")
    program(folder, "docker-compose", f"echo {old}")
    code, _, error = stack("up", values=values(port), PATH=f"{folder}{os.pathsep}{os.environ['PATH']}")
    assert (code, said in error) == (2, True), error


def test_a_full_disk_is_said(stack, port):
    """The image's own disk is a small one in memory: what is written there finds no room."""
    command = 'command: [sh, -c, "dd if=/dev/zero of=/full/x bs=1M count=9"]\n    tmpfs: [/full:size=1m]'
    code, _, error = stack("up", values=values(port), change=(COMMAND, command))
    assert code == 2
    assert "the disk is full; `docker system df` shows what takes it" in error
    assert "No space left on device" in error
    assert left(stack.project) == []
