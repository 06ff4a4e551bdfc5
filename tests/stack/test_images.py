"""Tags that move: a word, a major version, nothing."""

import pytest

RULE = "stack-floating-image"

FLOATING = (
    pytest.param("redis", id="no tag"),
    pytest.param("registry.example.com:5000/team/app", id="no tag, a port"),
    pytest.param("redis:alpine", id="a variant"),
    pytest.param("redis:alpine3.19", id="a variant's version"),
    pytest.param("timescale/timescaledb:latest-pg15", id="latest of a line"),
    pytest.param("x:stable", id="stable"),
    pytest.param("x:edge", id="edge"),
    pytest.param("x:main", id="a branch"),
    pytest.param("x:release", id="another word"),
    pytest.param("nginx:stable-alpine3.19", id="stable variant"),
    pytest.param("debian:bookworm-slim", id="a release's name"),
    pytest.param("'${UNSET:-redis:latest}'", id="a default"),
    pytest.param("'${REGISTRY}/app'", id="no tag behind a key"),
    pytest.param("mcr.microsoft.com/mssql/server:2022-latest", id="latest of a year"),
    pytest.param("x:1.x", id="a pattern"),
)
MAJOR = (
    pytest.param("redis:7", id="number"),
    pytest.param("postgres:16-alpine", id="and variant"),
    pytest.param("rabbitmq:3-management", id="and edition"),
    pytest.param("traefik:v3", id="with a letter"),
    pytest.param("pgvector/pgvector:pg17", id="of the database inside"),
    pytest.param("node:22-alpine3.21", id="and a variant's version"),
    pytest.param("'redis:${UNSET:-7}'", id="a default"),
)
EXACT = (
    pytest.param("redis:7.2.4", id="version"),
    pytest.param("redis:7.2.4-alpine", id="and variant"),
    pytest.param("postgres:17.1-alpine3.20", id="a whole version of two numbers"),
    pytest.param("redis@sha256:0123", id="digest"),
    pytest.param("redis:latest@sha256:0123", id="digest beside a word"),
    pytest.param("'${IMAGE:?}'", id="a key"),
    pytest.param("'${IMAGE:-redis:7.2.4}'", id="a key with an exact default"),
    pytest.param("'redis:${TAG:?}-alpine'", id="a tag of a key"),
    pytest.param("'app:${UNSET:?}'", id="a key that must be set"),
    pytest.param("timescale/timescaledb:2.19.3-pg17", id="extension and database"),
    pytest.param("postgis/postgis:17-3.5", id="database and extension"),
    pytest.param("minio/minio:RELEASE.2025-01-20T14-49-07Z", id="date"),
    pytest.param("app:main-5e1f0c2", id="commit behind a branch"),
    pytest.param("app:20250120", id="day"),
    pytest.param("jenkins/jenkins:2.492-jdk21", id="version and its platform"),
    pytest.param("app:1234", id="serial number"),
)


@pytest.mark.parametrize("image", FLOATING)
@pytest.mark.parametrize("environment", ("production", "development", ""), ids=("production", "development", "base"))
def test_words_float_in_every_stack(image, environment, lines_of, app):
    assert lines_of(RULE, app("", image), environment=environment) == [("a", 3)]


@pytest.mark.parametrize("image", MAJOR)
def test_a_major_version_floats_on_servers(image, lines_of, app):
    assert lines_of(RULE, app("", image)) == lines_of(RULE, app("", image), environment="") == [("a", 3)]
    assert lines_of(RULE, app("", image), environment="development") == []


@pytest.mark.parametrize("image", EXACT)
def test_exact_tags(image, lines_of, app):
    assert lines_of(RULE, app("", image)) == []


def test_what_is_built_here_may_have_any_name_in_development(lines_of, app):
    text = app("build: .", "app:dev") + "  worker: {image: 'app:dev'}\n"
    assert lines_of(RULE, text, environment="development") == []
    assert lines_of(RULE, text) == [("a", 3), ("a", 5)]


LIMITED = (
    pytest.param("{driver: json-file, options: {max-size: 10m}}", id="limited"),
    pytest.param("{options: {max-size: '${LOG_SIZE:-10m}'}}", id="by a key"),
    pytest.param("{driver: local}", id="limited by itself"),
    pytest.param("{driver: none}", id="no logs"),
    pytest.param("{driver: journald}", id="the system's"),
    pytest.param("{driver: syslog, options: {syslog-address: 'udp://192.0.2.1:514'}}", id="sent away"),
)
UNLIMITED = (
    pytest.param("{options: {max-size: '-1'}}", id="minus one"),
    pytest.param("{driver: json-file, options: {max-size: -1}}", id="a number"),
    pytest.param("{driver: local, options: {max-size: '-1'}}", id="of a driver that has a limit"),
    pytest.param("{driver: json-file, options: {max-file: '3'}}", id="how many, not how large"),
    pytest.param("{options: {max-size: }}", id="nothing"),
    pytest.param("{options: {max-size: '0'}}", id="zero"),
)


@pytest.mark.parametrize("logging", LIMITED)
def test_logs_with_an_end(logging, lines_of, app):
    assert lines_of("stack-unlimited-logs", app(f"logging: {logging}")) == []


@pytest.mark.parametrize("logging", UNLIMITED)
def test_logs_without_end(logging, lines_of, app):
    assert len(lines_of("stack-unlimited-logs", app(f"logging: {logging}"))) == 1
    assert lines_of("stack-unlimited-logs", app(f"logging: {logging}"), environment="development") == []
