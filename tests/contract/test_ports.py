"""Two services on one host and port, however an env file says so."""

import pytest

from envfence.contract.content.ports import port_clashes
from envfence.contract.environment import environment
from envfence.contract.readers.entry import Entry


def clashes(text, name="production"):
    """Return the keys of an env file that claim the host and port of another service."""
    values = dict(line.split("=", 1) for line in text.split())
    last = {key: Entry(key, value, line, line) for line, (key, value) in enumerate(values.items(), 1)}
    return [finding.anchor for finding in port_clashes(environment(".env", name, values, last, {}))]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param(
            "GRAFANA_URL=https://h.test AIRFLOW_URL=https://h.test:443", "AIRFLOW_URL", id="the scheme's own port"
        ),
        pytest.param("GRAFANA_URL=https://h.test AIRFLOW_URL=https://h.test", "AIRFLOW_URL", id="no port at all"),
        pytest.param(
            "GRAFANA_URL=http://h.test:80 AIRFLOW_URL=http://h.test/", "AIRFLOW_URL", id="the other way round"
        ),
        pytest.param(
            "DB_URL=postgresql://h.test/x REDIS_URL=redis://h.test:5432", "REDIS_URL", id="the default of a database"
        ),
        pytest.param(
            "GRAFANA_URL=http://h.test:8080 AIRFLOW_HOST=h.test AIRFLOW_PORT=8080", "AIRFLOW_PORT", id="URL and pair"
        ),
        pytest.param(
            "GRAFANA_HOST=h.test GRAFANA_PORT=8080 AIRFLOW_HOST=H.TEST AIRFLOW_PORT=8080",
            "AIRFLOW_PORT",
            id="two pairs",
        ),
        pytest.param(
            "APP_URL=http://h.test:8080 GRAFANA_URL=http://h.test:8080 AIRFLOW_URL=http://h.test:8080",
            "AIRFLOW_URL",
            id="behind a name that may be either",
        ),
        pytest.param("BROKER_URL=amqp://h.test REDIS_HOST=h.test REDIS_PORT=5672", "REDIS_PORT", id="broker and cache"),
        pytest.param(
            "GRAFANA_URL=http://h.test:443 AIRFLOW_URL=https://h.test", "AIRFLOW_URL", id="two schemes, one port"
        ),
    ),
)
def test_clash_is_found(text, expected):
    assert clashes(text) == [expected]


@pytest.mark.parametrize(
    "text",
    (
        pytest.param("BACKEND_URL=https://h.test FRONTEND_URL=https://h.test", id="one proxy for both"),
        pytest.param("BACKEND_URL=http://h.test FRONTEND_URL=https://h.test", id="two schemes"),
        pytest.param("BACKEND_URL=https://h.test API_URL=https://h.test:443", id="two names of one service"),
        pytest.param(
            "GRAFANA_URL=https://h.test/grafana AIRFLOW_URL=https://h.test:443/airflow", id="told apart by paths"
        ),
        pytest.param("DB_URL=postgresql://h.test/x REDIS_URL=redis://h.test", id="two defaults"),
        pytest.param(
            "DB_HOST=h.test DB_PORT=5432 DATABASE_URL=postgresql+psycopg://h.test/x", id="pair and URL of one"
        ),
        pytest.param(
            "WAREHOUSE_HOST=h.test WAREHOUSE_PORT=5432 WAREHOUSE_URL=postgresql://h.test/x",
            id="a database of its own name",
        ),
        pytest.param(
            "AMQP_HOST=h.test AMQP_PORT=5672 CELERY_BROKER_URL=amqp://h.test:5672", id="a broker of its own name"
        ),
        pytest.param(
            "REDIS_HOST=h.test REDIS_PORT=6379 WORKER_BROKER_HOST=h.test WORKER_BROKER_PORT=6379 "
            "RESULT_BACKEND_HOST=h.test RESULT_BACKEND_PORT=6379",
            id="queue and results in one store",
        ),
        pytest.param("GRAFANA_URL=http://a.h.test:8080 AIRFLOW_URL=http://b.h.test:8080", id="two hosts"),
        pytest.param("APP_URL=https://h.test:443 GRAFANA_URL=https://h.test", id="a name that may be either"),
    ),
)
def test_no_clash(text):
    assert clashes(text) == []
