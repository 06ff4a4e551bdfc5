"""This repository is guarded by its own hook: a literal planted anywhere in it is refused."""

import os
import re
import shutil
import subprocess
import sysconfig
import tomllib

import pytest

PLANTED = 'API_BASE_URL = "http://localhost:8000/api/v1"\n'


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Return a folder that pre-commit installs the other hooks of this repository into, once."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def hooked(root, repo, git, script, cache, monkeypatch):
    """Return a function that runs the hook on a file of this repository with a literal added to it."""
    monkeypatch.setenv("PATH", sysconfig.get_path("scripts"), prepend=os.pathsep)
    monkeypatch.setenv("PRE_COMMIT_HOME", str(cache))
    for name in (".pre-commit-config.yaml", ".gitignore", "pyproject.toml"):
        shutil.copy(root / name, repo)

    def run(path, planted):
        target = repo / path
        target.parent.mkdir(parents=True, exist_ok=True)
        original = (root / path).read_text(encoding="utf-8") if (root / path).exists() else ""
        target.write_text(original + planted, encoding="utf-8")
        git("add", ".")
        command = [script("pre-commit"), "run", "envfence", "--files", path]
        return subprocess.run(command, cwd=repo, capture_output=True, text=True, encoding="utf-8", check=False)

    return run


@pytest.mark.parametrize(
    ("path", "planted", "rule"),
    (
        ("noxfile.py", PLANTED, "hardcoded-url"),
        ("bench/run.py", PLANTED, "hardcoded-url"),
        ("src/envfence/config.py", PLANTED, "hardcoded-url"),
        ("hooks/envfence_hooks/envfence.py", 'DB_PASSWORD = "admin123"\n', "hardcoded-credential"),
        ("stack/backend/database.py", PLANTED, "hardcoded-url"),
        ("stack/docker-compose.yml", "x-database: {POSTGRES_PASSWORD: admin123}\n", "hardcoded-credential"),
        (".github/workflows/ci.yml", "    env:\n      API_BASE_URL: http://10.20.30.40:8000/api/v1\n", "hardcoded-url"),
        (".ci/run", 'API_BASE_URL="http://localhost:8000/api/v1"\n', "hardcoded-url"),
    ),
)
def test_planted_literal_is_refused(path, planted, rule, hooked):
    done = hooked(path, planted)
    assert done.returncode == 1
    assert re.search(rf"^{re.escape(path)}:\d+:\d+: {rule} ", done.stdout, re.MULTILINE)


def test_only_fixtures_of_rules_are_excluded_each_by_name(root):
    assert "exclude:" not in (root / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["envfence"]
    assert set(settings) == {"environments", "exclude", "per-path", "stacks"}
    for path in settings["exclude"]:
        assert path.startswith(("tests/", "rules/envfence_rules/flow-"))
        assert (root / path).is_file()
