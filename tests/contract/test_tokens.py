"""How long tokens are good by the contract and by the files of servers, and settings that are constants."""

import ast

import pytest

from envfence.contract.comparison.drift import drift
from envfence.contract.comparison.survey import Survey
from envfence.contract.content.tokens import findings
from envfence.contract.environment import environment
from envfence.contract.grammar import contract_of
from envfence.contract.surfaces.python.classes import Module
from envfence.contract.surfaces.python.settings import settings_classes


@pytest.mark.parametrize(
    ("line", "expected"),
    (
        pytest.param("JWT_EXPIRATION_MINUTES=10080", 1, id="a week"),
        pytest.param("JWT_EXPIRATION_MINUTES=1440", 1, id="a day"),
        pytest.param("ACCESS_TOKEN_TTL_SECONDS=604800", 1, id="in seconds"),
        pytest.param("TOKEN_LIFETIME_DAYS=1", 1, id="in days"),
        pytest.param("# only: production\nJWT_EXPIRATION_HOURS=24", 1, id="of production"),
        pytest.param("JWT_EXPIRATION_MINUTES=30", 0, id="minutes"),
        pytest.param("JWT_EXPIRATION_SECONDS=1800", 0, id="half an hour in seconds"),
        pytest.param("REFRESH_TOKEN_EXPIRE_DAYS=30", 0, id="one that renews"),
        pytest.param("BACKUP_RETENTION_DAYS=30", 0, id="no token"),
        pytest.param("JWT_EXPIRATION=10080", 0, id="who knows in what"),
        pytest.param("JWT_EXPIRATION_MINUTES=1_440", 0, id="no number"),
        pytest.param("JWT_EXPIRATION_MINUTES=<MINUTES>", 0, id="asked for"),
        pytest.param("# only: development\nJWT_EXPIRATION_MINUTES=10080", 0, id="of developers"),
    ),
)
def test_the_contract(line, expected):
    told = list(findings(Survey(".env.example", contract_of(f"{line}\n"))))
    assert [(one.rule, one.path, one.severity) for one in told] == [
        ("settings-long-token", ".env.example", "warning")
    ] * expected


@pytest.mark.parametrize(
    ("name", "value", "default", "expected"),
    (
        pytest.param("production", "43200", "30", 1, id="a month"),
        pytest.param("staging", "43200", "<MINUTES>", 1, id="on any server"),
        pytest.param("production", "15", "30", 0, id="minutes"),
        pytest.param("production", "soon", "30", 0, id="no number"),
        pytest.param("development", "43200", "30", 0, id="of developers"),
    ),
)
def test_an_env_file(name, value, default, expected):
    contract = contract_of(f"JWT_EXPIRATION_MINUTES={default}\n")
    one = environment(f".env.{name}", name, {"JWT_EXPIRATION_MINUTES": value}, {}, contract)
    told = list(findings(Survey(".env.example", contract, (one,))))
    assert [(one.rule, one.path) for one in told] == [("settings-long-token", f".env.{name}")] * expected


def test_a_default_that_a_file_keeps_is_said_once():
    contract = contract_of("JWT_EXPIRATION_MINUTES=10080\n")
    one = environment(".env.production", "production", {"JWT_EXPIRATION_MINUTES": "10080"}, {}, contract)
    assert [one.path for one in findings(Survey(".env.example", contract, (one,)))] == [".env.example"]


@pytest.mark.parametrize(
    ("field", "expected"),
    (
        pytest.param('JWT_ALGORITHM: Literal["HS256"] = "HS256"', 0, id="constant"),
        pytest.param('JWT_ALGORITHM: Literal["HS256"]', 1, id="needed"),
        pytest.param('JWT_ALGORITHM: Literal["HS256", "HS512"] = "HS256"', 1, id="choice"),
        pytest.param('JWT_ALGORITHM: str = "HS256"', 1, id="text"),
    ),
)
@pytest.mark.parametrize("line", ("", "JWT_ALGORITHM=HS256\n"))
def test_a_literal_of_one_value_is_a_constant(field, expected, line):
    text = f"from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    {field}\n"
    classes = settings_classes([Module("config.py", text, ast.parse(text))])
    contract = {**contract_of("HOST=<HOST>\n"), **contract_of(line)}
    assert len(list(drift(classes, contract))) == (0 if line else expected)
