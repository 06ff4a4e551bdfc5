"""Servers that have a name already: keys that have none take it."""

import pytest

from envfence.rewrite.keys import Keys
from envfence.rewrite.servers import dialled, is_better, named, unnamed


@pytest.mark.parametrize(
    ("values", "expected"),
    (
        pytest.param({"GRAFANA_URL": "http://localhost:3000"}, {"localhost:3000": "GRAFANA"}, id="a service"),
        pytest.param({"STOCK_GRAFANA_URL": "http://a:3/"}, {"a:3": "STOCK_GRAFANA"}, id="a longer name"),
        pytest.param({"GRAFANA_URL": "http://localhost:3000/d"}, {}, id="a page of it"),
        pytest.param({"GRAFANA_URL": "http://a:1", "AIRFLOW_URL": "http://a:1"}, {}, id="two names"),
        pytest.param({"API_URL": "http://a:1", "BACKEND_URL": "http://a:2"}, {}, id="the program itself"),
        pytest.param({"WATCH_URL": "http://a:1"}, {}, id="no service that is known"),
        pytest.param({"GRAFANA_HOST": "a"}, {}, id="no URL"),
    ),
)
def test_named(values, expected):
    assert named(values) == expected


def test_unnamed():
    values = {
        "API_HOST": "a",
        "API_PORT": "1",
        "API_URL_2": "http://b:2",
        "API_URL": "x",
        "DB_HOST": "c",
        "DB_PORT": "3",
    }
    assert unnamed(values) == {"a:1", "b:2"}


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    (
        pytest.param("GRAFANA_URL", "API_URL", True, id="a service"),
        pytest.param("GRAFANA_URL", "API_URL_2", True, id="a number"),
        pytest.param("REPORT_URL", "API_URL", False, id="no service that is known"),
        pytest.param("GRAFANA_URL", "AIRFLOW_URL", False, id="a name that says one"),
        pytest.param("GRAFANA", "API_URL", False, id="no URL"),
    ),
)
def test_the_better_name(name, other, expected):
    assert is_better(name, other) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    (
        pytest.param({"HOST": "127.0.0.1", "PORT": "1"}, "localhost:1", id="this machine"),
        pytest.param({"HOST": "Db.example.com", "PORT": "1"}, "db.example.com:1", id="another"),
        pytest.param({"HOST": "a"}, "", id="no port"),
    ),
)
def test_dialled(parts, expected):
    assert dialled(parts) == expected


def test_keys_take_the_name_of_their_server():
    keys = Keys(servers={"a:1": "GRAFANA"})
    assert keys.group("API", {"HOST": "a", "PORT": "1"})["PORT"].name == "GRAFANA_PORT"
    assert keys.group("API", {"HOST": "a", "PORT": "2"})["PORT"].name == "API_PORT"
    assert keys.one("API_URL", "http://a:1").name == "GRAFANA_URL"
    assert keys.one("API_URL", "http://a:2").name == "API_URL"
    assert keys.one("REPORT_URL", "http://a:1").name == "REPORT_URL"
    keys.group("CALCULATOR", {"HOST": "b", "PORT": "3"})
    assert keys.one("API_URL", "http://b:3").name == "CALCULATOR_URL"
    assert keys.one("API_URL", "http://b:4").name == "API_URL_2"
