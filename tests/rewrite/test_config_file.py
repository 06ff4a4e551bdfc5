"""Files that programs are configured with: rewritten where all that read them expand `${KEY}`."""

import os
import subprocess
import sys

import pytest

from envfence import cli

READER = """\
import json, os, pathlib


def load(name):
    text = pathlib.Path(name).read_text(encoding="utf-8")
    return json.loads(os.path.expandvars(text))


print(load("hub.json"))
"""
CONFIG = """\
{
  "home": "${DATA_DIR}/x",
  "db": {"url": "@DSN@"},
  "cache": {"host": "@OTHER@", "port": 6390}
}
"""


def test_readers_are_handed_what_they_were(fix, filled, write, repo):
    write({"read.py": READER, "hub.json": filled(CONFIG)})

    def said(env):
        run = [sys.executable, "read.py"]
        return subprocess.run(
            run, cwd=repo, env={**os.environ, **env}, capture_output=True, text=True, check=True
        ).stdout

    before = said({})
    after = fix({"hub.json": CONFIG, "read.py": READER, ".env.example": "DATA_DIR=/x\n"})
    assert "${DB_USER}:${DB_PASSWORD}@${DB_HOST}" in after["hub.json"]
    values = dict(line.split("=", 1) for line in after[".env.development"].splitlines() if "=" in line)
    assert said(values) == before
    assert cli.main(["fix", "--allow-dirty"]) == 0


LEFT = (
    pytest.param("x = 1\n", CONFIG, "nothing here shows what reads it", id="nobody names it"),
    pytest.param(
        READER.replace("os.path.expandvars(text)", "text"), CONFIG, "read.py expands no ${KEY}", id="as it is"
    ),
    pytest.param("NAME = 'hub.json'\n", CONFIG, "read.py expands no ${KEY}", id="read elsewhere"),
    pytest.param(READER, CONFIG.replace("${DATA_DIR}", "${HOME}"), "nothing shows that its process", id="no key in it"),
)


@pytest.mark.parametrize(("code", "config", "reason"), LEFT)
def test_what_is_unsure_is_left_alone(code, config, reason, fix, filled, capsys):
    after = fix({"read.py": code, "hub.json": config, ".env.example": "DATA_DIR=/x\n"}, expected=0)
    assert after["hub.json"] == filled(config)
    assert reason in capsys.readouterr().err


def test_a_value_that_would_be_parsed_otherwise_stays(fix, filled, capsys):
    config = CONFIG.replace("@DSN@", "postgresql://@USER@:a'b1w9x@@HOST@:@PORT@/@NAME@")
    after = fix({"read.py": READER, "hub.json": config, ".env.example": "DATA_DIR=/x\n"})
    assert "a'b1w9x" in after["hub.json"]
    assert "${CACHE_HOST}" in after["hub.json"]
    assert "written with escapes" in capsys.readouterr().err
