import os
import subprocess
import sys

import pytest

from envfence import sources
from envfence.errors import FenceError

symlinks = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
odd_names = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")


@pytest.fixture(autouse=True)
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def paths(*arguments):
    return [source.path for source in sources.from_paths(arguments)]


def test_outside_a_repository_everything_is_read(write):
    write({".gitignore": "*\n", "a.py": "", "b/.env": "", "b/c/d": ""})
    assert paths(".") == [".gitignore", "a.py", "b/.env", "b/c/d"]


def test_inside_a_repository_ignored_files_are_not(repo, write, git):
    write({".gitignore": ".env*\nbuild/\n", "a.py": "", ".env.staging": "", "b/.env": "", "build/x": "", "old.py": ""})
    git("add", ".")
    (repo / "old.py").unlink()
    write({"new.py": ""})
    assert paths(".") == [".gitignore", "a.py", "new.py"]


def test_a_repository_below_the_folder_has_its_own_word(write, git):
    write({".gitignore": "*\n", "clone/.gitignore": "x\n", "clone/x": "", "clone/y": "", "z": ""})
    git("init", "-q", "clone")
    assert paths(".") == [".gitignore", "clone/.gitignore", "clone/y", "z"]


def test_a_forced_file_is_tracked_and_so_not_ignored(repo, write, git):
    write({".gitignore": ".env*\n", ".env.staging": "", ".env.local": ""})
    git("add", "-f", ".env.staging")
    assert paths(".", ".env.local") == [".env.staging", ".gitignore"]


@symlinks
def test_links_are_not_followed(repo, write):
    write({"a/b.py": "", "c.py": ""})
    (repo / "link.py").symlink_to("c.py")
    (repo / "folder").symlink_to("a")
    assert paths(".", "link.py") == ["a/b.py", "c.py"]


@symlinks
def test_a_file_named_through_a_link_is_no_riddle_for_git(repo, write):
    write({".gitignore": "x.py\n", "a/x.py": "", "a/y.py": ""})
    (repo / "folder").symlink_to("a")
    assert paths("folder/x.py", "folder/y.py") == ["folder/y.py"]


def test_submodules_are_another_repository(repo, write, git):
    write({"module/x.py": "", "a.py": ""})
    git("init", "-q", "module")
    git("add", "-A", cwd=repo / "module")
    git("commit", "-qm", "x", cwd=repo / "module")
    git("-c", "advice.addEmbeddedRepo=false", "add", "a.py", "module")
    assert paths(".") == ["a.py"]
    assert paths("module/x.py") == ["module/x.py"]
    assert list(sources.from_names(["module"])) == []


@odd_names
def test_names_may_hold_anything(repo, write, git):
    names = ["-rf.py", "a b.py", "a\nb.py", 'a"b.py', "ü.py", os.fsdecode(b"\xff.py")]
    write(dict.fromkeys(names, ""))
    git("add", "-A")
    assert sorted(paths(".")) == sorted(names)
    assert sorted(source.path for source in sources.from_names(names)) == sorted(names)


@odd_names
def test_devices_are_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert paths(".") == []


def test_a_folder_that_cannot_be_listed_is_not_passed_over(write, monkeypatch):
    def refuse(folder):
        if folder.endswith("b"):
            raise PermissionError
        return listed(folder)

    listed = os.scandir
    write({"a": "", "b/c": "", "d": ""})
    monkeypatch.setattr(os, "scandir", refuse)
    _, refused, _ = found = list(sources.from_paths(["."]))
    assert [source.path for source in found] == ["a", "b/", "d"]
    with pytest.raises(OSError, match="b"):
        refused.read()


def test_every_file_counts_once(write):
    write({"a/b.py": ""})
    assert paths("a/b.py", "a", ".", "./a/../a/b.py") == ["a/b.py"]


def test_paths_are_shown_from_the_working_directory(write, monkeypatch, tmp_path):
    write({"a/b.py": "", "c/d.py": ""})
    monkeypatch.chdir(tmp_path / "c")
    assert paths(str(tmp_path / "a"), "../c") == ["../a/b.py", "d.py"]


def test_a_path_that_is_not_there_is_an_error(write):
    with pytest.raises(FenceError, match=r"^gone\.py: no such file or folder$"):
        paths("gone.py")


def test_a_deleted_file_of_a_hook_runner_is_none(write):
    write({"a.py": ""})
    assert [source.path for source in sources.from_names(["gone.py", "a.py"])] == ["a.py"]


def test_bytes_are_read_when_they_are_asked_for(write):
    write({"a.py": "x"})
    (source,) = sources.from_paths(["a.py"])
    write({"a.py": "yz"})
    assert source.read() == (b"yz", 2)
    assert (source.file, source.size) == ("a.py", 1)


def test_another_drive_has_no_relative_path(monkeypatch, tmp_path):
    def fail(path):
        raise ValueError

    monkeypatch.setattr(os.path, "relpath", fail)
    assert sources.shown("a.py") == (tmp_path / "a.py").as_posix()


def test_a_hook_of_another_repository_does_not_mislead(repo, write, git, tmp_path_factory, monkeypatch):
    other = tmp_path_factory.mktemp("other")
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    write({"a.py": ""})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    assert paths(".", "a.py") == ["a.py"]
