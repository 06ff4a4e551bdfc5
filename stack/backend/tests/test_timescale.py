"""The migrations on a PostgreSQL with TimescaleDB, in a container: hypertables that autogenerate leaves alone."""

import os
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from containers import docker, need
from environments import NOWHERE, run_alembic
from servers import HERE, PASSWORD, USER, free_port, wait_until
from sqlalchemy.orm import Session

from app.database import get_engine
from app.models import Stock
from app.prices import PriceRow, load

IMAGE = os.environ.get("POSTGRES_IMAGE", "envfence-test/postgres")


@pytest.fixture(scope="module")
def timescale():
    """The port of a server with TimescaleDB."""
    need(IMAGE)
    port = free_port()
    names = {"POSTGRES_USER": USER, "POSTGRES_PASSWORD": PASSWORD, "POSTGRES_DB": NOWHERE["DB_NAME"]}
    settings = [word for name, value in names.items() for word in ("--env", f"{name}={value}")]
    started = docker("run", "--detach", "--rm", "--publish", f"{HERE}:{port}:5432", *settings, IMAGE)
    container = started.stdout.strip()
    try:
        wait_until(lambda: connects(port), seconds=60)
        yield port
    finally:
        docker("kill", container)


def connects(port):
    try:
        connected(port).close()
    except psycopg.OperationalError:
        return False
    return True


def connected(port):
    where = {"host": HERE, "port": port, "user": USER, "password": PASSWORD, "dbname": NOWHERE["DB_NAME"]}
    return psycopg.connect(**where, autocommit=True, connect_timeout=2)


@pytest.mark.docker
def test_prices_and_indicators_are_hypertables_that_go_up_down_and_up(timescale, environment):
    port = {"DB_PORT": str(timescale)}
    for arguments in (("upgrade", "head"), ("downgrade", "base"), ("upgrade", "head")):
        assert run_alembic(*arguments, **port).error is None

    with connected(timescale) as connection:
        divided = connection.execute("SELECT hypertable_name FROM timescaledb_information.hypertables ORDER BY 1")
        assert divided.fetchall() == [("daily_prices",), ("technical_indicators",)]
        # As create_hypertable adds it by default, to a table that was divided by hand.
        connection.execute("CREATE INDEX daily_prices_day_idx ON daily_prices (day DESC)")

    environment(**port)
    with Session(get_engine()) as session:
        session.add(Stock(symbol="A", name="", market=""))
        session.flush()
        rows = [PriceRow(1, date(year, 10, 9), *[Decimal(1)] * 4, 1) for year in (2023, 2024, 2025)]
        assert (load(session, rows), load(session, rows)) == (3, 0)
        session.commit()

    with connected(timescale) as connection:
        assert connection.execute("SELECT count(*) FROM show_chunks('daily_prices')").fetchone() == (3,)
    assert run_alembic("check", **port).error is None
