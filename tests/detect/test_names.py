"""What a name promises of its value."""

import pytest

from envfence.detect import names


@pytest.mark.parametrize(
    "name",
    (
        "password",
        "PGPASSWORD",
        "MYSQL_ROOT_PASSWORD",
        "dbPassword",
        "password1",
        "password_confirmation",
        "ORACLE_PasswordSys",
        "SECURITY_PASSWORD_SALT",
        "SECRET_KEY",
        "aws_secret_access_key",
        "sa-token.sign.secret-key",
        "secret_b64",
        "smtp_pass",
        "dbpass",
        "admin-pwd",
        "redis_cache_password",
        "requirepass",
    ),
)
def test_a_password_may_be_any_text(name):
    assert names.secret_kind(name) == names.PASSWORD


@pytest.mark.parametrize(
    "name",
    (
        "token",
        "accessToken",
        "apiKey",
        "API_KEY",
        "oauth_verifier",
        "password_reset_token",
        "privateKey",
        "Authorization",
        "secrets",
        "PASSWORD_STAGING_EU",
    ),
)
def test_a_token_shows_digits(name):
    assert names.secret_kind(name) == names.TOKEN


@pytest.mark.parametrize("name", ("key", "tenant_key", "tokens", "TOKEN_GITHUB"))
def test_a_key_is_mostly_none(name):
    assert names.secret_kind(name) == names.KEY


@pytest.mark.parametrize(
    "name",
    (
        "",
        "monkey_business",
        "PASSWORD_FIELD",
        "COMMON_PASSWORDS",
        "weakPasswords",
        "password_hash",
        "token_url",
        "secretName",
        "secret_id",
        "token_expires_in",
        "PASSWORD_FILE",
        "csrf_token",
        "public_key",
        "foreignKey",
        "has_password",
        "reset_password",
        "ALLOW_EMPTY_PASSWORD_ENABLED",
        "wrong_password",
        "CredentialTypeSecret",
        "proxy_pass",
        "bypass",
        "compass",
        "cache_key",
        "existingSecret",
        "author",
    ),
)
def test_a_name_that_promises_nothing(name):
    assert names.secret_kind(name) == names.NOTHING


@pytest.mark.parametrize(
    ("name", "expected"),
    (
        pytest.param("tenant_id", True, id="whose"),
        pytest.param("subscriptionId", True, id="camel case"),
        pytest.param("jti", True, id="of a token"),
        pytest.param("userid", True, id="one word"),
        pytest.param("id", False, id="anybody's"),
        pytest.param("parent_id", False, id="joins records"),
        pytest.param("valid", False, id="no word of its own"),
        pytest.param("", False, id="none"),
    ),
)
def test_is_id_name(name, expected):
    assert names.is_id_name(name) is expected


def test_palau_is_no_password():
    assert names.secret_kind("PW") == names.TOKEN


@pytest.mark.parametrize("name", ("DB_HOST2", "redis_host_1", "host01", "SERVER2_HOST"))
def test_a_number_behind_a_name_changes_nothing(name):
    assert names.is_host_name(name)
    assert names.is_port_name(name.lower().replace("host", "port"))
    assert names.is_user_name(name.lower().replace("host", "user"))


def test_a_key_for_a_user_is_no_user():
    assert not names.is_user_name("CLAIM_KEY_USERNAME")
    assert names.is_user_name("API_USERNAME")


def test_a_name_without_letters_is_no_host():
    assert not names.is_host_name("_")


@pytest.mark.parametrize(
    ("name", "parts"),
    (
        ("PGHOST", ("pg", "host")),
        ("DBPORT", ("db", "port")),
        ("dbusername", ("db", "username")),
        ("TEST_PGUSER", ("test", "pg", "user")),
        ("pghosts", ("pghosts",)),
        ("PGUSERS", ("pgusers",)),
    ),
)
def test_a_database_before_a_word_is_a_word_of_its_own(name, parts):
    assert names.words(name) == parts
