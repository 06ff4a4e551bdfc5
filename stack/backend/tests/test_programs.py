"""The programs together: web server, worker, PostgreSQL and Redis, also when one of them fails."""

import os
import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import count as numbers
from time import perf_counter, sleep

import numpy as np
import pytest
import talib
from celery import Celery
from environments import NOWHERE
from programs import Api, kill, web_server, worker
from servers import wait_until
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from app import prices, seed
from app.database import get_engine
from app.models import Alert, AlertEvent, DailyPrice, Indicators, Stock, User
from app.prices import PriceRow
from app.worker import BATCH

LAST = date(2025, 10, 9)


@pytest.fixture
def values(stack):
    """The environment of processes that use the running servers."""
    return {**NOWHERE, "DB_PORT": str(stack.DB_PORT), "REDIS_PORT": str(stack.REDIS_PORT)}


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


@pytest.fixture
def measured(record_testsuite_property):
    """Print a figure, which `pytest -s` shows, and keep it for `--junitxml`."""

    def record(name, value):
        print(f"\n{name}: {value:.2f}")
        record_testsuite_property(name, value)

    return record


def store(stocks, days):
    with Session(get_engine()) as session:
        changed = seed.seed(session, stocks, days, LAST)
        session.commit()
    return changed


def stored(model):
    with Session(get_engine()) as session:
        return session.scalar(select(func.count()).select_from(model))


def test_prices_sent_to_the_api_come_back_as_indicators_by_way_of_a_worker(values, log):
    with web_server(values, log) as api, worker(values, log):
        assert api("POST", "/api/v1/stocks", {"symbol": "ACME", "name": "Acme", "market": "TEST"})[0] == 201
        sent = [
            {"symbol": "ACME", "day": str(day), "open": 9, "high": 9, "low": 9, "close": 9, "volume": 1}
            for day in seed.trading_days(40, LAST)
        ]

        assert api("POST", "/api/v1/prices", {"prices": sent}) == (202, {"changed": 40})

        wait_until(lambda: api("GET", "/api/v1/backlog")[1]["stocks"] == 0)
        status, page = api("GET", "/api/v1/stocks/ACME/indicators?limit=1")
        assert (status, page["total"], page["items"][0]["sma_20"]) == (200, 40, 9.0)


def test_a_thousand_requests_over_fifty_connections_give_no_error(values, log, measured):
    store(stocks=50, days=250)
    paths = ("/api/v1/stocks?limit=50", "/api/v1/stocks/SIM0007/prices", "/api/v1/stocks/SIM0042/indicators?limit=50")

    def ask(port):
        with closing(Api(port)) as api:
            return [api("GET", paths[number % len(paths)])[0] for number in range(20)]

    with web_server(values, log) as api, ThreadPoolExecutor(50) as pool:
        start = perf_counter()
        statuses = Counter(status for found in pool.map(ask, [api.port] * 50) for status in found)
        measured("thousand_requests_seconds", perf_counter() - start)

    assert statuses == {200: 1000}


def test_a_database_that_restarts_under_load_loses_nothing_that_was_accepted(values, log, postgres, measured):
    """Answers are 201 or 503 and nothing else, and what was answered with 201 is there afterwards."""
    accepted, statuses, is_over = [], Counter(), threading.Event()

    def load(port, name):
        with closing(Api(port)) as api:
            for number in numbers():
                symbol = f"{name}{number}"
                status, _ = api("POST", "/api/v1/stocks", {"symbol": symbol, "name": symbol, "market": "LOAD"})
                statuses[status] += 1
                if status == 201:
                    accepted.append(symbol)
                if is_over.is_set():
                    return

    with web_server(values, log) as api, ThreadPoolExecutor(8) as pool:
        loads = [pool.submit(load, api.port, name) for name in "ABCDEFGH"]
        wait_until(lambda: len(accepted) > 100)
        postgres.stop("immediate")
        wait_until(lambda: statuses[503] > 10)
        assert api("GET", "/health/live")[0] == 200
        assert api("GET", "/health/ready")[1]["checks"]["database"] == "failed"
        postgres.start()
        restarted, before = perf_counter(), len(accepted)
        wait_until(lambda: len(accepted) > before + 100)
        measured("database_restart_seconds", perf_counter() - restarted)
        is_over.set()
        for done in loads:
            done.result()

    assert set(statuses) == {201, 503}
    with Session(get_engine()) as session:
        stored = set(session.scalars(select(Stock.symbol).where(Stock.market == "LOAD")))
    assert set(accepted) - stored == set()


def test_redis_that_restarts_is_found_again(values, log, redis_server):
    with web_server(values, log) as api, worker(values, log) as process:
        redis_server.stop()
        wait_until(lambda: api("GET", "/health/ready")[0] == 503)
        redis_server.start()
        wait_until(lambda: api("GET", "/health/ready")[0] == 200)

        store(stocks=1, days=30)
        api("POST", "/api/v1/backlog/run")

        wait_until(lambda: api("GET", "/api/v1/backlog")[1]["stocks"] == 0)
        assert process.poll() is None


