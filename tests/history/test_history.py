import json
import re
import subprocess

import pytest

from envfence.cli import main
from envfence.history import log, seen
from envfence.literals import multi

SECRET, OTHER = "hunter2" + "secret", "another7" + "secret"
RULE = "hardcoded-credential"


@pytest.fixture(autouse=True)
def inside(repo, monkeypatch):
    monkeypatch.chdir(repo)


@pytest.fixture
def commit(write, git, repo):
    """Return a function that commits files, None for one that is deleted, and returns the commit."""

    def make(files):
        write({path: text for path, text in files.items() if text is not None})
        for path in (path for path, text in files.items() if text is None):
            (repo / path).unlink()
        git("add", "--all", "--force")
        git("commit", "-q", "--allow-empty", "-m", "change")
        return git("rev-parse", "HEAD").strip()

    return make


@pytest.fixture
def history(capsys):
    """Return a function that runs `envfence history`, and returns its code and what it lists."""

    def run(*arguments):
        code = main(["history", "--output-format", "json", *arguments])
        out, err = capsys.readouterr()
        assert SECRET not in out + err
        rows = json.loads(out)
        return code, [(row["path"], row["rule"], row["anchor"], _id(row["first"]), _id(row["removed"])) for row in rows]

    return run


def _id(commit):
    return commit and commit["commit"]


def test_what_was_ever_committed(commit, history, capsys):
    commit({"a.py": "x = 1\n"})
    second = commit({"a.py": f'x = 1\npassword = "{SECRET}"\n', "b.py": "y = 1\n"})
    commit({"a.py": f'x = 2\n\n\npassword = "{OTHER}"\n'})
    fourth = commit({"b.py": 'DB_HOST = "10.0.0.7"\n'})
    fifth = commit({"a.py": "x = 2\n"})
    commit({"c.py": "z = 1\n"})
    assert history() == (
        1,
        [("a.py", RULE, "password", second, fifth), ("b.py", "hardcoded-host", "DB_HOST", fourth, None)],
    )
    assert main(["history"]) == 1
    out, err = capsys.readouterr()
    lines = [re.sub(r"\d{4}-\d\d-\d\d", "DAY", line) for line in out.splitlines()]
    assert lines == [
        f"a.py: {RULE} password: since {second[:10]} (DAY), removed in {fifth[:10]} (DAY), 2 values",
        f"b.py: hardcoded-host DB_HOST: since {fourth[:10]} (DAY), still there",
    ]
    assert err == "found 2 in the history, 1 of them still there; all of them have been seen\n"


def test_other_quotes_are_no_other_value(commit, capsys):
    commit({"a.py": f'password = "{SECRET}"\n'})
    commit({"a.py": f"password = '{SECRET}'\n"})
    assert main(["history"]) == 1
    assert re.fullmatch(rf"a\.py: {RULE} password: since \w+ \([\d-]+\), still there\n", capsys.readouterr().out)


def test_only_what_came_since(commit, history):
    first = commit({"a.py": f'password = "{SECRET}"\n'})
    second = commit({"b.py": f'password = "{SECRET}"\n'})
    assert history("--since", first) == (1, [("b.py", RULE, "password", second, None)])
    assert history("--since", "HEAD") == (0, [])
    assert history("--select", "hardcoded-host") == (0, [])


def test_a_deleted_and_a_renamed_file(commit, history):
    first = commit({"a.py": f'password = "{SECRET}"\n', "b.py": f'password = "{SECRET}"\n'})
    second = commit({"a.py": None, "b.py": None, "c.py": f'password = "{SECRET}"\n'})
    assert history()[1] == [
        ("a.py", RULE, "password", first, second),
        ("b.py", RULE, "password", first, second),
        ("c.py", RULE, "password", second, None),
    ]


def test_every_branch_and_every_tag(commit, history, git):
    commit({"a.py": "x = 1\n"})
    git("checkout", "-q", "-b", "topic")
    on_topic = commit({"b.py": f'password = "{SECRET}"\n'})
    git("checkout", "-q", "main")
    git("checkout", "-q", "--detach")
    on_tag = commit({"c.py": f'password = "{SECRET}"\n'})
    git("tag", "v1")
    git("checkout", "-q", "main")
    assert [row[:4] for row in history()[1]] == [
        ("b.py", RULE, "password", on_topic),
        ("c.py", RULE, "password", on_tag),
    ]


def test_what_only_a_merge_brings(commit, history, git, write):
    commit({"a.py": "x = 1\n"})
    git("checkout", "-q", "-b", "topic")
    commit({"a.py": "x = 2\n"})
    git("checkout", "-q", "main")
    commit({"a.py": "x = 3\n"})
    subprocess.run(["git", "merge", "-q", "topic"], capture_output=True, check=False)
    merge = commit({"a.py": f'x = 4\npassword = "{SECRET}"\n'})
    assert history()[1] == [("a.py", RULE, "password", merge, None)]


