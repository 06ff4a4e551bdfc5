"""`envfence env`: what it prints, what it returns, and that no value is in it."""

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import envfence
from envfence.contract import hook_findings
from envfence.contract.cli import main
from envfence.contract.command import checked
from envfence.contract.readers import compose_client
from envfence.errors import FenceError

CONTRACT = "ENVIRONMENT=<development|production>\nDB_HOST=<DB_HOST>\nDB_PASSWORD=<DB_PASSWORD>\nSENTRY_DSN=\n"
PRODUCTION = "ENVIRONMENT=production\nDB_HOST=10.1.0.5\nDB_PASSWORD=Hw3Zk8Qv6Bn1Mx5Tc9Lp2\n"
DEVELOPMENT = "ENVIRONMENT=development\nDB_HOST=localhost\nDB_PASSWORD=devpass\nEXTRA_KEY=1\n"


@pytest.fixture
def here(tmp_path, write, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write({".env.example": CONTRACT, ".env.production": PRODUCTION, ".env.development": DEVELOPMENT})
    for name in (".env.production", ".env.development"):
        (tmp_path / name).chmod(0o600)
    return tmp_path


def test_check_prints_findings_and_returns_one(here, capsys):
    assert main(["check", "--output-format", "json", "--compose", "port"]) == 1
    said = capsys.readouterr()
    assert said.err == "found 1 error\n"
    assert [(row["rule"], row["family"], row["path"], row["line"]) for row in json.loads(said.out)] == [
        ("extra-key", "contract", ".env.development", 4)
    ]


def test_check_can_return_zero_whatever_it_finds(here, capsys):
    assert main(["check", "--exit-zero", "--compose", "port"]) == 0
    assert "extra-key" in capsys.readouterr().out


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_developers_open_file_warns_and_fails_only_if_strict(here, write):
    write({".env.development": DEVELOPMENT.replace("EXTRA_KEY=1\n", "")})
    (here / ".env.development").chmod(0o644)
    assert main(["check", "--compose", "port"]) == 0
    assert main(["check", "--strict", "--compose", "port"]) == 1
    (here / ".env.production").chmod(0o640)
    assert main(["check", "--compose", "port"]) == 1


def test_a_comment_or_a_setting_ignores_a_finding(here, write):
    write({".env.development": DEVELOPMENT.replace("KEY=1", "KEY=1 # envfence: ignore[extra-key] a trial")})
    assert checked(".", None, "port") == []
    write({".env.development": DEVELOPMENT, "envfence.toml": 'ignore = ["extra-key"]\n'})
    assert checked(".", None, "port") == []


def test_without_env_files_the_contract_alone_is_checked(here, write, capsys):
    (here / ".env.production").unlink()
    (here / ".env.development").unlink()
    assert main(["check"]) == 0
    write({".env.example": CONTRACT + "DB_HOST=again\nnot a line\n"})
    assert {finding.rule for finding in checked(".", None, "port")} == {"duplicate-key", "unparsable-line"}


def test_without_a_contract_its_absence_is_found(here):
    (here / ".env.example").unlink()
    assert [finding.rule for finding in checked(".", None, "port")] == ["contract-missing"]


def test_an_empty_folder_is_clean(tmp_path):
    assert checked(str(tmp_path), None, "auto") == []


FROM_PROCESS = (
    pytest.param(
        {"ENVIRONMENT": "production", "DB_HOST": "10.1.0.5", "DB_PASSWORD": "Hw3Zk8Qv6Bn1Mx5Tc9Lp2"}, [], id="right"
    ),
    pytest.param(
        {"ENVIRONMENT": "development", "DB_HOST": "localhost", "DB_PASSWORD": "admin123"},
        [("environment-mismatch", 1), ("points-at-development", 2), ("weak-secret", 3)],
        id="of development",
    ),
    pytest.param({"ENVIRONMENT": "production"}, [("missing-key", 2), ("missing-key", 3)], id="missing"),
    pytest.param(
        {"ENVIRONMENT": "production", "DB_HOST": "<DB_HOST>", "DB_PASSWORD": ""},
        [("placeholder-left", 2), ("missing-key", 3)],
        id="left over",
    ),
)


@pytest.mark.parametrize(("environ", "expected"), FROM_PROCESS)
def test_a_workflows_variables_are_checked_at_the_contract(environ, expected, here, monkeypatch):
    for key in ("DB_HOST", "DB_PASSWORD"):
        monkeypatch.delenv(key, raising=False)
    for key, value in environ.items():
        monkeypatch.setenv(key, value)
    findings = checked(".", "production", "port")
    assert [(finding.rule, finding.line) for finding in findings] == expected
    assert {finding.path for finding in findings} <= {".env.example"}


def test_a_workflows_variables_need_a_contract(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--from-environment", "production"]) == 2
    assert ".env.example is missing" in capsys.readouterr().err


def test_diff_shows_what_is_equal_without_a_value(here, capsys):
    assert main(["diff", "development", "production"]) == 1
    assert capsys.readouterr().out == (
        "             development  production\n"
        "ENVIRONMENT  a            b\n"
        "DB_HOST      a            b\n"
        "DB_PASSWORD  a            b\n"
        "EXTRA_KEY    a            -\n"
    )


def test_diff_of_the_same_keys_returns_zero(here, write, capsys):
    write({".env.staging": PRODUCTION.replace("10.1.0.5", "")})
    assert main(["diff", "production", ".env.staging"]) == 0
    assert "DB_HOST      a           empty\n" in capsys.readouterr().out


def test_diff_of_many_has_a_letter_for_each_value(here, write, capsys):
    write({f".env.e{number}": f"DB_HOST=host{number}\n" for number in range(28)})
    main(["diff", *(f"e{number}" for number in range(28))])
    assert capsys.readouterr().out.splitlines()[1].split() == ["DB_HOST", *"abcdefghijklmnopqrstuvwxyz", "aa", "ab"]


def test_diff_of_nothing_is_said(here, capsys):
    assert main(["diff", "production", "qa"]) == 2
    assert capsys.readouterr().err == "envfence: no .env.qa in ., and no file qa\n"


def test_a_fingerprint_is_equal_for_equal_values_and_shows_none(here, write, capsys, monkeypatch):
    write({"server": PRODUCTION.replace("10.1.0.5", "10.9.9.9")})
    assert main(["fingerprint", "server", "--salt", "s"]) == 0
    there = capsys.readouterr().out
    assert [line.split()[0] for line in there.splitlines()] == ["ENVIRONMENT", "DB_HOST", "DB_PASSWORD"]
    monkeypatch.setattr("sys.stdin", io.StringIO(there))
    assert main(["fingerprint", "production", "--salt", "s", "--compare", "-"]) == 1
    assert capsys.readouterr().out == "DB_HOST differs\n"
    write({"there.txt": there})
    assert main(["fingerprint", "server", "--salt", "s", "--compare", "there.txt"]) == 0
    assert main(["fingerprint", "server", "--salt", "other", "--compare", "there.txt"]) == 1


def test_a_fingerprint_without_a_salt_makes_one_and_says_it(here, capsys):
    assert main(["fingerprint", "production"]) == 0
    first = capsys.readouterr()
    assert "ENVFENCE_SALT=" in first.err
    assert main(["fingerprint", "production"]) == 0
    assert capsys.readouterr().out != first.out


def test_a_fingerprint_to_compare_with_must_be_there(here, capsys):
    assert main(["fingerprint", "production", "--salt", "s", "--compare", "none.txt"]) == 2
    assert "none.txt: No such file or directory" in capsys.readouterr().err


def test_an_unreadable_file_is_said(here, write, monkeypatch, capsys):
    (here / ".env.example").unlink()
    (here / ".env.example").mkdir()
    assert main(["check"]) == 2
    assert ".env.example: " in capsys.readouterr().err


SECRETS = ("hunter2", "s3cr3t-part", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo")
LEAKY = f"""\
ENVIRONMENT={SECRETS[0]}
DB_HOST=http://{SECRETS[0]}:99999
DB_PASSWORD=pa${SECRETS[1]}
KEY_PEM="-----BEGIN PRIVATE KEY-----
{SECRETS[2]}
{SECRETS[2]}==
-----END PRIVATE KEY-----
{SECRETS[0]}
{SECRETS[1]}: {SECRETS[0]}
={SECRETS[0]}
SENTRY_DSN='{SECRETS[0]}''{SECRETS[1]}'
"""


@pytest.mark.parametrize("output_format", ("text", "json", "sarif", "github"))
@pytest.mark.parametrize("data", (LEAKY.encode(), LEAKY.encode("utf-16"), LEAKY.encode() + "\uac00".encode("cp949")))
def test_no_value_is_in_any_output(output_format, data, here, write, capsys):
    write({".env.production": data})
    main(["check", "--output-format", output_format, "--compose", "port"])
    main(["diff", "production", "development"])
    main(["fingerprint", "production", "--salt", "s"])
    main(["fill", "production"])
    said = capsys.readouterr()
    assert said.out
    assert [secret for secret in SECRETS if secret in said.out + said.err] == []


def test_the_hook_looks_at_keys_of_every_file_beside_the_contract(here, write):
    write({".env.production": "ENVIRONMENT=<ENVIRONMENT>\nDB_HOST=localhost\nDB_HOST=localhost\n"})
    findings = hook_findings(str(here), [".env.example", "README.md"])
    assert [(finding.rule, finding.path, finding.line, finding.anchor) for finding in findings] == [
        ("extra-key", ".env.development", 4, "EXTRA_KEY"),
        ("duplicate-key", ".env.production", 3, "DB_HOST"),
        ("missing-key", ".env.production", 1, "DB_PASSWORD"),
    ]


def test_the_hook_takes_the_contract_beside_the_file(here, write):
    write({"api/.env.example": "A=<A>\n", "api/.env.qa": "B=1\n", "web/.env.qa": "B=1\n", "web/.env": ""})
    findings = hook_findings(str(here), ["api/.env.qa", "web/.env.qa", "web/.env"])
    assert [(finding.rule, finding.path) for finding in findings] == [
        ("missing-key", "api/.env.qa"),
        ("extra-key", "api/.env.qa"),
    ]


LOADED = """
import sys
sys.path.insert(0, sys.argv[1])
import envfence.contract
print({"argparse", "dataclasses", "dotenv", "json", "pathlib", "subprocess", "tomllib"} & set(sys.modules))
"""


def test_the_hook_loads_nothing_slow():
    command = [sys.executable, "-I", "-S", "-c", LOADED, str(Path(envfence.__file__).parents[1])]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "set()\n"


@pytest.fixture
def client():
    version = compose_client.version(os.environ)
    if not version:
        pytest.skip("no docker compose")
    return version


def test_the_client_and_the_port_say_the_same(client, here, write):
    write(
        {
            ".env.production": PRODUCTION + "SENTRY_DSN=pa$word\n",
            ".env.development": DEVELOPMENT + "SENTRY_DSN='it''s'\n",
        }
    )
    assert checked(".", None, "client") == checked(".", None, "port")


FAKE = """#!/bin/sh
case "$*" in
  *version*) echo 2.99.0 ;;
  *) exit 15 ;;
esac
"""


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands in for docker")
def test_a_client_that_refuses_what_the_port_reads_is_believed(here, write, monkeypatch):
    write({"bin/docker": FAKE})
    (here / "bin/docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{here / 'bin'}{os.pathsep}{os.environ['PATH']}")
    findings = [finding for finding in checked(".", None, "auto") if finding.rule == "readers-disagree"]
    assert [finding.path for finding in findings] == [".env.development", ".env.production"]
    assert "of this machine refuses the file" in findings[0].message


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands in for docker")
@pytest.mark.parametrize("docker", (None, "#!/bin/sh\necho 1.29.2\n", "#!/bin/sh\nexit 125\n"))
def test_without_compose_2_the_port_reads(docker, here, write, monkeypatch):
    if docker:
        write({"bin/docker": docker})
        (here / "bin/docker").chmod(0o755)
    (here / "bin").mkdir(exist_ok=True)
    (here / "bin/git").symlink_to(shutil.which("git"))
    monkeypatch.setenv("PATH", str(here / "bin"))
    assert checked(".", None, "auto") == checked(".", None, "port")
    with pytest.raises(FenceError, match="docker compose was not found"):
        checked(".", None, "client")
