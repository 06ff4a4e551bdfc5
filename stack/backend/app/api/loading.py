"""What our own services do: load the day's prices, and have the indicators computed."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from fastapi import APIRouter, Depends, HTTPException, status
from pydantic import BaseModel, Field, model_validator
from sqlalchemy import func, select

from app import prices
from app.api.common import require_service
from app.api.stocks import SymbolText
from app.database import DatabaseSession
from app.models import StalePrices
from app.worker import enqueue

router = APIRouter(prefix="/api/v1", tags=["services"], dependencies=[Depends(require_service)])

Amount = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=6)]


class NewPrice(BaseModel):
    """One trading day of one stock."""

    symbol: SymbolText
    day: date
    open: Amount
    high: Amount
    low: Amount
    close: Amount
    volume: int = Field(ge=0, lt=2**63)

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.low > min(self.open, self.close) or self.high < max(self.open, self.close):
            raise ValueError("low and high must enclose open and close")
        return self


class NewPrices(BaseModel):
    """What is stored in one transaction: all of it or nothing."""

    prices: list[NewPrice] = Field(min_length=1, max_length=20_000)

    @model_validator(mode="after")
    def _has_each_day_once(self) -> Self:
        keys = Counter((price.symbol, price.day) for price in self.prices)
        if len(keys) < len(self.prices):
            raise ValueError("a day of a stock is given twice")
        return self


class Loaded(BaseModel):
    """How many of the prices were new or different."""

    changed: int


class Backlog(BaseModel):
    """How many stocks wait for their indicators, and since which day of prices."""

    stocks: int
    since: date | None


@router.post("/prices", status_code=status.HTTP_202_ACCEPTED)
def load_prices(new: NewPrices, session: DatabaseSession) -> Loaded:
    """Store prices over what is there; their indicators and alerts follow."""
    ids = prices.ids_of(session, (price.symbol for price in new.prices))
    unknown = sorted({price.symbol for price in new.prices} - set(ids))
    if unknown:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, f"not listed: {', '.join(unknown[:20])}")
    rows = [prices.PriceRow(stock_id=ids[price.symbol], **price.model_dump(exclude={"symbol"})) for price in new.prices]
    changed = prices.load(session, rows)
    session.commit()
    enqueue(sorted(ids.values()))
    return Loaded(changed=changed)


@router.get("/backlog")
def show_backlog(session: DatabaseSession) -> Backlog:
    """Tell what waits to be computed."""
    stocks, since = session.execute(select(func.count(), func.min(StalePrices.since))).one()
    return Backlog(stocks=stocks, since=since)


@router.post("/backlog/run", status_code=status.HTTP_202_ACCEPTED)
def run_backlog(session: DatabaseSession) -> Backlog:
    """Have it computed now."""
    backlog = show_backlog(session)
    enqueue(prices.stale_ids(session))
    return backlog
