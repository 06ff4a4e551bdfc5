"""`envfence fleet init` and `envfence env push` against three real servers."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from envfence import cli
from envfence.delivery.servers import setup

pytestmark = [pytest.mark.docker, pytest.mark.delivery]
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS"
SETTINGS = """\
[tool.envfence]
stacks = ["production: docker-compose.yml"]
[tool.envfence.environments.production]
root = "/opt/shop"
user = "shipper"
known-hosts = "deploy/known_hosts"
bind = "BIND_ADDRESS"
[tool.envfence.environments.production.roles]
data = { host = "DB_HOST", services = ["store"] }
app = { host = "BACKEND_HOST", services = ["web"] }
"""
COMPOSE = """\
name: shop
services:
  store:
    image: ${STORE_IMAGE:-envfence-test/tiny}
    environment: {DB_PASSWORD: "${DB_PASSWORD:?}"}
  web:
    image: envfence-test/tiny
    environment: {SERVICE_TOKEN: "${SERVICE_TOKEN:?}", DB_HOST: "${DB_HOST:?}"}
    ports: ["${BIND_ADDRESS:?}:${WEB_PORT:?}:80"]
"""
CONTRACT = """\
ENVIRONMENT=<production>
DB_HOST=<DB_HOST>
BACKEND_HOST=<BACKEND_HOST>
DB_PASSWORD=<GENERATE_PASSWORD>
SERVICE_TOKEN=<GENERATE_TOKEN>
WEB_PORT=<WEB_PORT>
BIND_ADDRESS=
STORE_IMAGE=
"""
PASSWORD, TOKEN = "q7Zt4vK9 " + "xLw2'mNpR8", "Hk29" + "vTq7LmX4cR8sWb3zPn6y"
PRINTS = re.compile(r"(\w+): the server shows the key (SHA256:\S+)")


def made(bed, root):
    """Write a repository whose two servers are two of the bed, and let their administrator in with the bed's key."""
    values = {"ENVIRONMENT": "production", "DB_PASSWORD": f'"{PASSWORD}"', "SERVICE_TOKEN": TOKEN, "WEB_PORT": "8000"}
    values |= {key: bed.values[key] for key in ("DB_HOST", "BACKEND_HOST")}
    (root / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "docker-compose.yml").write_text(COMPOSE, encoding="utf-8")
    (root / ".env.example").write_text(CONTRACT, encoding="utf-8")
    (root / ".gitignore").write_text(".env*\n!.env.example\n", encoding="utf-8")
    (root / ".env.production").write_text(
        "".join(f"{key}={value}\n" for key, value in values.items()), encoding="utf-8"
    )
    (root / ".env.production").chmod(0o600)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    admin = (bed.folder / "key.pub").read_bytes()
    for name in ("db", "backend"):
        bed.servers[name].run("sh", "-c", "mkdir -p -m 700 ~/.ssh; cat >~/.ssh/authorized_keys", data=admin)
    return root


def forget(bed):
    """Take away what has made the servers ready."""
    for name in ("db", "backend"):
        bed.servers[name].run("sh", "-c", "rm -rf ~/.ssh /opt/shop; userdel --remove shipper", check=False)


def prints_of(bed):
    """Return the options that name the keys which the servers themselves show."""
    found = []
    for name in ("db", "backend"):
        key = bed.servers[name].run("cat", "/etc/ssh/ssh_host_ed25519_key.pub")
        found += ["--fingerprint", f"{name}={setup.fingerprint(key)}"]
    return found


def initialized(bed, root, *arguments):
    """Run `envfence fleet init` and return its exit code."""
    return cli.main(
        ["fleet", "init", "production", "--root", str(root), "--identity", str(bed.folder / "key"), *arguments]
    )


@pytest.fixture
def shop(bed, tmp_path, monkeypatch):
    """Return a repository with nothing made ready on its servers."""
    forget(bed)
    monkeypatch.chdir(tmp_path)
    yield made(bed, tmp_path)
    forget(bed)


