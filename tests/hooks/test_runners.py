"""Commits under pre-commit, prek, lefthook and a plain git hook: all of them real."""

import os
import subprocess
import sys
import sysconfig

import pytest

yaml = pytest.importorskip("yaml", reason="pre-commit brings PyYAML")

SECRET = "admin123"
GOOD = {".gitignore": ".env*\n!.env.example\n", "ok.py": "x = 1\n"}
RUNNERS = ("pre-commit", "prek", "lefthook", "git")
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names and links")


@pytest.fixture(autouse=True)
def commands(tmp_path_factory, monkeypatch):
    """Put the installed commands on PATH, and what the runners keep out of the home folder."""
    home = tmp_path_factory.getbasetemp() / "home"
    monkeypatch.setenv("PATH", sysconfig.get_path("scripts"), prepend=os.pathsep)
    for key in ("PRE_COMMIT_HOME", "PREK_HOME"):
        monkeypatch.setenv(key, str(home / key))


@pytest.fixture
def install(repo, write, git, local_hook):
    """Return a function that sets a runner up in a repository with one clean commit."""

    def install_runner(runner, hook_id="envfence"):
        if runner == "git":
            command = {"envfence": "envfence check --staged"}.get(hook_id, f"envfence-{hook_id}")
            write({"pre-commit": f"#!/bin/sh\nexec {command}\n"}, repo / ".git" / "hooks")
            (repo / ".git" / "hooks" / "pre-commit").chmod(0o755)
        elif runner == "lefthook":
            write({"lefthook.yml": yaml.safe_dump({"pre-commit": {"commands": {"fence": {"run": "envfence-hook"}}}})})
            subprocess.run(["lefthook", "install"], cwd=repo, check=True, capture_output=True)
        else:
            repos = [{"repo": "local", "hooks": [local_hook(hook_id)]}]
            write({".pre-commit-config.yaml": yaml.safe_dump({"repos": repos})})
            subprocess.run([runner, "install"], cwd=repo, check=True, capture_output=True)
        write(GOOD)
        git("add", ".")
        git("commit", "-qm", "clean")

    return install_runner


@pytest.fixture
def commit(repo):
    """Return a function that commits what is staged and returns the exit code and everything that is said."""

    def run(*arguments, cwd=repo):
        command = ["git", "commit", "-m", "change", *arguments]
        result = subprocess.run(command, cwd=cwd, capture_output=True, check=False)
        return result.returncode, (result.stdout + result.stderr).decode()

    return run


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_fault_is_refused_and_its_repair_is_taken(install, write, git, commit, runner):
    install(runner)
    write({"sub/app.py": f'DB_PASSWORD = "{SECRET}"\n'})
    git("add", ".")
    code, said = commit(cwd=write({}) / "sub")
    assert code == 1
    assert "sub/app.py:1:15: hardcoded-credential" in said
    assert SECRET not in said
    write({"sub/app.py": "from app import settings\n\nDB_PASSWORD = settings.db_password\n"})
    git("add", ".")
    assert commit(cwd=write({}) / "sub")[0] == 0


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_gitignore_that_goes_is_refused(install, git, commit, runner):
    install(runner)
    git("rm", "-q", ".gitignore")
    code, said = commit()
    assert code == 1
    assert ".gitignore:1: env-file-not-ignored" in said


@pytest.mark.parametrize("runner", RUNNERS)
def test_what_is_staged_counts(install, write, git, commit, runner):
    install(runner)
    write({"a.py": f'DB_PASSWORD = "{SECRET}"\n', "b.py": "x = 1\n"})
    git("add", ".")
    write({"a.py": "x = 1\n"})
    assert commit()[0] == 1
    git("add", ".")
    write({"b.py": f'DB_PASSWORD = "{SECRET}"\n'})
    assert commit()[0] == 0


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_worktree_is_guarded(install, write, git, commit, repo, runner, tmp_path_factory):
    install(runner)
    other = tmp_path_factory.mktemp("trees") / "other"
    git("worktree", "add", "-q", str(other))
    write({"a.py": f'DB_PASSWORD = "{SECRET}"\n'}, other)
    git("add", ".", cwd=other)
    code, said = commit(cwd=other)
    assert (code, "a.py:1:15: hardcoded-credential" in said) == (1, True)
    write({"a.py": "x = 1\n"}, other)
    assert commit("--all", cwd=other)[0] == 0


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_merge_is_guarded(install, write, git, commit, runner):
    install(runner)
    git("checkout", "-qb", "side")
    write({"side.py": f'DB_PASSWORD = "{SECRET}"\n'})
    git("add", ".")
    git("commit", "--no-verify", "-qm", "side")
    git("checkout", "-q", "main")
    write({"main.py": "x = 1\n"})
    git("add", ".")
    git("commit", "-qm", "main")
    git("merge", "-q", "--no-commit", "--no-ff", "side")
    code, said = commit()
    assert (code, "side.py:1:15: hardcoded-credential" in said) == (1, True)


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_resolved_conflict_is_guarded(install, write, git, commit, repo, runner):
    install(runner)
    git("checkout", "-qb", "side")
    write({"ok.py": "x = 2\n"})
    git("commit", "-qam", "side")
    git("checkout", "-q", "main")
    write({"ok.py": "x = 3\n"})
    git("commit", "-qam", "main")
    assert subprocess.run(["git", "merge", "-q", "side"], cwd=repo, capture_output=True, check=False).returncode == 1
    write({"ok.py": f'x = 4\nDB_PASSWORD = "{SECRET}"\n'})
    code, said = commit("--all")
    assert (code, "ok.py:2:15: hardcoded-credential" in said, SECRET in said) == (1, True, False)
    write({"ok.py": "x = 4\n"})
    assert commit("--all")[0] == 0


