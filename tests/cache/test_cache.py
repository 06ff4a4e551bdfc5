import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from envfence import values
from envfence.cache import store
from envfence.cli import main

FAULT = 'password = "hunter2secret"\n'
RULE = "hardcoded-credential"


@pytest.fixture(autouse=True)
def inside(repo, write, git, monkeypatch):
    monkeypatch.chdir(repo)
    write({".gitignore": ".env*\n", "a.py": FAULT, "b/c.py": "x = 1\n", "d.min.js": "x", "e.bin": b"\0\0"})
    git("add", ".")


@pytest.fixture
def check(capsys, monkeypatch):
    """Return a function that runs `envfence check`, and returns what it prints and the files that it looks at."""
    seen = []
    examined = values.examined

    def watched(source, *rest):
        seen.append(source.path)
        return examined(source, *rest)

    monkeypatch.setattr(values, "examined", watched)

    def run(*arguments):
        seen.clear()
        main(["check", "--no-flows", *arguments])
        return capsys.readouterr(), sorted(seen)

    return run


EVERY = [".gitignore", "a.py", "b/c.py", "d.min.js", "e.bin"]


def stored(repo):
    return sorted((repo / ".git/envfence").iterdir())


def test_a_second_run_looks_at_nothing_and_says_the_same(check):
    first, seen = check()
    assert seen == EVERY
    assert "a.py:1:12: hardcoded-credential" in first.out
    assert 'password = "***"' in first.out
    assert "skipped 2 files" in first.err
    assert check() == (first, [])
    assert check("--no-cache") == (first, EVERY)


@pytest.mark.parametrize("output_format", ("json", "sarif", "github"))
def test_every_format_says_the_same(check, output_format):
    first, _ = check("--output-format", output_format)
    assert check("--output-format", output_format) == (first, [])


def test_lines_are_read_where_only_findings_are_known(check):
    check("--output-format", "json")
    out, seen = check()
    assert seen == ["a.py"]
    assert 'password = "***"' in out.out


def test_what_has_changed_is_looked_at(check, write, git):
    check()
    write({"b/c.py": FAULT})
    out, seen = check()
    assert seen == ["b/c.py"]
    assert "b/c.py:1:12" in out.out
    git("add", ".")
    assert check() == (out, ["b/c.py"])
    assert check() == (out, [])
    git("commit", "-qm", "a")
    git("rm", "-q", "b/c.py")
    assert "b/c.py" not in check()[0].out
    git("reset", "-q", "--hard", "HEAD")
    assert check() == (out, ["b/c.py"])


def test_a_file_that_git_does_not_know_is_known_by_its_times(check, write, repo, git):
    write({"new.py": FAULT})
    check()
    assert check()[1] == ["new.py"]  # it has changed just now, and may change once more in the same moment
    before = time.time() - 60
    os.utime(repo / "new.py", (before, before))
    time.sleep(2.1)  # nobody can set the time of the last change of the file's entry
    check()
    assert check()[1] == []
    write({"new.py": "x = 1\n"})
    assert check()[1] == ["new.py"]


def test_a_file_that_git_is_told_not_to_look_at_is_looked_at(check, write, git):
    git("update-index", "--assume-unchanged", "b/c.py")
    write({"b/c.py": FAULT})
    assert "b/c.py:1:12" in check()[0].out
    write({"b/c.py": "x = 1\n"})
    out, seen = check()
    assert seen == ["b/c.py"]
    assert "b/c.py:1:12" not in out.out


def test_settings_count(check, write):
    check()
    write({"b/envfence.toml": f'ignore = ["{RULE}"]\n'})
    assert check()[1] == ["b/c.py", "b/envfence.toml"]
    assert check("--ignore", RULE)[1] == [*EVERY[:3], "b/envfence.toml", *EVERY[3:]]
    write({"envfence.toml": 'exclude = ["a.py"]\n'})
    out, seen = check()
    assert "a.py" not in seen
    assert out.out == ""


def test_env_files_count(check, write):
    write({"b/c.py": 'greeting = "correct-horse-battery"\n'})
    check()
    write({"b/.env.local": "DB_PASSWORD=correct-horse-battery\n"})
    out, seen = check()
    assert seen == ["b/c.py"]
    assert "copied-value" in out.out
    write({"b/.env.local": "DB_PASSWORD=another-horse-battery\n"})
    assert "copied-value" not in check()[0].out
    write({".env": "DB_PASSWORD=correct-horse-battery\n"})
    out, seen = check()
    assert seen == EVERY
    assert "copied-value" in out.out


