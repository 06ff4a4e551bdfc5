"""What servers say, over an ssh that hands each command to the servers' own program, or to a shell."""

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from envfence.checklist.repository import Repository
from envfence.checklist.servers import Server, asked
from envfence.errors import FenceError

from .conftest import linux, programs

pytestmark = linux
FLEET = """
[tool.envfence.environments.development]
[tool.envfence.environments.production]
root = "/opt/stocks"
known-hosts = "deploy/known_hosts"
[tool.envfence.environments.production.roles.data]
host = "DB_HOST"
services = ["postgres", "redis"]
"""
SSH = """#!/bin/sh
for word; do last=$word; done
case "$*" in *"-O exit"*) exit 0 ;; esac
export SSH_ORIGINAL_COMMAND="$last"
exec sh SERVER/host.sh
"""
DOCKER = """#!/bin/sh
case "$1 $2" in
  "compose --ansi") echo postgres hash; echo redis hash ;;
  "ps --all") echo a1; echo b2 ;;
  "inspect --format")
    echo "a1a1a1a1a1a1 postgres 1 running healthy 0 sha256:1 image False 2026-11-23T09:12:00Z 0 hash"
    echo "c3c3c3c3c3c3 migrate 1 exited - 0 sha256:1 image True 2026-11-23T09:12:00Z 0 hash"
    SECOND
    ;;
  *) exit 1 ;;
esac
"""
REDIS = 'echo "b2b2b2b2b2b2 redis 1 running STATE 0 sha256:1 image False 2026-11-23T09:12:00Z 0 hash"'

WELL = REDIS.replace("STATE", "healthy")
SHELL = '#!/bin/sh\nfor word; do last=$word; done\nexec sh -c "$last"\n'
REFUSED = "#!/bin/sh\necho 'Connection refused' >&2\nexit 255\n"
CHANGED = "#!/bin/sh\necho 'Host key verification failed.' >&2\nexit 255\n"


@pytest.fixture
def server(repository, monkeypatch, tmp_path):
    """Return a function that describes one server, with the programs that are there."""
    folder = tmp_path / "server"
    (folder / "env").mkdir(parents=True)
    (folder / "lock").mkdir()
    release = folder / "releases/20261123T0912-2f3c"
    release.mkdir(parents=True)
    for name in ("compose.yml", "release.env"):
        (release / name).write_text("", encoding="utf-8")
    shutil.copy(str(files("envfence.delivery.servers").joinpath("host.sh")), folder)
    (folder / "project").write_text("stock-production\n", encoding="utf-8")
    (folder / "env/0123456789ab.env").write_text("", encoding="utf-8")
    (folder / "env/current").symlink_to("0123456789ab.env")
    (folder / "state.json").write_text(
        '{"release": "20261123T0912-2f3c", "schema": "5a9d07f3be18"}\n', encoding="utf-8"
    )

    def make(ssh=SSH, second=WELL):
        ssh = ssh.replace("SERVER", str(folder))
        programs(monkeypatch, tmp_path, ssh=ssh, docker=DOCKER.replace("SECOND", second))
        settings = Path("pyproject.toml").read_text(encoding="utf-8")
        repository({"pyproject.toml": settings + FLEET, "deploy/known_hosts": "production-db ssh-ed25519 AAAA\n"})
        return asked(".")

    return make


def test_a_server_says_what_it_runs(server):
    assert server() == [Server("db", "", "0123456789ab.env", "20261123T0912-2f3c", "5a9d07f3be18")]


@pytest.mark.parametrize(
    ("second", "ill"),
    (
        pytest.param(REDIS.replace("STATE", "unhealthy"), "db: redis is unhealthy", id="ill"),
        pytest.param("true", "db: redis is not as 20261123T0912-2f3c wants it", id="gone"),
    ),
)
def test_a_service_that_does_badly_is_named(server, second, ill):
    assert [one.ill for one in server(second=second)] == [(ill,)]


@pytest.mark.parametrize(
    ("ssh", "problem"),
    (
        pytest.param(SHELL, "db: the key opens a shell", id="shell"),
        pytest.param(REFUSED, "db: cannot be reached as deploy", id="gone"),
        pytest.param(CHANGED, "the server's key is not", id="key"),
    ),
)
def test_a_server_that_is_not_as_it_should_be_is_a_problem(server, ssh, problem):
    (one,) = server(ssh)
    assert problem in one.problem


def test_without_pinned_keys_no_server_is_asked(server, monkeypatch):
    server()
    Path("deploy/known_hosts").unlink()
    with pytest.raises(FenceError, match="is missing: it pins the servers' keys"):
        asked(".")


def test_where_no_fleet_is_described_nobody_is_asked(repository):
    made = repository()
    assert asked(made.root) == Repository(".").servers == []
    Path("pyproject.toml").write_text(
        Path("pyproject.toml").read_text(encoding="utf-8") + FLEET.replace("production", "staging"), encoding="utf-8"
    )
    assert asked(".") == []
