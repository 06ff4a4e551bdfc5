"""A developer's machine: everything comes up by one command, works together, and comes back when it falls."""

import json
import os
import re
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from .system import LOOPBACK, PUBLISHED, run, until

pytestmark = pytest.mark.docker

LONG_RUNNING = "postgres redis influxdb backend celery-worker celery-beat grafana proxy".split()
ONE_SHOT = "migrate db-roles".split()


def is_ready(call, system):
    """Tell whether the API says so through the proxy."""
    return call(system.url("FRONTEND_URL", "/health/ready"))[0] == 200


@pytest.fixture(scope="module")
def traded(development, call):
    """Return a stock whose prices of 80 days are loaded; a task computes what follows from them."""
    symbol, token = f"FENCE{os.getpid()}", development.values["SERVICE_TOKEN"]
    stock = {"symbol": symbol, "name": "Fence and Sons", "market": "TEST"}
    assert call(development.url("BACKEND_URL", "/api/v1/stocks"), stock, token)[0] == 201
    today, price = datetime.now(UTC).date(), {"open": 10, "high": 99, "low": 9, "close": 11, "volume": 5}
    prices = [{"symbol": symbol, "day": f"{today - timedelta(days=n)}", **price} for n in range(80)]
    assert call(development.url("FRONTEND_URL", "/api/v1/prices"), {"prices": prices}, token) == (202, {"changed": 80})
    return symbol


def test_every_service_is_healthy_and_every_one_shot_has_ended_well(development):
    states = {name: one["State"] for name, (one,) in development.containers().items()}
    assert {name: state["Health"]["Status"] for name, state in states.items() if state["Running"]} == dict.fromkeys(
        LONG_RUNNING, "healthy"
    )
    assert {name: state["ExitCode"] for name, state in states.items() if not state["Running"]} == dict.fromkeys(
        ONE_SHOT, 0
    )


def test_each_port_of_the_env_file_is_published_on_loopback_only(development):
    bindings = {
        f"{name} {inside.partition('/')[0]}": (binding["HostIp"], binding["HostPort"])
        for name, (one,) in development.containers().items()
        for inside, published in (one["NetworkSettings"]["Ports"] or {}).items()
        for binding in published or ()
    }
    assert bindings == {
        inside: (LOOPBACK, development.values[key]) for inside, key in PUBLISHED.items() if key != "AIRFLOW_PORT"
    }


def test_the_guides_command_works_from_its_own_folder(development):
    before = {one["Id"] for (one,) in development.containers().values()}
    files = ["-f", "docker-compose.yml", "-f", "docker-compose.dev.yml"]
    command = ["docker", "compose", "--env-file", "../.env.development", *files, "up", "-d"]
    code, _, said = run(command, development.root / "stack", development.project)
    assert code == 0, said
    assert {one["Id"] for (one,) in development.containers().values()} == before


def test_a_second_start_changes_nothing(development):
    before = {one["Id"] for (one,) in development.containers().values()}
    development.compose("up", "-d", "--wait")
    assert {one["Id"] for (one,) in development.containers().values()} == before


@pytest.mark.parametrize("key", ("BACKEND_URL", "FRONTEND_URL"))
def test_api_is_ready_directly_and_through_the_proxy(key, development, call):
    status, health = call(development.url(key, "/health/ready"))
    assert (status, health["status"], health["environment"]) == (200, "ready", "development")


def test_frontend_is_a_status_page_that_knows_where_everything_is(development, call):
    links = call(development.url("FRONTEND_URL", "/links.json"))[1]
    keys = ("FRONTEND_URL", "BACKEND_URL", "GRAFANA_URL", "AIRFLOW_URL")
    assert list(links.values()) == [development.values[key] for key in keys]


def test_a_task_computes_indicators_into_the_database(traded, development):
    count = (
        "SELECT count(*) FROM technical_indicators JOIN stocks ON id = stock_id "
        f"WHERE symbol = '{traded}' AND bollinger_upper IS NOT NULL"
    )
    until(lambda: development.sql(count)[1] == ["61"], 20)


def test_prices_are_a_hypertable(development):
    query = "SELECT hypertable_name FROM timescaledb_information.hypertables ORDER BY 1"
    assert development.sql(query)[1] == ["daily_prices", "technical_indicators"]


