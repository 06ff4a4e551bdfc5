"""Texts of the environment that code takes for true or false."""

import pytest

from envfence.config import Config
from envfence.contract import surroundings

EXAMPLE = "DEBUG=<bool>\nUSE_TLS=false\nAPI_TOKEN=<secret>\n"


@pytest.fixture
def lines(write, monkeypatch):
    """Return a function that writes a module and returns the lines where a text is taken for true or false."""

    def read(text):
        monkeypatch.chdir(write({".env.example": EXAMPLE, "app.py": f"import os\n{text}\n"}))
        told = surroundings.findings(surroundings.read(".", Config(), {}))
        return [(one.anchor, one.line) for one in told if one.rule == "text-as-switch"]

    return read


@pytest.mark.parametrize(
    "text",
    (
        pytest.param('x = bool(os.getenv("DEBUG"))', id="bool"),
        pytest.param('x = bool(os.environ["DEBUG"])', id="bool of a subscript"),
        pytest.param('x = bool(os.environ.get("DEBUG", False))', id="with a default"),
        pytest.param('if os.getenv("DEBUG"): x = 1', id="if"),
        pytest.param('if x and os.environ.get("DEBUG"): y = 1', id="and"),
        pytest.param('x = not os.getenv("DEBUG")', id="not"),
        pytest.param('x = 1 if os.getenv("DEBUG") else 2', id="one of two"),
        pytest.param('while os.getenv("DEBUG"): pass', id="while"),
    ),
)
def test_a_text_is_taken_for_a_switch(text, lines):
    assert lines(text) == [("DEBUG", 2)]


def test_a_default_of_the_contract_tells_that_it_is_a_switch(lines):
    assert lines('if os.getenv("USE_TLS"): x = 1') == [("USE_TLS", 2)]


@pytest.mark.parametrize(
    "text",
    (
        pytest.param('if os.getenv("API_TOKEN"): x = 1', id="whether it is there"),
        pytest.param('if os.getenv("DEBUG") == "true": x = 1', id="compared"),
        pytest.param('if "DEBUG" in os.environ: x = 1', id="asked for"),
        pytest.param('x = os.getenv("DEBUG", "").lower() in {"1", "true"}\nif x: y = 1', id="compared first"),
        pytest.param('from environs import Env\nenv = Env()\nif env.bool("DEBUG"): os.environ', id="a typed reader"),
        pytest.param("if os.getenv(KEY): x = 1", id="not known"),
        pytest.param('x = bool(int(os.getenv("DEBUG", 0)))', id="made a number first"),
        pytest.param('x = os.getenv("DEBUG") or "0"', id="or else"),
    ),
)  # fmt: skip
def test_no_text_is_taken_for_a_switch(text, lines):
    assert lines(text) == []
