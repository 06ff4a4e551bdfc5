"""Eighteen scripts that say the same few things in many spellings, and a run of `envfence fix` over files."""

import pytest

from envfence import cli

# Plainly fake, and in the scripts below only by name, so that this file holds none of what the rules refuse.
VALUES = {
    "@HOST@": "localhost",
    "@PORT@": "5435",
    "@NAME@": "stocktrading",
    "@USER@": "admin",
    "@WORD@": "admin123",
    "@REDIS@": "6380",
    "@OTHER@": "192.168.219.103",
    "@REPORT@": "R3port%40db",
    "@TOKEN@": "tok-7fQ2x-w0rd-81",
    "@PROD@": "pr0d-w0rd-9x",
}
VALUES["@LOGIN@"] = "admin:admin123"
VALUES["@DSN@"] = "postgresql://admin:admin123@localhost:5435/stocktrading"
VALUES["@WEB@"] = "http://localhost"
VALUES["@NUMBER@"] = "127.0.0.1"

SCRIPTS = {
    "calculate_all_indicators.py": '''\
"""All indicators."""

from __future__ import annotations

import sqlalchemy

DATABASE_URL = "@DSN@"
engine = sqlalchemy.create_engine(DATABASE_URL)
''',
    "calculate_indicators_oct2.py": """\
import psycopg2

conn = psycopg2.connect(host="@HOST@", port=@PORT@, dbname="@NAME@", user="@USER@", password="@WORD@")
""",
    "celery_app.py": """\
from celery import Celery

app = Celery(
    'celery_app',
    broker='redis://@HOST@:@REDIS@/0',  # the queue
    backend='redis://@HOST@:@REDIS@/1',
)
""",
    "fix_combined_indicators.py": """\
import psycopg2

DB_CONFIG = {
    'host': '@HOST@',
    'port': @PORT@,
    'database': '@NAME@',
    'user': '@USER@',
    'password': '@WORD@',
}


def main():
    return psycopg2.connect(**DB_CONFIG)


if __name__ == "__main__":
    main()
""",
    "recalculate_missing_indicators.py": """\
import psycopg2

conn = psycopg2.connect("host=@HOST@ port=@PORT@ dbname=@NAME@ user=@USER@ password=@WORD@")
""",
    "run_indicator_calculator.py": """\
from sqlalchemy import create_engine

DB = "@NAME@"
engine = create_engine(f"postgresql://@LOGIN@@@HOST@:@PORT@/{DB}")
""",
    "simple_indicator_update.py": """\
import os

from sqlalchemy import create_engine

engine = create_engine(os.getenv("DATABASE_URL", "@DSN@"))
""",
    "simple_indicators.py": """\
from sqlalchemy import create_engine

engine = create_engine("postgresql://@LOGIN@"
                       "@@HOST@:@PORT@/@NAME@")
""",
    "test_data_loader.py": """\
import psycopg2


def connect(host="@HOST@", port=@PORT@, user="@USER@", password="@WORD@"):
    return psycopg2.connect(host=host, port=port, user=user, password=password)


if __name__ == "__main__":
    connect()
""",
    "alerts.py": """\
import sqlalchemy

url = "postgresql://" + "@USER@" + ":" + "@WORD@" + "@" + "@HOST@" + ":@PORT@/" + "@NAME@"
engine = sqlalchemy.create_engine(url)
""",
    "api_client.py": """\
import requests

API_BASE_URL = "@WEB@:8000/api/v1"
requests.get(API_BASE_URL + "/prices")
requests.get("@WEB@:8000/health")
for page in range(2):
    requests.get(f"@WEB@:8000/prices?page={page}")
""",
    "cache.py": """\
import redis

cache = redis.Redis(host="@HOST@", port=@REDIS@, db=2)
""",
    "metrics.py": """\
from influxdb_client import InfluxDBClient

client = InfluxDBClient(url="@WEB@:8086", token="tok-@WORD@-7fQ2x", org="@NAME@")
""",
    "environments.py": """\
import os

from sqlalchemy import create_engine

DATABASES = {
    "dev": "@DSN@",
    "prod": "postgresql://@USER@:pr0d-w0rd-9x@@OTHER@:5432/@NAME@",
}
engine = create_engine(DATABASES[os.getenv("APP_STAGE", "dev")])
""",
    "percent.py": """\
import psycopg2

conn = psycopg2.connect("postgresql://@LOGIN@@%s:%d/@NAME@" % ("@HOST@", @PORT@))
""",
    "formatted.py": """\
import psycopg2

conn = psycopg2.connect("postgresql://{}:{}@@HOST@:@PORT@/@NAME@".format("@USER@", "@WORD@"))
""",
    "fallbacks.py": """\
import os, psycopg2

conn = psycopg2.connect(
    host=os.environ.get("DB_HOST", "@HOST@"),
    port=int(os.environ.get("DB_PORT", "@PORT@")),
    user=os.environ.get("DB_USER") or "@USER@",
    password=os.getenv("DB_PASSWORD", "@WORD@"),
)
""",
    "reports.py": """\
import psycopg2

conn = psycopg2.connect("postgresql://report:@REPORT@@@OTHER@:5432/analytics?sslmode=require")
""",
}


@pytest.fixture
def filled():
    """Return a function that puts the values into a text."""

    def fill(text):
        for name, value in VALUES.items():
            text = text.replace(name, value)
        return text

    return fill


@pytest.fixture
def archetype(filled):
    """Return the scripts, path to text."""
    return {path: filled(text) for path, text in SCRIPTS.items()}


@pytest.fixture
def fix(filled, repo, write, git, monkeypatch):
    """Return a function that commits files, with the values in, runs `envfence fix` and returns what is there then.

    The files are returned by path, as text with every line end as it is.
    """
    monkeypatch.chdir(repo)

    def run(files, *options, expected=1):
        write({path: filled(text) if isinstance(text, str) else text for path, text in files.items()})
        git("add", "--all", "--force")
        git("commit", "--quiet", "--message", "before", "--allow-empty")
        assert cli.main(["fix", *options]) == expected
        found = (path for path in repo.rglob("*") if path.is_file() and ".git" not in path.relative_to(repo).parts[:1])
        return {path.relative_to(repo).as_posix(): path.read_bytes().decode(errors="replace") for path in found}

    return run
