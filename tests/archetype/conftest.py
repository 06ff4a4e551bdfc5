"""A small team's whole system in its correct form, made from texts: each test plants its own fault."""

import os

import pytest

from envfence.contract import command

EXAMPLE = """\
# Which environment this is.
ENVIRONMENT=<development|staging|production>

# What the program dials.
DB_HOST=<DB_HOST>
DB_PORT=<DB_PORT>
DB_NAME=stocktrading
DB_USER=<DB_USER>
DB_PASSWORD=<GENERATE_PASSWORD>
# What compose publishes, and on which address.
DB_PUBLISH_PORT=<DB_PUBLISH_PORT>
BACKEND_PORT=<BACKEND_PORT>
BIND_ADDRESS=<BIND_ADDRESS>

REDIS_HOST=<REDIS_HOST>
REDIS_PORT=<REDIS_PORT>
REDIS_PASSWORD=<GENERATE_PASSWORD>

BACKEND_URL=<BACKEND_URL>
FRONTEND_URL=<FRONTEND_URL>
VITE_API_URL=<VITE_API_URL>
CORS_ORIGINS=<CORS_ORIGINS>
REPORT_BUCKET=reports

# At least 32 bytes.
JWT_SECRET_KEY=<GENERATE_RANDOM_SECRET>
JWT_PREVIOUS_SECRET_KEY=
JWT_EXPIRATION_MINUTES=15
GRAFANA_ADMIN_PASSWORD=<GENERATE_PASSWORD>
BACKEND_IMAGE=<BACKEND_IMAGE>
"""

VALUES = {
    "development": {
        "host": "127.0.0.1",
        "db": "localhost",
        "port": "5435",
        "redis": "6380",
        "url": "http://localhost",
        "bind": "127.0.0.1",
        "image": "stock/backend:dev",
        "secret": (
            "Dv4kQ8zT1mX7cB2nL9wP",
            "Dv9hJ3sF6yR2vK5gA8eU",
            "Dv2Wq7Zn4Xb9Tm6Lc3Rk8Vp5Hs1Yf0Gj7Ed",
            "Dv6oI1uE4aS8dF3gH7jK",
        ),
    },
    "staging": {
        "host": "10.2.0.5",
        "db": "10.2.0.5",
        "port": "5432",
        "redis": "6379",
        "url": "https://stg.example.com",
        "bind": "10.2.0.4",
        "image": "stock/backend:5e1f0c2",
        "secret": (
            "Yq7vXc2LkPz9RtWb4NmH",
            "Zf3TgB8nJm5KwQ1xC6vS",
            "Tz8Kq1Wn5Xr7Yb3Vm9Pc2Lf6Hd4Js0Ga8Qe",
            "Wr5pNd9kHs2cLf7bMj4T",
        ),
    },
    "production": {
        "host": "10.1.0.5",
        "db": "10.1.0.5",
        "port": "5432",
        "redis": "6379",
        "url": "https://www.example.com",
        "bind": "10.1.0.4",
        "image": "stock/backend:5e1f0c2",
        "secret": (
            "Hw3Zk8Qv6Bn1Mx5Tc9Lp",
            "Pd6Yj1Rs4Gf9Vk2Wb7Nq",
            "Rb5Yx9Lq3Wm7Zc1Vk8Tn4Pf6Hs2Gd0Jr5Xe",
            "Kc8Xv3Tz6Mp1Qw5Lr9Bh",
        ),
    },
}

ENV_FILE = """\
ENVIRONMENT={name}
DB_HOST={db}
DB_PORT={port}
DB_NAME=stocktrading
DB_USER=app
DB_PASSWORD={secret[0]}
DB_PUBLISH_PORT={port}
BACKEND_PORT=8000
BIND_ADDRESS={bind}
REDIS_HOST={host}
REDIS_PORT={redis}
REDIS_PASSWORD={secret[1]}
BACKEND_URL={url}:8000
FRONTEND_URL={url}:3000
VITE_API_URL={url}:8000/api
CORS_ORIGINS={url}:3000
REPORT_BUCKET=reports
JWT_SECRET_KEY={secret[2]}
JWT_PREVIOUS_SECRET_KEY=
JWT_EXPIRATION_MINUTES=15
GRAFANA_ADMIN_PASSWORD={secret[3]}
BACKEND_IMAGE={image}
"""

CONFIG = '''\
"""Settings of the backend."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL

ROOT = Path(__file__).resolve().parents[1]
NAME = os.environ["ENVIRONMENT"]


class Settings(BaseSettings):
    """What the backend takes from its environment."""

    model_config = SettingsConfigDict(
        env_file=ROOT / f".env.{NAME}",
        extra="ignore",
        hide_input_in_errors=True,
    )

    ENVIRONMENT: Literal["development", "staging", "production"]
    DB_HOST: str
    DB_PORT: int
    DB_NAME: str
    DB_USER: str
    DB_PASSWORD: SecretStr
    REDIS_HOST: str
    REDIS_PORT: int
    REDIS_PASSWORD: SecretStr
    BACKEND_URL: str
    FRONTEND_URL: str
    CORS_ORIGINS: str
    JWT_SECRET_KEY: SecretStr
    JWT_PREVIOUS_SECRET_KEY: SecretStr | None = None
    JWT_EXPIRATION_MINUTES: int = 15

    @model_validator(mode="after")
    def is_of_its_file(self) -> Self:
        if NAME != self.ENVIRONMENT:
            raise ValueError("the file and ENVIRONMENT disagree")
        return self

    @property
    def cors_origins(self) -> list[str]:
        return self.CORS_ORIGINS.split(",")

    @property
    def database_url(self) -> URL:
        return URL.create(
            "postgresql+psycopg",
            username=self.DB_USER,
            password=self.DB_PASSWORD.get_secret_value(),
            host=self.DB_HOST,
            port=self.DB_PORT,
            database=self.DB_NAME,
        )


@lru_cache
def get_settings() -> Settings:
    return Settings()
'''

