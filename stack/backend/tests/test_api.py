"""The HTTP interface on real servers: from prices to indicators and alerts, and what is refused on the way."""

from datetime import UTC, datetime, timedelta

import pytest
from people import signed_up
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app import compute, prices, worker
from app.api import stocks
from app.config import get_settings
from app.database import get_engine

TODAY = datetime.now(UTC).date()


def price(day, close, symbol="ACME", **changes):
    close = str(close)
    return {
        "symbol": symbol,
        "day": str(day),
        "open": close,
        "high": close,
        "low": close,
        "close": close,
        "volume": 1,
    } | changes


def compute_all():
    """Do what a worker does."""
    with Session(get_engine()) as session, session.begin():
        return compute.refresh(session, prices.stale_ids(session))


@pytest.fixture
def acme(client, service):
    new = {"symbol": "ACME", "name": "Acme", "market": "TEST"}
    assert client.post("/api/v1/stocks", json=new, headers=service).status_code == 201


def test_prices_become_indicators(client, service, acme):
    days = [TODAY - timedelta(days=back) for back in range(29, -1, -1)]
    sent = {"prices": [price(day, 100 + number) for number, day in enumerate(days)]}

    assert client.post("/api/v1/prices", json=sent, headers=service).json() == {"changed": 30}
    assert client.get("/api/v1/backlog", headers=service).json() == {"stocks": 1, "since": str(days[0])}
    assert compute_all() == 1
    assert client.get("/api/v1/backlog", headers=service).json() == {"stocks": 0, "since": None}

    page = client.get("/api/v1/stocks/acme/indicators", params={"limit": 2}).json()
    assert (page["total"], page["limit"], page["offset"]) == (30, 2, 0)
    newest, before = page["items"]
    assert (newest["day"], newest["sma_20"], newest["rsi_14"], newest["sma_60"]) == (str(days[-1]), 119.5, 100.0, None)
    assert before["sma_20"] == 118.5
    prices_page = client.get("/api/v1/stocks/ACME/prices", params={"start": str(days[1]), "end": str(days[2])}).json()
    assert [(item["day"], item["close"]) for item in prices_page["items"]] == [
        (str(days[2]), "102.000000"),
        (str(days[1]), "101.000000"),
    ]


def test_the_same_prices_again_change_nothing_and_a_correction_one(client, service, acme):
    sent = {"prices": [price(TODAY - timedelta(days=1), 100), price(TODAY, 101)]}

    assert client.post("/api/v1/prices", json=sent, headers=service).json() == {"changed": 2}
    assert client.post("/api/v1/prices", json=sent, headers=service).json() == {"changed": 0}
    sent["prices"][1] = price(TODAY, 102)
    assert client.post("/api/v1/prices", json=sent, headers=service).json() == {"changed": 1}


def test_an_alert_goes_off_once_when_its_threshold_is_crossed(client, service, acme, ada):
    above = {"symbol": "ACME", "kind": "price_above", "threshold": 100}
    alert = client.post("/api/v1/alerts", json=above, headers=ada).json()
    client.post("/api/v1/alerts", json=above | {"kind": "price_below"}, headers=ada)

    days = [TODAY + timedelta(days=ahead) for ahead in range(-1, 3)]
    for _ in range(2):  # the second delivery has no effect
        sent = {"prices": [price(day, close) for day, close in zip(days, (99, 101, 102, 103), strict=True)]}
        client.post("/api/v1/prices", json=sent, headers=service)
        compute_all()

    events = client.get("/api/v1/alerts/events", headers=ada).json()
    assert events["items"] == [{"alert_id": alert["id"], "day": str(TODAY), "value": 101.0}]
    assert client.delete(f"/api/v1/alerts/{alert['id']}", headers=ada).status_code == 204
    assert client.get("/api/v1/alerts/events", headers=ada).json()["total"] == 0
    assert client.get("/api/v1/alerts", headers=ada).json()["total"] == 1


def test_an_alert_is_of_one_person(client, service, acme, ada):
    new = {"symbol": "ACME", "kind": "rsi_above", "threshold": 70}
    alert = client.post("/api/v1/alerts", json=new, headers=ada).json()
    eve = signed_up(client, email="eve@example.com")

    assert client.get("/api/v1/alerts", headers=eve).json()["items"] == []
    assert client.delete(f"/api/v1/alerts/{alert['id']}", headers=eve).status_code == 404
    assert client.get("/api/v1/users/me", headers=ada).json()["email"] == "ada@example.com"


