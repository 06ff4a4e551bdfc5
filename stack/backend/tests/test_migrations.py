"""The migrations on a real PostgreSQL: up, down and up again, offline, one at a time, and never by accident."""

from datetime import date
from decimal import Decimal

import psycopg
import pytest
from environments import BACKEND
from servers import HERE, PASSWORD, USER
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from app.database import get_engine
from app.migrations import LOCK, includes
from app.models import Base
from app.prices import PriceRow, load

REVISIONS = ["8f2c61d0a7e4", "c41b9e5d7302", "5a9d07f3be18"]


@pytest.fixture
def scratch(new_database, postgres, request):
    """Connect to an empty database of this test."""
    name = new_database(request.node.name[:60])
    where = {"host": HERE, "port": postgres.port, "user": USER, "password": PASSWORD, "dbname": name}
    with psycopg.connect(**where, autocommit=True) as connection:
        yield connection


def tables(connection):
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name for (name,) in found} - {"alembic_version"}


def test_up_down_up_ends_in_the_models_schema(scratch, alembic):
    name = scratch.info.dbname
    for revision in REVISIONS:
        alembic("upgrade", revision, DB_NAME=name)
    alembic("downgrade", "base", DB_NAME=name)
    assert tables(scratch) == set()

    alembic("upgrade", "head", DB_NAME=name)

    assert tables(scratch) == set(Base.metadata.tables)
    alembic("check", DB_NAME=name)


def test_prices_that_were_there_first_wait_for_their_indicators(scratch, alembic):
    alembic("upgrade", REVISIONS[0], DB_NAME=scratch.info.dbname)
    scratch.execute("INSERT INTO stocks (symbol, name, market) VALUES ('A', 'A', 'X')")
    scratch.execute(
        "INSERT INTO daily_prices VALUES (1, '2025-01-03', 1, 1, 1, 1, 0), (1, '2025-01-02', 1, 1, 1, 1, 0)"
    )

    alembic("upgrade", "head", DB_NAME=scratch.info.dbname)

    assert [str(day) for (day,) in scratch.execute("SELECT since FROM stale_prices")] == ["2025-01-02"]


def test_there_is_one_head_and_every_file_has_its_date_and_hash(alembic):
    assert alembic("heads").stdout.split() == [REVISIONS[-1], "(head)"]


def test_sql_for_review_needs_no_server_and_no_settings(alembic):
    done = alembic("upgrade", "head", "--sql", ENVIRONMENT="", DB_PASSWORD="")

    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("SET ")] == [
        "SET lock_timeout = '5s';",
        "SET statement_timeout = '10min';",
    ]
    assert lines.count("BEGIN;") == lines.count("COMMIT;") == len(REVISIONS)
    assert "create_hypertable('daily_prices', 'day'" in done.stdout


def test_sql_for_review_does_the_same_as_the_migration(scratch, alembic):
    scratch.execute(alembic("upgrade", "head", "--sql").stdout)

    alembic("check", DB_NAME=scratch.info.dbname)


def test_a_second_runner_waits_only_so_long(scratch, alembic):
    scratch.execute("SELECT pg_advisory_lock(%s)", (LOCK,))

    done = alembic("-x", "wait=0.5", "upgrade", "head", DB_NAME=scratch.info.dbname, fails=SystemExit)

    assert "another migration has been running for 0.5 seconds" in done.stderr
    assert tables(scratch) == set()


def test_a_lock_that_is_held_stops_the_migration_not_the_traffic(scratch, alembic):
    name = scratch.info.dbname
    alembic("upgrade", REVISIONS[0], DB_NAME=name)
    with scratch.transaction():
        scratch.execute("LOCK TABLE stocks IN ROW EXCLUSIVE MODE")

        done = alembic("-x", "lock_timeout=200ms", "upgrade", "head", DB_NAME=name, fails=OperationalError)

    assert "canceling statement due to lock timeout" in str(done.error)
    assert PASSWORD not in f"{done.error!r} {done.stderr}"
    assert scratch.execute("SELECT version_num FROM alembic_version").fetchall() == [(REVISIONS[0],)]


def test_a_failure_undoes_one_migration_only(scratch, alembic):
    name = scratch.info.dbname
    alembic("upgrade", REVISIONS[1], DB_NAME=name)
    scratch.execute("CREATE TABLE alert_events ()")

    alembic("upgrade", "head", DB_NAME=name, fails=ProgrammingError)

    assert "alerts" not in tables(scratch)
    assert scratch.execute("SELECT version_num FROM alembic_version").fetchall() == [(REVISIONS[1],)]


def test_a_downgrade_that_loses_data_has_to_be_meant(scratch, alembic):
    staging = {
        "DB_NAME": scratch.info.dbname,
        "ENVIRONMENT": "staging",
        "DB_HOST": "db.example.com",
        "PGHOSTADDR": HERE,
        "REDIS_HOST": "redis",
    }
    alembic("upgrade", "head", **staging)

    refused = alembic("downgrade", "-1", fails=SystemExit, **staging)
    assert "loses the data of alerts, alert_events" in refused.stderr
    assert "alerts" in tables(scratch)

    alembic("-x", "destroy=yes", "downgrade", "-1", **staging)
    assert "alerts" not in tables(scratch)


def test_says_which_database_is_about_to_change(scratch, alembic):
    name = scratch.info.dbname

    assert f"development: database {name} on {HERE}:" in alembic("current", DB_NAME=name).stderr


@pytest.mark.parametrize(
    ("name", "kind", "reflected", "model", "included"),
    (
        pytest.param("daily_prices_day_idx", "index", True, None, False, id="made by TimescaleDB"),
        pytest.param("ix_daily_prices_day", "index", True, object(), True, id="ours"),
        pytest.param("ix_alerts_gone", "index", True, None, True, id="ours, gone from the models"),
        pytest.param("daily_prices", "table", True, None, True, id="table"),
    ),
)
def test_autogenerate_leaves_out_what_timescaledb_adds(name, kind, reflected, model, included):
    assert includes(None, name, kind, reflected, model) is included


def test_no_price_is_stored_for_a_stock_that_is_not_there(stack):
    row = PriceRow(7, date(2025, 10, 9), *[Decimal(1)] * 4, 1)

    with Session(get_engine()) as session, pytest.raises(IntegrityError, match="fk_stale_prices_stock_id_stocks"):
        load(session, [row])


def test_autogenerate_writes_nothing_when_there_is_nothing_to_do(stack, alembic):
    before = sorted((BACKEND / "alembic" / "versions").glob("*.py"))

    done = alembic("revision", "--autogenerate", "--message", "nothing")

    assert "no migration is written" in done.stderr
    assert sorted((BACKEND / "alembic" / "versions").glob("*.py")) == before


def test_autogenerate_finds_a_column_that_only_the_database_has(scratch, alembic):
    name = scratch.info.dbname
    alembic("upgrade", "head", DB_NAME=name)
    scratch.execute("ALTER TABLE stocks ADD COLUMN sector text")

    done = alembic("check", DB_NAME=name, fails=SystemExit)

    assert "remove_column" in done.stderr
