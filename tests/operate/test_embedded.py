"""A stack without an engine: what stands in for which service, and all of it at work."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from envfence.operate.embedded import packages, processes, servers
from envfence.operate.embedded.plan import Program, Server, plan_of
from envfence.operate.target import target_of

from ..docker.system import until

VALUES = {
    "ENVIRONMENT": "development",
    "DB_HOST": "127.0.0.1",
    "DB_PUBLISH_PORT": "5999",
    "DB_NAME": "shop",
    "DB_USER": "ada",
    "DB_PASSWORD": "fenced",
    "REDIS_PUBLISH_PORT": "6999",
    "BACKEND_PORT": "8999",
}


@pytest.fixture
def plan(shop, write, monkeypatch):
    """Return the plan of the shop's stack, after some files have changed."""
    monkeypatch.chdir(shop)
    write({".env.development": "".join(f"{key}={value}\n" for key, value in VALUES.items())})

    def run(files=()):
        write(dict(files))
        return plan_of(target_of(".", "development", {}), "/scratch")

    return run


def test_services_become_servers_and_processes(plan):
    assert plan() == (
        (
            Server("postgres", "postgres", "5999", "fenced", "ada", "shop"),
            Server("redis", "redis", "6999", ""),
        ),
        (
            Program("migrate", "backend", ("alembic", "upgrade", "head"), VALUES, "", ends=True),
            Program(
                "backend", "backend", ("uvicorn", "app:app", "--host", "127.0.0.1", "--port", "8999"), VALUES, "8999",
                ends=False,
            ),
        ),
        (),
    )  # fmt: skip


def test_addresses_of_services_become_those_outside_and_what_nothing_stands_in_for_is_named(plan):
    more = """\
services:
  worker:
    image: shop/backend:local
    command: celery worker --pidfile /tmp/pid
    environment: {BROKER: "redis://redis:6379/0", DSN: "postgresql://ada@postgres:5432/shop"}
  mail: {image: "mailpit:1.2"}
"""
    found = plan({"docker-compose.yml": (Path("docker-compose.yml")).read_text(encoding="utf-8") + more[10:]})
    worker = next(one for one in found.programs if one.service == "worker")
    assert worker.command == ("celery", "worker", "--pidfile", os.path.join("/scratch", "pid"))  # noqa: PTH118
    assert {key: worker.environ[key] for key in ("BROKER", "DSN")} == {
        "BROKER": "redis://127.0.0.1:6999/0",
        "DSN": "postgresql://ada@127.0.0.1:5999/shop",
    }
    assert found.left_out == ("mail",)


def test_a_package_that_only_this_process_has_is_installed_for_the_program(tmp_path, write, monkeypatch):
    about = "Metadata-Version: 2.1\nName: probe\nVersion: 1\n"
    made = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    here = {"probe.py": "", "probe-1.dist-info/METADATA": about, "probe-1.dist-info/WHEEL": made}
    write({f"here/{name}": text for name, text in here.items()})
    with zipfile.ZipFile(tmp_path / "probe-1-py3-none-any.whl", "w") as wheel:
        for name, text in {**here, "probe-1.dist-info/RECORD": ""}.items():
            wheel.writestr(name, text)
    (tmp_path / "requirements.txt").write_text(f"--no-index\n--find-links {tmp_path.as_posix()}\nprobe==1\n")
    monkeypatch.setenv("PYTHONPATH", os.fspath(tmp_path / "here"))
    python = packages.program(os.fspath(tmp_path), os.fspath(tmp_path), lambda _told: None)
    assert subprocess.run([python, "-I", "-c", "import probe"], check=False).returncode == 0


def test_a_process_is_known_by_when_it_was_started(tmp_path):
    command = (sys.executable, "-c", "import time; time.sleep(60)")
    one = processes.start("web", command, str(tmp_path), os.environ, str(tmp_path / "log"))
    processes.record(str(tmp_path), [one])
    assert processes.recorded(str(tmp_path)) == [one]
    assert one.is_alive
    other = one._replace(started="long ago")
    processes.end([other], {})
    assert one.is_alive
    processes.end([one], {"web": getattr(signal, "SIGUSR1", signal.SIGTERM)})
    assert not one.is_alive
    assert (tmp_path / ".envfence/.gitignore").read_text(encoding="utf-8") == "*\n"
    assert processes.recorded(str(tmp_path / "elsewhere")) == []


def test_a_process_that_will_not_end_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "_PATIENCE", 0.3)
    log = tmp_path / "log"
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    one = processes.start("web", (sys.executable, "-c", deaf), str(tmp_path), os.environ, str(log))
    until(lambda: log.stat().st_size, pause=0.02)
    processes.end([one], {})
    assert not one.is_alive


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_root_keeps_the_servers_where_nobody_can_reach_them(tmp_path, monkeypatch):
    monkeypatch.setattr(servers, "_AWAY", str(tmp_path / "away"))
    (tmp_path / "closed").mkdir(mode=0o700)
    assert servers.home_of(str(tmp_path / "closed")).startswith(str(tmp_path / "away"))


def ready(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as response:
        return json.loads(response.read())


@pytest.mark.skipif(sys.platform != "linux", reason="one platform shows that it works; wheels differ elsewhere")
def test_a_machine_without_docker_has_the_api_up(running):
    code, out, error = running("stack", "up")
    assert code == 0, error
    port = running.ports["BACKEND_PORT"]
    assert out.splitlines()[-1].split() == ["backend", f"http://127.0.0.1:{port}"]
    assert "left out without docker: influxdb, db-roles, grafana, proxy" in error
    told = ready(port)
    assert (told["status"], told["checks"]["database"], told["checks"]["redis"]) == ("ready", "ok", "ok")
    before = processes.recorded(str(running.folder))

    code, _, error = running("stack", "up")
    assert code == 0
    services = [line.split()[:2] for line in error.splitlines() if line.startswith("  ")]
    assert services == [["postgres", "ready"], ["redis", "ready"], ["migrate", "done"], ["backend", "ready"],
                        ["celery-worker", "running"], ["celery-beat", "running"]]  # fmt: skip
    assert processes.recorded(str(running.folder)) == before
    code, out, _ = running("stack", "status")
    assert (code, [line.split()[:2] for line in out.splitlines()]) == (
        0,
        [["postgres", "running"], ["redis", "running"], ["migrate", "done"], ["backend", "running"],
         ["celery-worker", "running"], ["celery-beat", "running"]],
    )  # fmt: skip
    code, out, _ = running("stack", "logs", "--service", "backend", "--tail", "1")
    assert (code, out.startswith("backend")) == (0, True)

    assert running("stack", "down")[0] == 0
    assert not any(one.is_alive for one in before)
    with socket.create_server(("127.0.0.1", int(port))):
        code, _, error = running("stack", "up", "--no-docker")
    assert (code, f"port {port} is in use by process {os.getpid()}" in error) == (2, True), error
    assert "change BACKEND_PORT in the env file" in error
    assert running("stack", "down", "--volumes")[0] == 2  # nothing runs, and there is no engine
