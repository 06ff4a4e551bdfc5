"""The reference system, set up as its guide wants it: every item of the checklists is done there."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from envfence.checklist.repository import Repository
from envfence.checklist.servers import Server
from envfence.contract.grammar import contract_of
from envfence.contract.writing import new_text
from envfence.init.workflows import setup, workflows
from envfence.operate import development, state
from envfence.operate.database.prove import PROVEN, digest_of
from envfence.operate.target import target_of

SETTINGS = """\
[tool.envfence]
stacks = [
  "development: stack/docker-compose.yml stack/docker-compose.dev.yml",
  "production: stack/docker-compose.yml stack/docker-compose.prod.yml",
]
"""
RUNBOOK = "# Runbook\n\n## Rolling back\n\n```console\n$ nox -s rollback -- production --plan\n```\n"
PRODUCTION = {
    "ENVIRONMENT": "production",
    "DB_HOST": "data.stocks.example.com",
    "REDIS_HOST": "data.stocks.example.com",
    "DB_SSLMODE": "verify-full",
    "REDIS_TLS": "true",
    "DB_USER": "stocks",
    "INFLUXDB_USER": "stocks",
    "INFLUXDB_URL": "https://data.stocks.example.com:8086",
    "BACKEND_URL": "https://api.stocks.example.com:8080",
    "FRONTEND_URL": "https://www.stocks.example.com:8443",
    "GRAFANA_URL": "https://grafana.stocks.example.com:3000",
    "AIRFLOW_URL": "https://airflow.stocks.example.com:8081",
    "CORS_ORIGINS": "https://www.stocks.example.com:8443",
    "BIND_ADDRESS": "192.0.2.10",
    "BACKEND_HOST": "api.stocks.example.com",
    "AIRFLOW_HOST": "airflow.stocks.example.com",
    "DB_PORT": "5432", "DB_PUBLISH_PORT": "5432", "REDIS_PORT": "6379", "REDIS_PUBLISH_PORT": "6379",
    "INFLUXDB_PUBLISH_PORT": "8086", "BACKEND_PORT": "8080", "FRONTEND_PORT": "8443", "GRAFANA_PORT": "3000",
    "AIRFLOW_PORT": "8081",
}  # fmt: skip
GH = """#!/bin/sh
# GitHub's own client, logged in: the secrets of the repository, or with --env those of an environment.
case "$*" in
  "secret list --json name") echo '[]' ;;
  *"--env production") echo "[NAMES]" ;;
  *) exit 1 ;;
esac
"""
DOCKER = """#!/bin/sh
# An engine in which the stack of development runs.
case "$1" in
  ps) printf 'a1\\tbackend\\trunning\\tUp 2 minutes (healthy)\\nb2\\tmigrate\\texited\\tExited (0) 2 minutes ago\\n' ;;
  *) echo 28.0.0 ;;
esac
"""
linux = pytest.mark.skipif(sys.platform == "win32", reason="the programs that stand in for others are scripts")


@pytest.fixture(scope="session")
def system(root, tmp_path_factory):
    """Return a folder with all of it, committed."""
    folder = tmp_path_factory.mktemp("system")
    ignored = shutil.ignore_patterns("__pycache__", ".*", "tests")
    shutil.copytree(root / "stack", folder / "stack", ignore=ignored)
    for name in (".env.example", ".gitignore", ".gitattributes"):
        shutil.copy(root / name, folder)
    contract = (folder / ".env.example").read_text(encoding="utf-8")
    compose = ("stack/docker-compose.yml", "stack/docker-compose.prod.yml")
    texts = {
        **dict(workflows(setup(str(folder), contract, (), compose))),
        "pyproject.toml": SETTINGS,
        "docs/runbook.md": RUNBOOK,
        ".env.production": development.with_values(new_text(contract, "production"), PRODUCTION),
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        target = target_of(".", "development", {})
        development.write(".", "development", target.stack, contract_of(contract), {})
        state.note(".", PROVEN, digest_of(str(Path("stack/backend"))))
    (folder / ".env.production").chmod(0o600)
    return folder


@pytest.fixture
def repository(system, tmp_path, monkeypatch):
    """Return a function that makes a repository of the system, with changes {path: text, None to delete}."""
    folder = tmp_path / "system"
    shutil.copytree(system, folder)
    monkeypatch.chdir(folder)
    programs(monkeypatch, tmp_path, docker=DOCKER, gh=GH.replace("NAMES", names_of(folder)))

    def make(changes=None):
        for name, text in (changes or {}).items():
            path = Path(name)
            if text is None:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        if not (changes and ".git" in changes):
            committed()
        made = Repository(".")
        made.servers = [Server("db", "", "1f2e", "20261123T0912", "5a9d07f3be18")]
        return made

    (folder / ".git").mkdir()
    return make


def committed():
    for command in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all"),
        ("commit", "--quiet", "--message", "Begin"),
        ("remote", "add", "origin", "git@github.com:example/stocks.git"),
        ("update-ref", "refs/remotes/origin/main", "main"),
    ):
        subprocess.run(("git", *command), check=True)


def names_of(folder):
    """Return the secrets that the deployment reads, as GitHub's client tells them."""
    text = (folder / ".github/workflows/deploy-production.yml").read_text(encoding="utf-8")
    words = text.replace("}", " ").split("secrets.")[1:]
    return ",".join(sorted({f'{{\\"name\\":\\"{word.split()[0]}\\"}}' for word in words}))


def programs(monkeypatch, tmp_path, **texts):
    """Put programs before all others."""
    folder = tmp_path / "programs"
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