@pytest.mark.parametrize(
    "changes",
    (
        pytest.param({"day": "tomorrow"}, id="no day"),
        pytest.param({"close": "-1", "low": "-1"}, id="below zero"),
        pytest.param({"low": "101"}, id="low above open"),
        pytest.param({"high": "99"}, id="high below close"),
        pytest.param({"close": "NaN"}, id="no number"),
        pytest.param({"close": "100.0000001"}, id="more digits than are stored"),
        pytest.param({"volume": -1}, id="negative volume"),
        pytest.param({"volume": 2**63}, id="volume beyond the column"),
        pytest.param({"symbol": "no symbol"}, id="symbol"),
        pytest.param({"symbol": "GONE"}, id="not listed"),
    ),
)
def test_a_wrong_price_stores_none(client, service, acme, changes):
    sent = {"prices": [price(TODAY - timedelta(days=1), 100), price(TODAY, 100) | changes]}

    assert client.post("/api/v1/prices", json=sent, headers=service).status_code == 422
    assert client.get("/api/v1/stocks/ACME/prices").json()["total"] == 0


def test_a_day_given_twice_is_refused(client, service, acme):
    sent = {"prices": [price(TODAY, 100), price(TODAY, 101, symbol="acme")]}

    assert client.post("/api/v1/prices", json=sent, headers=service).status_code == 422


@pytest.mark.parametrize(
    ("path", "status"),
    (
        pytest.param("/api/v1/stocks?limit=0", 422, id="empty page"),
        pytest.param("/api/v1/stocks?limit=1001", 422, id="huge page"),
        pytest.param("/api/v1/stocks?offset=-1", 422, id="before the first"),
        pytest.param("/api/v1/stocks/GONE", 404, id="no such stock"),
        pytest.param("/api/v1/stocks/GONE/prices", 404, id="prices of no stock"),
        pytest.param("/api/v1/stocks/ACME/prices?start=2025-01-02&end=2025-01-01", 422, id="from late to early"),
        pytest.param("/api/v1/stocks/ACME/prices?start=today", 422, id="no day"),
        pytest.param("/api/v1/users/me", 401, id="nobody"),
        pytest.param("/api/v1/alerts", 401, id="alerts of nobody"),
        pytest.param("/api/v1/backlog", 401, id="no service"),
    ),
)
def test_refuses(client, acme, path, status):
    assert client.get(path).status_code == status


def test_lists_stocks_in_pages_and_finds_them(client, service):
    for symbol in ("BB", "AA", "CC"):
        client.post("/api/v1/stocks", json={"symbol": symbol, "name": f"name {symbol}", "market": "T"}, headers=service)

    page = client.get("/api/v1/stocks", params={"limit": 2, "offset": 1}).json()
    assert ([stock["symbol"] for stock in page["items"]], page["total"]) == (["BB", "CC"], 3)
    found = client.get("/api/v1/stocks", params={"search": "aa"}).json()
    assert [stock["symbol"] for stock in found["items"]] == ["AA"]
    assert client.get("/api/v1/stocks", params={"search": "%"}).json()["total"] == 0
    again = client.post("/api/v1/stocks", json={"symbol": "aa", "name": "other", "market": "T"}, headers=service)
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("origin", "allowed"),
    (
        pytest.param("https://app.example.com", "https://app.example.com", id="listed"),
        pytest.param("https://evil.example.net", None, id="not listed"),
    ),
)
def test_only_listed_origins_may_call_from_a_browser(client, origin, allowed):
    answer = client.get("/health/live", headers={"Origin": origin})

    assert answer.headers.get("access-control-allow-origin") == allowed


def test_prices_are_kept_while_the_broker_is_away(client, service, acme, monkeypatch):
    monkeypatch.setattr(worker.refresh, "apply_async", lambda *_, **__: (_ for _ in ()).throw(worker.BrokerError))

    assert client.post("/api/v1/prices", json={"prices": [price(TODAY, 100)]}, headers=service).status_code == 202
    assert client.get("/api/v1/backlog", headers=service).json()["stocks"] == 1


def test_a_fault_of_our_own_is_no_503(stack, monkeypatch):
    from app.main import create_app

    wrong = lambda *_: (_ for _ in ()).throw(ProgrammingError("SELECT", {}, Exception()))  # noqa: E731
    monkeypatch.setattr(stocks, "page_of", wrong)
    with TestClient(create_app(stack), raise_server_exceptions=False) as client:
        assert client.get("/api/v1/stocks").status_code == 500


def test_production_shows_no_documentation(environment, client):
    from app.main import create_app

    assert client.get("/openapi.json").status_code == 200
    environment(ENVIRONMENT="production", DB_HOST="db.example.com", REDIS_HOST="redis.example.com")
    with TestClient(create_app(get_settings())) as outside:
        assert [outside.get(path).status_code for path in ("/docs", "/openapi.json")] == [404, 404]