@pytest.fixture(scope="module")
def ready_once(bed, tmp_path_factory):
    """Return a repository whose servers are ready."""
    root = made(bed, tmp_path_factory.mktemp("shop"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert initialized(bed, root, *prints_of(bed)) == 0
    yield root
    forget(bed)


@pytest.fixture
def ready(bed, ready_once, tmp_path, monkeypatch):
    """Return a copy of it; what an earlier test has sent is gone."""
    for name in ("db", "backend"):
        bed.servers[name].run("sh", "-c", "cd /opt/shop && rm -rf env log.jsonl lock")
    root = tmp_path / "shop"
    shutil.copytree(ready_once, root)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def init(bed, capfd):
    """Return a function that runs `envfence fleet init` here and returns its exit code and what it says."""

    def run(*arguments):
        code = initialized(bed, ".", *arguments)
        said = capfd.readouterr()
        assert said.out == ""
        return code, said.err

    return run


def test_the_private_key_is_made_here_and_stays_here(ready, bed):
    private = ready / ".envfence/keys/production"
    assert private.stat().st_mode & 0o777 == 0o600
    secret = private.read_text(encoding="utf-8").splitlines()[-2]
    assert secret not in bed.servers["db"].run("grep", "-rhs", "", "/home/shipper", "/opt/shop")
    ignored = subprocess.run(["git", "check-ignore", "-q", str(private)], check=False, cwd=ready)
    assert ignored.returncode == 0


def test_pinned_keys_name_no_address(ready, bed):
    lines = (ready / "deploy/known_hosts").read_text(encoding="utf-8").splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["production-backend", "ssh-ed25519"],
        ["production-db", "ssh-ed25519"],
    ]
    assert not any(address in "".join(lines) for address in bed.values.values())


@pytest.mark.parametrize(
    "command",
    (
        pytest.param((), id="a shell"),
        pytest.param(("cat", "/etc/passwd"), id="a command"),
        pytest.param(("facts;id",), id="two commands"),
        pytest.param(("-N", "-L", "0:127.0.0.1:22"), id="a forwarding"),
    ),
)
def test_the_key_of_deployments_opens_nothing_else(ready, bed, command):
    options = ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]
    options += ["-o", "ExitOnForwardFailure=yes", "-o", "IdentitiesOnly=yes", "-i", ready / ".envfence/keys/production"]
    if command[:1] == ("-N",):
        command = ("-o", "PermitLocalCommand=no", "-W", "127.0.0.1:22")  # what a forwarding asks for
        words = ["ssh", *options, *command, f"shipper@{bed.values['DB_HOST']}"]
    else:
        words = ["ssh", *options, f"shipper@{bed.values['DB_HOST']}", *command]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=30)
    assert done.returncode != 0
    assert b"root:" not in done.stdout
    assert b"SSH-2.0" not in done.stdout


@pytest.fixture
def push(capfd):
    """Return a function that runs `envfence env push` and returns its exit code and what it says."""

    def run(*arguments):
        code = cli.main(["env", "push", "production", *arguments])
        said = capfd.readouterr()
        assert PASSWORD not in said.out + said.err
        assert TOKEN not in said.out + said.err
        return code, said.err

    return run


def env_of(server):
    """Return the lines and the mode of the env file that counts on a server."""
    return server.run("cat", "/opt/shop/env/current"), server.run(
        "stat", "-Lc", "%U %a", "/opt/shop/env/current"
    ).strip()


def test_every_server_gets_what_its_services_take_and_nothing_else(ready, bed, push):
    code, said = push()
    assert code == 0, said
    store, mode = env_of(bed.servers["db"])
    assert (store, mode) == (
        f'BIND_ADDRESS={bed.values["DB_HOST"]}\nCOMPOSE_PROFILES=data\nDB_PASSWORD="{PASSWORD}"\n',
        "shipper 600",
    )
    web, _ = env_of(bed.servers["backend"])
    assert [line.partition("=")[0] for line in web.splitlines()] == [
        "BIND_ADDRESS", "COMPOSE_PROFILES", "DB_HOST", "SERVICE_TOKEN", "WEB_PORT",
    ]  # fmt: skip
    assert PASSWORD not in web
    log = bed.servers["db"].run("cat", "/opt/shop/log.jsonl")
    assert ('"what": "env push"' in log, PASSWORD in log) == (True, False)
    assert push() == (0, "db: up to date\nbackend: up to date\n")


def test_drift_is_said_by_key_and_mended(ready, bed, push):
    assert push("--check") == (1, "db: has no env file yet\nbackend: has no env file yet\n")
    assert push()[0] == 0
    edits = ("-e", "s/WEB_PORT=8000/WEB_PORT=9000/", "-e", "/^DB_HOST/d", "-e", "$aDEBUG=1")
    bed.servers["backend"].run("sed", "-i", "--follow-symlinks", *edits, "/opt/shop/env/current")
    told = "db: up to date\nbackend: has another value of WEB_PORT; lacks DB_HOST; has besides DEBUG\n"
    assert push("--check") == (1, told)
    assert push()[0] == 0
    assert push("--check")[0] == 0


def test_values_of_a_job_are_those_of_an_environment_without_a_file(ready, bed, push, monkeypatch):
    for line in (ready / ".env.production").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        monkeypatch.setenv(key, value.strip('"'))
    assert push()[0] == 0
    monkeypatch.setenv("WEB_PORT", "9000")
    assert push("--check") == (0, "db: up to date\nbackend: up to date\n")  # a shell never counts before the file
    (ready / ".env.production").unlink()
    assert push("--check") == (1, "db: up to date\nbackend: has another value of WEB_PORT\n")
    assert push()[0] == 0
    assert "WEB_PORT=9000\n" in env_of(bed.servers["backend"])[0]


