"""A noxfile of any repository takes the sessions that it imports, and each runs in nox's own environment."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from envfence import cli, sessions

HEADER = '# /// script\n# dependencies = ["nox>=2025.2.9", "python-dotenv", "ruamel.yaml"]\n# ///\n'
NOXFILE = f'''{HEADER}"""The commands of a shop."""
from envfence.sessions import stack_check, dev_up, env_check
'''
CONTRACT = "ENVIRONMENT=<development|production>\nWEB_PORT=<WEB_PORT>\n"


@pytest.fixture
def shop(repo, write):
    """Return a repository of its own whose noxfile imports three sessions."""
    files = {
        "noxfile.py": NOXFILE,
        ".gitignore": ".env*\n!.env.example\n",
        ".env.example": CONTRACT,
        "docker-compose.dev.yml": "services: {web: {image: 'shop/web:1.2', ports: ['127.0.0.1:${WEB_PORT:?}:80']}}\n",
    }
    return write(files)


@pytest.fixture
def nox(shop, root):
    """Return a function that runs nox there with its usual script mode."""
    source = str(Path(sessions.__file__).parents[1])

    def run(*arguments, **environ):
        command = [sys.executable, "-m", "nox", "--no-color", *arguments]
        environment = {**os.environ, "PYTHONPATH": source, **environ}
        done = subprocess.run(
            command, cwd=shop, capture_output=True, encoding="utf-8", check=False, env=environment, timeout=60,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return run


def test_list_has_what_is_imported_and_nothing_else_in_that_order(nox):
    code, said = nox("--list")
    assert (code, re.findall(r"^[-*] (\w+) -> (.+)$", said, re.MULTILINE)) == (
        0,
        [(name, sessions.SESSIONS[name][0]) for name in ("stack_check", "dev_up", "env_check")],
    )


def test_a_session_passes_what_follows_on_and_builds_no_environment(nox, shop):
    code, said = nox("--session", "env_check", "--", "--output-format", "json")
    assert (code, f"{sys.executable} -m envfence env check --output-format json" in said) == (0, True), said
    assert not any((shop / ".nox").glob("env_check*"))


def test_findings_fail_the_session(nox, write):
    write({".env.development": "ENVIRONMENT=development\n"})
    code, said = nox("--session", "env_check")
    assert (code, "missing-key WEB_PORT" in said) == (1, True), said


def test_dev_up_says_what_is_missing(nox):
    code, said = nox("--session", "dev_up", "--", "--root", "nowhere")
    assert (code, "envfence: nowhere: no such folder" in said) == (1, True), said


def test_a_session_that_there_is_not_is_said_with_those_that_there_are():
    with pytest.raises(AttributeError, match=r"has no attribute 'dev_start'; its sessions are dev_up, dev_status"):
        _ = sessions.dev_start
    assert set(sessions.SESSIONS) < set(dir(sessions))


@pytest.mark.parametrize("name", sessions.SESSIONS)
def test_every_session_is_told_in_one_imperative_line_and_runs_a_command(name):
    told, command = sessions.SESSIONS[name]
    assert re.fullmatch(r"[A-Z][a-z]+ [^\n]{1,90}\.", told)
    assert command[0] in {*cli.COMMANDS, "check"}
