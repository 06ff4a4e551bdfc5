"""Invented stocks and prices for development and staging: ``python -m app.seed --stocks 20 --days 250``."""

import argparse
import math
import random
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import prices
from app.config import get_settings
from app.database import get_engine
from app.models import Stock
from app.worker import enqueue


def trading_days(count: int, last: date) -> list[date]:
    """Return the last ``count`` weekdays up to ``last``, ascending."""
    days: list[date] = []
    while len(days) < count:
        if last.weekday() < 5:
            days.append(last)
        last -= timedelta(days=1)
    return days[::-1]


def walk(stock_id: int, days: Sequence[date], chance: random.Random) -> Iterator[prices.PriceRow]:
    """Yield one price a day that wanders off from a random start."""
    close = chance.uniform(10, 500)
    for day in days:
        before, close = close, close * math.exp(chance.gauss(0.0002, 0.018))
        low, high = min(before, close) * chance.uniform(0.98, 1), max(before, close) * chance.uniform(1, 1.02)
        yield prices.PriceRow(
            stock_id, day, _cents(before), _cents(high), _cents(low), _cents(close), chance.randrange(10_000, 5_000_000)
        )


def seed(session: Session, stocks: int, days: int, last: date) -> int:
    """Store ``stocks`` invented stocks with ``days`` prices each, the same in every run; return how many changed."""
    names = [{"symbol": f"SIM{number:04}", "name": f"Invented {number}", "market": "SIM"} for number in range(stocks)]
    session.execute(insert(Stock).on_conflict_do_nothing(), names)
    ids = session.scalars(select(Stock.id).where(Stock.market == "SIM").order_by(Stock.symbol).limit(stocks)).all()
    calendar = trading_days(days, last)
    rows = [row for number, key in enumerate(ids) for row in walk(key, calendar, random.Random(number))]  # noqa: S311 no secret
    return prices.load(session, rows)


def _cents(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")


def main(argv: Sequence[str] | None = None) -> int:
    """Seed the database of the settings, and have the indicators computed."""
    parser = argparse.ArgumentParser(prog="python -m app.seed", description=__doc__)
    parser.add_argument("--stocks", type=int, default=20)
    parser.add_argument("--days", type=int, default=250)
    parser.add_argument("--last", type=date.fromisoformat, default=date.today(), help="the newest day")  # noqa: DTZ011 a calendar's day
    arguments = parser.parse_args(argv)
    if get_settings().is_production:
        print("invented prices are not for production", file=sys.stderr)
        return 2
    with Session(get_engine()) as session:
        changed = seed(session, arguments.stocks, arguments.days, arguments.last)
        session.commit()
        enqueue(prices.stale_ids(session))
    print(f"{changed} prices of {arguments.stocks} stocks stored; the workers compute their indicators")
    return 0


if __name__ == "__main__":
    sys.exit(main())
