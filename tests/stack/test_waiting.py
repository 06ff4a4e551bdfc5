"""What a service waits for: a start, an answer, or what never comes."""

import pytest

RULE = "stack-short-depends-on"
CHECK = "healthcheck: {test: [CMD, x]}"

TOO_BRIEF = (
    pytest.param("[db]", "image: 'postgres:17.1'", id="the short form"),
    pytest.param("{db: {condition: service_started}}", "image: 'postgres:17.1'", id="a database"),
    pytest.param("{db: {condition: service_started}}", "image: 'bitnami/redis:7.2.4'", id="a cache"),
    pytest.param("{db: {condition: service_started, restart: true}}", "image: 'rabbitmq:4.0.5'", id="a broker"),
    pytest.param("{db: {condition: service_started}}", f"image: 'api:1.0', {CHECK}", id="what has a check"),
    pytest.param("{db: {condition: service_started}}", "build: ./db", id="a database built here"),
)
LONG_ENOUGH = (
    pytest.param("{db: {condition: service_healthy}}", f"image: 'postgres:17.1', {CHECK}", id="healthy"),
    pytest.param("{db: {condition: service_started}}", "image: 'api:1.0'", id="what has no check"),
    pytest.param("{db: {condition: service_completed_successfully}}", "image: 'api:1.0'", id="completed"),
    pytest.param(
        "{db: {condition: service_started}}",
        "image: 'api:1.0', healthcheck: {disable: true}",
        id="a check switched off",
    ),
    pytest.param("{db: {condition: service_started}}", "image: 'postgres-exporter:0.16'", id="a longer name"),
    pytest.param("!reset []", "image: 'postgres:17.1'", id="for nothing"),
)


@pytest.mark.parametrize(("waits", "target"), TOO_BRIEF)
@pytest.mark.parametrize("environment", ("production", "development"))
def test_waits_for_a_start_only(waits, target, environment, lines_of, app):
    text = app(f"depends_on: {waits}", end=f"  db: {{{target}}}\n")
    assert len(lines_of(RULE, text, environment=environment)) == 1


@pytest.mark.parametrize(("waits", "target"), LONG_ENOUGH)
def test_waits_long_enough(waits, target, lines_of, app):
    assert lines_of(RULE, app(f"depends_on: {waits}", end=f"  db: {{{target}}}\n")) == []


def test_what_the_check_of_another_file_tells(lines_of, app):
    base = app("depends_on: {api: {condition: service_started}}", end="  api: {image: 'api:1.0'}\n")
    assert lines_of(RULE, base) == []
    assert lines_of(RULE, base, f"services: {{api: {{{CHECK}}}}}\n") == [("a", 4)]


@pytest.mark.parametrize(
    ("target", "expected"),
    (
        pytest.param("image: 'postgres:17.1'", 1, id="a database without a check"),
        pytest.param("image: 'api:1.0', healthcheck: {disable: true}", 1, id="switched off"),
        pytest.param("image: 'api:1.0', healthcheck: {test: [NONE]}", 1, id="none"),
        pytest.param("image: 'api:1.0'", 0, id="an image that may bring its own"),
        pytest.param("build: ./db", 0, id="built here"),
        pytest.param(f"image: 'postgres:17.1', {CHECK}", 0, id="a check"),
    ),
)
def test_waits_for_health_in_vain(target, expected, lines_of, app):
    text = app("depends_on: {db: {condition: service_healthy}}", end=f"  db: {{{target}}}\n")
    assert len(lines_of("stack-refused", text)) == expected


def test_a_check_that_comes_with_what_a_service_extends_is_not_late(lines_of, app):
    base = app(CHECK, end="  worker: {extends: app}\n")
    assert lines_of("stack-weak-healthcheck", base, "services: {worker: {user: x}}\n") == []
    assert lines_of("stack-weak-healthcheck", app(""), f"services: {{app: {{{CHECK}}}}}\n") == [("b", 1)]
