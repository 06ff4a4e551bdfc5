"""`envfence baseline` and what `check` and the hooks make of it, in real repositories."""

import os
import re
import subprocess
import sys

import pytest

from envfence.cli import main
from envfence_hooks import envfence as hook
from envfence_hooks import hardcoded_values

HOST, SECRET = 'DB_HOST = "192.168.1.4"\n', 'password = "hunter2secret"\n'
FILE = "envfence-baseline.txt"


@pytest.fixture(autouse=True)
def inside(repo, write, monkeypatch):
    monkeypatch.chdir(repo)
    write({".gitignore": ".env*\n!.env.example\n"})


@pytest.fixture
def run(capsys):
    """Return a function that runs a command and returns its code, the places it names and what else it says."""

    def run_command(*argv, main=main):
        code = main(argv)
        out, err = capsys.readouterr()
        return code, re.findall(r"^(\S+?:\d+):\d+: ([a-z-]+) ", out, re.MULTILINE), err.splitlines()

    return run_command


@pytest.fixture
def entries(repo):
    def read():
        lines = (repo / FILE).read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line and not line.startswith("#")]

    return read


def test_what_is_there_is_covered_and_what_comes_is_not(write, run, entries):
    write({"a.py": HOST + SECRET, "b.py": HOST})
    code, found, said = run("baseline")
    assert (code, found) == (0, [])
    assert said == [
        f"{FILE}: 3 findings, 3 new, 0 gone",
        f".gitattributes: added `{FILE} merge=union`; commit it with the baseline",
    ]
    assert entries() == [
        "a.py hardcoded-credential password 1",
        "a.py hardcoded-host DB_HOST 1",
        "b.py hardcoded-host DB_HOST 1",
    ]
    assert run("check") == (0, [], ["the baseline covers 3 findings"])
    write({"a.py": HOST + SECRET + SECRET, "b.py": HOST + SECRET})
    places = [("a.py:3", "hardcoded-credential"), ("b.py:2", "hardcoded-credential")]
    assert run("check")[:2] == (1, places)
    assert run("check", "--no-baseline")[:2][1] == [
        ("a.py:1", "hardcoded-host"),
        ("a.py:2", "hardcoded-credential"),
        places[0],
        ("b.py:1", "hardcoded-host"),
        places[1],
    ]


def test_moved_and_reformatted_lines_change_nothing(write, run):
    write({"a.py": f'{HOST}connect(host="10.0.0.7", port=5432)\n{SECRET}'})
    assert run("baseline")[0] == 0
    write({"a.py": f"\n\n{SECRET}\n\nconnect(\n    host='10.0.0.7',\n    port=5432,\n)\n\n{HOST}"})
    assert run("check")[:2] == (0, [])
    assert run("baseline", "--update")[2][0] == f"{FILE}: 4 findings, 0 new, 0 gone"


def test_no_line_that_a_commit_adds_is_covered(write, git, run):
    write({"a.py": SECRET + HOST})
    assert run("baseline")[0] == 0
    git("add", ".")
    git("commit", "-qm", "a")
    write({"a.py": 'password = "another7secret"\n' + HOST + "x = 1\n"})
    git("add", ".")
    new = [("a.py:1", "hardcoded-credential")]
    assert run("check")[:2] == (0, [])
    assert run("check", "--staged")[:2] == (1, new)
    assert run("check", "--staged", "a.py")[:2] == (1, new)
    assert run("check", "--diff", "HEAD")[:2] == (1, new)
    assert run("a.py", main=hook.main)[:2] == (1, new)
    assert run(main=hook.main)[:2] == (1, new)
    git("commit", "-qm", "b")
    assert run("check", "--from-ref", "HEAD~1")[:2] == (1, new)
    write({"a.py": 'password = "another7secret"\n' + HOST + "x = 2\n"})
    git("add", ".")
    assert run("a.py", main=hook.main)[:2] == (0, [])


def test_a_merge_adds_no_line_of_the_other_branch(write, git, run):
    write({"a.py": "x = 1\n", "b.py": "x = 1\n"})
    git("add", ".")
    git("commit", "-qm", "base")
    git("checkout", "-qb", "topic")
    write({"a.py": "x = 1\n" + SECRET})
    assert run("baseline")[0] == 0
    git("add", ".")
    git("commit", "-qm", "topic")
    git("checkout", "-q", "main")
    write({"b.py": "x = 2\n"})
    git("commit", "-qam", "main")
    git("merge", "-q", "--no-commit", "topic")
    assert run("a.py", "b.py", main=hook.main)[:2] == (0, [])
    write({"b.py": "x = 2\n" + HOST})
    git("add", ".")
    assert run("a.py", "b.py", main=hook.main)[:2] == (1, [("b.py:2", "hardcoded-host")])


def test_a_renamed_file(write, git, run, entries, repo):
    write({"a.py": HOST + "x = 1\n" * 9})
    assert run("baseline", "--reason", "until\n May")[0] == 0
    git("add", ".")
    git("commit", "-qm", "a")
    git("mv", "a.py", "b.py")
    code, found, said = run("check")
    assert (code, found) == (1, [("b.py:1", "hardcoded-host")])
    assert said[-1] == f"{FILE}: a.py is gone; `envfence baseline --update` moves its entries, or drops them"
    assert run("baseline", "--update")[2] == [f"{FILE}: 1 finding, 1 new, 1 gone"]
    assert entries() == ["b.py hardcoded-host DB_HOST 1  # until May"]
    git("add", ".")
    assert run("check", "--staged")[:2] == (0, [])
    assert run("b.py", main=hook.main)[:2] == (0, [])


