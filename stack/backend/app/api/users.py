"""People: signing up, logging in, and who one is."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, status
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel, EmailStr, Field, SecretStr
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app import cache
from app.api.common import CurrentSettings, CurrentUser, Row
from app.database import DatabaseSession
from app.models import User
from app.security import hashed, is_password, issue_token

router = APIRouter(prefix="/api/v1", tags=["users"])


class NewUser(BaseModel):
    """A person who signs up."""

    email: EmailStr = Field(max_length=254)
    password: SecretStr = Field(min_length=12, max_length=200)


class UserAnswer(Row):
    """A person."""

    email: str
    created_at: datetime


class Token(BaseModel):
    """What a program sends as ``Authorization: Bearer``."""

    access_token: str
    token_type: str = "bearer"
    expires_in: int


@router.post("/users", status_code=status.HTTP_201_CREATED)
def sign_up(new: NewUser, request: Request, session: DatabaseSession) -> UserAnswer:
    """Sign up with an e-mail address and a password."""
    cache.refuse_many_sign_ups(request.client.host if request.client else "")
    values = {"email": new.email.lower(), "password_hash": hashed(new.password.get_secret_value())}
    user = session.scalar(insert(User).values(values).on_conflict_do_nothing().returning(User))
    if user is None:
        raise HTTPException(status.HTTP_409_CONFLICT, "this address is signed up already")
    answer = UserAnswer.model_validate(user)
    session.commit()
    return answer


@router.post("/auth/token")
def log_in(
    form: Annotated[OAuth2PasswordRequestForm, Depends()], settings: CurrentSettings, session: DatabaseSession
) -> Token:
    """Log in; the token is good for a short time."""
    email = form.username.lower()
    cache.refuse_after_failures(email)
    user = session.scalar(select(User).where(User.email == email, User.is_active))
    if not is_password(form.password, user.password_hash if user else None) or user is None:
        cache.count_failure(email)
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "wrong address or password", {"WWW-Authenticate": "Bearer"})
    cache.forget_failures(email)
    return Token(access_token=issue_token(user.id, settings), expires_in=settings.JWT_EXPIRATION_HOURS * 3600)


@router.get("/users/me")
def show_me(user: CurrentUser) -> UserAnswer:
    """Show who is logged in."""
    return UserAnswer.model_validate(user)
