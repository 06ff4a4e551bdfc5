"""The workflows that `envfence init --workflows` writes: pinned, least privileged, made of sessions, and silent."""

import io
import re
import subprocess
from contextlib import redirect_stdout

import pytest

from envfence.check import Options, check
from envfence.cli import main
from envfence.contract.grammar import contract_of
from envfence.init import command, services, workflows
from envfence.sources import from_paths
from envfence.workflow.reader import read

CONTRACT = """\
ENVIRONMENT=<development|production|staging>
DB_HOST=<DB_HOST>
DB_PORT=<DB_PORT>
DB_NAME=stocktrading
DB_USER=<DB_USER>
DB_PASSWORD=<GENERATE_PASSWORD>
REDIS_URL=redis://<REDIS_HOST>:<REDIS_PORT>/0
REDIS_PASSWORD=<GENERATE_PASSWORD>
INFLUXDB_URL=<INFLUXDB_URL>
INFLUXDB_TOKEN=<GENERATE_TOKEN>
API_KEY=<secret>
WORKERS=<int>
DEBUG=<bool>
SENTRY_DSN=
# only: production
BACKEND_HOST=<BACKEND_HOST>
"""
COMPOSE = """\
services:
  postgres:
    image: ${POSTGRES_IMAGE:-timescale/timescaledb:2.22.1-pg15}
  cache:
    image: redis:8.2.1
  cache2:
    image: redis:8.2.1
  influxdb:
    image: influxdb@sha256:0000000000000000000000000000000000000000000000000000000000000000
  app:
    build: .
"""
FILES = {".env.example": CONTRACT, "docker-compose.yml": COMPOSE, "noxfile.py": "import nox\n"}
PATHS = ["ci.yml", "deploy-production.yml", "deploy-staging.yml", "rollback.yml"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return a repository with the workflows, and what was told."""
    repo = tmp_path_factory.mktemp("repository")
    subprocess.run(("git", "init", "--quiet", "--initial-branch=main"), cwd=repo, check=True)
    for name, text in FILES.items():
        (repo / name).write_text(text, encoding="utf-8")
    told = io.StringIO()
    with redirect_stdout(told):
        assert main(["init", "--root", str(repo), "--yes", "--workflows"]) == 0
    return repo, told.getvalue()


@pytest.fixture
def no_hook(monkeypatch):
    """Leave out the installing of the hook."""
    monkeypatch.setattr(command, "_install_hook", lambda _: None)


def tree(repo, name):
    return read(name, (repo / ".github/workflows" / name).read_text(encoding="utf-8"))


def test_four_workflows_are_written_once(written, no_hook, capsys):
    repo, _ = written
    folder = repo / ".github/workflows"
    assert sorted(path.name for path in folder.iterdir()) == PATHS
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert main(["init", "--root", str(repo), "--yes", "--workflows"]) == 0
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    said = capsys.readouterr().out
    assert "plan: nothing to write\n" in said
    assert "stays as it is" not in said


def test_nothing_is_left_of_the_templates(written):
    repo, _ = written
    for name in PATHS:
        assert re.findall(r"@[A-Z_]+@", (repo / ".github/workflows" / name).read_text(encoding="utf-8")) == []


def test_without_the_option_there_are_none(repo, write, monkeypatch):
    monkeypatch.chdir(repo)
    write(FILES)
    assert main(["init", "--dry-run"]) == 0
    assert main(["init", "--dry-run", "--workflows"]) == 0
    assert not (repo / ".github").exists()


def test_a_workflow_that_is_there_stays(repo, write, monkeypatch, no_hook, capsys):
    monkeypatch.chdir(repo)
    write({**FILES, ".github/workflows/ci.yml": "on: push\n"})
    assert main(["init", "--yes", "--workflows"]) == 0
    assert (repo / ".github/workflows/ci.yml").read_text(encoding="utf-8") == "on: push\n"
    assert (repo / ".github/workflows/rollback.yml").exists()
    assert ".github/workflows/ci.yml is there and stays as it is: " in capsys.readouterr().out


def test_zizmor_has_nothing_to_say(written, script):
    repo, _ = written
    command_line = [
        script("zizmor"),
        "--offline",
        "--persona=auditor",
        "--no-progress",
        "--strict-collection",
        ".github",
    ]
    done = subprocess.run(command_line, cwd=repo, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout


def test_own_rules_have_nothing_to_say(written, monkeypatch):
    monkeypatch.chdir(written[0])
    assert [(one.path, one.line, one.rule) for one in check(from_paths([".github"]), Options()).findings] == []


def test_a_real_yaml_reader_reads_the_same(written):
    yaml = pytest.importorskip("yaml", reason="pre-commit brings PyYAML")
    repo, _ = written
    for name in PATHS:
        jobs = yaml.safe_load((repo / ".github/workflows" / name).read_text(encoding="utf-8"))["jobs"]
        assert list(jobs) == list(tree(repo, name).at("jobs").mapping)
        for job in jobs.values():
            assert "uses" in job or {"runs-on", "timeout-minutes", "steps"} <= job.keys()
            for step in job.get("steps", ()):
                script = subprocess.run(["bash", "-n"], input=step.get("run", "").encode(), check=False)
                assert script.returncode == 0, step


@pytest.mark.source
def test_actions_are_pinned_as_in_our_own_workflow(written, root):
    repo, _ = written
    own = set(re.findall(r"uses: (\S+@\S+ # \S+)", (root / ".github/workflows/ci.yml").read_text(encoding="utf-8")))
    texts = "".join((repo / ".github/workflows" / name).read_text(encoding="utf-8") for name in PATHS)
    uses = set(re.findall(r"uses: ([^$\n]+)", texts))
    assert [one for one in uses if not re.fullmatch(r"[\w-]+(?:/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []
    assert len(uses) == len({one.partition("@")[0] for one in uses})
    assert {one for one in uses if one.startswith("actions/")} <= own


def test_they_call_the_sessions_that_are_promised(written):
    repo, _ = written
    texts = "".join((repo / ".github/workflows" / name).read_text(encoding="utf-8") for name in PATHS)
    assert set(re.findall(r"nox -s (\w+)", texts)) == set(workflows.SESSIONS)


@pytest.mark.parametrize(
    ("name", "branch"),
    (pytest.param("production", "main", id="production"), pytest.param("staging", "develop", id="staging")),
)
def test_a_deployment_waits_is_approved_and_can_be_run_by_hand(name, branch, written):
    repo, _ = written
    deploy = tree(repo, f"deploy-{name}.yml")
    assert [item.text for item in deploy.at("on", "push", "branches").items] == [branch]
    assert "version" in deploy.at("on", "workflow_dispatch", "inputs").mapping
    assert deploy.at("concurrency", "cancel-in-progress").text == "false"
    assert deploy.at("jobs", "deploy", "environment").text == name
    assert [item.text for item in deploy.at("jobs", "notify", "needs").items] == ["ci", "deploy"]
    assert ("merged_back" in deploy.at("jobs").mapping) is (name == "production")


def test_only_production_gets_what_is_only_for_production(written):
    repo, told = written
    for name, expected in (("production", True), ("staging", False)):
        text = (repo / f".github/workflows/deploy-{name}.yml").read_text(encoding="utf-8")
        assert ("BACKEND_HOST: ${{ vars.BACKEND_HOST }}" in text) is expected
        assert "DB_PASSWORD: ${{ secrets.DB_PASSWORD }}" in text
        assert "SENTRY_DSN" not in text
    assert told.count("BACKEND_HOST") == 1


def test_all_that_the_workflows_read_is_told(written):
    repo, told = written
    texts = "".join((repo / ".github/workflows" / name).read_text(encoding="utf-8") for name in PATHS)
    for kind, name in re.findall(r"\b(secrets|vars)\.(\w+)", texts):
        assert re.search(rf"^  {'secret' if kind == 'secrets' else 'variable'}.*\b{name}\b", told, re.MULTILINE), name
    assert "register in the environment production:\n  secrets of the contract: DB_PASSWORD, " in told
    assert "not passed on, for the contract has a value or needs none: DB_NAME, SENTRY_DSN\n" in told
    assert "these sessions of noxfile.py: env_check, test, release, rollout, rollback\n" in told


def test_servers_of_the_tests(written):
    repo, _ = written
    job = tree(repo, "ci.yml").at("jobs", "test")
    assert {name: node.at("image").text for name, node in job.at("services").mapping.items()} == {
        "postgres": "${{ vars.POSTGRES_IMAGE }}",
        "redis": "${{ vars.CACHE_IMAGE }}",
        "influxdb": f"influxdb@sha256:{'0' * 64}",
    }
    given = {name: node.text for name, node in job.at("steps").items[-1].at("env").mapping.items()}
    drawn = "test-${{ github.sha }}"
    assert given == {
        "ENVIRONMENT": "development",
        "DB_HOST": "localhost",
        "DB_PORT": "${{ job.services.postgres.ports[5432] }}",
        "DB_NAME": "test",
        "DB_USER": "${{ github.job }}",
        "DB_PASSWORD": drawn,
        "REDIS_URL": "redis://localhost:${{ job.services.redis.ports[6379] }}/0",
        "REDIS_PASSWORD": "",
        "INFLUXDB_URL": "http://localhost:${{ job.services.influxdb.ports[8086] }}",
        "INFLUXDB_TOKEN": drawn,
        "API_KEY": drawn,
        "WORKERS": "1",
        "DEBUG": "false",
        "BACKEND_HOST": "localhost",
    }


def test_a_repository_without_servers_or_contract_has_workflows_too(repo, write, monkeypatch, no_hook, script):
    monkeypatch.chdir(repo)
    write({"app.py": ""})
    assert main(["init", "--yes", "--workflows"]) == 0
    job = tree(repo, "ci.yml").at("jobs", "test")
    assert "services" not in job.mapping
    assert "env" not in job.at("steps").items[-1].mapping
    subprocess.run((script("zizmor"), "--offline", "--persona=auditor", "--no-progress", ".github"), check=True)


def test_a_contract_that_is_written_with_them_counts(repo, write, monkeypatch, no_hook):
    monkeypatch.chdir(repo)
    write({".env.dev": "DB_HOST=localhost\n", ".env.prod": "DB_HOST=db.example.com\nAPI_TOKEN=\n"})
    assert main(["init", "--yes", "--workflows"]) == 0
    text = (repo / ".github/workflows/deploy-production.yml").read_text(encoding="utf-8")
    assert "    environment: prod\n" in text
    assert "DB_HOST: ${{ vars.DB_HOST }}" in text


@pytest.mark.parametrize(
    ("promise", "expected"),
    (
        pytest.param("DATABASE_URL=<url>", "mysql://${{ github.job }}:test-${{ github.sha }}@localhost:", id="address"),
        pytest.param("MYSQL_DATABASE=<MYSQL_DATABASE>", "test", id="database"),
        pytest.param("DB_PUBLISH_PORT=<DB_PUBLISH_PORT>", '"1"', id="published"),
        pytest.param("LEVEL=<low|high>", "low", id="choice"),
        pytest.param("ENVIRONMENT=<production|testing>", "testing", id="environment"),
        pytest.param("TITLE=<TITLE>", "test", id="text"),
    ),
)
def test_values_of_tests(promise, expected):
    used = services.services([read("compose.yml", "services: {db: {image: 'mariadb:11.4'}}\n")])
    ((_, value),) = services.values(contract_of(f"{promise}\n"), used)
    assert value.startswith(expected)


def test_a_program_that_is_deployed_nowhere_is_only_tested():
    made = workflows.setup(".", "ENVIRONMENT=<development|test>\n", ("development", "staging", "production"), ())
    assert [path for path, _ in workflows.workflows(made)] == [".github/workflows/ci.yml"]


def test_environments_are_called_as_the_contract_calls_them():
    made = workflows.setup(".", "APP_ENV=<dev|prod|stage>\n", ("development", "staging", "production"), ())
    assert made.environments == ("prod", "stage")
    assert "    environment: stage\n" in dict(workflows.workflows(made))[".github/workflows/deploy-staging.yml"]


@pytest.mark.parametrize(
    ("image", "expected"),
    (
        pytest.param("postgres", ["postgres"], id="bare"),
        pytest.param("registry.example.com:5000/timescale/timescaledb:2.22.1-pg15", ["postgres"], id="of a registry"),
        pytest.param("valkey/valkey:8-alpine", ["redis"], id="a fork"),
        pytest.param("mysql:8", ["mysql"], id="mysql"),
        pytest.param("prometheuscommunity/postgres-exporter", [], id="what only watches it"),
        pytest.param("edoburu/pgbouncer", [], id="what stands before it"),
        pytest.param("${POSTGRES_IMAGE:?}", [], id="not known"),
        pytest.param("", [], id="built here"),
    ),
)
def test_images_of_servers(image, expected):
    used = services.services([read("compose.yml", f"services:\n  one:\n    image: {image}\n")])
    assert [service.kind.name for service in used] == expected
