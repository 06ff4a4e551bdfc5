"""Waits for services that only a profile starts: without it compose refuses the whole stack."""

import pytest

from envfence.stack.commands import calls
from envfence.stack.profiles import findings
from envfence.stack.render import rendered
from envfence.stack.tree import read

STORE = "db: {image: 'postgres:17.6', profiles: [data]}"
APP = "app: {image: 'app:1.0', depends_on: {db: {condition: service_healthy}}}"
UP = "docker compose up -d"


def found(text, values=None, script=UP):
    stack = rendered("production", [read("compose.yml", f"services: {{{text}}}")], {}, lambda _: True)
    told = findings(stack, values or {}, list(calls("deploy.sh", f"{script}\n")))
    return [(one.rule, one.line, one.anchor) for one in told]


@pytest.mark.parametrize(
    ("values", "script"),
    (
        pytest.param({}, UP, id="no profile"),
        pytest.param({}, "", id="no call"),
        pytest.param({}, f"{UP} app", id="by name"),
        pytest.param({}, "docker compose --profile debug up -d", id="another profile"),
        pytest.param({"COMPOSE_PROFILES": "debug, tools"}, UP, id="other profiles of the env file"),
    ),
)
def test_a_wait_for_what_no_call_starts_is_found(values, script):
    assert found(f"{APP}, {STORE}", values, script) == [("stack-refused", 1, "app")]


def test_the_short_form_waits_too():
    assert found(f"app: {{image: 'app:1.0', depends_on: [db]}}, {STORE}") == [("stack-refused", 1, "app")]


@pytest.mark.parametrize(
    ("text", "values", "script"),
    (
        pytest.param(f"{APP.replace('healthy', 'healthy, required: false')}, {STORE}", {}, UP, id="not required"),
        pytest.param(f"{APP}, {STORE.replace(', profiles: [data]', '')}", {}, UP, id="without a profile"),
        pytest.param(f"{APP}, {STORE.replace('[data]', '[]')}", {}, UP, id="no profile in the list"),
        pytest.param(f"{APP[:-1]}, profiles: [data]}}, {STORE}", {}, UP, id="one role"),
        pytest.param(f"{APP}, {STORE}", {"COMPOSE_PROFILES": "web,data"}, UP, id="on in the env file"),
        pytest.param(f"{APP}, {STORE}", {}, "docker compose --profile data up -d", id="on in the call"),
        pytest.param(f"{APP}, {STORE}", {}, "docker compose --profile '*' up -d", id="every one"),
        pytest.param(f"{APP}, {STORE}", {}, "COMPOSE_PROFILES=a,data docker compose up -d", id="on before the call"),
        pytest.param(f"{APP}, {STORE}", {}, f"export COMPOSE_PROFILES=data\n{UP}", id="on in the script"),
        pytest.param(APP, {}, UP, id="no such service, which another rule says"),
    ),
)
def test_what_compose_takes(text, values, script):
    assert found(text, values, script) == []
