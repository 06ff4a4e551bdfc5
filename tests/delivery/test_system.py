"""The reference system with its real backend on three servers: a schema change out and back, a rollout under load."""

import json
import threading
import urllib.error
import urllib.request

import pytest

from . import reference
from .reference import HEAD, NEXT

pytestmark = [pytest.mark.docker, pytest.mark.delivery]

PER_SECOND = 20
UNIQUE = "e05d7b3c8a91"
TIGHTENS = f'''"""Let no two stocks share a name."""

from alembic import op

revision = "{UNIQUE}"
down_revision = "{NEXT}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("uq_stocks_name", "stocks", ["name"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_stocks_name")
'''
STOCKS = (
    "INSERT INTO stocks (symbol, name, market) SELECT 'S' || n, 'Stock ' || n, 'TEST' FROM generate_series(1, 40) n"
)
# The scheduler's own programs take a minute and a gigabyte, four workers of each replica four times the processor:
# what starts them is the same as for the others.
LIGHTER = {
    "pyproject.toml": (('["airflow", "airflow-scheduler", "airflow-dag-processor", "grafana"]', '["grafana"]'),),
    "stack/docker-compose.prod.yml": ((', --workers, "4"', ""),),
}


@pytest.fixture(scope="module")
def system(bed, tmp_path_factory):
    """Return the system, rolled out for the first time and holding forty stocks."""
    bed.reset()
    root = tmp_path_factory.mktemp("system")
    system = reference.made(bed, root)
    reference.lighten(root, LIGHTER)
    roll(system)
    sql(bed, system, STOCKS)
    yield system
    bed.reset()
    reference.forget_images(root)


def roll(system, *words):
    """Release what there is and roll it out; return the release's name."""
    name = system.release()
    done = system.envfence("rollout", "production", "--timeout", "600", *words, timeout=1800)
    assert done.code == 0, done.error
    return name


def sql(bed, system, text):
    """Run SQL on the database's own server; return its rows."""
    label = "label=com.docker.compose.service=postgres"
    container = bed.servers["db"].run("docker", "ps", "--quiet", "--filter", label).strip()
    psql = ("psql", "--no-psqlrc", "-tA", "-U", system.values["DB_USER"], "-d", system.values["DB_NAME"], "-c", text)
    return bed.servers["db"].run("docker", "exec", container, *psql).splitlines()


def rows(bed, system):
    return sql(bed, system, "SELECT count(*) FROM stocks")


def revision(bed, system):
    return sql(bed, system, "SELECT version_num FROM alembic_version")


def said(bed):
    """Return what each replica of the backend says of itself."""
    backend = bed.servers["backend"]
    label = "label=com.docker.compose.service=backend"
    ids = backend.run("docker", "ps", "--quiet", "--filter", label).split()
    return [json.loads(backend.run("docker", "exec", one, "python", "-m", "app.probe", "--json")) for one in ids]


def recorded(bed):
    return {name: json.loads(server.read("state.json")) for name, server in bed.servers.items()}


def test_a_schema_change_is_rolled_out_and_back(system, bed):
    old = system.described(recorded(bed)["db"]["release"])
    assert said(bed) == [{"status": "ready", "version": old["versions"]["backend"], "schema": HEAD}] * 2

    system.add_sector()
    new = system.described(roll(system))
    assert said(bed) == [{"status": "ready", "version": new["versions"]["backend"], "schema": NEXT}] * 2
    assert {(one["release"], one["previous"], one["schema"]) for one in recorded(bed).values()} == {
        (new["id"], old["id"], NEXT)
    }
    assert (rows(bed, system), revision(bed, system)) == (["40"], [NEXT])
    sql(bed, system, "UPDATE stocks SET sector = 'Energy' WHERE symbol = 'S1'")
    assert bed.servers["db"].run("sh", "-c", "ls /opt/stocktrading/backups/*.dump").split() != []

    plan = system.envfence("rollback", "production", "--plan")
    assert f"{new['id']} -> {old['id']}: code only" in plan.error
    done = system.envfence("rollback", "production", "--timeout", "600", timeout=1800)
    assert done.code == 0, done.error
    # The column stays, with what is in it: the older code does not mind.
    assert said(bed) == [{"status": "ready", "version": old["versions"]["backend"], "schema": NEXT}] * 2
    assert {(one["release"], one["pinned"]) for one in recorded(bed).values()} == {(old["id"], old["id"])}
    assert (rows(bed, system), revision(bed, system)) == (["40"], [NEXT])
    assert sql(bed, system, "SELECT sector FROM stocks WHERE symbol = 'S1'") == ["Energy"]
    assert system.envfence("status", "production").code == 0


def test_a_schema_that_was_tightened_is_taken_back_first(system, bed):
    assert system.envfence("rollback", "production", "--unpin").code == 0
    before = system.described(roll(system))
    versions = system.root / "stack" / "backend" / "alembic" / "versions"
    (versions / f"20261125_{UNIQUE}_unique_name.py").write_text(TIGHTENS, encoding="utf-8")
    roll(system)
    assert revision(bed, system) == [UNIQUE]

    done = system.envfence("rollback", "production", "--timeout", "600", timeout=1800)
    assert done.code == 0, done.error
    assert "schema first" in done.error
    assert said(bed) == [{"status": "ready", "version": before["versions"]["backend"], "schema": NEXT}] * 2
    assert (rows(bed, system), revision(bed, system)) == (["40"], [NEXT])
    assert system.envfence("rollback", "production", "--unpin").code == 0


def test_no_request_fails_while_two_replicas_are_replaced(system, bed):
    (system.root / "stack" / "backend" / "app" / "touched.py").write_text('"""New code, the same schema."""\n')
    name, answers, ended = system.release(), [], threading.Event()
    url = f"{system.values['FRONTEND_URL']}/api/v1/stocks?limit=1"
    askers = [
        threading.Thread(target=asked, args=(url, answers, ended, number / PER_SECOND)) for number in range(PER_SECOND)
    ]
    for one in askers:
        one.start()
    try:
        done = system.envfence("rollout", "production", "--timeout", "600", timeout=1800)
    finally:
        ended.set()
        for one in askers:
            one.join()
    assert done.code == 0, done.error
    assert recorded(bed)["backend"]["release"] == name
    assert set(answers) == {200}


def asked(url, answers, ended, wait):
    """Ask about once a second until the rollout has ended, each time on a connection of its own."""
    while not ended.wait(wait):
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                answers.append(answer.status)
        except urllib.error.HTTPError as error:
            answers.append(error.code)
        except OSError:
            answers.append(0)
        wait = 1
