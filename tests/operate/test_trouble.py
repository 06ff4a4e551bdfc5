"""What docker says, as it was recorded, becomes what happened and what to do."""

import os
import socket
from pathlib import Path

import pytest

from envfence.operate import trouble
from envfence.operate.holders import holder
from envfence.operate.progress import build_step, is_event
from envfence.operate.trouble import Names, explained

NAMES = Names(
    lambda port: "process 7 (postgres)" if port == "5435" else "",
    lambda value: {"5435": "DB_PUBLISH_PORT", "shop/api:1.2": "API_IMAGE"}.get(value, ""),
    lambda service: {"web": "shop/web:1.2"}.get(service, ""),
)
TAKEN = "port 5435 is in use by process 7 (postgres); stop that, or change DB_PUBLISH_PORT in the env file"


@pytest.mark.parametrize(
    ("said", "expected"),
    (
        pytest.param(
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
            trouble.DOWN,
            id="engine down",
        ),
        pytest.param(
            "error during connect: in the default daemon configuration on Windows, the docker client must be run with "
            "elevated privileges to connect: open //./pipe/docker_engine: The system cannot find the file specified.",
            trouble.DOWN,
            id="Docker Desktop down",
        ),
        pytest.param(
            "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
            trouble.DENIED,
            id="not in the group",
        ),
        pytest.param(
            "failed to copy files: copy file range failed: no space left on device", trouble.FULL, id="disk full"
        ),
        pytest.param(
            "Error response from daemon: driver failed programming external connectivity on endpoint shop-postgres-1: "
            "Error starting userland proxy: listen tcp4 127.0.0.1:5435: bind: address already in use",
            TAKEN,
            id="port of a process",
        ),
        pytest.param(
            "Error response from daemon: driver failed programming external connectivity on endpoint shop-postgres-1: "
            "Bind for 127.0.0.1:5435 failed: port is already allocated",
            TAKEN,
            id="port of a container",
        ),
        pytest.param(
            "failed to bind host port for 127.0.0.1:5435:172.18.0.2:5432/tcp: address already in use",
            TAKEN,
            id="port, engine 28",
        ),
        pytest.param(
            "Ports are not available: exposing port TCP 127.0.0.1:9999 -> 0.0.0.0:0: listen tcp 127.0.0.1:9999: bind: "
            "Only one usage of each socket address (protocol/network address/port) is normally permitted.",
            "port 9999 is in use by another program; stop that, or publish another one in the compose file",
            id="port on Windows",
        ),
        pytest.param(
            "pull access denied for shop/api:1.2, repository does not exist or may require 'docker login'",
            "image shop/api:1.2 is missing: no registry has it, or none lets you; build it, log in with `docker "
            "login`, or check its name; API_IMAGE in the env file names another",
            id="image",
        ),
        pytest.param(
            ' web Pulling \n web Error Get "https://registry.example.com/v2/": dial tcp: lookup registry.example.com: '
            "no such host\n",
            "image shop/web:1.2 is missing: the registry cannot be reached, and it is not here; build it, log in with "
            "`docker login`, or check its name",
            id="no network",
        ),
        pytest.param(
            "error while interpolating name: required variable ENVIRONMENT is missing a value",
            "ENVIRONMENT has no value; set it in the env file: `envfence env check` names all that lack one",
            id="key without a value",
        ),
        pytest.param(
            "#9 ERROR: process did not complete\nfailed to solve: process did not complete: exit code: 1\n",
            "an image cannot be built; it says:\n  #9 ERROR: process did not complete\n"
            "  failed to solve: process did not complete: exit code: 1",
            id="build",
        ),
        pytest.param("yaml: line 3\n\n", "docker compose failed; it says:\n  yaml: line 3", id="anything else"),
    ),
)
def test_what_happened_and_what_to_do(said, expected):
    assert explained(said, NAMES).text == expected


@pytest.mark.parametrize(
    ("said", "service"),
    (
        pytest.param("dependency failed to start: container shop-db-1 is unhealthy", "shop-db-1", id="unhealthy"),
        pytest.param("dependency failed to start: container shop-db-1 exited (3)", "shop-db-1", id="ended"),
        pytest.param('service "migrate" didn\'t complete successfully: exit 1', "migrate", id="one-shot"),
    ),
)
def test_a_service_that_failed_is_named(said, service):
    assert explained(said).service == service


@pytest.mark.parametrize(
    ("said", "told"),
    (
        pytest.param("1.29.2\n", trouble.OLD_COMPOSE, id="version 1"),
        pytest.param("docker-compose version 1.8.0, build f3628c7\n", trouble.OLD_COMPOSE, id="an older one"),
        pytest.param("2.26.1-4\n", trouble.NO_PLUGIN, id="version 2, alone"),
        pytest.param("", trouble.NO_PLUGIN, id="none"),
    ),
)
def test_compose_version_one_is_told_from_none(said, told):
    assert trouble.missing_plugin(said) == told


def test_a_service_that_found_no_room_says_so_first():
    said = trouble.unwell("postgres", "unhealthy", ["FATAL:  could not write: No space left on device"], "")
    assert said.startswith(f"{trouble.FULL}; service postgres is unhealthy; its last lines:\n")


@pytest.mark.skipif(not Path("/proc/net").is_dir(), reason="only Linux tells which process has a port")
def test_process_that_has_a_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert holder(str(server.getsockname()[1])).startswith(f"process {os.getpid()} (")


@pytest.mark.parametrize(
    ("line", "event", "step"),
    (
        pytest.param(" Container shop-db-1  Healthy", True, "", id="event"),
        pytest.param(" Network shop_default  Creating", True, "", id="network"),
        pytest.param("#7 [packages 2/4] RUN pip", False, "[packages 2/4] RUN pip", id="step"),
        pytest.param("Error response from daemon: no", False, "", id="error"),
    ),
)
def test_lines_of_compose(line, event, step):
    assert (is_event(line), build_step(line)) == (event, step)