@pytest.mark.parametrize("runner", RUNNERS)
def test_an_amended_commit_is_guarded(install, write, git, commit, runner):
    install(runner)
    write({"ok.py": f'DB_PASSWORD = "{SECRET}"\n'})
    code, said = commit("--amend", "--all")
    assert (code, "ok.py:1:15: hardcoded-credential" in said) == (1, True)
    write({"ok.py": "x = 2\n"})
    assert commit("--amend", "--all")[0] == 0
    assert commit("--amend")[0] == 0  # another message, and no file


@posix
@pytest.mark.parametrize("runner", RUNNERS)
def test_odd_files_are_taken(install, write, git, commit, repo, runner):
    install(runner)
    write({"old name.py": "x = 1\n" * 9, "gone.py": "", "module/x.py": ""})
    git("init", "-q", "module")
    git("add", "-A", cwd=repo / "module")
    git("commit", "-qm", "x", cwd=repo / "module")
    git("-c", "advice.addEmbeddedRepo=false", "add", ".")
    assert commit()[0] == 0
    git("mv", "--", "old name.py", "-new\nname.py")
    git("rm", "-q", "gone.py")
    write({"crlf.py": b"x = 1\r\n", "ko.txt": "안녕".encode("cp949"), "b.bin": b"\0\xff" * 99})
    (repo / "link.py").symlink_to("ok.py")
    (repo / "broken.py").symlink_to("nowhere")
    with (repo / "huge.csv").open("wb") as stream:
        stream.truncate(20_000_000)
    git("-c", "core.bigFileThreshold=1m", "add", ".")
    assert commit()[0] == 0


@posix
@pytest.mark.parametrize("runner", RUNNERS)
def test_odd_files_hide_nothing(install, write, git, commit, runner):
    install(runner)
    fault = f'DB_PASSWORD = "{SECRET}"'
    names = ["-x.py", "a b.py", "new\nline.py", "ü.py", 'quo"te.py']
    texts = {
        "crlf.py": f"x = 1\r\n{fault}\r\n",
        "utf16.py": fault.encode("utf-16"),
        "ko.py": f"# 안녕\n{fault}".encode("cp949"),
    }
    write(dict.fromkeys(names, fault) | texts)
    git("add", ".")
    code, said = commit()
    assert code == 1
    found = {line.rpartition(": hardcoded-credential")[0] for line in said.splitlines() if ": hardcoded-cred" in line}
    assert {place.strip().split(":")[0] for place in found} == {name.replace("\n", "\\n") for name in (*names, *texts)}
    assert SECRET not in said


@pytest.mark.parametrize("runner", ("pre-commit", "prek"))
def test_a_push_is_held_against_what_it_adds(install, write, git, repo, runner):
    install(runner)
    write({"a.py": f'DB_PASSWORD = "{SECRET}"\n'})
    git("add", ".")
    git("commit", "--no-verify", "-qm", "old fault")
    write({"a.py": f'DB_PASSWORD = "{SECRET}"\nx = 1\n'})
    git("commit", "--no-verify", "-qam", "harmless")
    command = [runner, "run", "--from-ref", "HEAD~1", "--to-ref", "HEAD", "--hook-stage", "pre-push"]
    assert subprocess.run(command, cwd=repo, capture_output=True, check=False).returncode == 0
    command[3] = "HEAD~2"
    assert subprocess.run(command, cwd=repo, capture_output=True, check=False).returncode == 1


EACH = (
    pytest.param("hardcoded-values", {"a.py": f'DB_PASSWORD = "{SECRET}"\n'}, id="hardcoded-values"),
    pytest.param("env-files-ignored", {".env.staging": "A=b\n"}, id="env-files-ignored"),
    pytest.param("env-contract", {".env.example": "A=<A>\nA=<A>\n"}, id="env-contract"),
)


@pytest.mark.parametrize("runner", ("pre-commit", "prek", "git"))
@pytest.mark.parametrize(("hook_id", "files"), EACH)
def test_each_hook_guards_by_itself(install, write, git, commit, runner, hook_id, files):
    install(runner, hook_id)
    write({**files, "b.py": "x = 1\n"})
    git("add", "--force", ".")
    assert commit()[0] == 1


def test_every_hook_has_its_command(root, script):
    hooks = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {hook["id"]: hook["entry"] for hook in hooks} == {
        "envfence": "envfence-hook",
        **{
            hook_id: f"envfence-{hook_id}"
            for hook_id in (
                "hardcoded-values",
                "copied-values",
                "provider-secrets",
                "env-files-ignored",
                "env-contract",
                "connection-flows",
            )
        },
    }
    for hook in hooks:
        assert script(hook["entry"])
