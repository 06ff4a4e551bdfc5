"""The daily work: indicators of the stocks whose prices changed, and the alerts that they set off."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import alerts, indicators
from app.bulk import upsert
from app.models import Alert, AlertEvent, DailyPrice, Indicators, StalePrices

COLUMNS = tuple(column.name for column in Indicators.__table__.columns)


class History(NamedTuple):
    """All that is known of one stock: its days, ascending, and one value for each day in every series."""

    stock_id: int
    days: list[date]
    series: dict[str, indicators.Series]


def refresh(session: Session, stock_ids: Sequence[int]) -> int:
    """Compute and store what is stale of ``stock_ids``; return how many stocks were.

    Marks are locked in one order and deleted in the transaction that stores the results. A second run waits for the
    first and finds no mark; one that was killed has stored nothing and left every mark.
    """
    marks = (
        select(StalePrices).where(StalePrices.stock_id.in_(stock_ids)).order_by(StalePrices.stock_id).with_for_update()
    )
    since = {mark.stock_id: mark.since for mark in session.scalars(marks)}
    histories = [_history(session, stock_id) for stock_id in since]
    upsert(
        session, Indicators, COLUMNS, (row for history in histories for row in _rows(history, since[history.stock_id]))
    )
    for history in histories:
        _store_events(session, history, since[history.stock_id])
    session.execute(delete(StalePrices).where(StalePrices.stock_id.in_(since)))
    return len(since)


def _history(session: Session, stock_id: int) -> History:
    closes = select(DailyPrice.day, DailyPrice.close).where(DailyPrice.stock_id == stock_id).order_by(DailyPrice.day)
    found = session.execute(closes).all()
    values = [float(close) for _, close in found]
    return History(stock_id, [day for day, _ in found], {"close": [*values], **indicators.table(values)})


def _rows(history: History, since: date) -> Iterator[tuple[object, ...]]:
    """Yield the rows that may differ from what is stored: an indicator depends on no later day."""
    columns = [history.series[name] for name in COLUMNS[2:]]
    for day, *values in zip(history.days, *columns, strict=True):
        if day >= since:
            yield (history.stock_id, day, *values)


def _store_events(session: Session, history: History, since: date) -> None:
    """Let alerts go off once a day each, and never for days before they were set."""
    for alert in session.scalars(select(Alert).where(Alert.stock_id == history.stock_id)):
        first = max(since, alert.created_at.date())
        crossed = alerts.events(alert.kind, alert.threshold, history.days, history.series)
        values = [{"alert_id": alert.id, **event._asdict()} for event in crossed if event.day >= first]
        if values:
            session.execute(insert(AlertEvent).on_conflict_do_nothing(), values)
