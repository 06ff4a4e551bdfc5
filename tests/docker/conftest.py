"""An engine, or a reason why there is none; each environment of the stack, started once."""

import json
import os
import urllib.error
import urllib.request

import pytest

from .system import IMAGES, docker, made, require, run, running, told


@pytest.fixture(scope="session")
def engine():
    """Skip where there is no engine or its images are not built; fail if ENVFENCE_DOCKER=required."""
    require(sorted(set(IMAGES.values())))


@pytest.fixture(scope="session")
def development(engine, tmp_path_factory):
    """Return the development stack, built and started as the guide says, all of it healthy; or the one that runs."""
    if os.environ.get("ENVFENCE_STACK") == "running":
        yield running(os.environ.get("COMPOSE_PROJECT_NAME") or "stock-development")
        return
    system = made(tmp_path_factory.mktemp("development"), "development")
    try:
        system.compose("up", "-d", "--wait")
        yield system
    finally:
        system.down()
        run(["docker", "image", "rm", "--force", system.values["BACKEND_IMAGE"]], system.root)


@pytest.fixture(scope="session")
def production(development, tmp_path_factory):
    """Return the production stack on one machine, from the image that development has built."""
    image = development.values["BACKEND_IMAGE"]
    system = made(tmp_path_factory.mktemp("production"), "production", BACKEND_IMAGE=image)
    try:
        system.compose("run", "--rm", "db-roles")  # migrates first
        system.compose("up", "-d", "--wait")
        yield system
    finally:
        system.down()


@pytest.fixture
def staging(production):
    """Return the staging environment of the same folder. It is not started."""
    return told(production.root, "staging", f"{production.project}-staging", {})


@pytest.fixture(scope="session")
def call():
    """Return a function that sends a request and returns (status, document)."""

    def send(url, body=None, token="", method=None, timeout=30):
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(
                urllib.request.Request(url, data, headers, method=method), timeout=timeout
            ) as response:
                return response.status, json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, None
        except OSError:  # nobody answers
            return 0, None

    return send


@pytest.fixture(scope="session")
def inside():
    """Return a function that runs a command in a container and returns its standard output."""
    return lambda container, *command: docker("exec", container["Id"], *command)
