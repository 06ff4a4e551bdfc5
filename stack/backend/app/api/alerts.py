"""A person's own alerts."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, status
from pydantic import BaseModel, Field
from sqlalchemy import select

from app.alerts import Kind
from app.api.common import CurrentUser, Limit, Offset, Page, Row, existing_stock, page_of
from app.api.stocks import SymbolText
from app.database import DatabaseSession
from app.models import Alert, AlertEvent

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"])

AlertId = Annotated[int, Path(ge=1, lt=2**63)]


class NewAlert(BaseModel):
    """What to be told of: the closing price or the relative strength of a stock crosses a threshold."""

    symbol: SymbolText
    kind: Kind
    threshold: float = Field(gt=0, allow_inf_nan=False)


class AlertAnswer(Row):
    """An alert that is set."""

    id: int
    kind: Kind
    threshold: float
    created_at: datetime


class EventAnswer(Row):
    """A day on which an alert went off."""

    alert_id: int
    day: date
    value: float


@router.post("", status_code=status.HTTP_201_CREATED)
def set_alert(new: NewAlert, user: CurrentUser, session: DatabaseSession) -> AlertAnswer:
    """Set an alert; it goes off from today on."""
    stock = existing_stock(new.symbol, session)
    alert = Alert(user_id=user.id, stock_id=stock.id, kind=new.kind, threshold=new.threshold)
    session.add(alert)
    session.flush()
    answer = AlertAnswer.model_validate(alert)
    session.commit()
    return answer


@router.get("")
def list_alerts(
    user: CurrentUser, session: DatabaseSession, limit: Limit = 100, offset: Offset = 0
) -> Page[AlertAnswer]:
    """List one's own alerts, the newest first."""
    query = select(Alert).where(Alert.user_id == user.id).order_by(Alert.id.desc())
    return Page[AlertAnswer].model_validate(page_of(session, query, limit, offset), from_attributes=True)


@router.get("/events")
def list_events(
    user: CurrentUser, session: DatabaseSession, limit: Limit = 100, offset: Offset = 0
) -> Page[EventAnswer]:
    """List when one's alerts went off, the newest day first."""
    query = (
        select(AlertEvent)
        .join(Alert)
        .where(Alert.user_id == user.id)
        .order_by(AlertEvent.day.desc(), AlertEvent.alert_id)
    )
    return Page[EventAnswer].model_validate(page_of(session, query, limit, offset), from_attributes=True)


@router.delete("/{alert_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_alert(alert_id: AlertId, user: CurrentUser, session: DatabaseSession) -> None:
    """Remove one's own alert and its history."""
    alert = session.get(Alert, alert_id)
    if alert is None or alert.user_id != user.id:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such alert")
    session.delete(alert)
    session.commit()
