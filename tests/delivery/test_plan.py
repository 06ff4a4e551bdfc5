"""What a change of release does, as data."""

import pytest

from envfence.delivery.changes import plan
from envfence.delivery.changes.gate import Replica
from envfence.delivery.changes.plan import Act, Change, Lacking, Schema, Stage, shown, stages
from envfence.delivery.changes.survey import Seen
from envfence.delivery.releases.record import Intent, Release, State
from envfence.delivery.servers.fleet import made
from envfence.delivery.servers.narrate import STEPS
from envfence.operate.engine import Container

TABLE = {
    "root": "/opt/shop",
    "migrate": "migrate",
    "after-migrate": ["db-roles"],
    "roles": {
        "data": {"host": "DB_HOST", "services": ["postgres"]},
        "app": {"host": "BACKEND_HOST", "services": ["backend", "worker", "proxy"], "replicas": {"backend": 2}},
        "scheduler": {"host": "AIRFLOW_HOST", "services": ["airflow"]},
    },
}
FLEET = made(
    "production", TABLE, {f"{name}_HOST": f"{name.lower()}.example.com" for name in ("DB", "BACKEND", "AIRFLOW")}
)
AFTER = {
    "proxy": {"backend": "service_healthy"},
    "airflow": {"airflow-migrate": "service_completed_successfully"},
    "airflow-migrate": {"db-roles": "service_completed_successfully"},
}
RELEASE = Release("r2", "2" * 40, after=AFTER)
NEW = {"postgres": "p1", "backend": "b2", "worker": "w2", "proxy": "x1", "airflow": "a1"}
RUNNING = {"postgres": ["p1"], "backend": ["b1", "b1"], "worker": ["w1"], "proxy": ["x1"], "airflow": ["a1"]}


def change(running=RUNNING, links=(), env="e1.env", schema=None, lacking=None, state=None, *, is_first=False):
    """Return a change from what runs to RELEASE."""
    seen = {}
    for host in FLEET.hosts:
        replicas = [
            Replica(Container(f"{service}-{number}", service, "running", "healthy", 0), "image", digest)
            for service, digests in running.items()
            if service in host.services or service == "gone"
            for number, digest in enumerate(digests)
        ]
        facts = {"env": "e1.env", "link:files/dags/current": "d1"}
        hashes = {service: NEW[service] for service in host.services}
        seen[host.name] = Seen(host, facts, state or State("r1"), tuple(replicas), hashes)
    names = [host.name for host in FLEET.hosts]
    return Change(
        FLEET, RELEASE, seen, dict.fromkeys(names, env), {"airflow": dict(links)}, lacking or {}, schema or Schema(),
        is_first=is_first,
    )  # fmt: skip


def lines(of):
    """Return the plan as it is printed, without what every host does."""
    return [" ".join(line.split()) for line in shown(stages(of)) if not line.startswith(("intent", "record", "gate"))]


def test_what_runs_already_is_no_change():
    assert stages(change({**RUNNING, "backend": ["b2", "b2"], "worker": ["w2"]})) == []


@pytest.mark.parametrize(
    ("of", "expected"),
    (
        pytest.param(
            change(),
            ["roll backend up r2 worker", "roll backend replace r2 backend 2", "roll backend wait backend worker"],
            id="a new image restarts what runs it",
        ),
        pytest.param(
            change({**RUNNING, "backend": ["b2", "b2"], "worker": ["w2"]}, {"files/dags/current": "d2"}),
            ["roll airflow link files/dags/current d2"],
            id="new DAGs alone are a link",
        ),
        pytest.param(
            change({**RUNNING, "backend": ["b2", "b2"], "worker": ["w2"], "airflow": ["a0"]}),
            ["roll airflow once r2 airflow-migrate", "roll airflow up r2 airflow", "roll airflow wait airflow"],
            id="what has to end before a service starts",
        ),
        pytest.param(
            change({**RUNNING, "backend": ["b2", "b2"], "worker": ["w2"], "proxy": ["x0"], "gone": ["g"]}),
            [
                "roll db retire gone-0",
                "roll backend up r2 proxy",
                "roll backend wait proxy",
                "roll backend retire gone-0",
                "roll airflow retire gone-0",
            ],
            id="what no role has any more ends",
        ),
        pytest.param(
            change(schema=Schema("migrate", (), "backend", "r2", ("db-roles",), ("db", "postgres"))),
            [
                "backup db r2 postgres",
                "migrate backend once r2 migrate",
                "migrate backend once r2 db-roles",
                "roll backend up r2 worker",
                "roll backend replace r2 backend 2",
                "roll backend wait backend worker",
            ],
            id="a migration comes before every host",
        ),
        pytest.param(
            change({}, schema=Schema("migrate", (), "backend", "r2"), state=State(), is_first=True),
            [
                "roll db up r2 postgres",
                "roll db wait postgres",
                "migrate backend once r2 migrate",
                "roll backend up r2 worker",
                "roll backend replace r2 backend 2",
                "roll backend wait backend worker",
                "roll backend up r2 proxy",
                "roll backend wait proxy",
                "roll airflow once r2 airflow-migrate",
                "roll airflow up r2 airflow",
                "roll airflow wait airflow",
            ],
            id="at first the database comes before its migration",
        ),
        pytest.param(
            change(
                {**RUNNING, "backend": ["b2", "b2"], "worker": ["w2"]},
                env="e2.env",
                lacking={"db": Lacking(True, ("files/sql-1",), True, ("shop/db:1",))},
            ),
            [
                "ship db folder files/sql-1",
                "ship db env e2.env",
                "ship db files r2",
                "ship db images shop/db:1",
                "roll db link env/current e2.env",
                "roll backend link env/current e2.env",
                "roll airflow link env/current e2.env",
            ],
            id="what a host lacks is sent",
        ),
    ),
)  # fmt: skip
def test_plan(of, expected):
    assert lines(of) == expected


def test_every_host_passes_the_gate_and_writes_down_what_it_runs():
    found = stages(change())
    assert found[0].step == "intent"
    assert found[-1] == Stage("record", tuple(Act(name, ("record", "r2")) for name in ("db", "backend", "airflow")))
    gates = [act.words for stage in found if stage.step == "gate" for act in stage.acts]
    assert sorted(gates) == [("gate", "airflow"), ("gate", "backend", "worker", "proxy"), ("gate", "postgres")]


def test_what_a_runner_left_half_way_is_settled():
    left = change({**RUNNING, "backend": ["b2", "b2"], "worker": ["w2"]}, state=State("r1", intent=Intent("r2")))
    assert [stage.step for stage in stages(left)] == ["intent", "gate", "record"]


def test_every_step_of_a_plan_has_its_place():
    migrating = change(
        schema=Schema("migrate", (), "backend", "r2", (), ("db", "postgres")), lacking={"db": Lacking(True)}
    )
    found = [stage.step for stage in stages(migrating)]
    assert found == ["intent", "ship", "backup", "migrate", "roll", "gate", "gate", "record"]
    assert [STEPS.index(step) for step in found] == sorted(STEPS.index(step) for step in found)
    assert set(plan.Stage("roll", ()).hosts) == set()
