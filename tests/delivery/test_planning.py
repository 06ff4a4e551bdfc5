"""What a change is made from."""

import pytest

from envfence.delivery.changes.planning import _published, links_of
from envfence.delivery.changes.survey import Seen
from envfence.delivery.releases.record import Release, State


@pytest.mark.parametrize(
    ("port", "published"),
    (
        pytest.param("${BIND_ADDRESS:?}:${DB_PUBLISH_PORT:?}:5432", "${DB_PUBLISH_PORT:?}", id="keys"),
        pytest.param("192.0.2.1:8080:80", "8080", id="numbers"),
        pytest.param("8080:80", "8080", id="without an address"),
        pytest.param("80", "", id="any port"),
        pytest.param({"target": 80, "published": "8080"}, "8080", id="a table"),
        pytest.param({"target": 80}, "", id="a table without"),
    ),
)
def test_published(port, published):
    assert _published(port) == published


def test_links_lead_to_the_folders_of_the_release():
    facts = {"link:files/dags/current": "d2", "link:files/gone/current": "g1", "env": "e1.env"}
    seen = {"airflow": Seen(None, facts, State(), (), {}), "db": Seen(None, {}, State(), (), {})}
    release = Release("r1", "1", files={"dags": "d1", "redis": "x1"})
    assert links_of(release, seen) == {"airflow": {"files/dags/current": "d1"}, "db": {}}
