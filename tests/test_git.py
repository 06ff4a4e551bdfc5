import os

import pytest

from envfence import git
from envfence.errors import FenceError


def test_ask_returns_what_git_prints(repo):
    assert git.ask("rev-parse", "--show-prefix", cwd=str(repo)) == b"\n"


def test_ask_says_why_git_failed(tmp_path):
    with pytest.raises(FenceError, match=r"^git ls-files failed: fatal: not a git repository"):
        git.ask("ls-files", cwd=str(tmp_path))


def test_ask_says_that_git_is_silent(repo):
    with pytest.raises(FenceError, match=r"^git check-ignore failed: exit code 1$"):
        git.ask("check-ignore", "--quiet", "x", cwd=str(repo))


@pytest.mark.parametrize("command", ("ls-files", "diff --cached", "diff --raw a...b"))
def test_ask_says_what_to_do_about_an_owner_that_git_does_not_trust(repo, monkeypatch, command):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(FenceError, match=r"dubious ownership.+: git config --global --add safe.directory ") as caught:
        git.ask(*command.split(), "--", cwd=str(repo))
    assert "\n" not in str(caught.value)


def test_ask_says_that_git_is_missing(repo, monkeypatch):
    monkeypatch.setenv("PATH", str(repo))
    with pytest.raises(FenceError, match=r"^git was not found"):
        git.ask("version")


def test_ask_looks_into_the_folder_when_it_is_not_about_the_commit(repo, write, git, monkeypatch):
    write({"other/a.txt": ""})
    git("init", "-q", "other")
    monkeypatch.setenv("GIT_DIR", str(repo / ".git"))
    from envfence.git import ask

    assert ask("rev-parse", "--git-dir", cwd=str(repo / "other"), own=False) == b".git\n"


def test_names_may_hold_anything():
    assert git.names(b"a b\0-x\nc\0\xff\0") == ["a b", "-x\nc", os.fsdecode(b"\xff")]


def test_top_is_that_of_the_commit(repo, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(repo / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(repo))
    monkeypatch.chdir(repo.parent)
    assert repo.samefile(git.top())


def test_top_above_looks_upwards(repo, write):
    write({"a/b/c.txt": ""})
    assert git.top_above(str(repo / "a" / "b")) == str(repo)


def test_top_above_is_none_outside_of_a_repository(tmp_path):
    assert git.top_above(str(tmp_path)) is None


def test_blobs_are_read_through_one_process(repo, write, git):
    from envfence.git import Blobs

    write({"a": "first\n", "b": b"\0" * 3_000_000, "c": "last"})
    ids = [git("hash-object", "-w", name).strip() for name in "abc"]
    with Blobs(str(repo)) as blobs:
        read = [blobs.read(one, 100) for one in ids]
        process = blobs._process
        assert blobs.read(ids[0], 2) == (b"fi", 6)
        assert blobs._process is process
    assert read == [(b"first\n", 6), (b"\0" * 100, 3_000_000), (b"last", 4)]
    assert process.returncode == 0


def test_blobs_say_that_an_object_is_missing(repo):
    with git.Blobs(str(repo)) as blobs, pytest.raises(FenceError, match="is missing"):
        blobs.read("0" * 40, 100)


def test_no_process_is_started_for_nothing(repo):
    with git.Blobs(str(repo)) as blobs:
        pass
    assert blobs._process is None
