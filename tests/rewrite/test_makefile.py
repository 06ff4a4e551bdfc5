"""What becomes of a Makefile, and that make and its recipes are handed what they were."""

import os
import shutil
import subprocess

import pytest

from envfence import check, cli
from envfence.config import Config

MAKE = """\
URL = @DSN@
export MYSQL_PWD := @WORD@
CACHE_HOST ?= @OTHER@
API := http://@OTHER@:8000
all: TOKEN_FILE = x

db:
\t@echo "$(URL)" $$HOME
ping: # comment
\t@echo -h @OTHER@ -p 5439 '$(CACHE_HOST)'
\t@REDIS_URL=redis://@HOST@:@REDIS@/0 sh -c 'echo $$REDIS_URL'
rest:
\t@echo $(API)/x $$MYSQL_PWD
\t@psql -h @OTHER@ \\
\t  -p @PORT@ -U @USER@ -c 'select 1'
"""


@pytest.fixture
def made(repo, filled):
    """Return what a target says, with the values of `.env.development` or without."""

    def run(target, with_values):
        lines = (repo / ".env.development").read_text(encoding="utf-8").splitlines() if with_values else []
        env = {"PATH": f"{repo}/bin{os.pathsep}{os.environ['PATH']}", "HOME": "/home"}
        env |= dict(line.split("=", 1) for line in lines if "=" in line)
        return subprocess.run(["make", target], cwd=repo, capture_output=True, text=True, env=env, check=False)

    return run


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.parametrize("newline", ("\n", "\r\n"), ids=("lf", "crlf"))
def test_recipes_are_handed_what_they_were(newline, fix, made, filled, write, repo):
    write({"bin/psql": '#!/bin/sh\necho "psql $*"\n', "Makefile": filled(MAKE)})
    (repo / "bin/psql").chmod(0o755)
    before = {target: made(target, with_values=False).stdout for target in ("db", "ping", "rest")}
    after = fix({"Makefile": MAKE.replace("\n", newline)})["Makefile"]
    assert not check.findings_in("Makefile", after.encode(), Config())
    assert after.count("\r\n") == (after.count("\n") if newline == "\r\n" else 0)
    if newline == "\n":
        assert {target: made(target, with_values=True).stdout for target in before} == before
        assert "is not set" in made("db", with_values=False).stderr
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_a_variable_is_spelled_as_it_is_used(fix, filled):
    after = fix({"Makefile": "CACHE_HOST ?= @HOST@\nexport PGPASSWORD := @WORD@\ndb:\n\tpsql -h @OTHER@\n"})
    assert after["Makefile"] == (
        "CACHE_HOST ?= $(error CACHE_HOST is not set)\n"
        "export PGPASSWORD := $(DB_PASSWORD)\n"
        'db:\n\tpsql -h "$${DB_HOST:?}"\n'
    )


def test_a_variable_of_a_target_reads_what_others_have(fix):
    after = fix(
        {"a.sh": "curl http://@OTHER@:8000/x\n", "Makefile": "up: HUB = http://@OTHER@:8000\nup:\n\tcurl $(HUB)\n"}
    )
    assert after["Makefile"].startswith("up: HUB = http://$(or $(API_HOST),$(error API_HOST is not set)):8000\n")
    assert cli.main(["fix", "--allow-dirty"]) == 0


LEFT = (
    pytest.param("DB_HOST = $(shell pick)\ndb:\n\tpsql -h @OTHER@\n", "another value", id="set by the Makefile"),
    pytest.param('DB_PASSWORD = "@WORD@"\n', "with escapes", id="quotes, which make keeps"),
    pytest.param("DB_PASSWORD = a1b$$c2d9\n", "only a part", id="a dollar"),
    pytest.param("db:\n\tPGPASSWORD=" + "'s3cr$$t-@WORD@' psql\n", "with escapes", id="a dollar in a recipe"),
)


@pytest.mark.parametrize(("before", "reason"), LEFT)
def test_what_is_unsure_is_left_alone(before, reason, fix, filled, capsys):
    assert fix({"Makefile": before}, expected=0)["Makefile"] == filled(before)
    assert reason in capsys.readouterr().err


def test_a_key_with_another_value_is_left_alone(fix, filled, capsys):
    before = "CACHE_HOST ?= @OTHER@\n"
    after = fix({"Makefile": before, ".env.development": "CACHE_HOST=cache-b\n"}, expected=0)
    assert after["Makefile"] == filled(before)
    assert "another value" in capsys.readouterr().err


def test_a_value_that_make_would_cut_stays(fix, filled, capsys):
    before = "DB_PASSWORD = a1b2#c3d4e5\n"
    assert fix({"Makefile": before}, expected=0)["Makefile"] == before
    assert "left alone" in capsys.readouterr().err
