"""Servers: what runs there is the image and nothing else, hardened, shared among replicas, and started role by role."""

import http.client
import json
import re
import threading

import pytest

from .system import docker, run, until

pytestmark = pytest.mark.docker

AIRFLOW = "airflow airflow-scheduler airflow-dag-processor".split()
LONG_RUNNING = [
    "postgres",
    "redis",
    "influxdb",
    "backend",
    "celery-worker",
    "celery-beat",
    "grafana",
    "proxy",
    *AIRFLOW,
]
OUR_OWN = "backend celery-worker celery-beat".split()
WRITABLE = {"influxdb", *AIRFLOW}  # their set-up writes into their own image


@pytest.fixture(scope="module")
def running(production):
    """Return {service: what docker says of its container}."""
    return {name: one for name, (one,) in production.containers().items()}


def test_every_service_is_healthy(running):
    health = {name: one["State"]["Health"]["Status"] for name, one in running.items() if one["State"]["Running"]}
    assert health == dict.fromkeys(LONG_RUNNING, "healthy")


def test_api_is_ready_on_its_own_address_and_on_the_frontends(production, call):
    for key in ("BACKEND_URL", "FRONTEND_URL"):
        status, health = call(production.url(key, "/health/ready"))
        assert (status, health["environment"]) == (200, "production")


def test_four_workers_serve_and_nothing_reloads(running, inside):
    script = "from pathlib import Path\nfor f in Path('/proc').glob('[0-9]*/cmdline'): print(f.read_bytes().decode())"
    processes = inside(running["backend"], "python", "-c", script).splitlines()
    assert sum("spawn_main" in one for one in processes) == 4
    assert [one for one in processes if "--reload" in one] == []


def test_no_source_is_mounted(running):
    mounts = {
        name: [one for one in container["Mounts"] if one["Type"] == "bind"] for name, container in running.items()
    }
    of_code = {name: {one["Destination"] for one in mounts.get(name, ())} for name in (*OUR_OWN, "migrate")}
    assert {name for name, places in of_code.items() if places - {"/etc/tls/authority"}} == set()
    assert [one for of in mounts.values() for one in of if one["RW"]] == []


@pytest.mark.parametrize("service", LONG_RUNNING)
def test_service_is_hardened(service, running):
    host, config = running[service]["HostConfig"], running[service]["Config"]
    assert host["RestartPolicy"]["Name"] == "unless-stopped"
    assert host["LogConfig"] == {"Type": "local", "Config": {"max-size": "10m", "max-file": "5"}}
    assert host["Memory"] > 0
    assert host["PidsLimit"] > 0
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Init"] is True
    assert host["ReadonlyRootfs"] is (service not in WRITABLE)
    if service in OUR_OWN:
        assert (config["User"].partition(":")[0], host["CapDrop"]) == ("10001", ["ALL"])


def test_everything_is_published_on_one_address_and_the_backend_is_not(running, production):
    addresses = {
        (name, binding["HostIp"])
        for name, one in running.items()
        for published in (one["NetworkSettings"]["Ports"] or {}).values()
        for binding in published or ()
    }
    address = production.values["BIND_ADDRESS"]
    assert addresses == {(name, address) for name in "postgres redis influxdb grafana airflow proxy".split()}


@pytest.fixture(scope="module")
def airflow(production, call):
    """Return a function that asks Airflow's API as its admin."""
    login = {"username": "admin", "password": production.values["AIRFLOW_ADMIN_PASSWORD"]}
    assert call(production.url("AIRFLOW_URL", "/auth/token"), login | {"password": "guessed"})[0] == 401
    status, answer = call(production.url("AIRFLOW_URL", "/auth/token"), login)
    assert status == 201

    def ask(path, body=None, method=None):
        url = production.url("AIRFLOW_URL", f"/api/v2/{path}")
        return call(url, body, token=answer["access_token"], method=method)[1]

    return ask


def test_airflow_reads_every_dag(airflow, production):
    files = sorted((production.root / "stack/airflow/dags").glob("*.py"))
    until(lambda: airflow("dags")["total_entries"] >= len(files) > 0, 60, 1)
    assert airflow("importErrors")["total_entries"] == 0