def test_a_merge_brings_nothing_of_its_parents(commit, history, git):
    commit({"a.py": "x = 1\n"})
    git("checkout", "-q", "-b", "topic")
    on_topic = commit({"b.py": f'password = "{SECRET}"\n'})
    git("checkout", "-q", "main")
    commit({"a.py": "x = 3\n"})
    git("merge", "-q", "topic")
    assert history()[1] == [("b.py", RULE, "password", on_topic, None)]


LOOKS = (
    pytest.param({"a.py": f'-- a\n++ b/x.py\n@@ -1 +1 @@\npassword = "{SECRET}"'}, "a.py", id="lines of a patch"),
    pytest.param({"b/a b.py": f'password = "{SECRET}"\r\n'}, "b/a b.py", id="spaces, CRLF"),
    pytest.param({"b/b/암호.py": f'password = "{SECRET}"\n'}, "b/b/암호.py", id="Korean"),
    pytest.param({"run": f"#!/bin/sh\nexport PASSWORD={SECRET}\n"}, "run", id="no suffix"),
    pytest.param({"a.yml": f"- name: DB_PASSWORD\n  value: {SECRET}\n"}, "a.yml", id="a name on the line before"),
)


@pytest.mark.parametrize(("files", "path"), LOOKS)
def test_whatever_a_patch_looks_like(commit, history, files, path):
    commit({name: text.replace(SECRET, "$PASSWORD") for name, text in files.items()})
    brings = commit(files)
    takes = commit(dict.fromkeys(files, "x\n"))
    assert [(row[0], *row[3:]) for row in history()[1]] == [(path, brings, takes)]


def test_what_is_not_read(commit, history, write):
    commit(
        {"a.bin": b"\0password = 'x'", "yarn.lock": f'password = "{SECRET}"\n', "e/a.py": f'password = "{SECRET}"\n'}
    )
    write({"envfence.toml": 'exclude = ["e/"]\n'})
    assert history() == (0, [])


def test_a_value_of_an_env_file(commit, history, write):
    first = commit({".gitignore": ".env*\n", "a.py": 'greeting = "correct-horse-battery"\n'})
    write({".env.local": "DB_PASSWORD=correct-horse-battery\n"})
    assert history()[1] == [("a.py", "copied-value", "DB_PASSWORD", first, None)]


def test_without_a_commit_there_is_nothing(history):
    assert history() == (0, [])


@pytest.mark.parametrize(
    ("arguments", "said"),
    (
        pytest.param(["--since", "nowhere"], "nowhere: no such revision here", id="no such revision"),
        pytest.param(["--since=--all"], "--all: no such revision here", id="an option for git"),
        pytest.param(["--select", "hardcoded-hots"], "did you mean 'hardcoded-host'?", id="no such rule"),
    ),
)
def test_what_cannot_be_done(commit, capsys, arguments, said):
    commit({"a.py": "x = 1\n"})
    assert main(["history", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_blocks_that_end_anywhere(commit, history, monkeypatch):
    brings = commit({f"{number}.py": "x = 1\n" * number + f'password = "{SECRET}"\n' for number in range(9)})
    takes = commit({f"{number}.py": "x = 1\n" for number in range(9)})
    expected = [(f"{number}.py", RULE, "password", brings, takes) for number in range(9)]
    for size in (1, 7, 100, 333):
        monkeypatch.setattr(log, "BLOCK", size)
        assert history()[1] == expected


def test_without_hyperscan(commit, history, monkeypatch):
    brings = commit({"a.py": f'x = 1\nPASSWORD = "{SECRET}"\n'})
    monkeypatch.setattr(multi, "scanner", lambda *_, **__: None)
    assert history()[1] == [("a.py", RULE, "PASSWORD", brings, None)]


def test_many_versions_are_shared_out(commit, history, monkeypatch):
    monkeypatch.setattr(seen, "FEW", 2)
    monkeypatch.setattr(seen, "BATCH", 3)
    brings = commit({f"{number}.py": f'password = "{SECRET}"\n' for number in range(8)})
    assert history()[1] == [(f"{number}.py", RULE, "password", brings, None) for number in range(8)]


def test_a_git_that_fails(commit, capsys, monkeypatch):
    commit({"a.py": "x = 1\n"})
    monkeypatch.setattr(log, "PATCH", ("--no-such-option",))
    assert main(["history"]) == 2
    assert "git log failed: " in capsys.readouterr().err
