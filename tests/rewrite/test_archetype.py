"""A repository of eighteen scripts, fixed in one go: nothing is found any more, and every client gets what it got."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from envfence import cli
from envfence.rewrite.proving import server

LIBRARIES = (
    pytest.param({}, id="no library"),
    pytest.param({"requirements.txt": "python-dotenv\n"}, id="python-dotenv"),
    pytest.param({"requirements.txt": "pydantic-settings\n"}, id="pydantic-settings"),
)
DATABASE = ["DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD"]
KEYS = [
    *DATABASE,
    *(f"ANALYTICS_{key}" for key in DATABASE),
    "REDIS_HOST", "REDIS_PORT", "API_URL", "API_BASE_URL", "INFLUXDB_URL", "INFLUXDB_TOKEN", "ENVIRONMENT",
]  # fmt: skip


TRIAL = """
import json, sys
from trial.running import run_apart
from trial.imports import prepare
from trial.stand_ins import block
block()
prepare({})
handed = {name: run_apart(sys.argv[1], name, ".", name="__main__", asked=[]) for name in sys.argv[2:]}
print(json.dumps({name: {"seen": one["seen"], "ends": one["ends"]} for name, one in handed.items()}))
"""


def seen(root, names, **environ):
    """Return what each script hands to its clients when it is run, in a process that reaches nothing."""
    done = subprocess.run(
        (sys.executable, "-B", "-c", TRIAL, str(root), *names), cwd=Path(server.__file__).parent,
        env={**os.environ, **environ}, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def keys_of(text):
    return sorted(line.partition("=")[0] for line in text.splitlines() if "=" in line and not line.startswith("#"))


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_client_gets_what_it_got(library, fix, repo, write, archetype, tmp_path_factory):
    before = seen(write(archetype, tmp_path_factory.mktemp("before")), archetype)
    after = fix({**archetype, **library})
    assert all(one["seen"] and not one["ends"] for one in before.values())
    assert seen(repo, archetype) == before
    assert keys_of(after[".env.development"]) == sorted(KEYS)
    assert keys_of(after[".env.example"]) == sorted([*KEYS, "APP_STAGE", "DATABASE_URL"])


def test_nothing_is_found_any_more(fix, archetype, capsys):
    fix(archetype)
    assert cli.main(["check", "--strict", "."]) == 0
    assert cli.main(["fix", "--allow-dirty"]) == 0
    assert "left alone" not in capsys.readouterr().err


def test_another_environment_is_read_from_its_own_file(fix, repo, archetype, write):
    after = fix(archetype)
    assert "DB_HOST=192" in after[".env.production"], "the table of environments has a value for it"
    text = after[".env.development"].replace("DB_HOST=localhost", "DB_HOST=db.example.com")
    write({".env.staging": text})
    given = seen(repo, archetype, ENVIRONMENT="staging")
    assert "db.example.com" in json.dumps(given["alerts.py"]["seen"])
    assert "localhost" in json.dumps(seen(repo, archetype)["alerts.py"]["seen"])
    assert given["alerts.py"] == seen(repo, archetype, DB_HOST="db.example.com")["alerts.py"]


def test_a_missing_key_stops_the_start(fix, repo, archetype, write):
    after = fix(archetype)
    write({".env.staging": after[".env.development"].replace("REDIS_HOST=", "UNUSED=")})
    assert seen(repo, archetype, ENVIRONMENT="staging")["cache.py"]["ends"] == "RuntimeError"


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_values_are_private_and_no_commit_takes_them(fix, repo, archetype, git):
    fix(archetype)
    assert stat.S_IMODE((repo / ".env.development").stat().st_mode) == 0o600
    git("add", "--all")
    assert ".env.development" not in git("ls-files").splitlines()


def test_what_it_says_holds_no_value(fix, archetype, capsys):
    fix(archetype, "--diff")
    fix(archetype)
    said = capsys.readouterr()
    for value in ("admin123", "R3port", "pr0d-w0rd", "localhost", "192.168"):
        assert value not in said.out + said.err
    assert "DB_PASSWORD: hardcoded-credential: rotate it: git has it since commit" in said.err
    assert "moved 16 keys, 3 of them secrets, to .env.development" in said.err
