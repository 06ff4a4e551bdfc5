"""The walkthroughs of a feature, a hotfix and a change of the schema, on a stack without docker."""

import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from ..walkthroughs import RUN, Reader, begin_again, repository, type_envfence
from .conftest import free_ports

linux = pytest.mark.skipif(sys.platform != "linux", reason="one platform shows that it works; wheels differ elsewhere")
PORTS = {"DB_PUBLISH_PORT": ":5435", "REDIS_PUBLISH_PORT": ":6380", "BACKEND_PORT": ":8000"}
WALKTHROUGHS = ("docs/feature.md", "docs/hotfix.md", "docs/schema-change.md")


@pytest.fixture(scope="module")
def team():
    """Return a repository whose stack runs, and the ports that it has here."""
    folder = Path(tempfile.mkdtemp())  # pytest's own is closed to others, and PostgreSQL never runs as root
    folder.chmod(0o755)
    own = repository(folder)
    ports = dict(zip(PORTS, free_ports(3), strict=True))
    type_envfence(own, "stack", "up", "--no-docker", **ports)
    type_envfence(own, "database", "seed", "--stocks", "3", "--days", "40")
    yield own, {PORTS[key]: f":{port}" for key, port in ports.items()}
    type_envfence(own, "stack", "down", "--volumes")
    shutil.rmtree(folder)


@linux
@pytest.mark.parametrize("path", WALKTHROUGHS)
def test_commands_print_what_is_shown(path, team):
    folder, ports = team
    begin_again(folder)
    Reader(folder, ports).read(path, {RUN})