QUEUE = '''\
"""The queue: one Redis, a database for each purpose."""

from urllib.parse import quote

from celery import Celery

from backend.config import get_settings


def redis_url(database: int) -> str:
    settings = get_settings()
    password = quote(settings.REDIS_PASSWORD.get_secret_value(), safe="")
    return f"rediss://:{password}@{settings.REDIS_HOST}:{settings.REDIS_PORT}/{database}"


def make_app() -> Celery:
    return Celery("stock", broker=redis_url(0), backend=redis_url(1))
'''

REPORT = '''\
"""Write the day's report."""

import os

bucket = os.environ["REPORT_BUCKET"]
'''

CLIENT = "export const api = import.meta.env.VITE_API_URL;\n"

DOCKERFILE = """\
FROM python:3.13-slim
ARG VERSION
ENV PYTHONUNBUFFERED=1
WORKDIR /app
COPY backend backend
USER 10001
CMD ["uvicorn", "backend.main:app"]
"""

BASE = """\
x-service: &service
  init: true
  restart: unless-stopped
  security_opt: [no-new-privileges:true]
  logging:
    options: {max-size: 10m, max-file: "3"}
  deploy:
    resources:
      limits: {memory: 512m}
  networks: [stock]

services:
  postgres:
    <<: *service
    image: timescale/timescaledb:2.19.3-pg17
    environment:
      POSTGRES_DB: ${DB_NAME:?}
      POSTGRES_USER: ${DB_USER:?}
      POSTGRES_PASSWORD: ${DB_PASSWORD:?}
    volumes:
      - data:/var/lib/postgresql/data
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -h 127.0.0.1 -U $$POSTGRES_USER -d $$POSTGRES_DB"]
      interval: 5s

  redis:
    <<: *service
    image: redis:8.0.2
    environment:
      REDIS_PASSWORD: ${REDIS_PASSWORD:?}
    command: ["sh", "-c", 'exec redis-server --requirepass "$$REDIS_PASSWORD"']
    healthcheck:
      test: ["CMD-SHELL", 'redis-cli -a "$$REDIS_PASSWORD" ping']

  backend:
    <<: *service
    build:
      context: .
      dockerfile: backend/Dockerfile
    image: ${BACKEND_IMAGE:?}
    env_file:
      - .env.${ENVIRONMENT:?}
    command: uvicorn backend.main:app --host 0.0.0.0 --port 8000
    depends_on:
      postgres:
        condition: service_healthy
      redis:
        condition: service_healthy

  grafana:
    <<: *service
    image: grafana/grafana:10.2.0
    environment:
      GF_SECURITY_ADMIN_PASSWORD: ${GRAFANA_ADMIN_PASSWORD:?}

volumes:
  data:

networks:
  stock:
"""

DEV = """\
services:
  postgres:
    ports:
      - "127.0.0.1:${DB_PUBLISH_PORT:?}:5432"
  backend:
    command: uvicorn backend.main:app --host 0.0.0.0 --port 8000 --reload
    ports:
      - "127.0.0.1:${BACKEND_PORT:?}:8000"
    volumes:
      - ./backend:/app/backend
"""

PROD = """\
services:
  backend:
    ports:
      - "${BIND_ADDRESS:?}:${BACKEND_PORT:?}:8000"
"""

WORKFLOW = """\
on: [push]
permissions: {}
jobs:
  deploy:
    runs-on: [self-hosted]
    environment: production
    env:
      ENVIRONMENT: production
      DB_PASSWORD: ${{ secrets.DB_PASSWORD }}
    steps:
      - run: nox -s rollout -- production
        env:
          SSH_KEY: ${{ secrets.SSH_PRIVATE_KEY }}
"""


def system():
    """Return the files of the correct form, path to text."""
    env_files = {f".env.{name}": ENV_FILE.format(name=name, **values) for name, values in VALUES.items()}
    return env_files | {
        ".env.example": EXAMPLE,
        ".gitignore": ".env*\n!.env.example\n",
        ".dockerignore": ".env*\n**/.env*\n.git\n",
        "backend/config.py": CONFIG,
        "backend/celery_app.py": QUEUE,
        "backend/report.py": REPORT,
        "backend/Dockerfile": DOCKERFILE,
        "frontend/src/api.ts": CLIENT,
        "docker-compose.yml": BASE,
        "docker-compose.dev.yml": DEV,
        "docker-compose.staging.yml": PROD,
        "docker-compose.prod.yml": PROD,
        ".github/workflows/deploy.yml": WORKFLOW,
    }


@pytest.fixture
def planted(repo, write, monkeypatch):
    """Return a function that writes the system with texts replaced and returns rule, path and anchor of findings."""
    monkeypatch.chdir(repo)

    def check_planted(*changes):
        texts = system()
        for name, old, new in changes:
            assert not old or texts[name].count(old) == 1, (
                f"{name} must hold {old!r} once, not {texts[name].count(old)}"
            )
            texts[name] = texts[name].replace(old, new) if old else texts.get(name, "") + new
        write(texts)
        for path in repo.glob(".env.*"):
            path.chmod(0o600)
        findings = command.checked(os.curdir, None, "port")
        return {(finding.rule, finding.path, finding.anchor) for finding in findings}

    return check_planted
