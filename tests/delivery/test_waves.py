"""In which order hosts change, and the services of one."""

import pytest

from envfence.delivery.releases.waves import before, groups, waves
from envfence.delivery.servers.fleet import Host

HEALTHY, ENDED = "service_healthy", "service_completed_successfully"


def host(name, *roles):
    return Host(name, f"{name}.example.com", 22, "deploy", roles, ())


@pytest.mark.parametrize(
    ("hosts", "expected"),
    (
        pytest.param([], [], id="no host"),
        pytest.param([host("b", "app"), host("a", "data")], [["a"], ["b"]], id="as the roles are written"),
        pytest.param([host("a", "data"), host("b", "app"), host("c", "app")], [["a"], ["b", "c"]], id="two of a role"),
        pytest.param([host("a", "app", "data"), host("c", "app")], [["a"], ["c"]], id="a host of two roles"),
    ),
)
def test_waves(hosts, expected):
    assert [[one.name for one in wave] for wave in waves(hosts, ("data", "app", "scheduler"))] == expected


@pytest.mark.parametrize(
    ("services", "after", "expected"),
    (
        pytest.param("a b", {}, ["a b"], id="none waits"),
        pytest.param("proxy backend", {"proxy": {"backend": HEALTHY}}, ["backend", "proxy"], id="one waits"),
        pytest.param("c b a", {"c": {"b": HEALTHY}, "b": {"a": HEALTHY}}, ["a", "b", "c"], id="a chain"),
        pytest.param("backend", {"backend": {"postgres": HEALTHY}}, ["backend"], id="what runs elsewhere"),
        pytest.param("a b", {"a": {"b": HEALTHY}, "b": {"a": HEALTHY}}, ["b", "a"], id="a circle ends"),
    ),
)
def test_groups(services, after, expected):
    assert groups(services.split(), after) == [tuple(group.split()) for group in expected]


def test_one_shots_run_before_what_waits_for_their_end():
    after = {
        "airflow": {"airflow-migrate": ENDED},
        "scheduler": {"airflow-migrate": ENDED},
        "grafana": {"db-roles": ENDED, "postgres": HEALTHY},
    }
    assert before(["airflow", "scheduler", "grafana"], after, ["db-roles"]) == ("airflow-migrate",)
    assert before(["grafana"], after, ["db-roles"]) == ()
