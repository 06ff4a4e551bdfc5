"""What the worker is told, and how what was left behind is found."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from environments import NOWHERE, run_alembic
from programs import web_server
from servers import free_port
from sqlalchemy.orm import Session

from app import compute, prices, probe, seed, worker
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


def test_two_workers_with_one_message_do_the_work_once(stack):
    with Session(get_engine()) as session:
        seed.seed(session, 5, 100, LAST)
        session.commit()
        ids = prices.stale_ids(session)
    together = Barrier(2)

    def deliver():
        together.wait()
        with Session(get_engine()) as session, session.begin():
            return compute.refresh(session, ids)

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(deliver) for _ in range(2)]

    assert sorted(delivery.result() for delivery in done) == [0, 5]


def test_prices_loaded_while_indicators_are_computed_wait_for_the_next_run(stack):
    with Session(get_engine()) as session:
        seed.seed(session, 1, 30, LAST)
        session.commit()
        [stock] = prices.stale_ids(session)
    late = prices.PriceRow(stock, date(2025, 10, 10), *[Decimal(9)] * 4, 1)

    def load():
        with Session(get_engine()) as session, session.begin():
            return prices.load(session, [late])

    with Session(get_engine()) as session, ThreadPoolExecutor(1) as pool:
        compute.refresh(session, [stock])
        loading = pool.submit(load)  # it waits for the mark, which this transaction deletes
        with pytest.raises(TimeoutError):
            loading.result(timeout=0.3)
        session.commit()
        assert loading.result(timeout=10) == 1
        assert prices.stale_ids(session) == [stock]


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


def test_the_probe_asks_the_server_of_this_container(stack, tmp_path, capsys):
    values = {**NOWHERE, "DB_PORT": str(stack.DB_PORT), "REDIS_PORT": str(stack.REDIS_PORT)}
    with web_server(values, tmp_path / "log") as api:
        head = run_alembic("heads").stdout.split()[0]
        assert probe.answer(api.port) == {"status": "ready", "version": "unreleased", "schema": head}
        assert probe.main([], api.port) == 0
    nobody = free_port()
    assert probe.main(["--json"], nobody) == 1
    assert json.loads(capsys.readouterr().out) == {"status": "silent", "version": "", "schema": ""}
