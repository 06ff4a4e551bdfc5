"""What migrations share: limits, one runner at a time, and the ways of TimescaleDB."""

import logging
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Self

from alembic import context, op
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from app.config import Settings, get_settings
from app.models import Base

LOCK = 7_205_759_403_792_793  # of this application's migrations; any number that nobody else uses

log = logging.getLogger(__name__)


class Limits(NamedTuple):
    """How long a migration waits for locks, runs a statement, and waits for another runner (seconds)."""

    lock_timeout: str = "5s"  # a lock that is queued for blocks everybody behind it
    statement_timeout: str = "10min"
    wait: float = 60

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Self:
        """Return the limits that ``alembic -x`` names, and the usual ones besides."""
        given = {name: arguments[name] for name in ("lock_timeout", "statement_timeout") if name in arguments}
        return cls(**given, wait=float(arguments.get("wait", cls._field_defaults["wait"])))

    def statements(self) -> Iterator[str]:
        """Yield what sets them for the session, online and in the SQL for review."""
        for name in ("lock_timeout", "statement_timeout"):
            value = getattr(self, name).replace("'", "''")
            yield f"SET {name} = '{value}'"


def engine_of(settings: Settings) -> Engine:
    """Return an engine that keeps no connection, and say which database is about to change."""
    url = settings.DATABASE_URL
    log.info("%s: database %s on %s:%s", settings.ENVIRONMENT, url.database, url.host, url.port)
    return create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 10, "application_name": "migrate"})


def take_lock(connection: Connection, wait: float) -> None:
    """Take the lock of all migrations; raise CommandError if another runner keeps it for ``wait`` seconds.

    It is asked for again and again: to queue for it would hold a snapshot, and that stops CREATE INDEX CONCURRENTLY of
    the runner that has it. The lock ends with the connection, so a runner that dies leaves none behind.
    """
    deadline = time.monotonic() + wait
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}):
        connection.rollback()
        if time.monotonic() > deadline:
            raise CommandError(f"another migration has been running for {wait:g} seconds; try again when it is done")
        time.sleep(0.2)
    connection.commit()  # Alembic begins transactions of its own


def includes(_: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """Leave out what TimescaleDB adds to a hypertable, so that autogenerate does not drop it."""
    if kind == "index" and reflected and compare_to is None:
        return name not in {f"{table}_{column}_idx" for table, column in hypertables().items()}
    return True


def hypertables() -> dict[str, str]:
    """Return the tables that are hypertables where they can be, and the column that divides each."""
    return {table.name: table.info["hypertable"] for table in Base.metadata.sorted_tables if "hypertable" in table.info}


def without_nothing(_: object, __: object, directives: list[Any]) -> None:
    """Write no migration when autogenerate finds nothing to do."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []
        log.warning("the models say what the database has; no migration is written")


def make_hypertable(table: str, column: str, interval: str) -> None:
    """Divide an empty table by ``column`` where TimescaleDB is there; elsewhere it stays a plain table.

    The database decides when it runs, so the SQL for review is right for both.
    """
    op.execute(f"""
        DO $$ BEGIN
            IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb') THEN
                CREATE EXTENSION IF NOT EXISTS timescaledb;
                PERFORM create_hypertable('{table}', '{column}', chunk_time_interval => INTERVAL '{interval}',
                                          create_default_indexes => FALSE);
            END IF;
        END $$
    """)


def destroys(tables: str) -> None:
    """Stop a downgrade that loses the data of ``tables``, unless it is said that it may, or it is development's."""
    if context.is_offline_mode() or get_settings().is_development:
        return
    if context.get_x_argument(as_dictionary=True).get("destroy") != "yes":
        raise CommandError(f"this downgrade loses the data of {tables}; back it up, then add `-x destroy=yes`")
