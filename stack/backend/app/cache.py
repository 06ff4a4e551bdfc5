"""Redis: what may be lost."""

from functools import lru_cache

import redis
from fastapi import HTTPException, status
from pydantic import SecretStr

from app.config import get_settings

MAX_FAILURES = 10
FAILURE_SECONDS = 15 * 60
MAX_SIGN_UPS = 20  # of one address: an office shares one
SIGN_UP_SECONDS = 60 * 60


@lru_cache
def client_for(url: SecretStr) -> redis.Redis:
    """Return a client that gives up after two seconds, and connects anew when the server was away."""
    return redis.Redis.from_url(url.get_secret_value(), socket_timeout=2, socket_connect_timeout=2)


def refuse_many_sign_ups(address: str) -> None:
    """Count a sign-up, and raise 429 when too many came from ``address`` lately: each one hashes a password."""
    key = f"sign-ups:{address}"
    with client_for(get_settings().REDIS_URL).pipeline() as pipeline:
        pipeline.set(key, 0, ex=SIGN_UP_SECONDS, nx=True)
        pipeline.incr(key)
        pipeline.ttl(key)
        _, count, seconds = pipeline.execute()
    if count > MAX_SIGN_UPS:
        raise HTTPException(
            status.HTTP_429_TOO_MANY_REQUESTS, "too many sign-ups from this address", {"Retry-After": str(seconds)}
        )


def refuse_after_failures(email: str) -> None:
    """Raise 429 when too many logins of ``email`` failed lately."""
    failures = client_for(get_settings().REDIS_URL).get(_key(email))
    if failures is not None and int(failures) >= MAX_FAILURES:
        raise HTTPException(
            status.HTTP_429_TOO_MANY_REQUESTS, "too many failed logins", {"Retry-After": str(FAILURE_SECONDS)}
        )


def count_failure(email: str) -> None:
    """Remember a failed login for a quarter of an hour after the first one."""
    with client_for(get_settings().REDIS_URL).pipeline() as pipeline:
        pipeline.set(_key(email), 0, ex=FAILURE_SECONDS, nx=True)
        pipeline.incr(_key(email))
        pipeline.execute()


def forget_failures(email: str) -> None:
    """Start counting anew after a login that succeeded."""
    client_for(get_settings().REDIS_URL).delete(_key(email))


def _key(email: str) -> str:
    return f"login-failures:{email.lower()}"
