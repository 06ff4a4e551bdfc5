"""One PostgreSQL and one Redis for the whole run, migrated, and the environment that says where they are."""

import tempfile
from pathlib import Path

import psycopg
import pytest
from environments import NOWHERE, forget, run_alembic
from fastapi.testclient import TestClient
from people import signed_up
from servers import HERE, PASSWORD, USER, Postgres, Redis
from sqlalchemy import text

from app import cache, database
from app.config import get_settings


@pytest.fixture
def environment(monkeypatch):
    """Settings of a development whose servers are nowhere; change one with ``environment(KEY=...)``."""

    def change(**values):
        for key, value in values.items():
            monkeypatch.setenv(key, value)
        forget()

    change(**NOWHERE)
    yield change
    forget()


@pytest.fixture(scope="session")
def postgres():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder))
        yield server
        server.stop("immediate")


@pytest.fixture(scope="session")
def redis_server():
    with tempfile.TemporaryDirectory() as folder:
        server = Redis(folder)
        yield server
        server.stop()


@pytest.fixture(scope="session")
def new_database(postgres):
    """Make an empty database and return its name."""

    def make(name):
        where = {"host": HERE, "port": postgres.port, "user": USER, "password": PASSWORD, "dbname": "postgres"}
        with psycopg.connect(**where, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return name

    return make


@pytest.fixture(scope="session")
def alembic(postgres):
    """Run Alembic on the server, and expect it to succeed, or to fail with an exception of type ``fails``."""

    def run(*arguments, fails=None, **changes):
        done = run_alembic(*arguments, **{"DB_PORT": str(postgres.port), **changes})
        assert isinstance(done.error, fails) if fails else done.error is None, done
        return done

    return run


@pytest.fixture(scope="session")
def migrated(new_database, alembic):
    name = new_database("stocktrading")
    alembic("upgrade", "head")
    return name


@pytest.fixture
def stack(environment, postgres, redis_server, migrated):
    """The settings of the running servers, whose tables and databases are empty."""
    environment(DB_PORT=str(postgres.port), REDIS_PORT=str(redis_server.port))
    with database.get_engine().begin() as connection:
        connection.execute(text("TRUNCATE stocks, daily_prices, technical_indicators, users RESTART IDENTITY CASCADE"))
    cache.client_for(get_settings().REDIS_URL).flushall()
    return get_settings()


@pytest.fixture
def client(stack):
    from app.main import create_app

    with TestClient(create_app(stack)) as client:
        yield client


@pytest.fixture
def service(client):
    """The headers of our own services."""
    return {"Authorization": f"Bearer {NOWHERE['SERVICE_TOKEN']}"}


@pytest.fixture
def ada(client):
    """The headers of somebody who is logged in."""
    return signed_up(client)
