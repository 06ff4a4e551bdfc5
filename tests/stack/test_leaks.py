"""What development needs, and production gets: debugging, ports, mounts, ways to start."""

import pytest

RULE = "leaked-override"
PROD = "services: {app: {user: x}}\n"

DEBUGGING = (
    pytest.param('environment: {DEBUG: "true"}', id="mapping"),
    pytest.param("environment: [DEBUG=1]", id="list"),
    pytest.param("environment:\n  - DEBUG=${UNSET:-true}", id="a default"),
    pytest.param("environment: {<<: {DJANGO_DEBUG: yes}}", id="merged by YAML"),
    pytest.param("environment: {LOG_LEVEL: debug}", id="of logs"),
    pytest.param("environment: {NODE_ENV: development}", id="a framework's mode"),
    pytest.param("environment: [SQL_ECHO=on]", id="of statements"),
)
NO_DEBUGGING = (
    pytest.param('environment: {DEBUG: "false"}', id="off"),
    pytest.param("environment: [DEBUG=0]", id="off in a list"),
    pytest.param("environment: {DEBUG: '${DEBUG:?}'}", id="what the environment says"),
    pytest.param("environment: [DEBUG]", id="passed through"),
    pytest.param("environment: {LOG_LEVEL: '${LEVEL:-info}'}", id="what the env file says"),
    pytest.param("environment: {NODE_ENV: production}", id="production's mode"),
    pytest.param("environment: {DEBUG_TOOLBAR_URL: /x}", id="another key"),
    pytest.param("x-debug: {DEBUG: true}", id="a fragment that nobody merges"),
)


@pytest.mark.parametrize("text", DEBUGGING)
def test_debugging_of_the_base_survives(text, lines_of, app):
    assert len(lines_of(RULE, app(text), PROD)) == 1
    assert lines_of(RULE, app(text), PROD, environment="development") == []


@pytest.mark.parametrize("text", NO_DEBUGGING)
def test_no_debugging(text, lines_of, app):
    assert lines_of(RULE, app(text), PROD, values={"LEVEL": "debug"}) == []


def test_debugging_that_the_override_settles(lines_of, app):
    base = app('environment: {DEBUG: "true"}')
    assert lines_of(RULE, base, "services: {app: {environment: [DEBUG=false]}}\n") == []
    own = 'services: {app: {environment: {DEBUG: "true"}}}\n'
    assert (lines_of(RULE, app(""), own), lines_of("debug-in-production", app(""), own)) == ([], [("b", 1)])


PORTS = (
    pytest.param("ports: ['127.0.0.1:5432:5432']", id="loopback"),
    pytest.param("ports:\n  - 'localhost:6380:6379'", id="by name"),
    pytest.param("ports: ['[::1]:5432:5432']", id="version 6"),
    pytest.param("ports: [{target: 5432, published: 5435, host_ip: 127.0.0.1}]", id="long"),
    pytest.param("ports: ['0.0.0.0:27017:27017/tcp']", id="everywhere, said"),
    pytest.param("ports: ['9200:9200']", id="everywhere"),
    pytest.param("ports: ['127.0.0.1:5678:5678']", id="a debugger's"),
)
NO_PORTS = (
    pytest.param("ports: ['10.0.0.5:5432:5432']", id="an address of the network"),
    pytest.param("ports: ['127.0.0.1:${DB_PUBLISH_PORT:?}:5432']", id="as the environment says"),
    pytest.param("ports: ['${BIND:?}:5432:5432']", id="where the environment says"),
    pytest.param("ports: ['127.0.0.1:8000:8000']", id="the program, for a proxy of the host"),
    pytest.param("expose: ['5432']", id="to other services only"),
    pytest.param("ports: ['127.0.0.1:5432:5432']\nprofiles: [dev]", id="started on developers' machines only"),
)


@pytest.mark.parametrize("text", PORTS)
def test_ports_of_the_base_survive(text, lines_of, app):
    assert len(lines_of(RULE, app(text), PROD)) == 1
    beside = "services: {app: {ports: ['10.0.0.5:5432:5432']}}\n"
    assert len(lines_of(RULE, app(text), beside)) == 1
    assert lines_of(RULE, app(text), "services: {app: {ports: !override ['10.0.0.5:5432:5432']}}\n") == []
    assert lines_of(RULE, app(text), "services: {app: {ports: !reset []}}\n") == []


@pytest.mark.parametrize("text", NO_PORTS)
def test_ports_that_belong(text, lines_of, app):
    assert lines_of(RULE, app(text), PROD) == []


def test_ports_that_come_with_what_a_service_extends(lines_of, app):
    base = app("ports: ['127.0.0.1:5432:5432']", name="base", end="  db: {extends: base}\n")
    assert lines_of(RULE, base, PROD.replace("app", "db")) == [("a", 4), ("a", 4)]


