"""Logins that everybody knows, and services that ask for none."""

import pytest

RULE = "stack-default-login"
WORD = "admin"  # the one that is tried first

WRITTEN = (
    pytest.param(f"environment: {{GF_SECURITY_ADMIN_PASSWORD: {WORD}}}", id="Grafana"),
    pytest.param(f"environment: ['GF_SECURITY_ADMIN_PASSWORD=\"{WORD}\"']", id="with quotes in a list"),
    pytest.param(f"environment: [DOCKER_INFLUXDB_INIT_PASSWORD={WORD}123]", id="InfluxDB"),
    pytest.param("environment: {_AIRFLOW_WWW_USER_PASSWORD: airflow}", id="Airflow"),
    pytest.param("environment: {RABBITMQ_DEFAULT_PASS: guest}", id="RabbitMQ"),
    pytest.param("environment: [MINIO_ROOT_PASSWORD=minioadmin]", id="MinIO"),
    pytest.param("environment: {MINIO_SECRET_KEY: minioadmin}", id="MinIO by its old name"),
    pytest.param(f"environment: {{PGADMIN_DEFAULT_PASSWORD: {WORD}}}", id="pgAdmin"),
    pytest.param("environment: [NEO4J_AUTH=neo4j/password]", id="user and password"),
    pytest.param(f"environment: {{FLOWER_BASIC_AUTH: '{WORD}:{WORD}'}}", id="Flower"),
    pytest.param("environment: {BROKER: 'amqp://guest:guest@rabbitmq:5672//'}", id="in a URL"),
    pytest.param("environment: {URL: 'redis://:redis@cache:6379/0'}", id="in a URL without a user"),
    pytest.param(f"command: redis-server --requirepass {WORD}", id="in a command"),
    pytest.param(f"command: [celery, flower, '--basic_auth={WORD}:{WORD}']", id="in an option"),
    pytest.param(f"<<: {{environment: {{MONGO_INITDB_ROOT_PASSWORD: {WORD}}}}}", id="merged by YAML"),
    pytest.param("environment: {MYSQL_ALLOW_EMPTY_PASSWORD: 'yes'}", id="none wanted"),
    pytest.param("environment: [NEO4J_AUTH=none]", id="none at all"),
)
NOT_WRITTEN = (
    pytest.param("environment: {GF_SECURITY_ADMIN_PASSWORD: '${GRAFANA_PASSWORD:?}'}", id="a key"),
    pytest.param("environment: [POSTGRES_PASSWORD_FILE=/run/secrets/x]", id="a file"),
    pytest.param("environment: [POSTGRES_PASSWORD]", id="passed through"),
    pytest.param(f"environment: {{POSTGRES_USER: {WORD}, GF_SECURITY_ADMIN_USER: {WORD}}}", id="a user"),
    pytest.param("environment: {DB_NAME: airflow, PASSWORD_MIN_LENGTH: '12'}", id="no password"),
    pytest.param("environment: {BROKER: 'amqp://app@rabbitmq:5672//', SITE: 'https://admin.example.com'}", id="URLs"),
    pytest.param("command: redis-server --requirepass ${REDIS_PASSWORD:?}", id="a key in a command"),
    pytest.param("environment: {SMTP_AUTH: default, GRAFANA_LOGIN: guest}", id="ways and names"),
    pytest.param("environment: {POSTGRES_HOST_AUTH_METHOD: scram-sha-256}", id="a method"),
)


@pytest.mark.parametrize("text", WRITTEN)
@pytest.mark.parametrize("environment", ("production", "development"))
def test_what_is_written_counts_everywhere(text, environment, lines_of, app):
    assert len(lines_of(RULE, app(text), environment=environment)) == 1
    assert len(lines_of(RULE, app(""), app(text, image=""), environment=environment)) == 1


@pytest.mark.parametrize("text", NOT_WRITTEN)
def test_what_is_no_login(text, lines_of, app):
    assert lines_of(RULE, app(text)) == []


def test_one_line_of_many_services_is_told_once(lines_of, app):
    text = (
        f"x-env: &env\n  DB_PASSWORD: {WORD}\n"
        + app("environment: *env")
        + "  b: {image: 'a:1.0', environment: *env}\n"
    )
    assert lines_of(RULE, text) == [("a", 2)]


