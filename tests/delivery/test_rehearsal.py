"""The last backup of a real server, brought here, restored and compared with the database that goes on."""

import re
import shutil
import tempfile
from pathlib import Path

import pytest

from envfence.delivery.servers.deployment import deployed

from ..walkthroughs import repository
from .reference import Repository, forget_images, let_in, values_for, written

pytestmark = [pytest.mark.docker, pytest.mark.delivery]
ONLY_DATA = """\
[tool.envfence]
stacks = ["production: stack/docker-compose.yml stack/docker-compose.prod.yml"]
[tool.envfence.environments.production]
root = "/opt/stocktrading"
known-hosts = "deploy/known_hosts"
bind = "BIND_ADDRESS"
[tool.envfence.environments.production.roles]
data = { host = "DB_HOST", services = ["postgres"] }
"""


@pytest.fixture
def system(bed, monkeypatch):
    """Return a repository whose database runs on a server, migrated, and the name of its release."""
    folder = Path(tempfile.mkdtemp())  # pytest's own is closed to others, and PostgreSQL never runs as root
    folder.chmod(0o755)
    bed.reset()
    own = repository(folder)
    (own / "pyproject.toml").write_text(ONLY_DATA, encoding="utf-8")
    let_in(bed, own)
    values = values_for({name: one.address for name, one in bed.servers.items()})
    any_image = {"BACKEND_IMAGE": values["AIRFLOW_IMAGE"]}  # no server runs it
    made = Repository(own, written(own, {**values, **any_image}))
    release = made.release()
    for words in (("rollout", "production"), ("database", "migrate", "--environment", "production")):
        done = made.envfence(*words, "--yes")
        assert done.code == 0, done.error
    monkeypatch.chdir(own)
    yield made, release
    forget_images(own)
    shutil.rmtree(folder)
    bed.reset()


def test_the_last_backup_of_a_server_comes_back(system):
    made, release = system
    with deployed(".", "production") as on:
        (remote,) = on.remotes
        token = remote.told("lock", "take", "somebody", "60").strip()
        remote.told("backup", token, release, "postgres", timeout=120)
        remote.told("lock", "drop", token)
    done = made.envfence("database", "rehearse", "production", "--on", "production")
    assert (done.code, done.out) == (0, ""), done.error
    fetching, restoring, changed, told = (one for one in done.error.splitlines() if not one.startswith("installing"))
    assert re.fullmatch(rf"fetching \S+-{release}\.dump from db", fetching)
    assert restoring.startswith("restoring ")
    assert re.fullmatch(r"changed since in database stocktrading on \S+: nothing", changed)
    assert told == "8 tables, 1 rows, schema at 5a9d07f3be18: all of it comes back"