def queries(root):
    """Return {panel and letter: SQL} of every dashboard, as Grafana sends it."""
    found = {}
    for file in sorted((root / "stack/grafana/dashboards").glob("*.json")):
        board = json.loads(file.read_text(encoding="utf-8"))
        found |= {f"variable {one['name']}": one["query"] for one in board["templating"]["list"]}
        for panel in board["panels"]:
            found |= {f"{panel['title']} {one['refId']}": one["rawSql"] for one in panel["targets"]}
    return found


def sent(sql, symbol):
    """Return a query with Grafana's variables and macros put in."""
    sql = re.sub(r"\$__timeFilter\(([^)]+)\)", r"\1 BETWEEN now() - interval '1 year' AND now()", sql)
    return sql.replace("${symbol}", symbol)


def test_every_query_of_the_dashboards_finds_data(traded, development):
    found = queries(development.root)
    assert len(found) == 7
    until(lambda: len(development.sql(sent(found["RSI 14 A"], traded), "grafana")[1]) > 50, 20)
    rows = {name: len(development.sql(sent(sql, traded), "grafana")[1]) for name, sql in found.items()}
    assert [name for name, count in rows.items() if not count] == []


@pytest.mark.parametrize("statement", ("SELECT * FROM users", "SELECT * FROM alerts", "DELETE FROM stocks"))
def test_dashboards_see_no_people_and_write_nothing(statement, development):
    code, _, said = development.sql(statement, "grafana", check=False)
    assert code != 0
    assert "permission denied" in said or "read-only" in said


def test_provisioned_sources_take_their_values_from_the_environment(development):
    text = (development.root / "stack/grafana/provisioning/datasources/datasources.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$__env\{(\w+)\}", text))
    given = dict(line.partition("=")[::2] for line in development.container("grafana")["Config"]["Env"])
    assert "GRAFANA_DB_PASSWORD" in asked
    assert [key for key in asked if not given.get(key)] == []
    assert (given["DB_HOST"], given["DB_PORT"]) == ("postgres", "5432")


def test_redis_asks_for_its_password(development, inside):
    assert "NOAUTH" in inside(development.container("redis"), "redis-cli", "ping")


def test_no_secret_is_an_argument(development):
    secrets = [
        value for key, value in development.values.items() if key.endswith(("PASSWORD", "TOKEN", "KEY")) and value
    ]
    assert len(secrets) >= 10
    for (one,) in development.containers().values():
        said = json.dumps([one["Path"], one["Args"], one["Config"].get("Healthcheck")])
        running = arguments(one["State"]["Pid"]) if one["State"]["Running"] else ""
        assert [secret for secret in secrets if secret in said + running] == []


def arguments(pid):
    """Return the command lines of a process and of those below it."""
    process = Path("/proc", str(pid))
    try:
        own = (process / "cmdline").read_text(encoding="utf-8")
        children = (process / "task" / str(pid) / "children").read_text(encoding="utf-8").split()
    except FileNotFoundError:  # it has ended
        return ""
    return own + "".join(map(arguments, children))


def test_an_edit_is_served(development, call):
    file = development.root / "stack/backend/app/api/health.py"
    text = file.read_text(encoding="utf-8")
    assert '"alive"' in text
    for word in ("edited", "alive"):
        file.write_text(text.replace('"alive"', f'"{word}"'), encoding="utf-8")
        until(lambda word=word: call(development.url("BACKEND_URL", "/health/live")) == (200, {"status": word}))


def test_a_restarted_database_keeps_what_it_had(traded, development, call):
    development.compose("restart", "postgres")
    until(lambda: is_ready(call, development), 30)
    assert call(development.url("BACKEND_URL", f"/api/v1/stocks/{traded}/prices"))[1]["total"] == 80


@pytest.mark.parametrize("service", ("backend", "redis", "celery-worker"))
def test_a_killed_service_comes_back(service, development, call):
    before = development.container(service)
    os.kill(before["State"]["Pid"], signal.SIGKILL)  # `docker kill` would count as stopped on purpose

    def restarted():
        now = development.container(service)
        return (
            now["RestartCount"] > before["RestartCount"] and now["State"].get("Health", {}).get("Status") == "healthy"
        )

    until(restarted, 60, 0.5)
    until(lambda: is_ready(call, development), 30)