def test_a_program_may_serve_on_the_port_of_a_debugger(lines_of, app):
    assert lines_of(RULE, app("ports: ['127.0.0.1:5678:5678']", "n8nio/n8n:1.75.2"), PROD) == []


def test_a_tool_of_developers_is_published(lines_of, app):
    assert len(lines_of(RULE, app("ports: ['127.0.0.1:8080:8080']", "adminer:4.8.1"), PROD)) == 1


MOUNTS = (
    pytest.param("build: .\nvolumes: [.:/app]", id="short"),
    pytest.param("build: .\nvolumes: ['./api:/app:cached']", id="with an option"),
    pytest.param("build: .\nvolumes:\n  - {type: bind, source: ./api, target: /opt/api}", id="long"),
    pytest.param("build: .\nvolumes: ['${PWD}/api:/app']", id="from the working directory"),
    pytest.param("build: .\nvolumes: [.:/app:ro]", id="read only, over the code"),
    pytest.param("build: {context: ./web}\nvolumes: [./web:/opt/web]", id="what is built"),
    pytest.param("volumes: ['/Users/kim/data:/data']", id="a desktop's folder"),
    pytest.param("volumes: ['C:\\Users\\kim:/data']", id="a desktop's folder of Windows"),
)
NO_MOUNTS = (
    pytest.param("build: .\nvolumes: [./data:/data]", id="data"),
    pytest.param("volumes: [./site:/srv]", id="what somebody else's image serves"),
    pytest.param("build: .\nvolumes: [./api/dags:/opt/airflow/dags:ro]", id="read only, elsewhere"),
    pytest.param("volumes: [data:/app]", id="a named volume"),
    pytest.param("build: .\nvolumes: [/app/node_modules]", id="an anonymous volume"),
    pytest.param("build: .\ndevelop: {watch: [{path: ., target: /app, action: sync}]}", id="only watched"),
)


@pytest.mark.parametrize("text", MOUNTS)
def test_mounts_of_the_base_survive(text, lines_of, app):
    assert len(lines_of(RULE, app(text), PROD)) == 1
    assert len(lines_of(RULE, app(text), "services: {app: {volumes: []}}\n")) == 1
    assert lines_of(RULE, app(text), "services: {app: {volumes: !reset []}}\n") == []


@pytest.mark.parametrize("text", NO_MOUNTS)
def test_mounts_that_belong(text, lines_of, app):
    assert lines_of(RULE, app(text), PROD) == []


STARTS = (
    pytest.param("command: uvicorn main:app --reload", id="reload"),
    pytest.param('command: ["sh", "-c", "uvicorn main:app --reload"]', id="in a shell"),
    pytest.param("command: npm run dev", id="a script"),
    pytest.param("entrypoint: [python, manage.py, runserver, '0.0.0.0:8000']", id="a server for developers"),
    pytest.param("command: node --inspect=0.0.0.0 main.js", id="inspected"),
    pytest.param("build: {context: ., target: development}", id="a build stage"),
    pytest.param("command: start-dev", id="Keycloak's"),
)
NO_STARTS = (
    pytest.param("command: uvicorn main:app --workers 4", id="workers"),
    pytest.param("command: npm run start", id="a script"),
    pytest.param("command: gunicorn --reload-extra-file x main:app", id="an option that begins alike"),
    pytest.param("build: {context: ., target: runtime}", id="a build stage"),
    pytest.param("command: start --optimized", id="Keycloak's"),
    pytest.param("command: uvicorn --reload\nprofiles: [dev]", id="on developers' machines only"),
)


@pytest.mark.parametrize("text", STARTS)
def test_starts_of_development(text, lines_of, app):
    assert len(lines_of(RULE, app(text), PROD)) == 1
    assert lines_of(RULE, app(text), PROD, environment="development") == []


@pytest.mark.parametrize("text", NO_STARTS)
def test_starts_of_production(text, lines_of, app):
    assert lines_of(RULE, app(text), PROD) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("environment: {DB_HOST: db-dev}", 1, id="a host"),
        pytest.param("environment: ['DB_URL=postgresql://u@db-dev:5432/x']", 1, id="in a URL"),
        pytest.param("depends_on: {db-dev: {condition: service_healthy}}", 1, id="waited for"),
        pytest.param("environment: {DB_HOST: db}", 0, id="another"),
        pytest.param("environment: {NAME: db-developer}", 0, id="a longer word"),
    ),
)
def test_services_of_development(text, expected, lines_of, app):
    other = "  db-dev: {image: 'postgres:17.1', healthcheck: {test: [CMD, x]}}\n"
    assert len(lines_of(RULE, app(text, end=other), PROD)) == expected