def test_an_entry_that_covers_nothing_is_told_and_pruned(write, run, entries, repo):
    write({"a.py": HOST + SECRET, "b/c.py": HOST})
    assert run("baseline")[0] == 0
    write({"a.py": HOST})
    said = [
        "the baseline covers 2 findings",
        f"{FILE}:4: covers nothing any more: a.py hardcoded-credential password",
        f"{FILE}: `envfence baseline --prune` drops what covers nothing",
    ]
    assert run("check") == (0, [], said)
    assert run("check", "b") == (0, [], ["the baseline covers 1 finding"])
    assert run("check", "--select", "hardcoded-host") == (0, [], said[:1])
    write({"d.py": SECRET})
    assert run("baseline", "--prune") == (0, [], [f"{FILE}: 2 findings, 0 new, 1 gone"])
    assert entries() == ["a.py hardcoded-host DB_HOST 1", "b/c.py hardcoded-host DB_HOST 1"]


def test_it_is_written_once_and_then_updated(write, run, repo):
    write({"a.py": HOST})
    assert run("baseline")[0] == 0
    text = (repo / FILE).read_text(encoding="utf-8")
    assert run("baseline") == (
        2,
        [],
        [f"envfence: {FILE} is there; --update rewrites it, --prune drops what covers nothing"],
    )
    (repo / FILE).write_text(text + "# mine\n", encoding="utf-8")
    write({"a.py": HOST, "b.py": HOST})
    assert run("baseline", "--update")[0] == 0
    assert (repo / FILE).read_text(encoding="utf-8") == text + "\nb.py hardcoded-host DB_HOST 1\n# mine\n"


def test_nothing_found_writes_nothing(write, run, repo):
    write({"a.py": "x = 1\n"})
    for how in ((), ("--prune",), ("--update",)):
        assert run("baseline", *how) == (0, [], [f"{FILE}: not there, and nothing to write into it"])
    assert not (repo / FILE).exists()


def test_below_and_above_the_folder_of_the_baseline(write, run, repo, monkeypatch):
    write({"a/b.py": HOST, "c.py": SECRET})
    assert run("baseline")[0] == 0
    monkeypatch.chdir(repo / "a")
    assert run("check")[:2] == (0, [])
    assert run("check", "..")[:2] == (0, [])
    write({"a/d.py": HOST})
    assert run("baseline", "--update")[2] == ["../envfence-baseline.txt: 3 findings, 1 new, 0 gone"]
    monkeypatch.chdir(repo)
    assert run("check")[:2] == (0, [])


def test_a_project_of_its_own_has_a_baseline_of_its_own(write, run, repo):
    write({"one/envfence.toml": 'baseline = "known.txt"\n', "one/a.py": HOST, "b.py": HOST})
    assert run("baseline")[0] == 0
    assert (repo / "one/known.txt").read_text(encoding="utf-8").endswith("\na.py hardcoded-host DB_HOST 1\n")
    assert (repo / FILE).read_text(encoding="utf-8").endswith("\nb.py hardcoded-host DB_HOST 1\n")
    assert run("check")[:2] == (0, [])


def test_what_is_unreadable_or_wrong(write, run, repo):
    write({"a.py": HOST, FILE: "# mine\n\na.py hardcoded-host\n"})
    said = [f"envfence: {FILE}:3: not `path rule anchor count # reason`; mend the line, or remove it"]
    assert run("check") == (2, [], said)
    assert run("baseline", "--update") == (2, [], said)
    assert run("check", "--no-baseline")[0] == 1
    (repo / FILE).unlink()
    (repo / FILE).mkdir()
    assert run("check")[0] == 2


def test_git_attributes_are_added_to_and_respected(write, run, repo):
    write({"a.py": HOST, ".gitattributes": "*.py text"})
    assert run("baseline")[0] == 0
    assert (repo / ".gitattributes").read_text(encoding="utf-8") == f"*.py text\n{FILE} merge=union\n"
    write({".gitattributes": f"{FILE} merge=binary\n"})
    assert run("baseline", "--update")[0] == 0
    assert (repo / ".gitattributes").read_text(encoding="utf-8") == f"{FILE} merge=binary\n"


def test_a_baseline_that_git_ignores_is_told(write, run):
    write({"a.py": HOST, ".gitignore": ".env*\n!.env.example\n*.txt\n"})
    assert run("baseline")[2][-1] == f"{FILE}: git ignores it: add `!{FILE}` to .gitignore"


def test_outside_of_a_repository(tmp_path_factory, monkeypatch, write, run):
    folder = tmp_path_factory.mktemp("plain")
    monkeypatch.chdir(folder)
    write({"a.py": HOST}, folder)
    assert run("baseline")[2] == [f"{FILE}: 1 finding, 1 new, 0 gone"]
    assert run("check")[:2] == (0, [])
    assert run("a.py", main=hardcoded_values.main)[:2] == (0, [])


def test_standard_input_is_covered_as_the_file_would_be(write, run, repo):
    write({"a.py": HOST, "b.py": HOST})
    assert run("baseline")[0] == 0
    command = [sys.executable, "-m", "envfence.cli", "check", "--stdin", "--stdin-filename", "a.py"]
    done = subprocess.run(command, cwd=repo, input=HOST.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.decode().split(os.linesep)[:-1] == ["the baseline covers 1 finding"]
