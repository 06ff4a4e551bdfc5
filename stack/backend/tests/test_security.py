"""Passwords and tokens: who gets in, for how long, and what a change of keys does."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from environments import NOWHERE

from app.config import get_settings
from app.security import InvalidTokenError, hashed, is_password, is_service, issue_token, user_of_token

OLD = NOWHERE["JWT_SECRET_KEY"]
NEW = OLD[::-1]


def test_a_token_tells_whose_it_is(environment):
    assert user_of_token(issue_token(7, get_settings()), get_settings()) == 7


def test_a_new_key_logs_nobody_out_until_the_old_one_goes(environment):
    token = issue_token(7, get_settings())

    environment(JWT_SECRET_KEY=NEW, JWT_PREVIOUS_SECRET_KEY=OLD)
    assert user_of_token(token, get_settings()) == 7
    assert jwt.get_unverified_header(issue_token(7, get_settings()))["alg"] == "HS256"
    jwt.decode(issue_token(7, get_settings()), NEW, algorithms=["HS256"], audience="development")

    environment(JWT_PREVIOUS_SECRET_KEY="")
    with pytest.raises(InvalidTokenError):
        user_of_token(token, get_settings())


def claims(**changes):
    now = datetime.now(UTC)
    usual = {"sub": "7", "aud": "development", "iat": now, "exp": now + timedelta(hours=1)}
    return {key: value for key, value in {**usual, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    "token",
    (
        pytest.param(lambda: "no token", id="no token"),
        pytest.param(lambda: jwt.encode(claims(), NEW), id="another key"),
        pytest.param(lambda: jwt.encode(claims(), None, algorithm="none"), id="no signature"),
        pytest.param(lambda: jwt.encode(claims(), OLD * 2, algorithm="HS512"), id="another algorithm"),
        pytest.param(lambda: jwt.encode(claims(aud="production"), OLD), id="another environment"),
        pytest.param(lambda: jwt.encode(claims(aud=None), OLD), id="any environment"),
        pytest.param(lambda: jwt.encode(claims(exp=None), OLD), id="for ever"),
        pytest.param(lambda: jwt.encode(claims(exp=datetime(2025, 10, 9, tzinfo=UTC)), OLD), id="too old"),
        pytest.param(lambda: jwt.encode(claims(sub=None), OLD), id="nobody"),
        pytest.param(lambda: jwt.encode(claims(sub="everybody"), OLD), id="no number"),
    ),
)
def test_other_tokens_are_refused(environment, token):
    with pytest.raises(InvalidTokenError):
        user_of_token(token(), get_settings())


def test_passwords_are_kept_as_argon2id_with_a_salt():
    first, second = hashed("plainly fake password"), hashed("plainly fake password")

    assert first.startswith("$argon2id$")
    assert first != second
    assert is_password("plainly fake password", first)
    assert not is_password("another password", first)


def test_nobody_has_any_password():
    assert not is_password("nobody has this password", None)


@pytest.mark.parametrize(
    ("token", "accepted"),
    (
        pytest.param(NOWHERE["SERVICE_TOKEN"], True, id="ours"),
        pytest.param(NOWHERE["SERVICE_TOKEN"][:-1], False, id="a part of it"),
        pytest.param("ünïcode", False, id="not ASCII"),
    ),
)
def test_services_have_one_token(environment, token, accepted):
    assert is_service(token, get_settings()) is accepted
