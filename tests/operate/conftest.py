"""A repository with one small stack."""

import pytest

CONTRACT = """\
ENVIRONMENT=<development|staging|production>
DB_HOST=<DB_HOST>
DB_PORT=<DB_PORT>
DB_PUBLISH_PORT=<DB_PUBLISH_PORT>
DB_NAME=shop
DB_USER=<DB_USER>
DB_PASSWORD=<GENERATE_PASSWORD>
DB_SSLMODE=<disable|verify-full>
REDIS_URL=redis://<REDIS_HOST>:<REDIS_PUBLISH_PORT>/0
REDIS_HOST=<REDIS_HOST>
REDIS_PUBLISH_PORT=<REDIS_PUBLISH_PORT>
BACKEND_URL=<BACKEND_URL>
BACKEND_PORT=<BACKEND_PORT>
ADMIN_PORT=<ADMIN_PORT>
CORS_ORIGINS=<CORS_ORIGINS>
LOG_LEVEL=info
POSTGRES_IMAGE=
"""
BASE = """\
name: shop-${ENVIRONMENT:?}
services:
  postgres:
    image: ${POSTGRES_IMAGE:-postgres:17.5-alpine}
    environment: {POSTGRES_DB: "${DB_NAME:?}", POSTGRES_USER: "${DB_USER:?}", POSTGRES_PASSWORD: "${DB_PASSWORD:?}"}
  redis: {image: "redis:8.2.1-alpine"}
  backend:
    image: shop/backend:local
    command: [uvicorn, "app:app", --host, 0.0.0.0, --port, "8000"]
    environment: {ENVIRONMENT: "${ENVIRONMENT:?}", DB_HOST: "${DB_HOST:?}"}
    depends_on: {migrate: {condition: service_completed_successfully}}
  migrate: {image: "shop/backend:local", command: [alembic, upgrade, head]}
"""
DEV = """\
services:
  postgres: {ports: ["127.0.0.1:${DB_PUBLISH_PORT:?}:5432"]}
  redis: {ports: ["127.0.0.1:${REDIS_PUBLISH_PORT:?}:6379"]}
  admin: {image: "adminer:5.3.0", profiles: [tools], ports: ["127.0.0.1:${ADMIN_PORT:?}:8000"]}
  backend:
    build: backend
    environment: {DB_HOST: postgres}
    ports: ["127.0.0.1:${BACKEND_PORT:?}:8000"]
"""
PROD = "services: {postgres: {ports: ['${DB_HOST:?}:5432:5432']}}\n"


@pytest.fixture
def shop(write):
    """Return the folder of a repository with a stack of two overrides."""
    files = {
        ".env.example": CONTRACT,
        "docker-compose.yml": BASE,
        "docker-compose.dev.yml": DEV,
        "docker-compose.prod.yml": PROD,
        "backend/Dockerfile": "FROM scratch\n",
    }
    return write(files)