@pytest.fixture
def watched(stack):
    """Three stocks whose prices wait, each with an alert; the ids of the stocks."""
    store(stocks=3, days=100)
    with Session(get_engine()) as session:
        ids = prices.stale_ids(session)
        session.add(User(email="a@example.com", password_hash=""))
        session.flush()
        early = datetime.combine(seed.trading_days(100, LAST)[0], time(), UTC)
        for stock in ids:
            session.add(Alert(user_id=1, stock_id=stock, kind="rsi_above", threshold=50, created_at=early))
        session.commit()
    return ids


@pytest.fixture
def send(stack):
    """Send a task to the workers; the result can be waited for."""
    broker, backend = (url.get_secret_value() for url in (stack.CELERY_BROKER_URL, stack.CELERY_RESULT_BACKEND))
    sender = Celery("sender", broker=broker, backend=backend)
    with sender.connection_for_write() as connection:
        yield lambda ids: sender.send_task("refresh", (ids,), queue="stocktrading", connection=connection)
    sender.backend.result_consumer.stop()
    sender.backend.client.connection_pool.disconnect()


@pytest.mark.parametrize("everything", (True, False), ids=("machine", "process"))
def test_a_task_whose_worker_is_killed_is_done_once_in_effect(values, log, tmp_path, watched, send, everything):
    """The worker dies with all written and nothing committed; the message is delivered anew, and then once more."""
    flag = tmp_path / "paused"
    options = {"environment": {**values, "PAUSED": str(flag)}, "log": log, "application": "fault_worker:celery"}
    with worker(**options) as doomed:
        send(watched)
        wait_until(lambda: flag.exists() and flag.read_text(encoding="utf-8"))
        assert (stored(Indicators), stored(AlertEvent)) == (0, 0)
        if everything:
            kill(doomed)
        else:
            os.kill(int(flag.read_text(encoding="utf-8")), signal.SIGKILL)
            wait_until(lambda: stored(Indicators))

    with worker(**options):
        wait_until(lambda: log.read_text(encoding="utf-8").count(" ready.") == 2)
        wait_until(lambda: stored(Indicators))
        rows, events = stored(Indicators), stored(AlertEvent)
        assert send(watched).get(timeout=40) == 0

    assert rows == stored(Indicators) == 300
    assert events == stored(AlertEvent) > 3


def test_a_worker_shows_that_it_lives_while_it_reaches_its_broker(values, log, tmp_path, redis_server):
    file = tmp_path / "worker-alive"

    def is_shown_again():
        last = file.stat().st_mtime
        wait_until(lambda: file.stat().st_mtime > last)

    with worker({**values, "TMPDIR": str(tmp_path)}, log):
        wait_until(file.exists)
        is_shown_again()
        redis_server.stop()
        sleep(1)  # the connection breaks at once
        last = file.stat().st_mtime
        sleep(5)
        assert file.stat().st_mtime == last
        redis_server.start()
        is_shown_again()


def test_five_hundred_stocks_are_computed_by_the_workers(values, log, send, measured):
    assert store(stocks=500, days=250) == 125_000
    with Session(get_engine()) as session:
        ids = prices.stale_ids(session)

    with worker(values, log):
        send(ids[:1]).get(timeout=30)  # the worker is up
        start = perf_counter()
        tasks = [send(ids[first : first + BATCH]) for first in range(0, len(ids), BATCH)]
        assert sum(task.get(timeout=120) for task in tasks) == 499
        measured("five_hundred_stocks_seconds", perf_counter() - start)

    assert stored(Indicators) == 125_000
    with Session(get_engine()) as session:
        closes = select(DailyPrice.close).where(DailyPrice.stock_id == ids[-1]).order_by(DailyPrice.day)
        expected = talib.RSI(np.array([float(close) for close in session.scalars(closes)]), 14)
        strength = select(Indicators.rsi_14).where(Indicators.stock_id == ids[-1]).order_by(Indicators.day)
        assert session.scalars(strength).all()[14:] == pytest.approx(list(expected[14:]), rel=1e-9, abs=1e-9)


def test_copy_is_five_times_as_fast_as_rows(stack, measured):
    """Prices a second: a hundred thousand by COPY, every fifth by a statement; in turns, so that both bear one load."""
    days = seed.trading_days(250, LAST)
    rows = [PriceRow(stock, day, *[Decimal("9.25")] * 4, 1) for stock in range(1, 401) for day in days]
    with Session(get_engine()) as session:
        session.add_all(Stock(symbol=f"S{number}", name="", market="") for number in range(400))
        session.commit()

        def seconds(load, rows):
            session.execute(text("TRUNCATE daily_prices"))
            session.commit()
            start = perf_counter()
            load(session, rows)
            session.commit()
            return perf_counter() - start

        by_copy, by_row = 0.0, 0.0
        for part in range(4):
            by_copy += seconds(prices.load, rows[part::4])
            assert stored(DailyPrice) == 25_000
            by_row += seconds(insert_each, rows[part::20])
            assert stored(DailyPrice) == 5_000

    measured("copy_prices_a_second", 100_000 / by_copy)
    measured("row_prices_a_second", 20_000 / by_row)
    assert (100_000 / by_copy) / (20_000 / by_row) >= 5


def insert_each(session, rows):
    statement = insert(DailyPrice)
    for row in rows:
        session.execute(statement, row._asdict())
