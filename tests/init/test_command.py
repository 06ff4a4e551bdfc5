"""`envfence init` in real repositories: a plan, then the files, then a commit that is refused."""

import subprocess

import pytest

from envfence import sessions
from envfence.cli import main
from envfence.init import command, plan
from envfence.init.survey import survey

LITERAL = 'url = "postgresql://app@{}:5432/stock"\n'.format("10.1.0.5")
CANARY = "Hw3Zk8Qv6Bn1Mx5"
MESSY = {
    "app/__init__.py": "",
    "app/config.py": "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    pass\n",
    "app/main.py": LITERAL,
    "alembic.ini": "[alembic]\n",
    "docker-compose.yml": "services:\n  app:\n    build: .\n",
    "docker-compose.prod.yml": "services: {}\n",
    "Dockerfile": "FROM x\nCOPY . .\n",
    "pyproject.toml": '[project]\nname = "x"\n',
    ".github/workflows/ci.yml": "on: push\n",
    ".env.dev": f"DB_HOST=localhost\nDB_PASSWORD={CANARY}\n",
    ".env.production": f"DB_HOST=10.1.0.5\nDB_PASSWORD={CANARY}9\nSENTRY_DSN=\n",
}
WRITTEN = [
    ".dockerignore", ".env.example", ".gitattributes", ".gitignore", ".pre-commit-config.yaml", "noxfile.py",
]  # fmt: skip


@pytest.fixture
def messy(repo, write, monkeypatch):
    monkeypatch.chdir(repo)
    return write(MESSY)


@pytest.fixture
def no_runner(monkeypatch):
    """Let neither pre-commit nor prek be there."""
    monkeypatch.setattr(command.shutil, "which", lambda *_, **__: None)


