"""What every test shares: a clean environment, files from a table, and real git repositories."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGINE = ("tests/delivery/", "tests/docker/")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each of several workers whole files, and one of them all with an engine: they share what they start."""
    from xdist.scheduler import LoadScopeScheduling

    class OneEngine(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return "engine" if nodeid.startswith(ENGINE) else nodeid.partition("::")[0]

    return OneEngine(config, log)


def pytest_collection_modifyitems(config, items):
    """Let several workers begin with what takes longest: the other files are done meanwhile."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(ENGINE))


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    """Keep the machine out: variables and files of git and of pre-commit, colours, the environment."""
    for key in list(os.environ):
        if key.startswith(("GIT_", "PRE_COMMIT")) or key in {"ENVIRONMENT", "FORCE_COLOR", "NO_COLOR"}:
            monkeypatch.delenv(key)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Test")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "test@example.com")


@pytest.fixture
def write(tmp_path):
    """Return a function that writes files, {path: text or bytes}, below tmp_path and returns tmp_path."""

    def write_files(files, root=tmp_path):
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return write_files


@pytest.fixture
def git(tmp_path):
    """Return a function that runs git in tmp_path, or in another folder, and returns its standard output."""

    def run_git(*args, cwd=tmp_path):
        return subprocess.run(
            ["git", *args], cwd=cwd, check=True, capture_output=True, text=True, encoding="utf-8"
        ).stdout

    return run_git


@pytest.fixture
def repo(tmp_path, git):
    """Return tmp_path as an empty git repository on branch main."""
    git("init", "--quiet", "--initial-branch=main")
    return tmp_path


@pytest.fixture(scope="session")
def root():
    """Return the root of this project's checkout."""
    return ROOT


@pytest.fixture(scope="session")
def script():
    """Return a function that finds a command installed beside this Python, on PATH or not."""

    def find(name):
        found = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
        assert found, f"{name} is not installed: run the tests with `nox -s test`"
        return found

    return find


@pytest.fixture(scope="session")
def local_hook(root):
    """Return a function that makes a local hook of one in .pre-commit-hooks.yaml: only the installing is left out."""
    yaml = pytest.importorskip("yaml", reason="pre-commit brings PyYAML")
    hooks = {hook["id"]: hook for hook in yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}

    def make(hook_id):
        return {**hooks[hook_id], "language": "system", "additional_dependencies": []}

    return make
