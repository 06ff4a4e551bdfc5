"""What the worker is told, and how what was left behind is found."""

from datetime import date

import pytest
from environments import NOWHERE
from programs import web_server
from servers import free_port
from sqlalchemy.orm import Session

from app import probe, seed, worker
from app.database import get_engine

LAST = date(2025, 10, 9)


def test_broker_and_results_are_databases_of_their_own(environment):
    told = worker.configuration()

    assert told["broker_url"].endswith("/0")
    assert told["result_backend"].endswith("/1")
    assert told["task_acks_late"]
    assert told["broker_transport_options"]["visibility_timeout"] > told["task_time_limit"]


def test_the_sweep_asks_for_everything_stale_in_batches(stack, monkeypatch):
    with Session(get_engine()) as session:
        seed.seed(session, 60, 2, LAST)
        session.commit()
    asked = []
    monkeypatch.setattr(worker.refresh, "apply_async", lambda arguments, **_: asked.extend(arguments))

    assert worker.sweep() == 60

    assert [len(batch) for batch in asked] == [25, 25, 10]
    assert len({stock for batch in asked for stock in batch}) == 60


def test_seeding_again_changes_nothing(stack, capsys):
    assert seed.main(["--stocks", "3", "--days", "5", "--last", "2025-10-09"]) == 0
    assert seed.main(["--stocks", "3", "--days", "5", "--last", "2025-10-09"]) == 0

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("15 prices of 3 stocks stored")
    assert second.startswith("0 prices of 3 stocks stored")


def test_production_is_never_seeded(environment, capsys):
    environment(ENVIRONMENT="production", DB_HOST="db.example.com", REDIS_HOST="redis.example.com")

    assert seed.main([]) == 2
    assert capsys.readouterr().err == "invented prices are not for production\n"


@pytest.mark.parametrize(
    ("last", "days"),
    (
        pytest.param(date(2025, 10, 9), ["2025-10-07", "2025-10-08", "2025-10-09"], id="Thursday"),
        pytest.param(date(2025, 10, 12), ["2025-10-08", "2025-10-09", "2025-10-10"], id="Sunday"),
    ),
)
def test_markets_are_closed_at_weekends(last, days):
    assert [str(day) for day in seed.trading_days(3, last)] == days


def test_the_probe_asks_the_server_of_this_container(stack, tmp_path):
    values = {**NOWHERE, "DB_PORT": str(stack.DB_PORT), "REDIS_PORT": str(stack.REDIS_PORT)}
    with web_server(values, tmp_path / "log") as api:
        assert probe.is_ready(api.port)
    assert not probe.is_ready(free_port())
