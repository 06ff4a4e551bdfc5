"""A new .env.development is complete, and follows conventions that a developer can guess."""

import pytest

from envfence.operate.development import chosen_values, with_values
from envfence.operate.development import write as write_file
from envfence.operate.target import contract_of, target_of, values_of


@pytest.fixture
def written(shop, monkeypatch):
    """Return a function that writes .env.development and returns what it says and its values."""
    monkeypatch.chdir(shop)

    def run(environ=()):
        target = target_of(".", "development", {})
        told = write_file(".", "development", target.stack, target.contract, dict(environ))
        return told, values_of(".", "development")

    return run


def test_every_key_gets_a_value(written):
    _, values = written()
    assert len(values.pop("DB_PASSWORD")) == 32
    assert values == {
        "ENVIRONMENT": "development",
        "DB_HOST": "127.0.0.1",
        "DB_PORT": "5435",
        "DB_PUBLISH_PORT": "5435",
        "DB_NAME": "shop",
        "DB_USER": "developer",
        "DB_SSLMODE": "disable",
        "REDIS_URL": "redis://127.0.0.1:6380/0",
        "REDIS_HOST": "127.0.0.1",
        "REDIS_PUBLISH_PORT": "6380",
        "BACKEND_URL": "http://127.0.0.1:8000",
        "BACKEND_PORT": "8000",
        "ADMIN_PORT": "8001",
        "CORS_ORIGINS": "http://127.0.0.1:8000",
        "LOG_LEVEL": "info",
    }


def test_reference_publishes_the_ports_that_its_guide_names(root):
    target = target_of(str(root), "development", {})
    values = chosen_values(contract_of(str(root)), target.stack, {})
    ports = {key: value for key, value in values.items() if key.endswith("_PORT")}
    assert ports == {
        "DB_PORT": "5435",
        "DB_PUBLISH_PORT": "5435",
        "REDIS_PORT": "6380",
        "REDIS_PUBLISH_PORT": "6380",
        "INFLUXDB_PUBLISH_PORT": "8086",
        "BACKEND_PORT": "8000",
        "GRAFANA_PORT": "3000",
        "FRONTEND_PORT": "8080",
        "AIRFLOW_PORT": "8081",
    }
    required = {key.name for key in target.contract.values() if key.form in {"required", "choice"} and not key.only}
    assert required - values.keys() == {"ENVIRONMENT"}


def test_it_is_told_which_keys_were_written_and_no_value(written):
    told, values = written({"POSTGRES_IMAGE": "mine:1.2", "DB_PASSWORD": "from-the-shell", "HOME": "/"})
    assert values["POSTGRES_IMAGE"] == "mine:1.2"
    assert values["DB_PASSWORD"] != "from-the-shell"
    assert "as this shell has them: POSTGRES_IMAGE" in told
    assert "1 secrets made" in told
    assert values["DB_PASSWORD"] not in told
    assert "5435" not in told


def test_what_the_shell_says_is_what_others_follow_from(written):
    _, values = written({"BACKEND_PORT": "8123", "DB_PUBLISH_PORT": "5999"})
    assert (values["BACKEND_URL"], values["DB_PORT"]) == ("http://127.0.0.1:8123", "5999")


def test_comments_stay_where_they_are():
    assert with_values("# one\nA=<A>\n\nB=2\n", {"A": "1"}) == "# one\nA=1\n\nB=2\n"