def test_the_program_counts(check, monkeypatch):
    from envfence.cache import keys

    check()
    monkeypatch.setattr(keys, "_program", lambda: ("another",))
    assert check()[1] == EVERY


def test_other_folders_and_parts_of_the_tree(check, repo, monkeypatch):
    check()
    assert check("b")[1] == []
    monkeypatch.chdir(repo / "b")
    out, seen = check("..")
    assert seen == [f"../{path}" for path in EVERY]
    assert "../a.py:1:12" in out.out
    assert check("..") == (out, [])
    monkeypatch.chdir(repo)
    assert check()[1] == []


CORRUPT = (
    pytest.param(b"", id="empty"),
    pytest.param(b"\xff" * 99, id="no text"),
    pytest.param(b"[1]", id="a list"),
    pytest.param(b'{"a.py": [1, [2]]}', id="other rows"),
)


def signed(body):
    from hashlib import sha256

    return sha256(body).hexdigest().encode() + b"\n" + body


@pytest.mark.parametrize("body", CORRUPT)
@pytest.mark.parametrize("sign", (bytes, signed), ids=("", "signed"))
def test_a_broken_cache_is_ignored_and_written_anew(check, repo, body, sign):
    first, _ = check()
    (file,) = stored(repo)
    file.write_bytes(sign(body))
    assert check() == (first, EVERY)
    assert check() == (first, [])


@pytest.mark.parametrize("place", (0, 70, -9), ids=("digest", "body", "end"))
def test_one_wrong_byte_is_enough(check, repo, place):
    first, _ = check()
    (file,) = stored(repo)
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)
    assert check() == (first, EVERY)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_nobody_may_write_to(check, repo):
    (repo / ".git").chmod(0o500)
    first, _ = check()
    assert check() == (first, EVERY)


def test_a_place_that_is_taken(check, repo):
    (repo / ".git/envfence").write_text("mine", encoding="utf-8")
    first, _ = check()
    assert check() == (first, EVERY)


def test_it_holds_no_value_and_is_private(check, repo, write):
    write({"b/.env.local": "DB_PASSWORD=correct-horse-battery\n", "b/c.py": 'x = "correct-horse-battery"\n'})
    check()
    (file,) = stored(repo)
    text = file.read_text(encoding="utf-8")
    assert "hunter2" not in text
    assert "horse" not in text
    assert sorted(json.loads(text.partition("\n")[2])) == [".gitignore", "a.py", "d.min.js", "e.bin"]
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600


def test_it_does_not_grow_without_end(check, repo, monkeypatch):
    monkeypatch.setattr(store, "MOST_FILES", 2)
    for rule in ("hardcoded-host", "hardcoded-port", "hardcoded-url", RULE):
        check("--select", rule)
    assert len(stored(repo)) == 2
    monkeypatch.setattr(store, "MOST_BYTES", 10)
    check()
    assert check()[1] == EVERY


def test_a_linked_work_tree_has_its_own(check, repo, git, monkeypatch):
    git("commit", "-qm", "a")
    git("worktree", "add", "-q", "linked")
    monkeypatch.chdir(repo / "linked")
    first, seen = check()
    assert seen == EVERY
    assert check() == (first, [])
    assert len(list((repo / ".git/worktrees/linked/envfence").iterdir())) == 1


def test_outside_of_a_repository_there_is_none(check, tmp_path_factory, write, monkeypatch):
    folder = tmp_path_factory.mktemp("plain")
    monkeypatch.chdir(folder)
    write({"a.py": FAULT}, folder)
    first, seen = check()
    assert check() == (first, ["a.py"]) == (first, seen)


def test_runs_at_the_same_time_do_not_mind_each_other(repo):
    command = [sys.executable, "-m", "envfence.cli", "check", "--no-flows", "--output-format", "json"]

    def run(_):
        return subprocess.run(command, cwd=repo, capture_output=True, check=False).stdout

    with ThreadPoolExecutor(3) as pool:
        (said,) = set(pool.map(run, range(6)))
    assert json.loads(said)[0]["path"] == "a.py"
    assert store.read(str(stored(repo)[0]))["a.py"].findings[0].rule == RULE
