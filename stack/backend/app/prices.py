"""Daily prices: how they come in, and what they leave to be computed."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.bulk import upsert
from app.models import DailyPrice, StalePrices, Stock


class PriceRow(NamedTuple):
    """One trading day of one stock; the fields are columns of ``daily_prices``, in this order."""

    stock_id: int
    day: date
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int


def load(session: Session, rows: Sequence[PriceRow]) -> int:
    """Store prices over what is there, mark their stocks as stale, and return how many rows changed.

    Part of the session's transaction, so that no price is ever stored without its mark.
    """
    first_days: dict[int, date] = {}
    for row in rows:
        first_days[row.stock_id] = min(row.day, first_days.get(row.stock_id, row.day))
    _mark_stale(session, first_days)
    return upsert(session, DailyPrice, PriceRow._fields, rows)


def ids_of(session: Session, symbols: Iterable[str]) -> dict[str, int]:
    """Return the stocks of ``symbols`` that exist, by symbol."""
    found = session.execute(select(Stock.symbol, Stock.id).where(Stock.symbol.in_(set(symbols))))
    return dict(found.all())


def stale_ids(session: Session) -> list[int]:
    """Return the stocks that wait for their indicators."""
    return list(session.scalars(select(StalePrices.stock_id).order_by(StalePrices.stock_id)))


def _mark_stale(session: Session, first_days: dict[int, date]) -> None:
    if not first_days:
        return
    marks = insert(StalePrices).values([{"stock_id": key, "since": day} for key, day in sorted(first_days.items())])
    since = func.least(StalePrices.since, marks.excluded.since)
    session.execute(marks.on_conflict_do_update(index_elements=["stock_id"], set_={"since": since}))
