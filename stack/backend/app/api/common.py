"""Pages, and who asks."""

from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, HTTPException, Query, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, OAuth2PasswordBearer
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.config import Settings, get_settings
from app.database import DatabaseSession, get_engine
from app.models import Stock, User
from app.security import InvalidTokenError, is_service, user_of_token

CurrentSettings = Annotated[Settings, Depends(get_settings)]
Limit = Annotated[int, Query(ge=1, le=1000, description="how many at most")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="how many to leave out first")]

Item = TypeVar("Item")

_logged_in = OAuth2PasswordBearer("/api/v1/auth/token")
_service = HTTPBearer(description="the token of our own services")


class Row(BaseModel):
    """An answer made from a row of the database."""

    model_config = ConfigDict(from_attributes=True)


class Page(BaseModel, Generic[Item]):
    """A part of a list, and how long the whole list is."""

    items: list[Item]
    total: int
    limit: int
    offset: int


def page_of(session: DatabaseSession, query: Select[Any], limit: int, offset: int) -> dict[str, Any]:
    """Return one page of an ordered query, as Page has it."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    items = session.scalars(query.limit(limit).offset(offset)).all()
    return {"items": items, "total": total, "limit": limit, "offset": offset}


def current_user(token: Annotated[str, Depends(_logged_in)], settings: CurrentSettings) -> User:
    """Return who is logged in, or answer 401."""
    try:
        with Session(get_engine()) as session:  # given back before the endpoint runs
            user = session.get(User, user_of_token(token, settings))
    except InvalidTokenError:
        user = None
    if user is None or not user.is_active:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "log in again", {"WWW-Authenticate": "Bearer"})
    return user


def require_service(
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(_service)], settings: CurrentSettings
) -> None:
    """Answer 403 to anybody but our own services."""
    if not is_service(credentials.credentials, settings):
        raise HTTPException(status.HTTP_403_FORBIDDEN, "this is for services of the stack")


def existing_stock(symbol: str, session: DatabaseSession) -> Stock:
    """Return the stock of a symbol, or answer 404. For endpoints to call: a dependency must hold no connection."""
    stock = session.scalar(select(Stock).where(Stock.symbol == symbol.upper()))
    if stock is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such stock")
    return stock


CurrentUser = Annotated[User, Depends(current_user)]
