"""The tables. A table with ``info={"hypertable": column}`` is a hypertable where TimescaleDB is there."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, MetaData, Numeric, Text, func, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime

# Every constraint has a name, so that a migration can drop it.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
# No foreign key: it is checked row by row, and would take most of the time of a load. Each load also writes its mark
# into stale_prices, whose foreign key is checked once for each stock.
StockId = Annotated[int, mapped_column(BigInteger, primary_key=True, autoincrement=False)]
Price = Annotated[Decimal, mapped_column(Numeric(18, 6))]
Now = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMES)


class Stock(Base):
    """A listed share."""

    __tablename__ = "stocks"

    id: Mapped[BigId]
    symbol: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    market: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Now]


class DailyPrice(Base):
    """One trading day of a stock."""

    __tablename__ = "daily_prices"
    __table_args__ = (
        CheckConstraint("low > 0 AND low <= least(open, close) AND high >= greatest(open, close)", name="range"),
        CheckConstraint("volume >= 0", name="volume"),
        Index(None, "day"),
        {"info": {"hypertable": "day"}},
    )

    stock_id: Mapped[StockId]
    day: Mapped[date] = mapped_column(primary_key=True)
    open: Mapped[Price]
    high: Mapped[Price]
    low: Mapped[Price]
    close: Mapped[Price]
    volume: Mapped[int] = mapped_column(BigInteger)


class StalePrices(Base):
    """The stocks whose prices changed since their indicators were computed, and from which day on.

    Written in the transaction that loads prices and deleted in the one that stores indicators: a lost message loses no
    work, and one that is delivered twice finds nothing left to do.
    """

    __tablename__ = "stale_prices"

    stock_id: Mapped[int] = mapped_column(ForeignKey("stocks.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[date]


class Indicators(Base):
    """The technical indicators of a stock on one day; null during warm-up."""

    __tablename__ = "technical_indicators"
    __table_args__ = (Index(None, "day"), {"info": {"hypertable": "day"}})

    stock_id: Mapped[StockId]
    day: Mapped[date] = mapped_column(primary_key=True)
    sma_20: Mapped[float | None]
    sma_60: Mapped[float | None]
    ema_12: Mapped[float | None]
    ema_26: Mapped[float | None]
    rsi_14: Mapped[float | None]
    macd: Mapped[float | None]
    macd_signal: Mapped[float | None]
    macd_histogram: Mapped[float | None]
    bollinger_upper: Mapped[float | None]
    bollinger_middle: Mapped[float | None]
    bollinger_lower: Mapped[float | None]


class User(Base):
    """A person who may log in."""

    __tablename__ = "users"

    id: Mapped[BigId]
    email: Mapped[str] = mapped_column(Text, unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(server_default=true())
    created_at: Mapped[Now]


class Alert(Base):
    """What a person wants to be told of: a value of a stock that crosses a threshold."""

    __tablename__ = "alerts"
    __table_args__ = (
        CheckConstraint("kind IN ('price_above', 'price_below', 'rsi_above', 'rsi_below')", name="kind"),
        Index(None, "stock_id"),
        Index(None, "user_id"),
    )

    id: Mapped[BigId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    stock_id: Mapped[int] = mapped_column(ForeignKey("stocks.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    threshold: Mapped[float]
    created_at: Mapped[Now]


class AlertEvent(Base):
    """A day on which an alert went off: once, however often its task runs."""

    __tablename__ = "alert_events"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[float]
    created_at: Mapped[Now]
