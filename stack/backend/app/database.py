"""One engine for each process, whose pool outlives a restart of the database."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated

from fastapi import Depends
from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from app.config import get_settings

# What a database that restarts, is away or is overloaded raises: try again later. Anything else is a bug.
UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeoutError)


def engine_for(url: URL, *, statement_timeout: int = 30) -> Engine:
    """Return an engine for ``url``; no statement runs longer than ``statement_timeout`` seconds.

    Ten connections a process: four workers stay below the hundred that PostgreSQL takes by default. A request beyond
    them waits for one, and gets a 503 after ``pool_timeout`` seconds. So nothing may hold a connection while it waits
    for a thread, as an endpoint does when its dependencies have run: these use no connection, or give it back.
    """
    return create_engine(
        url,
        pool_pre_ping=True,  # a connection that the database has dropped is replaced before it is used
        pool_size=10,
        max_overflow=0,  # connections that come and go cost more than they bring
        pool_timeout=10,
        pool_recycle=1800,
        connect_args={
            "connect_timeout": 3,
            "application_name": "stocktrading",
            "options": f"-c statement_timeout={statement_timeout}s -c timezone=UTC",
        },
    )


@lru_cache
def get_engine() -> Engine:
    """Return this process's engine. It connects when it is first used, never before a fork."""
    return engine_for(get_settings().DATABASE_URL)


def get_session() -> Iterator[Session]:
    """Give one endpoint its session, for itself alone. What it writes it commits itself, before it answers."""
    with Session(get_engine()) as session:
        yield session


def is_unavailable(error: Exception) -> bool:
    """Return whether the database, not the program, is at fault."""
    return isinstance(error, UNAVAILABLE) or (isinstance(error, DBAPIError) and error.connection_invalidated)


DatabaseSession = Annotated[Session, Depends(get_session)]
