"""Stores that a server starts for itself, while the environment's values name another machine's."""

import pytest

from envfence.stack.commands import Call, calls
from envfence.stack.machines import findings
from envfence.stack.render import rendered
from envfence.stack.tree import read

WAITS = "app: {image: 'app:1.0', depends_on: {db: {condition: service_healthy}}}"
AWAY = {"DB_HOST": "10.1.0.3"}


def found(text, values, environment="production"):
    stack = rendered(environment, [read("compose.yml", f"services: {{{text}}}")], {}, lambda _: True)
    call = Call("deploy.sh", 1, (), ("app",))
    return [(one.rule, one.line, one.anchor) for one in findings(stack, values, [call])]


@pytest.mark.parametrize(
    ("image", "values"),
    (
        pytest.param("postgres:17.6", AWAY, id="PostgreSQL"),
        pytest.param("timescale/timescaledb:2.22.1-pg15", {"POSTGRES_HOST": "db.example.com:5432"}, id="TimescaleDB"),
        pytest.param("mariadb:11.8.2", {"DATABASE_URL": "mysql://app@10.1.0.3/app"}, id="a URL"),
        pytest.param("redis:8.2.1", {"CELERY_BROKER_URL": "redis://10.1.0.3:6379/0"}, id="Redis as a broker"),
        pytest.param("influxdb:2.7.12", {"INFLUXDB_URL": "https://metrics.example.com"}, id="InfluxDB"),
        pytest.param("mongo:8.0.1", {"MONGO_HOST": "10.1.0.3"}, id="MongoDB"),
        pytest.param("rabbitmq:4.1.2", {"RABBITMQ_HOST": "10.1.0.3"}, id="RabbitMQ"),
        pytest.param("${POSTGRES_IMAGE:?}", AWAY, id="an image that is not known, by its service's name"),
    ),
)
def test_a_second_store_is_found(image, values):
    name = "postgres" if "$" in image else "db"
    text = f"{WAITS.replace('db:', f'{name}:')}, {name}: {{image: '{image}', build: {{context: db}}}}"
    assert found(text, values) == [("stack-second-store", 1, name)]


STORE = "db: {image: 'postgres:17.6'}"


@pytest.mark.parametrize(
    ("text", "values"),
    (
        pytest.param(f"{WAITS}, {STORE}", {"DB_HOST": "db"}, id="its own"),
        pytest.param(f"{WAITS}, {STORE}", {"DB_HOST": "127.0.0.1"}, id="this machine's"),
        pytest.param(f"{WAITS}, {STORE}", {"REDIS_HOST": "10.1.0.3"}, id="a store of another kind"),
        pytest.param(f"{WAITS}, {STORE}", {"DB_NAME": "app"}, id="nothing says where"),
        pytest.param(f"{WAITS}, {STORE}", {"DB_HOST": "\u27e8DB_HOST\u27e9"}, id="not known here"),
        pytest.param(f"app: {{image: 'app:1.0'}}, {STORE}", AWAY, id="nobody starts it"),
        pytest.param(f"{WAITS}, db: {{image: 'postgres:17.6', profiles: [data]}}", AWAY, id="only on request"),
        pytest.param(f"{WAITS.replace('healthy', 'healthy, required: false')}, {STORE}", AWAY, id="may be elsewhere"),
        pytest.param(f"{WAITS}, db: {{image: 'web:1.0'}}", AWAY, id="no store"),
    ),
)
def test_what_is_right(text, values):
    assert found(text, values) == []


def test_on_a_developers_machine_it_is_wanted():
    assert found(f"{WAITS}, {STORE}", AWAY, "development") == []


def test_where_all_is_started_together_the_address_may_be_its_own():
    stack = rendered("production", [read("compose.yml", f"services: {{{WAITS}, {STORE}}}")], {}, lambda _: True)
    assert list(findings(stack, AWAY, [])) == []
    assert list(findings(stack, AWAY, [Call("deploy.sh", 1, (), ("app", "db"))])) == []


CHAIN = "web: {image: 'web:1.0', depends_on: {app: {condition: service_healthy}}}"


