"""Connections to other machines in clear, and those that are encrypted or leave no machine."""

import pytest

from envfence.contract.check import check

RULE = "clear-text-connection"

CLEAR = (
    pytest.param("API_URL=http://api.example.com\n", "API_URL", id="http"),
    pytest.param("API_URL=http://10.1.0.5:8000/api\n", "API_URL", id="to an address"),
    pytest.param("BROKER_URL=redis://:secret@10.1.0.6:6379/0\n", "BROKER_URL", id="redis"),
    pytest.param("BROKER_URL=amqp://app:secret@mq.example.com\n", "BROKER_URL", id="amqp"),
    pytest.param("SOCKET_URL=ws://live.example.com/feed\n", "SOCKET_URL", id="websocket"),
    pytest.param("NODES=https://a.example.com,http://b.example.com\n", "NODES", id="one of several"),
    pytest.param("DATABASE_URL=postgresql://app@db.example.com/x?sslmode=disable\n", "DATABASE_URL", id="DSN"),
    pytest.param(
        "DATABASE_URL=postgresql+psycopg://db.example.com/x?a=b&sslmode=require\n", "DATABASE_URL", id="require"
    ),
    pytest.param("DATABASE_URL=mysql://db.example.com/x?ssl-mode=PREFERRED\n", "DATABASE_URL", id="MySQL"),
    pytest.param("DB_HOST=10.1.0.5\nDB_SSLMODE=disable\n", "DB_SSLMODE", id="mode"),
    pytest.param("DB_HOST=db.example.com\nDB_SSL_MODE=prefer\n", "DB_SSL_MODE", id="mode in words"),
    pytest.param("PGHOST=db.example.com\nPGSSLMODE=require\n", "PGSSLMODE", id="libpq's own"),
    pytest.param("REDIS_HOST=10.1.0.6\nREDIS_TLS=false\n", "REDIS_TLS", id="switch"),
    pytest.param("REDIS_HOST=10.1.0.6\nREDIS_USE_SSL=0\n", "REDIS_USE_SSL", id="switch by another name"),
    pytest.param("SMTP_HOST=smtp.example.com\nSMTP_TLS_ENABLED=no\n", "SMTP_TLS_ENABLED", id="mail"),
)
FINE = (
    pytest.param("API_URL=https://api.example.com\n", id="https"),
    pytest.param("API_URL=http://api:8000\n", id="a service beside it"),
    pytest.param("API_HOST=http://api.example.com\n", id="a host with a scheme: of the wrong kind"),
    pytest.param("SIDECAR_URL=http://127.0.0.1:9000\n", id="the machine itself"),
    pytest.param("BROKER_URL=rediss://:secret@10.1.0.6:6379/0\n", id="rediss"),
    pytest.param("DATABASE_URL=postgresql://app@db.example.com/x?sslmode=verify-full\n", id="DSN"),
    pytest.param("DATABASE_URL=postgresql://app@db.example.com/x\n", id="DSN that says nothing"),
    pytest.param("DATABASE_URL=postgresql://app@postgres/x?sslmode=disable\n", id="DSN of a service"),
    pytest.param("DB_HOST=10.1.0.5\nDB_SSLMODE=verify-full\n", id="mode"),
    pytest.param("DB_HOST=postgres\nDB_SSLMODE=disable\n", id="mode of a service"),
    pytest.param("DB_SSLMODE=disable\n", id="mode of no host"),
    pytest.param("REDIS_HOST=10.1.0.6\nREDIS_TLS=true\n", id="switch"),
    pytest.param("REDIS_HOST=redis\nREDIS_TLS=false\n", id="switch of a service"),
    pytest.param("CORS_ORIGINS=https://www.example.com,http://www.example.com\n", id="origins"),
    pytest.param("HTTPS_PROXY=http://proxy.example.com:3128\n", id="proxy"),
)


@pytest.fixture
def found(tmp_path, write, monkeypatch):
    """Return a function: the keys that are found in an environment's file, and how gravely."""
    monkeypatch.chdir(tmp_path)

    def check_file(text, environment="production"):
        keys = "".join(f"{line.partition('=')[0]}=\n" for line in text.splitlines())
        name = f".env.{environment}"
        write({".env.example": keys, name: text})
        return [(one.anchor, one.severity) for one in check(".", {}) if (one.rule, one.path) == (RULE, name)]

    return check_file


@pytest.mark.parametrize(("text", "key"), CLEAR)
def test_what_others_can_read_is_a_warning_on_servers(text, key, found):
    assert found(text) == [(key, "warning")]
    assert found(text, "staging") == [(key, "warning")]
    assert found(text, "development") == []


@pytest.mark.parametrize("text", FINE)
def test_what_is_encrypted_or_leaves_no_machine_is_fine(text, found):
    assert found(text) == []
