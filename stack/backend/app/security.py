"""Passwords and tokens."""

import hmac
from datetime import UTC, datetime, timedelta

import jwt
from pwdlib import PasswordHash

from app.config import Settings

PASSWORDS = PasswordHash.recommended()  # argon2id
# Verified when there is no such user, so that an answer takes as long as with one.
NOBODY = PASSWORDS.hash("nobody has this password")


class InvalidTokenError(Exception):
    """The token is not ours, of another environment, or too old."""


def hashed(password: str) -> str:
    """Return the password's argon2id hash, with a salt of its own."""
    return PASSWORDS.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Return whether ``password`` is the hashed one; without a hash it never is, and takes as long to find out."""
    matches = PASSWORDS.verify(password, password_hash or NOBODY)
    return matches and password_hash is not None


def issue_token(user_id: int, settings: Settings, now: datetime | None = None) -> str:
    """Return a token for the user, signed with the current key and good in this environment only."""
    now = now or datetime.now(UTC)
    claims = {
        "sub": str(user_id),
        "aud": settings.ENVIRONMENT,
        "iat": now,
        "exp": now + timedelta(hours=settings.JWT_EXPIRATION_HOURS),
    }
    return jwt.encode(claims, settings.jwt_keys[0], algorithm=settings.JWT_ALGORITHM)


def user_of_token(token: str, settings: Settings) -> int:
    """Return whose token it is, signed with the current key or the previous one; raise InvalidTokenError."""
    for key in settings.jwt_keys:
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[settings.JWT_ALGORITHM],
                audience=settings.ENVIRONMENT,
                options={"require": ["sub", "aud", "exp"]},
            )
            return int(claims["sub"])
        except jwt.InvalidSignatureError:
            continue  # perhaps the previous key
        except (jwt.InvalidTokenError, ValueError) as error:
            raise InvalidTokenError from error
    raise InvalidTokenError


def is_service(token: str, settings: Settings) -> bool:
    """Return whether this is the token of our own services, in constant time."""
    return hmac.compare_digest(token.encode(), settings.SERVICE_TOKEN.get_secret_value().encode())
