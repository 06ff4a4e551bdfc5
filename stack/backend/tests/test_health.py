"""What the program says of itself: that it lives, and whether it is ready to serve."""

from environments import NOWHERE, run_alembic
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.config import get_settings


def test_ready_tells_version_and_schema(client):
    answer = client.get("/health/ready")

    head = run_alembic("heads").stdout.split()[0]
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "status": "ready",
            "version": "unreleased",
            "environment": "development",
            "schema_revision": head,
            "schema_head": head,
            "checks": {"database": "ok", "redis": "ok", "broker": "ok", "schema": "ok"},
        },
    )
    assert client.get("/health").json() == answer.json()


def test_is_not_ready_on_an_old_schema(client, environment, stack, new_database, alembic):
    alembic("upgrade", "8f2c61d0a7e4", DB_NAME=new_database("old"))
    environment(DB_NAME="old", DB_PORT=str(stack.DB_PORT), REDIS_PORT=str(stack.REDIS_PORT))

    answer = client.get("/health/ready")

    assert (answer.status_code, answer.json()["schema_revision"]) == (503, "8f2c61d0a7e4")
    assert answer.json()["checks"] == {"database": "ok", "redis": "ok", "broker": "ok", "schema": "failed"}


def test_is_ready_on_a_schema_that_a_later_release_has_added_to(client, environment, stack, new_database, alembic):
    alembic("upgrade", "head", DB_NAME=new_database("newer"))
    environment(DB_NAME="newer", DB_PORT=str(stack.DB_PORT), REDIS_PORT=str(stack.REDIS_PORT))
    from app.database import get_engine

    with get_engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'fedcba987654'"))

    answer = client.get("/health/ready")

    assert (answer.status_code, answer.json()["schema_revision"]) == (200, "fedcba987654")


def test_is_not_ready_before_the_first_migration(client, environment, stack, new_database):
    environment(DB_NAME=new_database("empty"), DB_PORT=str(stack.DB_PORT), REDIS_PORT=str(stack.REDIS_PORT))

    assert client.get("/health/ready").json()["schema_revision"] is None


def test_lives_and_says_503_without_servers(environment):
    environment()
    from app.main import create_app

    with TestClient(create_app(get_settings())) as client:
        assert client.get("/health/live").json() == {"status": "alive"}
        health = client.get("/health/ready")
        assert (health.status_code, set(health.json()["checks"].values())) == (503, {"failed"})
        for answer in (
            client.get("/api/v1/stocks"),
            client.post("/api/v1/auth/token", data={"username": "a@example.com", "password": "x"}),
        ):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert NOWHERE["DB_PASSWORD"] not in answer.text
