"""What is added to the files of a repository: nothing where it is there, nothing else changed."""

import subprocess

import pytest

from envfence.errors import FenceError
from envfence.init import texts

BLOCK = "- repo: https://github.com/envfence/envfence\n  rev: v1.2.3\n  hooks:\n    - id: envfence\n"
INDENTED = "".join(f"  {line}\n" for line in BLOCK.splitlines())

HOOKS = (
    pytest.param("", f"repos:\n{INDENTED}", id="no file"),
    pytest.param("repos: []\n", f"repos:\n{INDENTED}", id="an empty list"),
    pytest.param("repos:\n", f"repos:\n{INDENTED}", id="nothing yet"),
    pytest.param(
        "# ours\nrepos:\n  - repo: a # one\n    rev: b\n",
        f"# ours\nrepos:\n  - repo: a # one\n    rev: b\n{INDENTED}",
        id="comments stay",
    ),
    pytest.param("repos:\n- repo: a\n  rev: b\n", f"repos:\n- repo: a\n  rev: b\n{BLOCK}", id="a list without indent"),
    pytest.param("repos:\n- repo: a", f"repos:\n- repo: a\n{BLOCK}", id="no newline at the end"),
    pytest.param(
        "repos:\n  - repo: a\n\nfail_fast: true\n",
        f"repos:\n  - repo: a\n{INDENTED}\nfail_fast: true\n",
        id="another key behind the list",
    ),
    pytest.param(
        "  repos:\n  - repo: a\n  fail_fast: true\n",
        f"  repos:\n  - repo: a\n{INDENTED}\n  fail_fast: true\n",
        id="all of it indented",
    ),
    pytest.param("repos:\r\n- repo: a\r\n", f"repos:\n- repo: a\n{BLOCK}".replace("\n", "\r\n"), id="CRLF"),
)


@pytest.mark.parametrize(("old", "new"), HOOKS)
def test_the_hook_is_added_once(old, new):
    assert texts.with_hook(old, "v1.2.3") == new
    assert texts.with_hook(new, "v1.2.4") == new


def test_a_configuration_without_repos_is_an_error():
    with pytest.raises(FenceError, match="no line `repos:`"):
        texts.with_hook("fail_fast: true\n", "v1.2.3")


IGNORES = (
    pytest.param("", ".env*\n!.env.example\n*.local\n", id="no file"),
    pytest.param("*.pyc", "*.pyc\n.env*\n!.env.example\n*.local\n", id="no newline at the end"),
    pytest.param("*.local\r\n", "*.local\r\n.env*\r\n!.env.example\r\n", id="CRLF, and one line is there"),
    pytest.param(
        "!.env.example\n.env*\n*.local\n", "!.env.example\n.env*\n*.local\n!.env.example\n", id="in the wrong order"
    ),
    pytest.param(
        ".env\n.env.*\n!.env.example\n",
        ".env\n.env.*\n!.env.example\n.env*\n!.env.example\n*.local\n",
        id="let in by a line before",
    ),
    pytest.param("*.local\n.env*\n!.env.example\n", "*.local\n.env*\n!.env.example\n", id="all is there"),
)


@pytest.mark.parametrize(("old", "new"), IGNORES)
def test_gitignore(old, new, repo):
    assert texts.ignoring(old) == new
    assert texts.ignoring(new) == new
    (repo / ".gitignore").write_bytes(new.encode())
    names = [".env", ".env.local", ".env.production", ".env.production.bak", ".env~", "settings.local", ".env.example"]
    said = subprocess.run(("git", "check-ignore", "--no-index", *names), cwd=repo, capture_output=True, check=False)
    assert said.stdout.decode().split() == names[:-1]


TABLES = (
    pytest.param("", "[tool.envfence]", '[tool.envfence]\nenvironments = ["a", "b"]\n', id="an empty file"),
    pytest.param("x = 1", "[tool.envfence]", 'x = 1\n\n[tool.envfence]\nenvironments = ["a", "b"]\n', id="at the end"),
    pytest.param("[tool.envfence]\n", "[tool.envfence]", "[tool.envfence]\n", id="there"),
    pytest.param("[tool.envfence.per-path]\n", "[tool.envfence]", "[tool.envfence.per-path]\n", id="a part is there"),
    pytest.param("", "", 'environments = ["a", "b"]\n', id="a file of its own"),
    pytest.param("exclude = []\n", "", "exclude = []\n", id="a file of its own that is there"),
)


@pytest.mark.parametrize(("old", "table", "new"), TABLES)
def test_settings(old, table, new):
    assert texts.with_table(old, ("a", "b"), table=table) == new


def test_a_contract_has_keys_and_no_value():
    keys = [["ENVIRONMENT", "DB_HOST"], ["ENVIRONMENT", "DB_HOST", "SENTRY_DSN"]]
    promised = "ENVIRONMENT=<development|production>\nDB_HOST=<DB_HOST>\nSENTRY_DSN=\n"
    assert texts.contract(keys, ("development", "production")) == promised
