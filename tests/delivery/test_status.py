"""What is shown of servers, and what is said to be wrong with them."""

import pytest

from envfence.delivery.changes.gate import Answer, Replica
from envfence.delivery.changes.status import PARTS, Found, notes, table, troubles
from envfence.delivery.changes.survey import Seen
from envfence.delivery.releases.record import Intent, State
from envfence.delivery.servers.fleet import made
from envfence.delivery.servers.remote import Unreachable
from envfence.operate.engine import Container

TABLE = {
    "root": "/opt/shop",
    "ready": {"web": ["cat", "/ready.json"]},
    "roles": {
        "data": {"host": "DB_HOST", "services": ["store"]},
        "app": {"host": "BACKEND_HOST", "services": ["web"], "replicas": {"web": 2}},
    },
}
FLEET = made("production", TABLE, {"DB_HOST": "db.example.com", "BACKEND_HOST": "backend.example.com"})
STATE = State("r1", "r0", at="2026-11-23T09:12:00Z")
READY = Answer("ready", "2f3c", "b2")


def found(name="backend", services=("web", "web"), state=STATE, runs="r1", health="healthy", **more):
    """Return what a host has that is as it should be."""
    (host,) = (one for one in FLEET.hosts if one.name == name)
    replicas = [
        Replica(Container(f"c{number}", service, "running", health, 0), "shop/web@sha256:0123456789abcdef", "h1")
        for number, service in enumerate(services)
    ]
    seen = Seen(host, more.pop("facts", {}), state, tuple(replicas), dict.fromkeys(services, "h1"))
    answers = {"web": [READY, READY]} if name == "backend" else {}
    return Found(seen, more.pop("answers", answers), runs, more.pop("changed", ()), more.pop("drifted", ()))


STORE = found("db", ("store",))


@pytest.mark.parametrize(
    ("backend", "said"),
    (
        pytest.param(found(), [], id="well"),
        pytest.param(found(state=State()), ["backend: nothing has been rolled out"], id="nothing yet"),
        pytest.param(
            found(health="unhealthy"), ["backend: web is unhealthy"], id="not well"
        ),
        pytest.param(
            found(answers={"web": [READY, Answer("unready")]}), ["backend: web says that it is unready"], id="not ready"
        ),
        pytest.param(
            found(drifted=("SHOP_PASSWORD",)),
            ["backend: other values than here of SHOP_PASSWORD; a rollout or `envfence env push` brings these"],
            id="other values",
        ),
        pytest.param(found(changed=("web",)), ["backend: web is not as r1 wants it"], id="changed by hand"),
        pytest.param(
            found(runs="r2"), ["MIXED VERSIONS: db runs r1; backend runs r2"], id="a mix"
        ),
        pytest.param(
            found(runs=PARTS, state=STATE._replace(intent=Intent("r2", "ada@example:7", "2026-11-23T10:00:00Z"))),
            [
                "backend: the change to r2 that ada@example:7 began at 2026-11-23T10:00:00Z has not ended",
                "MIXED VERSIONS: db runs r1; backend runs parts of two releases",
            ],
            id="left half-way",
        ),
        pytest.param(Unreachable("backend: no answer"), ["backend: no answer"], id="unreachable"),
    ),
)  # fmt: skip
def test_troubles(backend, said):
    assert list(troubles(FLEET, {"db": STORE, "backend": backend})) == said


def test_every_service_has_a_line():
    lines = [" ".join(line.split()) for line in table(FLEET, {"db": STORE, "backend": found(changed=("web",))})]
    assert lines == [
        "host service state version schema drift",
        "db store healthy 0123456789ab",
        "backend web healthy 2/2 2f3c b2 changed",
    ]


def test_a_host_that_does_not_answer_has_a_line():
    lines = list(table(FLEET, {"db": STORE, "backend": Unreachable("backend: no answer")}))
    assert lines[-1].split() == ["backend", "-", "unreachable"]


def test_notes_tell_release_pin_and_lock():
    facts = {"lock": "token=1 until=80 owner=ada since=0 now=50"}
    pinned = found(state=STATE._replace(pinned="r1"), facts=facts)
    assert list(notes({"db": STORE, "backend": pinned})) == [
        "release r1, since 2026-11-23T09:12:00Z",
        "pinned to r1: rollouts are refused until `envfence rollback --unpin`",
        "backend is locked by ada, unless renewed for 30 s more",
    ]
