"""All files of a fix or none: killed, undone, completed, refused."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from envfence import atomic, cli
from envfence.errors import FenceError
from envfence.rewrite import journal
from envfence.rewrite.plan import Change

CHANGES = (
    Change("app.py", b"old\r\n", b"new\r\n"),
    Change("sub/settings.py", None, b"made\n"),
    Change(".env.development", None, b"KEY=x\n"),
)
OLD, NEW = {"app.py": b"old\r\n"}, {change.path: change.after for change in CHANGES}


@pytest.fixture
def root(repo, write, monkeypatch):
    """Return a repository with the first of the files."""
    monkeypatch.chdir(repo)
    return write(OLD)


def there(root):
    found = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def test_undo_puts_back_every_file(root):
    journal.write(".", CHANGES)
    assert there(root) == NEW
    assert cli.main(["fix", "--undo"]) == 0
    assert there(root) == OLD
    assert cli.main(["fix", "--undo"]) == 2


def test_a_copy_of_the_repository_puts_back_its_own_files(root, tmp_path_factory, monkeypatch):
    journal.write(".", CHANGES)
    copy = tmp_path_factory.mktemp("copies") / "copy"
    shutil.copytree(root, copy)
    monkeypatch.chdir(copy)
    assert cli.main(["fix", "--undo"]) == 0
    assert (there(copy), there(root)) == (OLD, NEW)


def test_undo_touches_nothing_where_a_file_has_changed(root, write, capsys):
    journal.write(".", CHANGES)
    write({"app.py": b"mine"})
    assert cli.main(["fix", "--undo"]) == 2
    assert there(root) == {**NEW, "app.py": b"mine"}
    assert "app.py has changed since `envfence fix` wrote it" in capsys.readouterr().err


def test_a_file_that_changed_meanwhile_is_not_written(root, write):
    write({"app.py": b"mine"})
    with pytest.raises(FenceError, match="run `envfence fix` again"):
        journal.write(".", CHANGES)
    assert there(root) == {"app.py": b"mine"}


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
@pytest.mark.parametrize("writes", (1, 2, 3, 4, 5))
@pytest.mark.parametrize(("option", "expected"), (("--undo", OLD), ("--continue", NEW)))
def test_killed_after_so_many_writes(writes, option, expected, root, capsys):
    code = (
        "import os, signal\n"
        "from envfence import atomic\n"
        "from envfence.rewrite import journal\n"
        "from envfence.rewrite.plan import Change\n"
        f"left = [None] * {writes}\n"
        "real = atomic.write\n"
        "def write(*args, **kwargs):\n"
        "    left.pop() if left else os.kill(os.getpid(), signal.SIGKILL)\n"
        "    real(*args, **kwargs)\n"
        "atomic.write = write\n"
        f"journal.write('.', [Change(*one) for one in {[tuple(change) for change in CHANGES]!r}])\n"
    )
    done = subprocess.run((sys.executable, "-c", code), cwd=root, check=False)
    assert done.returncode == -signal.SIGKILL
    if there(root) == OLD and not (root / ".git/envfence-fix/begun").exists():
        return  # nothing had begun
    for command in (["check"], ["env", "check"], ["fix"]):
        assert cli.main(command) == 2
    assert "envfence was interrupted while it wrote" in capsys.readouterr().err
    assert cli.main(["fix", option]) == 0
    assert there(root) == expected
    assert cli.main(["check"]) == 0


def test_what_a_killed_process_left_beside_a_file_goes(root, write):
    journal.write(".", CHANGES)
    (root / ".git/envfence-fix/begun").write_bytes(b"")
    write({"app.py.0a1b2c3d.tmp": "half", "app.py.mine.tmp": "mine"})
    assert cli.main(["fix", "--undo"]) == 0
    assert not (root / "app.py.0a1b2c3d.tmp").exists()
    assert (root / "app.py.mine.tmp").exists()


def test_journal_is_private_and_outside_of_the_work_tree(root, git):
    journal.write(".", CHANGES)
    folder = root / ".git" / "envfence-fix"
    assert atomic.IS_POSIX is False or folder.stat().st_mode & 0o077 == 0
    assert "envfence-fix" not in git("status", "--porcelain", "--untracked-files=all")


def test_a_linked_work_tree_has_its_own(root, git, tmp_path_factory, monkeypatch):
    git("add", "--all")
    git("commit", "--quiet", "--message", "first")
    linked = tmp_path_factory.mktemp("linked") / "tree"
    git("worktree", "add", "--quiet", str(linked))
    monkeypatch.chdir(linked)
    journal.write(".", CHANGES[:1])
    assert (linked / "app.py").read_bytes() == b"new\r\n"
    assert cli.main(["fix", "--undo"]) == 0
    assert (linked / "app.py").read_bytes() == b"old\r\n"


def test_without_git_the_journal_ignores_itself(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write({**OLD, "url.py": "u = 1\n"})
    journal.write(".", CHANGES)
    assert (tmp_path / ".envfence-fix" / ".gitignore").read_bytes() == b"*\n"
    assert cli.main(["fix"]) == 2
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_a_dirty_tree_is_refused(root, git, write, capsys):
    git("add", "--all")
    git("commit", "--quiet", "--message", "first")
    write({"app.py": b"changed"})
    assert cli.main(["fix"]) == 2
    assert "commit them first, or pass --allow-dirty" in capsys.readouterr().err
    assert cli.main(["fix", "--diff"]) == 0
