"""Two services on one host and port, however an env file says so."""

import pytest

from envfence.contract.entry import Entry
from envfence.contract.environment import environment
from envfence.contract.ports import port_clashes


def clashes(text, name="production"):
    """Return the keys of an env file that claim the host and port of another service."""
    values = dict(line.split("=", 1) for line in text.split())
    last = {key: Entry(key, value, line, line) for line, (key, value) in enumerate(values.items(), 1)}
    return [finding.anchor for finding in port_clashes(environment(".env", name, values, last, {}))]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param(
            "GRAFANA_URL=https://h.io AIRFLOW_URL=https://h.io:443", "AIRFLOW_URL", id="the scheme's own port"
        ),
        pytest.param("GRAFANA_URL=http://h.io:80 AIRFLOW_URL=http://h.io/", "AIRFLOW_URL", id="the other way round"),
        pytest.param(
            "DB_URL=postgresql://h.io/x REDIS_URL=redis://h.io:5432", "REDIS_URL", id="the default of a database"
        ),
        pytest.param(
            "GRAFANA_URL=http://h.io:8080 AIRFLOW_HOST=h.io AIRFLOW_PORT=8080", "AIRFLOW_PORT", id="URL and pair"
        ),
        pytest.param(
            "GRAFANA_HOST=h.io GRAFANA_PORT=8080 AIRFLOW_HOST=H.IO AIRFLOW_PORT=8080", "AIRFLOW_PORT", id="two pairs"
        ),
        pytest.param(
            "APP_URL=http://h.io:8080 GRAFANA_URL=http://h.io:8080 AIRFLOW_URL=http://h.io:8080",
            "AIRFLOW_URL",
            id="behind a name that may be either",
        ),
        pytest.param("BROKER_URL=amqp://h.io REDIS_HOST=h.io REDIS_PORT=5672", "REDIS_PORT", id="broker and cache"),
        pytest.param("GRAFANA_URL=http://h.io:443 AIRFLOW_URL=https://h.io", "AIRFLOW_URL", id="two schemes, one port"),
    ),
)
def test_clash_is_found(text, expected):
    assert clashes(text) == [expected]


@pytest.mark.parametrize(
    "text",
    (
        pytest.param("BACKEND_URL=https://h.io FRONTEND_URL=https://h.io", id="one proxy for both"),
        pytest.param("BACKEND_URL=http://h.io FRONTEND_URL=https://h.io", id="two schemes"),
        pytest.param("BACKEND_URL=https://h.io API_URL=https://h.io:443", id="two names of one service"),
        pytest.param("GRAFANA_URL=https://h.io/grafana AIRFLOW_URL=https://h.io:443/airflow", id="told apart by paths"),
        pytest.param("DB_URL=postgresql://h.io/x REDIS_URL=redis://h.io", id="two defaults"),
        pytest.param("DB_HOST=h.io DB_PORT=5432 DATABASE_URL=postgresql+psycopg://h.io/x", id="pair and URL of one"),
        pytest.param(
            "WAREHOUSE_HOST=h.io WAREHOUSE_PORT=5432 WAREHOUSE_URL=postgresql://h.io/x", id="a database of its own name"
        ),
        pytest.param("AMQP_HOST=h.io AMQP_PORT=5672 CELERY_BROKER_URL=amqp://h.io:5672", id="a broker of its own name"),
        pytest.param("GRAFANA_URL=http://a.h.io:8080 AIRFLOW_URL=http://b.h.io:8080", id="two hosts"),
        pytest.param("APP_URL=https://h.io:443 GRAFANA_URL=https://h.io", id="a name that may be either"),
    ),
)
def test_no_clash(text):
    assert clashes(text) == []
