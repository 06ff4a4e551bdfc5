"""Whether the process can serve: everything that a request needs, asked at once."""

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Literal

import redis
from alembic.config import Config
from alembic.script import ScriptDirectory
from pydantic import BaseModel, SecretStr
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.cache import client_for
from app.config import get_settings
from app.database import get_engine

INI = Path(__file__).resolve().parents[1] / "alembic.ini"
VERSION = os.environ.get("APP_VERSION", "unreleased")  # set by the Dockerfile, the same in every environment

log = logging.getLogger(__name__)


class Health(BaseModel):
    """What is found. No part of it shows an address or a credential."""

    status: Literal["ready", "unready"]
    version: str
    environment: str
    schema_revision: str | None
    schema_head: str | None
    checks: dict[str, Literal["ok", "failed"]]


@lru_cache
def head_revision() -> str | None:
    """Return the schema revision that this code was written for."""
    return ScriptDirectory.from_config(Config(INI)).get_current_head()


def fits(revision: str) -> bool:
    """Return whether this code runs on a schema: its own, or one that it does not know.

    That one is of a later release, and a release only adds to the schema while code that needs the rest still runs. So
    the old code stays ready while the new one is rolled out, and after the new one is rolled back.
    """
    return revision == head_revision() or revision not in _older_revisions()


@lru_cache
def _older_revisions() -> frozenset[str]:
    return frozenset(one.revision for one in ScriptDirectory.from_config(Config(INI)).walk_revisions())


def readiness() -> Health:
    """Ask the database, Redis and the broker, and compare the schema with the code."""
    settings = get_settings()
    with ThreadPoolExecutor(3) as pool:
        database = pool.submit(_database)
        cache = pool.submit(_answers, settings.REDIS_URL)
        broker = pool.submit(_answers, settings.CELERY_BROKER_URL)
    is_reached, revision = database.result()
    found = {
        "database": is_reached,
        "redis": cache.result(),
        "broker": broker.result(),
        "schema": revision is not None and fits(revision),
    }
    return Health(
        status="ready" if all(found.values()) else "unready",
        version=VERSION,
        environment=settings.ENVIRONMENT,
        schema_revision=revision,
        schema_head=head_revision(),
        checks={name: "ok" if is_ok else "failed" for name, is_ok in found.items()},
    )


def _database() -> tuple[bool, str | None]:
    """Return whether the database answers, and its revision: None before the first migration."""
    try:
        with get_engine().connect() as connection:
            if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
                return True, None
            return True, connection.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError as error:
        log.warning("the database does not answer: %s", type(error).__name__)
        return False, None


def _answers(url: SecretStr) -> bool:
    try:
        return bool(client_for(url).ping())
    except redis.RedisError as error:
        log.warning("Redis does not answer: %s", type(error).__name__)
        return False
