"""The walkthroughs and the runbook, one after the other, with a stack on this machine and three servers."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from ..operate.conftest import free_ports
from ..walkthroughs import ON_SERVERS, RUN, Reader, repository, type_envfence
from . import reference

pytestmark = [pytest.mark.docker, pytest.mark.delivery]
# What the documents do not show is left out: two cores carry three engines and a stack besides.
LIGHTER = {
    "pyproject.toml": (
        ('"celery-worker", "celery-beat", ', ""),
        (', "influxdb"]', "]"),
        ('["airflow", "airflow-scheduler", "airflow-dag-processor", "grafana"]', '["grafana"]'),
    ),
    "stack/docker-compose.prod.yml": ((', --workers, "4"', ""),),
}
PORTS = {"DB_PUBLISH_PORT": ":5435", "REDIS_PUBLISH_PORT": ":6380", "BACKEND_PORT": ":8000"}


@pytest.fixture(scope="module")
def team(bed):
    """Return a reader in a repository whose stack runs here, and whose release runs on the servers."""
    folder = Path(tempfile.mkdtemp())  # pytest's own is closed to others, and PostgreSQL never runs as root
    folder.chmod(0o755)
    bed.reset()
    own = repository(folder)
    with_servers(own, bed)
    ports = dict(zip(PORTS, free_ports(3), strict=True))
    try:
        type_envfence(own, "stack", "up", "--no-docker", **ports)
        type_envfence(own, "database", "seed", "--stocks", "3", "--days", "40")
        type_envfence(own, "release")
        type_envfence(own, "rollout", "production", "--yes")
        yield Reader(own, {PORTS[key]: f":{port}" for key, port in ports.items()})
    finally:
        type_envfence(own, "stack", "down", "--volumes")
        reference.forget_images(own)
        shutil.rmtree(folder)
        bed.reset()


def with_servers(own, bed):
    """Give a repository the servers of the bed, and commit what names them."""
    (own / "deploy").mkdir()
    shutil.copy(bed.folder / "known_hosts", own / "deploy")
    (own / ".envfence/keys").mkdir(parents=True)
    shutil.copy(bed.folder / "key", own / ".envfence/keys/production")
    reference.written(own, reference.values_for({name: server.address for name, server in bed.servers.items()}))
    reference.lighten(own, LIGHTER)
    git = ("git", "-c", "user.name=Test", "-c", "user.email=test@example.com")
    for words in (
        ("add", "--all"),
        ("commit", "--quiet", "--message", "Name the servers"),
        ("branch", "--force", "develop"),
        ("push", "--quiet", "origin", "main", "develop"),
    ):
        subprocess.run((*git, *words), cwd=own, check=True)


@pytest.mark.parametrize("path", ("docs/hotfix.md", "docs/feature.md", "docs/schema-change.md", "docs/runbook.md"))
def test_commands_print_what_is_shown(path, team):
    """In this order: each begins where the one before ends, and what runs is never older than what was released."""
    team.read(path, {RUN, ON_SERVERS})