def test_values_that_break_the_contract_are_not_sent(ready, bed, push):
    file = ready / ".env.production"
    file.write_text(file.read_text(encoding="utf-8").replace("WEB_PORT=8000", "WEB_PORT=none"), encoding="utf-8")
    code, said = push()
    assert (code, "so nothing was sent" in said) == (2, True)
    assert bed.servers["db"].run("find", "/opt/shop/env", "-type", "f", check=False) == ""


def test_no_value_is_an_argument_while_it_is_sent(ready, bed, push, monkeypatch, tmp_path):
    seen = tmp_path / "arguments"
    wrapper = tmp_path / "bin/ssh"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >>{seen}\nexec {shutil.which("ssh")} "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}")
    assert push()[0] == 0
    said = Path(seen).read_text(encoding="utf-8")
    assert ("put " in said, PASSWORD in said, TOKEN in said) == (True, False, False)


def test_a_server_with_another_key_is_sent_nothing(ready, bed, push):
    pinned = ready / "deploy/known_hosts"
    pinned.write_text(re.sub(r"(production-db) .*", rf"\1 {KEY}", pinned.read_text(encoding="utf-8")), encoding="utf-8")
    code, said = push()
    assert (code, "the server's key is not the one pinned" in said) == (2, True)
    for name in ("db", "backend"):
        assert bed.servers[name].run("find", "/opt/shop/env", "-type", "f", check=False) == ""


def test_a_server_is_made_ready_once_and_then_left_alone(shop, bed, init):
    code, said = init(*prints_of(bed))
    assert code == 0, said
    for change in ("made the user shipper", "let shipper use the engine", "made /opt/shop", "wrote /opt/shop/host.sh"):
        assert said.count(change) == 2, said
    assert "db: ready; engine " in said
    server = bed.servers["backend"]
    assert server.run("stat", "-c", "%U %a", "/opt/shop").split() == ["shipper", "700"]
    keys = server.run("cat", "/home/shipper/.ssh/authorized_keys")
    assert re.fullmatch(r'restrict,command="/opt/shop/host.sh" ssh-ed25519 \S+ envfence-production\n', keys)
    code, said = init()
    assert (code, said.count("all is as it should be")) == (0, 2), said


def test_a_key_that_nobody_confirms_is_not_pinned(shop, init):
    code, said = init()
    assert code == 2
    assert PRINTS.search(said)[1] == "db"
    assert "say --fingerprint db=SHA256:" in said
    assert not (shop / "deploy").exists()


def test_another_key_than_the_one_that_is_expected_ends_it(shop, bed, init):
    code, said = init("--fingerprint", f"db={setup.fingerprint(KEY)}", "--host", "db")
    assert (code, "not the key that --fingerprint names; nothing was done" in said) == (2, True)
    assert bed.servers["db"].run("ls", "/opt/shop", check=False) == ""


def test_who_may_not_set_up_changes_nothing(shop, bed, init):
    code, said = init(*prints_of(bed), "--login", "deploy")
    assert code == 1, said
    assert "not set up as deploy" in said
    assert bed.servers["db"].run("ls", "/opt/shop", check=False) == ""


def test_a_new_key_takes_the_place_of_the_old_one(shop, bed, init):
    assert init(*prints_of(bed), "--host", "db")[0] == 0
    shutil.rmtree(shop / ".envfence/keys")
    code, said = init("--from", "10.0.0.0/8", "--host", "db")
    assert code == 0, said
    (line,) = bed.servers["db"].run("cat", "/home/shipper/.ssh/authorized_keys").splitlines()
    assert line.startswith('restrict,command="/opt/shop/host.sh",from="10.0.0.0/8" ssh-ed25519 ')


def test_a_key_that_was_made_elsewhere_is_let_in(shop, bed, init, tmp_path):
    (tmp_path / "team.pub").write_text(f"{KEY} team\n", encoding="utf-8")
    code, said = init(*prints_of(bed), "--host", "db", "--public-key", str(tmp_path / "team.pub"))
    assert (code, setup.fingerprint(KEY) in said) == (0, True), said
    assert KEY in bed.servers["db"].run("cat", "/home/shipper/.ssh/authorized_keys")
    assert not (shop / ".envfence/keys/production").exists()


@pytest.mark.parametrize(
    "text", ("", f"{KEY}\n{KEY}\n", "-----BEGIN OPENSSH " + "PRIVATE KEY-----\n", "ssh-ed25519 no!\n")
)
def test_what_is_no_public_key_is_not_let_in(shop, bed, init, tmp_path, text):
    (tmp_path / "team.pub").write_text(text, encoding="utf-8")
    code, said = init(*prints_of(bed), "--host", "db", "--public-key", str(tmp_path / "team.pub"))
    assert (code, "public key" in said) == (2, True)
    assert bed.servers["db"].run("ls", "/opt/shop", check=False) == ""
