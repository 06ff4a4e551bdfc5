"""What the name of a key says: the word that tells its kind may have one behind it that tells which of several."""

import pytest

from envfence.contract.content.secrecy import weakness
from envfence.contract.kinds import kind_of_name, without_which


@pytest.mark.parametrize(
    "word", ("PREVIOUS", "OLD", "NEXT", "CURRENT", "BACKUP", "FALLBACK", "SECONDARY", "1", "2", "V2", "PREVIOUS_2")
)
def test_one_of_several_secrets_is_one(word):
    name = f"SHOP_SECRET_KEY_{word}"
    assert kind_of_name(name) == "secret"
    assert without_which(name) == "SHOP_SECRET_KEY"
    assert weakness(name, "q8Zx5Lw2Vn7Kc4") == "shorter than 32 bytes"


@pytest.mark.parametrize("word", ("ALGORITHM", "FILE", "ID", "LENGTH", "TTL", "NAME", "VERSION", "V"))
def test_what_is_said_about_a_secret_is_none(word):
    assert kind_of_name(f"JWT_SECRET_KEY_{word}") == "text"


@pytest.mark.parametrize(
    ("name", "expected"),
    (
        ("DB_HOST_2", "host"),
        ("API_URL_V2", "url"),
        ("db_port_backup", "port"),
        ("TOKEN_NEXT", "text"),
        ("HOST_1", "text"),
    ),
)
def test_other_kinds_have_several_too(name, expected):
    assert kind_of_name(name) == expected
