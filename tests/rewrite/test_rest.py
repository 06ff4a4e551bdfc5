"""What a fix leaves to people: nothing that a program can mend, and all of it counted."""

import os
import stat
from collections import Counter

import pytest

from envfence import cli, explain, people
from envfence.contract.command import checked
from envfence.finding import ERROR, finding
from envfence.rules import all_rules

SETTINGS = """\
import os

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    ENVIRONMENT: str = "development"
    DB_HOST: str = "@OTHER@"
    DB_PORT: int = 5432
    DB_USER: str
    DB_PASSWORD: str
    GRAFANA_URL: str

    @property
    def DATABASE_URL(self) -> str:
        return f"postgresql://{self.DB_USER}:{self.DB_PASSWORD}@{self.DB_HOST}:{self.DB_PORT}/stock"

    class Config:
        env_file = os.path.join(os.path.dirname(__file__), f".env.{os.getenv('ENVIRONMENT', 'development')}")


settings = Settings()
"""
BASE = """\
version: '3.8'

services:
  postgres:
    image: postgres:17
    container_name: stock-db
    environment:
      POSTGRES_DB: stock
      POSTGRES_USER: @USER@
      POSTGRES_PASSWORD: @WORD@
    ports:
      - "5432:5432"
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -U @USER@"]
  backend:
    build: .
    environment:
      - DATABASE_URL=postgresql://@LOGIN@@postgres:5432/stock
    depends_on: [postgres]
"""
PROD = "version: '3.8'\n\nservices:\n  backend:\n    restart: always\n    environment: {ENVIRONMENT: production}\n"
REPOSITORY = {
    "config.py": SETTINGS,
    "prices.py": "import psycopg2\n\nfrom config import settings\n\npsycopg2.connect(settings.DATABASE_URL)\n",
    "annotate.py": 'import requests\n\nrequests.get("http://@LOGIN@@@HOST@:3000/api/annotations")\n',
    "stage.py": (
        'import os\n\nimport psycopg2\n\nAPP_STAGE = os.environ.get("APP_STAGE", "local")\n'
        'HOST = os.environ.get("DB_HOSTT", "")\npsycopg2.connect("@DSN@")\n'
    ),
    "docker-compose.yml": BASE,
    "docker-compose.prod.yml": PROD,
    "pyproject.toml": '[project]\nname = "stock"\ndependencies = ["pydantic-settings", "psycopg2", "requests"]\n',
    ".env.example": (
        "ENVIRONMENT=<development|production>\n\nDB_HOST=<DB_HOST>\nDB_PORT=5432\nDB_USER=<DB_USER>\n"
        "DB_PASSWORD=<DB_PASSWORD>\n\nGRAFANA_URL=<GRAFANA_URL>\n"
    ),
    ".env.development": (
        "ENVIRONMENT=development\nDB_HOST=@HOST@\nDB_PORT=@PORT@\nDB_USER=@USER@\nDB_PASSWORD=@WORD@\n\n"
        "GRAFANA_URL=@WEB@:3000\n"
    ),
    ".env.production": "ENVIRONMENT=production\nDB_HOST=@OTHER@\nDB_PORT=5432\nDB_USER=@USER@\nDB_PASSWORD=@PROD@\n",
}


@pytest.fixture
def adopted(git, repo, write, filled, monkeypatch):
    """Return the files of the repository after `init` and `fix`."""
    monkeypatch.chdir(repo)
    write({path: filled(text) for path, text in REPOSITORY.items()})
    if os.name == "posix":
        (repo / ".env.production").chmod(0o644)
    assert cli.main(["init", "--yes"]) == 0
    git("add", "--all")
    git("-c", f"core.hooksPath={os.devnull}", "commit", "--quiet", "--message", "set up")
    assert cli.main(["fix"]) == 1
    found = (path for path in repo.rglob("*") if path.is_file() and ".git" not in path.relative_to(repo).parts[:1])
    return {path.relative_to(repo).as_posix(): path.read_text(encoding="utf-8") for path in found}


def errors(root="."):
    return [one for one in checked(root, None, "port") if one.severity == ERROR]


def test_all_that_is_left_asks_people(adopted):
    rules = all_rules()
    left = errors()
    assert left
    assert {one.rule for one in left if rules[one.rule].fixable or not people.asked(rules[one.rule])} == set()
    assert Counter(one.rule for one in left) == Counter(
        {
            "leaked-override": 1,
            "missing-key": 9,
            "settings-open-environment": 3,
            "stack-build-only": 1,
            "stack-container-name": 1,
            "stack-floating-image": 1,
            "stack-open-port": 1,
            "stack-short-depends-on": 1,
            "undeclared-key": 1,
            "weak-secret": 1,
        }
    )


def test_the_same_runs_with_less_to_find(adopted, filled):
    assert adopted["docker-compose.prod.yml"] == PROD.partition("\n\n")[2]
    assert 'test: ["CMD-SHELL", "pg_isready -h 127.0.0.1 -U $$POSTGRES_USER"]' in adopted["docker-compose.yml"]
    assert "DB_PASSWORD: SecretStr\n" in adopted["config.py"]
    login = "{quote(self.DB_USER, safe='')}:{quote(self.DB_PASSWORD.get_secret_value(), safe='')}"
    assert f'f"postgresql://{login}@{{self.DB_HOST}}' in adopted["config.py"]
    assert "APP_STAGE=\n" in adopted[".env.example"]
    assert "DB_HOSTT" not in adopted[".env.example"], "a slip of the pen for DB_HOST"
    assert filled("GRAFANA_URL=@WEB@:3000\nGRAFANA_HOST=@HOST@\nGRAFANA_PORT=3000\n") in adopted[".env.development"]


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_env_files_are_closed(adopted, repo):
    assert stat.S_IMODE((repo / ".env.production").stat().st_mode) == 0o600


def test_a_second_fix_changes_nothing_and_undo_everything(adopted, repo, filled, capsys):
    capsys.readouterr()
    assert cli.main(["fix", "--allow-dirty"]) == 0
    to_do = "".join(f"  {line}\n" for line in people.to_do(errors()))
    assert capsys.readouterr().err.endswith(f"left to people, as `envfence env check` tells:\n{to_do}")
    assert cli.main(["fix", "--undo"]) == 0
    for path, text in REPOSITORY.items():
        if path != "pyproject.toml":  # that is what init has extended
            assert (repo / path).read_bytes() == filled(text).encode()


def test_a_rule_is_mended_by_a_program_or_says_what_it_asks_of_people():
    unsaid = [rule for rule in all_rules().values() if not (explain.is_mended(rule) or people.asked(rule))]
    assert unsaid == []


def test_the_summary_counts_and_lists_nothing(adopted, capsys):
    capsys.readouterr()
    assert cli.main(["env", "check", "--summary"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == people.to_do(errors())
    assert "found" not in said.err


def test_values_are_counted_file_by_file_and_warnings_are_not():
    rules = all_rules()
    found = [
        finding(rules["missing-key"], ".env.staging", 1),
        finding(rules["missing-key"], ".env.production", 1),
        finding(rules["placeholder-left"], ".env.production", 2),
        finding(rules["stack-version-key"], "compose.yml", 1),
        finding(rules["stack-root"], "compose.yml", 1),
        finding(rules["stack-root"], "compose.yml", 1)._replace(rule="flow-own", severity=ERROR),
    ]
    assert people.to_do(found) == [
        f".env.production: {people.VALUES}: 2 (missing-key, placeholder-left)",
        f"{people.PROGRAMS}: 2 (flow-own, stack-version-key)",
        f".env.staging: {people.VALUES}: 1 (missing-key)",
    ]
