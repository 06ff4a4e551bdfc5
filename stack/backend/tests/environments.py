"""Where the tests run: an environment whose servers are nowhere, and Alembic in a changed one."""

import contextlib
import io
import secrets
from pathlib import Path
from typing import NamedTuple

import pytest
from alembic.config import CommandLine, Config
from servers import HERE, PASSWORD, USER
from sqlalchemy.exc import SQLAlchemyError

from app import cache, database
from app.config import get_settings

BACKEND = Path(__file__).resolve().parents[1]

NOWHERE = {
    "ENVIRONMENT": "development",
    "DB_HOST": HERE,
    "DB_PORT": "1",
    "DB_NAME": "stocktrading",
    "DB_USER": USER,
    "DB_PASSWORD": PASSWORD,
    "DB_SSLMODE": "disable",
    "REDIS_HOST": HERE,
    "REDIS_PORT": "1",
    "REDIS_PASSWORD": PASSWORD,
    "REDIS_TLS": "false",
    "INFLUXDB_URL": "http://127.0.0.1:1",
    "INFLUXDB_TOKEN": PASSWORD,
    "INFLUXDB_ORG": "stocktrading",
    "INFLUXDB_BUCKET": "metrics",
    "CORS_ORIGINS": "http://localhost:8080, https://app.example.com",
    "SERVICE_TOKEN": secrets.token_hex(32),
    "JWT_SECRET_KEY": secrets.token_hex(16),
    "JWT_PREVIOUS_SECRET_KEY": "",
    "JWT_ALGORITHM": "HS256",
    "JWT_EXPIRATION_HOURS": "1",
}


def forget():
    """Let the next caller read the settings anew."""
    if database.get_engine.cache_info().currsize:
        database.get_engine().dispose()
    for remembered in (get_settings, database.get_engine, cache.client_for):
        remembered.cache_clear()


class Done(NamedTuple):
    """How a command of Alembic ended: its exception if it had one, and what it wrote."""

    error: BaseException | None
    stdout: str
    stderr: str


def run_alembic(*arguments, **changes):
    """Run Alembic's command line in this process, in an environment with ``changes``."""
    command, output, errors = CommandLine("alembic"), io.StringIO(), io.StringIO()
    options = command.parser.parse_args(arguments)
    config = Config(BACKEND / "alembic.ini", cmd_opts=options, stdout=output, output_buffer=output)
    failure = None
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(errors):
        for key, value in {**NOWHERE, **changes}.items():
            patch.setenv(key, value)
        forget()
        try:
            command.run_cmd(config, options)
        except (SystemExit, SQLAlchemyError) as error:
            failure = error
    forget()
    return Done(failure, output.getvalue(), errors.getvalue())
