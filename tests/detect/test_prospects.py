import pytest

from envfence.detect.prospects import may_count
from envfence.detect.scope import Scope

SCOPE = Scope("a.py", "")


@pytest.mark.parametrize(
    ("value", "before"),
    (
        pytest.param("http://localhost:8000", "", id="an address"),
        pytest.param("db.internal", "x = ", id="a host"),
        pytest.param("0.0.0.0", "host = ", id="what we listen on tells constants of one name apart"),
        pytest.param("5432", "", id="a port"),
        pytest.param("broker", "mqtt.connect(", id="a service that is connected to"),
        pytest.param("cache", "r = Redis(", id="a service that a client is given"),
        pytest.param("fake", "DB_PASSWORD = ", id="a password by its name"),
        pytest.param("someone", 'os.getenv("DB_USER", ', id="a user"),
        pytest.param("someone", "client.login(", id="a user by the call"),
        pytest.param("7Qx92" + "Lm4fake" + "Zr81Kd", "", id="what may be drawn at random"),
        pytest.param("CREATE USER a PASSWORD 'fake'", "", id="a text that may hold one"),
    ),
)
def test_what_may_be_reported_is_looked_into(value, before):
    assert may_count(value, before, SCOPE)


@pytest.mark.parametrize(
    ("value", "before"),
    (
        pytest.param("fake", "title = ", id="a word under any name"),
        pytest.param("https://example.com/docs", "url = ", id="an address of somebody else"),
        pytest.param("settings.DB_PASSWORD", "password = ", id="a reference"),
        pytest.param("Type your own, please", "password = ", id="a sentence"),
        pytest.param("fake", "render(", id="a word for any call"),
        pytest.param("80", "port = ", id="a port that is the same everywhere"),
    ),
)
def test_what_never_counts_is_left_out(value, before):
    assert not may_count(value, before, SCOPE)


def test_own_names_and_domains_let_values_through():
    assert may_count("tws-1", "gate = ", Scope("a.py", "", key_names=("TWS_GATE",)))
    assert may_count("db.firm.example", "host = ", Scope("a.py", "", domains=("firm.example",)))


PRETENDS = Scope("tests/test_a.py", "def test(monkeypatch): ...")


@pytest.mark.parametrize(
    ("before", "expected"),
    (
        pytest.param("url = ", False, id="an address that nobody talks to"),
        pytest.param('os.getenv("DB_HOST", ', True, id="a default that the environment replaces"),
        pytest.param('click.option("--db-host", default=', True, id="a default of an option"),
        pytest.param("", True, id="nothing is known of what stands before it"),
    ),
)
def test_of_a_test_that_pretends_only_defaults_are_looked_into(before, expected):
    assert may_count("http://localhost:8000", before, PRETENDS) is expected
    assert may_count("http://localhost:8000", before, Scope("tests/test_a.py", "requests.get(url)"))
    assert may_count("http://localhost:8000", before, Scope("src/a.py", PRETENDS.text))