OPEN = (
    pytest.param("redis:7.2.4", "", id="Redis"),
    pytest.param("valkey/valkey:8.0.1", "command: valkey-server --save 60 1", id="Valkey"),
    pytest.param("eqalpha/keydb:6.3.4", "", id="KeyDB"),
    pytest.param("ghcr.io/dragonflydb/dragonfly:v1.25.0", "", id="Dragonfly"),
    pytest.param("redis:7.2.4", "volumes: ['/etc/localtime:/etc/localtime:ro']", id="a mount of something else"),
    pytest.param("redis:7.2.4", "command: redis-server --requirepass ''", id="an empty password"),
    pytest.param("redis:7.2.4", "command: [redis-server, --requirepass, '${UNSET}']", id="a key without value"),
    pytest.param("redis:7.2.4", "environment: ['REDIS_PASSWORD=${REDIS_PASSWORD}']", id="a key that the image ignores"),
    pytest.param("bitnami/redis:7.2.4", "environment: [ALLOW_EMPTY_PASSWORD=yes]", id="empty on purpose"),
    pytest.param("mongo:7.0.5", "", id="MongoDB"),
    pytest.param(
        "grafana/grafana:10.2.0",
        "environment: {GF_SECURITY_ADMIN_PASSWORD: '${P:?}', GF_AUTH_ANONYMOUS_ENABLED: 'true'}",
        id="anybody may look",
    ),
    pytest.param("grafana/grafana-oss:10.2.0", "", id="Grafana's login"),
    pytest.param("elasticsearch:8.12.0", "environment: [xpack.security.enabled=false]", id="security switched off"),
    pytest.param("traefik:3.1.0", "command: ['--api.insecure=true']", id="an open dashboard"),
)
CLOSED = (
    pytest.param("redis:7.2.4", "command: redis-server --requirepass ${REDIS_PASSWORD:?}", id="a password"),
    pytest.param(
        "redis:7.2.4", "command: [sh, -c, 'exec redis-server --requirepass \"$$REDIS_PASSWORD\"']", id="in a shell"
    ),
    pytest.param("redis:7.2.4", "command: [redis-server, /etc/redis.conf]", id="a file"),
    pytest.param("redis:7.2.4", "volumes: ['./redis:/usr/local/etc/redis:ro']", id="a folder with a file"),
    pytest.param("redis:7.2.4", "configs: [{source: x, target: /redis.conf}]", id="a config"),
    pytest.param("valkey/valkey:8.0.1", "command: valkey-server --aclfile /run/secrets/acl", id="users"),
    pytest.param("bitnami/redis:7.2.4", "environment: ['REDIS_PASSWORD=${REDIS_PASSWORD:?}']", id="a key that is read"),
    pytest.param("redis/redis-stack:7.2.0", "environment: {REDIS_ARGS: '--requirepass ${P:?}'}", id="arguments"),
    pytest.param("oliver006/redis_exporter:1.66.0", "", id="an exporter"),
    pytest.param("mongo:7.0.5", "environment: {MONGO_INITDB_ROOT_PASSWORD: '${P:?}'}", id="MongoDB"),
    pytest.param(
        "grafana/grafana:10.2.0",
        "environment: {GF_SECURITY_ADMIN_PASSWORD: '${P:?}', GF_AUTH_ANONYMOUS_ENABLED: 'false'}",
        id="nobody may look",
    ),
    pytest.param("traefik:3.1.0", "command: ['--api.insecure=false']", id="a closed dashboard"),
)


@pytest.mark.parametrize(("image", "text"), OPEN)
def test_what_servers_leave_open(image, text, lines_of, app):
    assert len(lines_of(RULE, app(text, image))) == 1


@pytest.mark.parametrize(("image", "text"), CLOSED)
def test_what_servers_close(image, text, lines_of, app):
    assert lines_of(RULE, app(text, image)) == []


def test_a_developers_store_may_be_open(lines_of, app):
    assert lines_of(RULE, app("", "redis:7.2.4"), environment="development") == []


def test_an_env_file_may_hold_the_password(lines_of, app):
    given = frozenset({"REDIS_PASSWORD"})
    assert lines_of(RULE, app("env_file: .env.production", "bitnami/redis:7.2.4"), given=given) == []


def test_anybody_is_no_administrator_in_any_stack(lines_of, app):
    text = "environment: [GF_SECURITY_ADMIN_PASSWORD, GF_AUTH_ANONYMOUS_ENABLED=true, GF_AUTH_ANONYMOUS_ORG_ROLE={}]"
    for role, count in (("Admin", 1), ("Viewer", 0)):
        grafana = app(text.format(role), "grafana/grafana:10.2.0")
        assert len(lines_of(RULE, grafana, environment="development")) == count
        assert len(lines_of(RULE, grafana)) == 1
