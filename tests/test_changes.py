import os
import sys

import pytest

from envfence import changes
from envfence import git as asking
from envfence.check import UNREADABLE, Report
from envfence.finding import Rule, finding

odd_names = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")


@pytest.fixture(autouse=True)
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def commit(write, git):
    def commit_files(files, message="x"):
        write(files)
        git("add", "-A")
        git("commit", "-qm", message)

    return commit_files


def contents(found, top="."):
    with asking.Blobs(top) as blobs:
        return {source.path: source.read() for source in changes.sources(found, top, blobs)}


def test_staged_has_the_bytes_of_the_index(repo, write, git):
    write({"a.py": "staged\n", "b.py": "x"})
    git("add", "a.py")
    write({"a.py": "later\n"})
    assert contents(changes.staged(".")) == {"a.py": (b"staged\n", 7)}


def test_staged_leaves_out_what_is_not_added(repo, commit, git, write):
    commit({"old.py": "x\n" * 9, "gone.py": "y", "same.py": "z", "mode.py": "m"})
    git("mv", "old.py", "new.py")
    git("rm", "-q", "gone.py")
    git("update-index", "--chmod=+x", "mode.py")
    write({"odd.txt": b"\xff\xfe"})
    git("add", "odd.txt")
    git("add", "--intent-to-add", "same.py")
    assert sorted(contents(changes.staged("."))) == ["mode.py", "new.py", "odd.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_staged_leaves_out_links_and_submodules(repo, write, git):
    write({"a.py": "", "module/x": ""})
    (repo / "link").symlink_to("a.py")
    git("init", "-q", "module")
    git("add", "-A", cwd=repo / "module")
    git("commit", "-qm", "x", cwd=repo / "module")
    git("-c", "advice.addEmbeddedRepo=false", "add", "-A")
    assert list(contents(changes.staged("."))) == ["a.py"]


@odd_names
def test_staged_takes_any_name(repo, write, git):
    names = ["-x.py", "a b.py", "a\nb.py", 'a"\\b.py', os.fsdecode(b"\xff.py")]
    write(dict.fromkeys(names, "x"))
    git("add", "-A")
    assert sorted(contents(changes.staged("."))) == sorted(names)


def test_settings_of_git_do_not_matter(repo, commit, git, write, monkeypatch):
    commit({"a/b.py": "1\n", "c.py": "1\n"})
    for key, value in {
        "diff.noprefix": "true",
        "diff.relative": "true",
        "diff.renames": "copies",
        "color.ui": "always",
    }.items():
        git("config", key, value)
    write({"a/b.py": "1\n2\n", "c.py": "1\n2\n"})
    git("add", "-A")
    monkeypatch.chdir(repo / "a")
    assert sorted(contents(changes.staged(str(repo)), str(repo))) == ["../c.py", "b.py"]
    assert changes.added_since(str(repo), "HEAD").lines == {"b.py": [range(2, 3)], "../c.py": [range(2, 3)]}


def test_a_merge_brings_in_the_other_branch(repo, commit, git, write):
    commit({"a.py": "1\n"})
    git("checkout", "-qb", "side")
    commit({"side.py": "1\n"})
    git("checkout", "-q", "main")
    commit({"main.py": "1\n"})
    git("merge", "-q", "--no-commit", "--no-ff", "side")
    assert list(contents(changes.staged("."))) == ["side.py"]


def test_between_has_what_a_branch_has_added_since_it_left(repo, commit, git):
    commit({"a.py": "1\n2\n"})
    git("checkout", "-qb", "side")
    commit({"a.py": "1\nnew\n2\n", "b.py": "1\n"})
    git("checkout", "-q", "main")
    commit({"a.py": "1\n2\n3\n"})
    assert contents(changes.between(".", "main", "side")) == {"a.py": (b"1\nnew\n2\n", 8), "b.py": (b"1\n", 2)}
    assert changes.added_between(".", "main", "side").lines == {"a.py": [range(2, 3)], "b.py": [range(1, 2)]}


def test_added_since_takes_new_files_as_a_whole(repo, commit, write):
    commit({"a.py": "1\n2\n", ".gitignore": "*.log\n"})
    write({"a.py": "0\n1\n", "new.py": "", "x.log": ""})
    added = changes.added_since(".", "HEAD")
    assert added == changes.Added({"a.py": [range(1, 2)]}, frozenset({"new.py"}))
    assert added.has("new.py", 7, 7)
    assert not added.has("x.log", 1, 1)


def test_only_keeps_findings_that_touch_an_added_line():
    rule = Rule("r", "check", "m", "a")
    before, over, after = (finding(rule, "a.py", line)._replace(end_line=end) for line, end in ((1, 2), (2, 3), (5, 5)))
    unreadable = finding(UNREADABLE, "a.py", 1)
    report = Report([before, over, after, unreadable], {}, {"a.bin": ("binary", 2)})
    assert changes.Added({"a.py": [range(3, 5)]}).only(report) == report._replace(findings=[over, unreadable])


PATCHES = (
    pytest.param(b"", {}, id="nothing"),
    pytest.param(b"+++ b/a.py\n@@ -0,0 +1,2 @@\n+x\n+y\n", {"a.py": [range(1, 3)]}, id="new file"),
    pytest.param(b"+++ b/a.py\n@@ -3,2 +3,0 @@ def f():\n-x\n-y\n", {}, id="removed lines"),
    pytest.param(
        b"+++ b/a.py\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n"
        b"+++ b/z\n\\ No newline at end of file\n@@ -9,0 +9 @@\n+y\n",
        {"a.py": [range(1, 2), range(9, 10)]},
        id="an added line that looks like a header",
    ),
    pytest.param(b"+++ b/a b.py\t\n@@ -0,0 +1 @@\n+x\n", {"a b.py": [range(1, 2)]}, id="space"),
    pytest.param(b'+++ "b/a\\n\\"\\\\\\303\\274.py"\n@@ -0,0 +1 @@\n+x\n', {'a\n"\\ü.py': [range(1, 2)]}, id="escapes"),
    pytest.param(b"Binary files a/x and b/x differ\n", {"x": [changes.EVERY_LINE]}, id="binary, or UTF-16"),
    pytest.param(b'Binary files /dev/null and "b/\\303\\274" differ\n', {"ü": [changes.EVERY_LINE]}, id="a new one"),
    pytest.param(b"Binary files a/x and /dev/null differ\n", {}, id="a deleted one"),
)


@pytest.mark.parametrize(("patch", "expected"), PATCHES)
def test_added_lines(patch, expected):
    assert changes.added_lines(patch) == expected


@odd_names
def test_added_lines_of_odd_names(repo, commit, write):
    names = ["a b.py", "a\nb\t.py", 'a"\\b.py', "ü.py", "-x.py"]
    commit(dict.fromkeys(names, "1\n"))
    write(dict.fromkeys(names, "1\n2\n"))
    assert changes.added_since(".", "HEAD").lines == {name: [range(2, 3)] for name in names}