@pytest.mark.parametrize(
    ("service", "text", "expected"),
    (
        pytest.param("web", f"{CHAIN}, {WAITS}, {STORE}", 1, id="over another service"),
        pytest.param("web", f"{CHAIN.replace('healthy', 'healthy, required: false')}, {WAITS}, {STORE}", 0, id="cut"),
        pytest.param("web", f"{CHAIN}, app: {{image: 'app:1.0', depends_on: {{web: {{}}}}}}, {STORE}", 0, id="circle"),
        pytest.param("gone", f"{CHAIN}, {WAITS}, {STORE}", 0, id="of no service"),
    ),
)
def test_what_a_service_waits_for_is_started_too(service, text, expected):
    stack = rendered("production", [read("compose.yml", f"services: {{{text}}}")], {}, lambda _: True)
    told = list(findings(stack, AWAY, [Call("deploy.sh", 1, (), (service,))]))
    assert [one.message.rpartition("(")[2] for one in told] == [
        f"{service} starts it, and DB_HOST names another machine)"
    ] * expected


def of_whole(text, values=AWAY, command="docker compose -f compose.yml up -d --wait"):
    stack = rendered("production", [read("compose.yml", f"services: {{{text}}}")], {}, lambda _: True)
    return [one.anchor for one in findings(stack, values, list(calls("deploy.sh", f"{command}\n")))]


APP = "app: {image: 'app:1.0'}"
LOCAL = "db: {image: 'postgres:17.6', ports: ['127.0.0.1:5432:5432']}"


@pytest.mark.parametrize("text", (f"{APP}, {STORE}", f"{WAITS}, {STORE}", f"{APP}, {LOCAL}"))
def test_a_whole_stack_starts_a_store_that_nobody_can_reach(text):
    assert of_whole(text) == ["db"]


@pytest.mark.parametrize(
    ("text", "more"),
    (
        pytest.param(f"{APP}, {LOCAL.replace('127.0.0.1:', '')}", {}, id="published: the address may be its own"),
        pytest.param(f"{APP}, db: {{image: 'postgres:17.6', network_mode: host}}", {}, id="on the host's network"),
        pytest.param(f"{APP}, flow: {{image: 'x:1', environment: {{DSN: '//u@db:5432/x'}}}}, {STORE}", {}, id="used"),
        pytest.param(f"{APP}, {STORE}", {"values": AWAY | {"META_HOST": "db"}}, id="named as a host"),
        pytest.param(f"{APP}, {STORE}", {"values": AWAY | {"META": "x://u@db:1/x"}}, id="named in a URL"),
        pytest.param(f"{APP}, {STORE}", {"values": {"DB_HOST": "db"}}, id="the one"),
        pytest.param(f"{APP}, {STORE}", {"command": "docker compose -f compose.yml up -d app"}, id="one service"),
        pytest.param(f"{APP}, {STORE}", {"command": "docker compose -f compose.yml up $SERVICES"}, id="not known"),
        pytest.param(f"{APP}, {STORE}", {"command": "docker compose -f compose.yml up --no-deps"}, id="without"),
        pytest.param(f"{APP}, {STORE}", {"command": "docker compose -f a.yml -f compose.yml up"}, id="another stack"),
        pytest.param(f"{APP}, {STORE}", {"command": "docker compose -f compose.yml pull"}, id="nothing is started"),
    ),
)
def test_a_whole_stack_with_a_store_that_may_be_meant(text, more):
    assert of_whole(text, **more) == []


def test_a_call_of_another_stack_starts_nothing_here():
    stack = rendered("production", [read("compose.yml", f"services: {{{WAITS}, {STORE}}}")], {}, lambda _: True)
    for files, expected in ((("compose.yml", "compose.dev.yml"), 0), (("a/compose.yml",), 1), (("c.$ENV.yml",), 1)):
        call = Call("deploy.sh", 1, files, ("app",))
        assert len(list(findings(stack, AWAY, [call]))) == expected
    assert list(findings(stack, AWAY, [Call("x.sh", 1, (), ("app",), starts=False)])) == []
