"""What the documents tell continuous integration to run, run after a commit that no hook has seen."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig

import pytest

from .documents import blocks_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the jobs are written for sh")

FAULT = 'REDIS_HOST = "192.168.219.104"\n'
FILES = {above: text for above, language, text in blocks_of("docs/ci.md") if language == "yaml"}


@pytest.fixture
def branch(repo, write, git, script, monkeypatch):
    """Go to a branch whose last commit has a fault in it: the hook refuses it, and is then not asked."""
    monkeypatch.chdir(repo)
    monkeypatch.setenv("PATH", os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"])))
    write({".gitignore": ".env*\n!.env.example\n", "old.py": FAULT})
    git("add", ".")
    git("commit", "-qm", "Begin")
    git("clone", "-q", "--bare", ".", "remote.git")
    git("remote", "add", "origin", "remote.git")
    git("fetch", "-q", "origin")
    git("switch", "-qc", "topic")
    write({".git/hooks/pre-commit": f"#!/bin/sh\nexec {script('envfence-hook')}\n", "a.py": FAULT})
    (repo / ".git/hooks/pre-commit").chmod(0o755)
    git("add", "a.py")
    refused = subprocess.run(["git", "commit", "-qm", "Try"], capture_output=True, check=False)
    assert refused.returncode == 1
    assert b"a.py:1:14: hardcoded-host" in refused.stdout + refused.stderr
    git("commit", "-qm", "Try", "--no-verify")


def job(path):
    """Return the commands of a job that stand behind the installation."""
    lines = [line.strip().removeprefix("- ").removeprefix("run: ") for line in FILES[path].splitlines()]
    return "set -e\n" + "\n".join(line for line in lines if line.startswith(("git ", "envfence check")))


def run(commands, **variables):
    return subprocess.run(
        [shutil.which("sh"), "-c", commands],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("branch")
def test_the_job_for_github_finds_what_no_hook_has_seen():
    done = run(job(".github/workflows/envfence.yml"), GITHUB_BASE_REF="main")
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=a.py,line=1,endLine=1,col=14,")
    assert done.stdout.count("\n") == 1


def test_the_job_for_gitlab_finds_what_no_hook_has_seen(branch, repo):
    done = run(job(".gitlab-ci.yml"), CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
    assert done.returncode == 1
    (issue,) = json.loads((repo / "envfence.json").read_text(encoding="utf-8"))
    assert (issue["check_name"], issue["location"]["path"]) == ("hardcoded-host", "a.py")


def test_zizmor_has_nothing_to_say_of_the_workflow(tmp_path, write, script):
    name = ".github/workflows/envfence.yml"
    write({name: FILES[name]})
    command = (script("zizmor"), "--offline", "--persona=auditor", "--no-progress", name)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout


def test_the_workflow_takes_the_actions_that_this_repository_takes(root):
    uses = [line.strip().removeprefix("- ") for line in FILES[".github/workflows/envfence.yml"].splitlines()]
    own = (root / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    assert [line for line in uses if line.startswith("uses: ") and line not in own] == []


@pytest.mark.usefixtures("branch")
@pytest.mark.parametrize("command", ("check --from-ref origin/main", "check --diff origin/main"))
def test_the_same_command_by_hand(command):
    done = run(f"envfence {command}")
    assert (done.returncode, done.stdout.count("hardcoded-host")) == (1, 1)


def test_a_branch_without_a_fault_passes(branch, git, write):
    write({"a.py": "import os\n"})
    git("commit", "-qam", "Read it")
    assert run(job(".github/workflows/envfence.yml"), GITHUB_BASE_REF="main").returncode == 0