def test_the_daily_run_has_the_backend_compute_what_is_stale(airflow):
    airflow("dags/daily_indicators", {"is_paused": False}, "PATCH")
    run_id = airflow("dags/daily_indicators/dagRuns", {"logical_date": None})["dag_run_id"]
    until(lambda: state(airflow, run_id) not in {"queued", "running"}, 240, 1)
    assert state(airflow, run_id) == "success"


def state(airflow, run_id):
    return airflow(f"dags/daily_indicators/dagRuns/{run_id}")["state"]


def test_the_guides_rollout_of_some_services_leaves_the_others_alone(production):
    before = {name: one["Id"] for name, (one,) in production.containers().items()}
    production.compose("up", "-d", "backend", "celery-worker", "celery-beat")
    assert {name: one["Id"] for name, (one,) in production.containers().items()} == before


def test_replicas_share_requests_and_one_that_dies_loses_none(production, call):
    production.compose("up", "-d", "--wait", "--no-recreate", "--scale", "backend=2", "backend")
    first, second = production.containers()["backend"]
    answers, cut, stop = [], [], threading.Event()

    def ask():
        while not stop.is_set():
            try:
                answers.append(call(production.url("FRONTEND_URL", "/health/live"))[0])
            except http.client.IncompleteRead as error:  # its head had been sent: no proxy can ask again
                cut.append(error)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for one in askers:
        one.start()
    try:
        for one in (first, second):
            until(lambda one=one: "GET /health/live" in docker("logs", "--tail", "50", one["Id"]), 15)
        docker("kill", second["Id"])
        asked = len(answers)
        until(lambda: len(answers) > asked + 200, 30)
    finally:
        stop.set()
        for one in askers:
            one.join()
    assert set(answers) == {200}
    assert len(cut) <= len(askers)  # what was under way when it died
    production.compose("up", "-d", "--wait", "--no-recreate", "--scale", "backend=1", "backend")


@pytest.mark.parametrize(
    ("role", "services"),
    (
        pytest.param("data", {"postgres", "redis", "influxdb"}, id="data"),
        pytest.param("app", {"backend", "celery-worker", "celery-beat", "proxy"}, id="app"),
        pytest.param(
            "scheduler",
            {"grafana", "airflow", "airflow-migrate", "airflow-scheduler", "airflow-dag-processor"},
            id="scheduler",
        ),
        pytest.param("migrate", {"migrate", "db-roles"}, id="migrate"),
    ),
)
def test_a_role_starts_its_own_services_only(role, services, production, tmp_path):
    file = production.root / ".env.production"
    alone = production.root / f".env.{role}"
    text = re.sub(
        "^COMPOSE_PROFILES=.*$", f"COMPOSE_PROFILES={role}", file.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    alone.write_text(text, encoding="utf-8")
    files = ["-f", "stack/docker-compose.yml", "-f", "stack/docker-compose.prod.yml"]
    command = ["docker", "compose", "--env-file", alone.name, *files]
    assert set(run([*command, "config", "--services"], production.root)[1].split()) == services
    _, _, said = run([*command, "--dry-run", "create"], production.root, f"{production.project}-{role}")
    assert {name for name in services if f"-{name}-1" in said} == services
    others = {"postgres", "backend", "grafana"} - services
    assert [name for name in others if f"-{name}-1" in said] == []


def test_staging_is_production_with_values_of_its_own(staging, production):
    def model(system):
        whole = json.loads(system.compose("--profile", "*", "config", "--no-interpolate", "--format", "json")[1])
        return {name: whole[name] for name in ("services", "secrets", "configs") if name in whole}

    assert model(staging) == model(production)
    filled = json.loads(staging.compose("config", "--format", "json")[1])
    assert filled["services"]["backend"]["environment"]["ENVIRONMENT"] == "staging"
    assert filled["services"]["backend"]["command"] == model(production)["services"]["backend"]["command"]


@pytest.mark.parametrize("key", ("DB_PASSWORD", "POSTGRES_IMAGE", "BACKEND_IMAGE", "BIND_ADDRESS"))
def test_nothing_starts_without_a_needed_key(key, staging):
    file = staging.root / ".env.staging"
    file.write_text(re.sub(f"^{key}=.*$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8")
    code, _, said = staging.compose("up", "-d", check=False)
    assert code != 0
    assert f"{key} is missing a value" in said
