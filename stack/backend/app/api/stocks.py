"""Stocks, their prices and their indicators, to read."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, status
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from app.api.common import Limit, Offset, Page, Row, existing_stock, page_of, require_service
from app.database import DatabaseSession
from app.models import DailyPrice, Indicators, Stock

router = APIRouter(prefix="/api/v1/stocks", tags=["stocks"])

SymbolText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.\-]{0,19}$", to_upper=True)]
Day = Annotated[date | None, Query()]


class NewStock(BaseModel):
    """A stock to list."""

    symbol: SymbolText
    name: str = Field(min_length=1, max_length=200)
    market: str = Field(min_length=1, max_length=20)


class StockAnswer(Row):
    """A listed stock."""

    symbol: str
    name: str
    market: str
    created_at: datetime


class PriceAnswer(Row):
    """One trading day."""

    day: date
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int


class IndicatorsAnswer(Row):
    """The indicators of one day; null during warm-up."""

    day: date
    sma_20: float | None
    sma_60: float | None
    ema_12: float | None
    ema_26: float | None
    rsi_14: float | None
    macd: float | None
    macd_signal: float | None
    macd_histogram: float | None
    bollinger_upper: float | None
    bollinger_middle: float | None
    bollinger_lower: float | None


@router.get("")
def list_stocks(
    session: DatabaseSession,
    limit: Limit = 100,
    offset: Offset = 0,
    search: Annotated[str | None, Query(min_length=1, max_length=50, description="a part of symbol or name")] = None,
) -> Page[StockAnswer]:
    """List the stocks by symbol."""
    query = select(Stock).order_by(Stock.symbol)
    if search:
        query = query.where(
            Stock.symbol.icontains(search, autoescape=True) | Stock.name.icontains(search, autoescape=True)
        )
    return Page[StockAnswer].model_validate(page_of(session, query, limit, offset), from_attributes=True)


@router.post("", status_code=status.HTTP_201_CREATED, dependencies=[Depends(require_service)])
def add_stock(new: NewStock, session: DatabaseSession) -> StockAnswer:
    """List a stock."""
    added = insert(Stock).values(**new.model_dump()).on_conflict_do_nothing().returning(Stock)
    stock = session.scalar(added)
    if stock is None:
        raise HTTPException(status.HTTP_409_CONFLICT, "the symbol is listed already")
    answer = StockAnswer.model_validate(stock)
    session.commit()
    return answer


@router.get("/{symbol}")
def show_stock(symbol: str, session: DatabaseSession) -> StockAnswer:
    """Show one stock."""
    return StockAnswer.model_validate(existing_stock(symbol, session))


@router.get("/{symbol}/prices")
def list_prices(
    symbol: str,
    session: DatabaseSession,
    start: Day = None,
    end: Day = None,
    limit: Limit = 250,
    offset: Offset = 0,
) -> Page[PriceAnswer]:
    """List daily prices, the newest first."""
    stock = existing_stock(symbol, session)
    query = _between(select(DailyPrice).where(DailyPrice.stock_id == stock.id), DailyPrice, start, end)
    return Page[PriceAnswer].model_validate(page_of(session, query, limit, offset), from_attributes=True)


@router.get("/{symbol}/indicators")
def list_indicators(
    symbol: str,
    session: DatabaseSession,
    start: Day = None,
    end: Day = None,
    limit: Limit = 250,
    offset: Offset = 0,
) -> Page[IndicatorsAnswer]:
    """List technical indicators, the newest day first."""
    stock = existing_stock(symbol, session)
    query = _between(select(Indicators).where(Indicators.stock_id == stock.id), Indicators, start, end)
    return Page[IndicatorsAnswer].model_validate(page_of(session, query, limit, offset), from_attributes=True)


def _between(
    query: Select[Any], model: type[DailyPrice] | type[Indicators], start: date | None, end: date | None
) -> Select[Any]:
    if start and end and start > end:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, "start is after end")
    if start:
        query = query.where(model.day >= start)
    if end:
        query = query.where(model.day <= end)
    return query.order_by(model.day.desc())