def texts(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def test_a_repository_is_set_up_once(messy, no_runner, capsys):
    assert main(["init", "--yes"]) == 0
    after = texts(messy)
    assert sorted(after.keys() - MESSY.keys()) == WRITTEN
    assert after[".env.example"] == "DB_HOST=<DB_HOST>\nDB_PASSWORD=<DB_PASSWORD>\nSENTRY_DSN=\n"
    assert after["pyproject.toml"].endswith('\n[tool.envfence]\nenvironments = ["dev", "staging", "production"]\n')
    assert "import dev_down, dev_logs, dev_status, dev_up, env_check, migrate" in after["noxfile.py"]
    assert {name: after[name] for name in MESSY if name != "pyproject.toml"} == {
        name: text for name, text in MESSY.items() if name != "pyproject.toml"
    }
    told = capsys.readouterr()
    assert CANARY not in told.out + told.err
    assert "  settings classes: app/config.py\n" in told.out
    assert main(["init", "--yes"]) == 0
    assert texts(messy) == after
    assert "plan: nothing to write\n" in capsys.readouterr().out


def test_the_sessions_of_a_noxfile_exist():
    offered = {*plan._ALWAYS, *plan._OF_STACKS, *plan._OF_MIGRATIONS}
    assert offered <= sessions.SESSIONS.keys()


def test_it_can_be_taken_back(messy, no_runner):
    assert main(["init", "--yes"]) == 0
    assert main(["init", "--undo"]) == 0
    assert texts(messy) == MESSY
    assert main(["init", "--undo"]) == 2


def test_undo_of_another_command_leaves_what_it_wrote(messy, no_runner, capsys):
    assert main(["init", "--yes"]) == 0
    written = texts(messy)
    assert main(["fix", "no/such/file", "--allow-dirty"]) == 2
    assert main(["fix", "--undo"]) == 2
    assert texts(messy) == written
    told = "there is no fix to undo here: `envfence init --undo` takes back what that wrote"
    assert told in capsys.readouterr().err


def test_an_interrupted_one_is_settled_by_fix(messy, no_runner):
    assert main(["init", "--yes"]) == 0
    (messy / ".git/envfence-fix/begun").touch()
    assert main(["fix", "--undo"]) == 0
    assert texts(messy) == MESSY


def test_a_dry_run_writes_nothing(messy, capsys):
    assert main(["init", "--dry-run"]) == 0
    assert texts(messy) == MESSY
    assert "  write .env.example: the contract: the keys, and no value\n" in capsys.readouterr().out
    assert not (messy / ".git/hooks/pre-commit").exists()


def test_without_a_terminal_it_asks_for_the_option(messy, capsys):
    assert main(["init"]) == 2
    assert "pass --yes" in capsys.readouterr().err
    assert texts(messy) == MESSY


def test_the_first_commit_is_refused_while_there_are_errors(messy, no_runner, git, capsys):
    assert main(["init", "--yes"]) == 0
    assert "the first commit is refused" in capsys.readouterr().out
    git("add", "--all")
    refused = subprocess.run(
        ("git", "commit", "--message", "x"), cwd=messy, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert "app/main.py:1:7: hardcoded-url" in refused.stdout + refused.stderr
    (messy / "app/main.py").write_text("", encoding="utf-8")
    git("add", "--all")
    git("commit", "--quiet", "--message", "x")
    assert ".env.production" not in git("ls-files").split()


def test_a_team_may_start_with_a_baseline(messy, no_runner, git, capsys):
    assert main(["init", "--yes", "--baseline"]) == 0
    assert main(["check"]) == 0
    assert "errors are" not in capsys.readouterr().out


def test_pre_commit_is_installed_where_it_is(messy, script, git):
    assert main(["init", "--yes"]) == 0
    assert "pre-commit" in (messy / ".git/hooks/pre-commit").read_text(encoding="utf-8")
    subprocess.run((script("pre-commit"), "validate-config", ".pre-commit-config.yaml"), cwd=messy, check=True)


def test_a_hook_that_is_there_stays(messy, no_runner, write):
    write({".git/hooks/pre-commit": "#!/bin/sh\n"})
    assert main(["init", "--yes"]) == 0
    assert (messy / ".git/hooks/pre-commit").read_text(encoding="utf-8") == "#!/bin/sh\n"


def test_a_noxfile_that_is_there_is_left_to_its_owner(messy, no_runner, write, capsys):
    write({"noxfile.py": "import nox\n"})
    assert main(["init", "--yes"]) == 0
    assert (messy / "noxfile.py").read_text(encoding="utf-8") == "import nox\n"
    assert "yours to add to noxfile.py: from envfence.sessions import dev_down," in capsys.readouterr().out


@pytest.mark.parametrize("content", (b"fail_fast: true\n", "repos: # \ud55c\n".encode("cp949")))
def test_what_cannot_be_extended_is_an_error_and_nothing_is_written(content, messy, write, capsys):
    write({".pre-commit-config.yaml": content})
    assert main(["init", "--yes"]) == 2
    assert ".pre-commit-config.yaml" in capsys.readouterr().err
    assert sorted(path.name for path in messy.iterdir() if path.name in WRITTEN) == [".pre-commit-config.yaml"]


def test_outside_of_git_only_files_are_written(tmp_path, write, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write({"app.py": ""})
    assert main(["init", "--yes"]) == 0
    written = [path for path in texts(tmp_path) if not path.startswith(".envfence-fix/")]
    assert sorted(written) == ["app.py", "envfence.toml", "noxfile.py"]
    assert "run `git init`, then `envfence init` again" in capsys.readouterr().out


def test_no_such_folder(tmp_path, capsys):
    assert main(["init", "--root", str(tmp_path / "none")]) == 2
    assert "no such folder" in capsys.readouterr().err


NAMES = (
    pytest.param((), ("development", "staging", "production"), id="nothing names one"),
    pytest.param((".env.prod",), ("development", "staging", "prod"), id="an env file"),
    pytest.param(
        (".env.prod", "compose.production.yml", ".env.qa"), ("development", "staging", "prod", "qa"), id="more"
    ),
    pytest.param(
        ("docker-compose.yml", "docker-compose.dev.yml", "docker-compose.prod.yml"),
        ("development", "staging", "production"),
        id="overrides that only say which stage they are for",
    ),
    pytest.param(
        ("compose.prod-eu.yml",), ("development", "staging", "prod.eu"), id="an override of more than a stage"
    ),
    pytest.param((".env.local", ".env", "compose.override.yml"), ("development", "staging", "production"), id="none"),
)


@pytest.mark.parametrize(("names", "expected"), NAMES)
def test_environments(names, expected, tmp_path, write):
    write(dict.fromkeys(names, ""))
    assert survey(str(tmp_path)).environments == expected


SAID = (
    pytest.param("    env_file: .env.dev\n", "dev", id="its env file"),
    pytest.param("    environment:\n      - ENVIRONMENT=dev\n", "dev", id="what it is told"),
    pytest.param("    environment:\n      ENVIRONMENT: development\n", "development", id="the long name"),
)


@pytest.mark.parametrize(("line", "expected"), SAID)
def test_an_override_says_what_its_environment_is_called(line, expected, tmp_path, write):
    write({"compose.yml": "services: {}\n", "compose.dev.yml": f"services:\n  web:\n{line}"})
    assert survey(str(tmp_path)).environments == (expected, "staging", "production")
