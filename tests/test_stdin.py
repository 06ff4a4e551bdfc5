"""`--stdin --stdin-filename`, as an editor asks: what is not saved yet is judged as the file that it is to be."""

import io
import json
import sys

import pytest

from envfence.cli import main

HOST, COPIED, SECRET = 'DB_HOST = "10.0.0.7"\n', 'x = "correct-horse-battery"\n', 'password = "hunter2secret"\n'


@pytest.fixture
def check(monkeypatch, capsys):
    """Return a function that gives bytes to the command, and returns its code and its findings."""

    def run(data, name, *arguments):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        code = main(
            ["check", "--no-flows", "--stdin", "--stdin-filename", str(name), "--output-format", "json", *arguments]
        )
        rows = json.loads(capsys.readouterr().out)
        return code, [(row["path"], row["line"], row["column"], row["rule"]) for row in rows]

    return run


@pytest.fixture
def project(repo, write, monkeypatch):
    monkeypatch.chdir(repo)
    return write(
        {
            ".gitignore": ".env*\n",
            "api/envfence.toml": 'ignore = ["hardcoded-host"]\nexclude = ["generated/"]\n',
            "api/.env.local": "DB_PASSWORD=correct-horse-battery\n",
            "api/app/saved.py": "x = 1\n",
        }
    )


CASES = (
    pytest.param("saved.py", HOST, [], id="settings of the named file's project"),
    pytest.param("new.py", COPIED, [(1, 6, "copied-value")], id="env file above the named file, which is not there"),
    pytest.param("gone/new.py", COPIED, [(1, 6, "copied-value")], id="nor is its folder"),
    pytest.param("../generated/a.py", SECRET, [], id="excluded by the project"),
    pytest.param("../../other.py", HOST + COPIED, [(1, 11, "hardcoded-host")], id="another project's neighbour"),
    pytest.param("a.py", "\ufeff" + SECRET, [(1, 12, "hardcoded-credential")], id="byte order mark"),
    pytest.param("a.py", "\r\n" + SECRET.replace("\n", "\r\n"), [(2, 12, "hardcoded-credential")], id="CRLF"),
    pytest.param("a.py", "암호 = 1; " + SECRET, [(1, 20, "hardcoded-credential")], id="columns are code points"),
    pytest.param("a.yml", "password: hunter2secret", [(1, 11, "hardcoded-credential")], id="kind by name, no newline"),
    pytest.param("a.py", "password = (", [], id="in the middle of writing"),
    pytest.param("a.py", "", [], id="empty"),
)


@pytest.mark.parametrize(("name", "text", "expected"), CASES)
@pytest.mark.parametrize("absolute", (False, True), ids=("", "absolute"))
def test_what_is_not_saved_yet(project, check, monkeypatch, name, text, expected, absolute):
    monkeypatch.chdir(project / "api/app")
    code, found = check(text.encode(), project / "api/app" / name if absolute else name)
    assert found == [(name, *place) for place in expected]
    assert code == bool(expected)


def test_from_another_working_directory(project, check):
    assert check(HOST.encode(), "api/app/new.py") == (0, [])
    assert check(COPIED.encode(), "api/app/new.py") == (1, [("api/app/new.py", 1, 6, "copied-value")])


def test_utf_16(project, check):
    assert check(SECRET.encode("utf-16"), "a.py") == (1, [("a.py", 1, 12, "hardcoded-credential")])
