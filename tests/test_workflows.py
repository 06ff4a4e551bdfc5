"""This repository's own pipeline: pinned, least privileged, and made of sessions."""

import re
import subprocess

import pytest

PIPELINES = (".github/workflows/ci.yml", ".ci/run")
SESSION_CALL = re.compile(r"\bnox -s ((?:[a-z_]+ ?)+)")


@pytest.fixture
def sessions(root):
    text = (root / "noxfile.py").read_text(encoding="utf-8")
    imported = re.search(r"^from envfence.sessions import \(.*?\n((?:    [a-z_]+,\n)+)\)", text, re.MULTILINE)
    return {*re.findall(r"^def ([a-z_]+)\(session", text, re.MULTILINE), *re.findall(r"[a-z_]+", imported[1])}


@pytest.mark.parametrize("path", PIPELINES)
def test_pipeline_calls_sessions_that_exist(path, root, sessions):
    called = {
        name for names in SESSION_CALL.findall((root / path).read_text(encoding="utf-8")) for name in names.split()
    }
    assert {"lint", "types", "scan", "test", "build", "test_wheel", "demo"} <= called
    assert {"env_check", "stack_check", "migrate_check"} <= called
    assert called <= sessions


def test_every_action_is_pinned_to_a_commit_and_names_its_version(root):
    text = (root / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    uses = re.findall(r"uses: (.+)", text)
    assert uses
    assert [line for line in uses if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_one_action_has_one_pin(root):
    text = (root / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    pins = set(re.findall(r"uses: (\S+)@(\S+)", text))
    assert len(pins) == len({action for action, _ in pins})


def test_workflow_runs_on_pull_requests_and_by_hand(root):
    triggers = (root / ".github/workflows/ci.yml").read_text(encoding="utf-8").partition("\npermissions:")[0]
    assert {"push", "pull_request", "workflow_dispatch"} <= set(re.findall(r"^  (\w+):", triggers, re.MULTILINE))


def test_every_job_has_a_deadline(root):
    jobs = (root / ".github/workflows/ci.yml").read_text(encoding="utf-8").split("\njobs:\n")[1]
    assert jobs.count("runs-on:") == jobs.count("timeout-minutes:")


def test_zizmor_has_nothing_to_say(root, script):
    command = [script("zizmor"), "--offline", "--persona=auditor", "--no-progress", ".github"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout
