"""The settings: what stops the start, what stays hidden, and which file is read."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from environments import BACKEND, NOWHERE
from pydantic import ValidationError
from servers import PASSWORD

from app.config import ConfigurationError, get_settings, project_root, settings_of

CONTRACT = BACKEND.parents[1] / ".env.example"
LONG = "plainly-fake-" + "1" * 60
OUTSIDE = {"DB_HOST": "db.example.com", "REDIS_HOST": "redis.example.com"}


def text_of(values):
    return "".join(f"{key}='{value}'\n" for key, value in values.items())


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a contract, and a process that has nothing of it."""
    for key in NOWHERE:
        monkeypatch.delenv(key, raising=False)
    (tmp_path / ".env.example").touch()
    return tmp_path


def test_every_environment_is_told_apart(environment):
    assert (get_settings().is_development, get_settings().is_production) == (True, False)
    environment(**OUTSIDE, ENVIRONMENT="production", SERVICE_TOKEN=LONG)
    assert (get_settings().is_development, get_settings().is_production) == (False, True)
    environment(ENVIRONMENT="staging")
    assert (get_settings().is_development, get_settings().is_production) == (False, False)


@pytest.mark.parametrize(
    ("values", "field"),
    (
        pytest.param({"ENVIRONMENT": "prod"}, "ENVIRONMENT", id="unknown environment"),
        pytest.param({"DB_PORT": "70000"}, "DB_PORT", id="no port"),
        pytest.param({"DB_HOST": ""}, "DB_HOST", id="empty host"),
        pytest.param({"DB_PASSWORD": ""}, "DB_PASSWORD", id="empty password"),
        pytest.param({"DB_SSLMODE": "prefer"}, "DB_SSLMODE", id="TLS that may be left out"),
        pytest.param({"REDIS_PASSWORD": ""}, "REDIS_PASSWORD", id="Redis for everybody"),
        pytest.param({"CORS_ORIGINS": "*"}, "CORS_ORIGINS", id="every origin"),
        pytest.param({"CORS_ORIGINS": "https://*.example.com"}, "CORS_ORIGINS", id="every subdomain"),
        pytest.param({"CORS_ORIGINS": "https://app.example.com,*"}, "CORS_ORIGINS", id="every origin besides one"),
        pytest.param({"CORS_ORIGINS": "https://app.example.com/"}, "CORS_ORIGINS", id="origin with a path"),
        pytest.param({"CORS_ORIGINS": "app.example.com"}, "CORS_ORIGINS", id="origin without a scheme"),
        pytest.param({"SERVICE_TOKEN": "short"}, "SERVICE_TOKEN", id="short token"),
        pytest.param({"JWT_SECRET_KEY": "k" * 31}, "32 bytes", id="short key"),
        pytest.param({"JWT_PREVIOUS_SECRET_KEY": "k" * 31}, "32 bytes", id="short previous key"),
        pytest.param({"JWT_ALGORITHM": "HS512"}, "64 bytes", id="key shorter than its hash"),
        pytest.param({"JWT_ALGORITHM": "none"}, "JWT_ALGORITHM", id="no signature"),
        pytest.param({"JWT_EXPIRATION_HOURS": "24"}, "JWT_EXPIRATION_HOURS", id="tokens of a day"),
    ),
)
def test_what_is_wrong_stops_the_start_and_is_not_shown(environment, values, field):
    environment(**values)

    with pytest.raises(ValidationError, match=field) as caught:
        get_settings()
    shown = str(caught.value)
    assert PASSWORD not in shown
    assert not [value for value in values.values() if len(value) > 6 and value in shown]


@pytest.mark.parametrize(
    ("values", "message"),
    (
        pytest.param({"DB_HOST": "localhost"}, "points at this machine", id="database of a developer"),
        pytest.param({"DB_HOST": "LocalHost"}, "points at this machine", id="in capitals"),
        pytest.param({"REDIS_HOST": "::1"}, "points at this machine", id="Redis of a developer"),
        pytest.param({"JWT_SECRET_KEY": f"<GENERATE_{LONG}>"}, "a placeholder stands", id="placeholder"),
        pytest.param({"JWT_SECRET_KEY": f"dev-{LONG}"}, "a placeholder stands", id="key of development"),
        pytest.param({"JWT_PREVIOUS_SECRET_KEY": f"Change-{LONG}"}, "a placeholder stands", id="previous key"),
        pytest.param({"SERVICE_TOKEN": f"example-{LONG}"}, "a placeholder stands", id="token of a tutorial"),
    ),
)
@pytest.mark.parametrize("name", ("staging", "production"))
def test_nothing_of_development_is_accepted_elsewhere(environment, values, message, name):
    environment(**values)
    assert get_settings().is_development
    environment(**{**OUTSIDE, "ENVIRONMENT": name, **values})

    with pytest.raises(ValidationError, match=message):
        get_settings()


def test_secrets_show_in_no_repr(environment):
    settings = get_settings()

    for shown in (repr(settings), str(settings.DATABASE_URL), repr(settings.REDIS_URL), str(settings.model_dump())):
        assert PASSWORD not in shown
        assert NOWHERE["JWT_SECRET_KEY"] not in shown


def test_a_password_may_hold_any_character(environment):
    url = get_settings().DATABASE_URL

    assert (url.drivername, url.password, url.host, url.port) == ("postgresql+psycopg", PASSWORD, "127.0.0.1", 1)
    assert url.query == {"sslmode": "disable"}


def test_redis_is_three_databases_with_a_password_and_tls_where_asked(environment):
    def urls():
        settings = get_settings()
        secrets = (settings.CELERY_BROKER_URL, settings.CELERY_RESULT_BACKEND, settings.REDIS_URL)
        return [secret.get_secret_value() for secret in secrets]

    quoted = quote(PASSWORD, safe="")
    assert quoted.startswith("%3A%40%2F%25%3F%23%20")
    assert urls() == [f"redis://:{quoted}@127.0.0.1:1/{number}" for number in range(3)]
    environment(REDIS_HOST="2001:db8::1", REDIS_TLS="true")
    assert urls()[1] == f"rediss://:{quoted}@[2001:db8::1]:1/1?ssl_cert_reqs=required"


def test_servers_are_checked_against_the_environments_own_authority(environment):
    environment(TLS_DIRECTORY="/etc/tls", DB_SSLMODE="verify-full", REDIS_TLS="true")
    settings = get_settings()
    assert settings.authority == "/etc/tls/authority/ca.crt"
    assert settings.DATABASE_URL.query == {"sslmode": "verify-full", "sslrootcert": settings.authority}
    options = "?ssl_cert_reqs=required&ssl_ca_certs=%2Fetc%2Ftls%2Fauthority%2Fca.crt"
    assert settings.REDIS_URL.get_secret_value().endswith(options)


ALLOWED = {"DB_ALLOWED": "10.1.0.5/stocktrading, db.example.com/stocktrading"}


@pytest.mark.parametrize(
    ("values", "is_allowed"),
    (
        pytest.param({"DB_HOST": "postgres"}, True, id="development, a service beside it"),
        pytest.param({"DB_HOST": "10.1.0.5"}, False, id="development, another machine"),
        pytest.param({"DB_HOST": "10.1.0.5"} | ALLOWED, True, id="development, another machine that is allowed"),
        pytest.param({"DB_HOST": "127.0.0.1"} | ALLOWED, False, id="development, not on the list"),
        pytest.param(OUTSIDE | {"ENVIRONMENT": "staging", "SERVICE_TOKEN": LONG}, True, id="no list"),
        pytest.param(OUTSIDE | {"ENVIRONMENT": "staging", "SERVICE_TOKEN": LONG} | ALLOWED, True, id="on the list"),
        pytest.param(
            OUTSIDE | {"ENVIRONMENT": "staging", "SERVICE_TOKEN": LONG, "DB_NAME": "other"} | ALLOWED,
            False,
            id="another database of the same server",
        ),
    ),
)
def test_an_environment_uses_its_own_database_only(environment, values, is_allowed):
    environment(**values)
    if is_allowed:
        assert values["DB_HOST"] == get_settings().DB_HOST
        return
    with pytest.raises(ValidationError, match="DB_ALLOWED") as raised:
        get_settings()
    assert values["DB_HOST"] not in str(raised.value)


@pytest.mark.parametrize(
    ("listed", "origins"),
    (
        pytest.param("https://a.example.com", ("https://a.example.com",), id="one"),
        pytest.param(
            " https://a.example.com , http://[::1]:80,", ("https://a.example.com", "http://[::1]:80"), id="two"
        ),
        pytest.param("", (), id="none"),
    ),
)
def test_origins_are_listed(environment, listed, origins):
    environment(CORS_ORIGINS=listed)

    settings = get_settings()
    assert origins == settings.CORS_ORIGINS


def test_the_previous_key_is_optional(environment):
    assert get_settings().jwt_keys == (NOWHERE["JWT_SECRET_KEY"],)
    environment(JWT_PREVIOUS_SECRET_KEY=LONG)
    assert get_settings().jwt_keys == (NOWHERE["JWT_SECRET_KEY"], LONG)


def test_settings_are_read_once(environment):
    assert get_settings() is get_settings()


def test_the_root_has_the_contract(project):
    below = project / "backend" / "app"
    below.mkdir(parents=True)

    assert project_root(below / "config.py") == project
    assert project_root(Path("/config.py")) is None


def test_the_file_of_the_environment_is_read_wherever_the_program_starts(project, monkeypatch):
    (project / ".env.development").write_text(text_of(NOWHERE), encoding="utf-8")
    monkeypatch.chdir("/")

    assert settings_of("development", project).DB_PASSWORD.get_secret_value() == PASSWORD


def test_the_process_wins_over_the_file(project, monkeypatch):
    (project / ".env.development").write_text(text_of(NOWHERE), encoding="utf-8")
    monkeypatch.setenv("DB_HOST", "process")

    assert settings_of("development", project).DB_HOST == "process"


def test_keys_of_other_programs_do_not_stop_the_start(project):
    (project / ".env.development").write_text(text_of({**NOWHERE, "BACKEND_PORT": "8000"}), encoding="utf-8")

    assert not hasattr(settings_of("development", project), "BACKEND_PORT")


def test_a_file_that_is_missing_is_named_with_what_to_do(project):
    with pytest.raises(
        ConfigurationError, match=r"not have ENVIRONMENT, DB_HOST.*\.env\.staging is missing too: `envfence env new`"
    ):
        settings_of("staging", project)


def test_a_process_that_has_everything_needs_no_file(project, monkeypatch):
    for key, value in NOWHERE.items():
        monkeypatch.setenv(key, value)

    assert settings_of("development", project) == settings_of("development", None)


def test_a_wrong_value_of_the_process_is_called_wrong(project, monkeypatch):
    for key, value in {**NOWHERE, "DB_PORT": "postgres"}.items():
        monkeypatch.setenv(key, value)

    with pytest.raises(ValidationError, match="DB_PORT"):
        settings_of("development", None)


def test_an_image_has_no_file_to_advise(project):
    with pytest.raises(ConfigurationError, match=r"the process does not have ENVIRONMENT.*JWT_SECRET_KEY$"):
        settings_of("production", None)


@pytest.mark.parametrize(
    "inside",
    (
        pytest.param({"ENVIRONMENT": "production"}, id="another one"),
        pytest.param({}, id="none"),
    ),
)
def test_the_file_has_to_say_what_its_name_says(project, inside):
    values = {key: value for key, value in NOWHERE.items() if key != "ENVIRONMENT"} | inside
    (project / ".env.development").write_text(text_of(values), encoding="utf-8")

    with pytest.raises(ConfigurationError, match="does not say development"):
        settings_of("development", project)


def test_the_environment_has_no_default(environment, monkeypatch):
    monkeypatch.delenv("ENVIRONMENT")

    with pytest.raises(ConfigurationError, match="ENVIRONMENT is not set"):
        get_settings()


def test_every_module_is_imported_without_settings():
    modules = "app.main, app.worker, app.seed, app.health, app.migrations, app.probe"
    subprocess.run((sys.executable, "-W", "error", "-c", f"import {modules}"), cwd=BACKEND, env={}, check=True)


def test_the_contract_names_every_setting():
    from app.config import Settings

    named = {line.partition("=")[0] for line in CONTRACT.read_text(encoding="utf-8").splitlines() if "=" in line}

    assert set(Settings.model_fields) - named == set()
