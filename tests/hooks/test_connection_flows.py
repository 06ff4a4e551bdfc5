"""The hook runs semgrep over what could match, and nothing for a commit that could not."""

import pytest

from envfence.flows import semgrep
from envfence_hooks import connection_flows

WORD = "tra" + "der"
FAULT = f'client.login("{WORD}", "{WORD}")\n'
RULE = "flow-password-in-python"


@pytest.fixture(autouse=True)
def inside(repo, monkeypatch):
    monkeypatch.chdir(repo)


@pytest.fixture
def finding(monkeypatch):
    """Return a function that makes semgrep report every login of a folder, and then one that counts its runs."""
    runs = []

    def matches(command, folder, rules):
        import pathlib

        runs.append(folder)
        return [
            semgrep.Match(RULE, path.relative_to(folder).as_posix(), start + 23, start + 23 + len(WORD) + 2)
            for path in pathlib.Path(folder).rglob("*.py")
            for start in [path.read_bytes().find(b"client.login")]
            if start >= 0
        ]

    monkeypatch.setattr(semgrep, "executable", lambda: "semgrep")
    monkeypatch.setattr(semgrep, "matches", matches)
    return lambda: len(runs)


def test_named_files_are_searched(write, finding, capsys):
    write({"a.py": FAULT, "b.py": FAULT})
    assert connection_flows.main(["a.py"]) == 1
    told = capsys.readouterr().out
    assert f"a.py:1:24: {RULE} a password reaches a client" in told
    assert "b.py" not in told
    assert WORD not in told


def test_the_library_s_own_findings_are_another_hook_s(write, finding):
    write({"a.py": 'password = "hunter2secret"\n'})
    assert connection_flows.main(["a.py"]) == 0


def test_the_index_counts_when_no_file_is_named(write, git, finding, capsys):
    write({"a.py": FAULT})
    git("add", ".")
    write({"a.py": "x = 1\n"})
    assert connection_flows.main([]) == 1
    assert connection_flows.main(["a.py"]) == 0


def test_a_push_is_held_against_the_lines_that_it_adds(write, git, finding, monkeypatch, capsys):
    write({"a.py": FAULT, "b.py": ""})
    git("add", ".")
    git("commit", "-qm", "x")
    write({"a.py": FAULT + "x = 1\n", "b.py": FAULT})
    git("commit", "-qam", "y")
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "HEAD~1")
    monkeypatch.setenv("PRE_COMMIT_TO_REF", "HEAD")
    assert connection_flows.main(["a.py", "b.py"]) == 1
    told = capsys.readouterr().out
    assert "b.py:1:24: " in told
    assert "a.py" not in told


def test_what_could_not_match_does_not_start_semgrep(write, finding, capsys):
    write({"a.py": "x = 1\n", "README.md": FAULT})
    assert connection_flows.main(["a.py", "README.md", "deleted.py"]) == 0
    assert finding() == 0
    assert capsys.readouterr() == ("", "")


def test_without_semgrep_it_could_not_run(write, monkeypatch, capsys):
    monkeypatch.setattr(semgrep, "executable", lambda: None)
    write({"a.py": FAULT})
    assert connection_flows.main(["a.py"]) == 2
    assert "semgrep is not installed" in capsys.readouterr().err


def test_help_says_what_it_does(capsys):
    assert connection_flows.main(["--help"]) == 0
    assert connection_flows.__doc__ in capsys.readouterr().out
