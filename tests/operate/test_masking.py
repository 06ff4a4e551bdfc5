"""What programs write is shown without the values of the env file."""

import pytest

from envfence.contract.grammar import contract_of
from envfence.operate.masking import masker

CONTRACT = contract_of("MODE=<development|production>\nPASSWORD=<GENERATE_PASSWORD>\nDATABASE=shop\nUSER_NAME=<NAME>\n")
VALUES = {
    "MODE": "development",
    "PASSWORD": "a/b c",
    "DATABASE": "shop",
    "USER_NAME": "hubert",
    "PORT": "54321",
    "DSN": "postgresql://ada:fenced@127.0.0.1:5432/shop",
    "HOST": "127.0.0.1",
    "THE_IMAGE": "redis:8.2",
}


@pytest.mark.parametrize(
    ("line", "expected"),
    (
        pytest.param("mode development, 127.0.0.1:54321, shop, redis:8.2", None, id="everybody may know"),
        pytest.param("password a/b c", "password ***", id="secret"),
        pytest.param("redis://:a%2Fb%20c@redis", "redis://:***@redis", id="in a URL"),
        pytest.param("a/b%20c a%2Fb+c", "*** ***", id="other spellings"),
        pytest.param("role hubert", "role ***", id="name"),
        pytest.param("hubert@db.example", "***@db.example", id="name before a sign"),
        pytest.param("acme/hubert-backend huberts", None, id="name within a word"),
        pytest.param("xa/b cx", "x***x", id="secret within a word"),
        pytest.param("user ada fenced", "user ada ***", id="password of a URL"),
    ),
)
def test_masked(line, expected):
    assert masker(VALUES, CONTRACT)(line) == (expected or line)
