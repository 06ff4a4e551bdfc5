"""What goes wrong on the way, at each step: one version runs everywhere afterwards, or the mix is named aloud.

Each cell releases a further migration, breaks its rollout, and rolls the same release out again, which has to succeed.
"""

import json
import re
import time
from contextlib import contextmanager

import pytest

from . import ledger as ledgers
from .bed import ROOT
from .reference import forget_images

pytestmark = [pytest.mark.docker, pytest.mark.delivery]
slow = pytest.mark.faults

RESTORED, NOTHING, MIXED = 1, 2, 3
MIXED_WORDS = re.compile(r"MIXED VERSIONS: (\S.*) may run (\S+), all others run (\S+)")
# A disk that is soon full, and large enough for a rollout to begin.
ON_SMALL_DISK = f"""
    set -e
    cp -a {ROOT} /tmp/kept
    mount -t tmpfs -o size=1200m,mode=700 tmpfs {ROOT}
    cp -a /tmp/kept/. {ROOT}
    rm -rf /tmp/kept
    chown deploy: {ROOT}
"""


@pytest.fixture(scope="module")
def ledger(bed, tmp_path_factory):
    """Return the ledger, rolled out for the first time onto small disks."""
    with bed.of("ledger-production"):
        for server in bed.servers.values():
            server.run("sh", "-c", ON_SMALL_DISK)
        ledger = ledgers.made(bed, tmp_path_factory.mktemp("ledger"))
        ledger.release()
        done = ledger.hasty("rollout", "production")
        assert done.code == 0, done.error
        yield ledger
        forget_images(ledger.root)
        bed.reset()
        for server in bed.servers.values():
            server.run("umount", ROOT)


@pytest.fixture
def fleet(ledger, bed):
    """Return the fleet before a rollout, and see afterwards that the next one succeeds and that no lock is left."""
    fleet = Fleet(ledger, bed)
    yield fleet
    for server in bed.servers.values():
        server.mend()
        server.run("sh", "-c", f"rm -f {ROOT}/backups/filler")
    done = ledger.hasty("rollout", "production", "--release", fleet.new, "--wait", "40")
    assert done.code == 0, done.error
    assert fleet.recorded() == {fleet.new}
    assert set(fleet.serving()) == {fleet.version(fleet.new)}
    assert fleet.migrated() == 1
    assert not any(server.read("lock/held") for server in bed.servers.values())


class Fleet:
    """The servers, what they ran, and the release that is to come with its migration."""

    def __init__(self, ledger, bed):
        self.ledger, self.bed = ledger, bed
        (self.old,) = self.recorded()
        self.revision = ledger.migration(f"ALTER TABLE entries ADD COLUMN at_{time.monotonic_ns()} int")
        self.new = ledger.release()

    def rollout(self, *words):
        """Start the rollout of the new release."""
        return self.ledger.runner("rollout", "production", "--timeout", "45", *words)

    def recorded(self):
        """Return the releases that the servers say they run."""
        return {json.loads(server.read("state.json"))["release"] for server in self.bed.servers.values()}

    def version(self, release):
        """Return what the web server of a release calls itself."""
        return self.ledger.described(release)["versions"]["web"]

    def serving(self):
        """Return the version of each web server that answers."""
        backend = self.bed.servers["backend"]
        label = "label=com.docker.compose.service=web"
        ids = backend.run("docker", "ps", "--quiet", "--filter", label, "--filter", "health=healthy").split()
        return [backend.run("docker", "exec", one, "cat", "/www/version") for one in ids]

    def sql(self, text):
        """Run SQL in the database; return what it prints."""
        return self.bed.servers["db"].run("docker", "exec", self.store(), "psql", "-U", "ledger", "-tAc", text).strip()

    def store(self):
        """Return the container of the database."""
        label = "label=com.docker.compose.service=store"
        return self.bed.servers["db"].run("docker", "ps", "--quiet", "--filter", label).strip()

    def migrated(self):
        """Return how often the new migration has run."""
        return int(self.sql(f"SELECT count(*) FROM ran WHERE at = '{self.revision}'"))

    def is_as_before(self):
        """Return whether every server runs the old release, and two web servers of it answer."""
        return self.recorded() == {self.old} and self.serving() == [self.version(self.old)] * 2


def all_slow(*names):
    """Return parameters of cells that `nox -s test` leaves to `nox -s test_delivery`."""
    return tuple(pytest.param(name, marks=slow) for name in names)


def told(done):
    """Return the sentence that a runner ends with."""
    return done.error.splitlines()[-1]


@pytest.mark.parametrize("step", ("roll", *all_slow("lock", "intent", "ship", "backup", "migrate", "gate", "record")))
def test_runner_killed(fleet, step):
    """Its lock passes with the lease; what served goes on; who comes next finishes the work."""
    runner = fleet.rollout()
    assert runner.until(step), "".join(runner.lines)
    runner.kill()
    serving = fleet.serving()
    assert len(serving) >= 2
    assert set(serving) <= {fleet.version(fleet.old), fleet.version(fleet.new)}
    if step in {"lock", "intent", "ship", "backup", "migrate"}:
        assert fleet.is_as_before()
    if step in {"ship", "migrate", "roll"}:  # a person who asks is told
        status = fleet.ledger.envfence("status", "production")
        assert (status.code, fleet.new in status.out + status.error) == (1, True), status


@slow
@pytest.mark.parametrize("step", ("ship", "backup", "migrate", "roll", "gate", "record"))
def test_connection_cut_for_a_while(fleet, step):
    """The rollout succeeds all the same, or every server is brought back."""
    server = fleet.bed.servers["db" if step in {"backup", "migrate"} else "backend"]
    runner = fleet.rollout()
    assert runner.until(step), "".join(runner.lines)
    server.cut()
    time.sleep(6)
    server.mend()
    done = runner.end()
    assert done.code in {0, RESTORED}, done.error
    assert (fleet.recorded(), set(fleet.serving())) == (
        ({fleet.new}, {fleet.version(fleet.new)}) if done.code == 0 else ({fleet.old}, {fleet.version(fleet.old)})
    )
    assert fleet.migrated() <= 1


@pytest.mark.parametrize("name", ("backend", *all_slow("db", "airflow")))
def test_host_unreachable_from_the_start(fleet, name):
    fleet.bed.servers[name].cut()
    done = fleet.rollout().end()
    fleet.bed.servers[name].mend()
    assert (done.code, name in done.error) == (NOTHING, True), done.error
    assert fleet.is_as_before()
    assert fleet.migrated() == 0


@slow
@pytest.mark.parametrize("step", ("intent", "ship", "migrate", "roll", "gate", "record"))
def test_host_unreachable_from_a_step_on(fleet, step):
    """All servers that can be reached are brought back, and the one that cannot is named if it may have changed."""
    name = "db" if step == "migrate" else "backend"
    runner = fleet.rollout()
    assert runner.until(step), "".join(runner.lines)
    fleet.bed.servers[name].cut()
    done = runner.end()
    fleet.bed.servers[name].mend()
    if done.code == 0:  # it was cut off after the last that mattered
        assert (step, fleet.recorded()) == ("record", {fleet.new})
        return
    assert done.code in {RESTORED, MIXED}, done.error
    assert name in done.error
    if done.code == MIXED:
        assert MIXED_WORDS.search(told(done)).groups() == (name, fleet.new, fleet.old)
    else:
        assert fleet.recorded() == {fleet.old}
    others = {json.loads(one.read("state.json"))["release"] for key, one in fleet.bed.servers.items() if key != name}
    assert others == {fleet.old}
    assert fleet.migrated() <= 1


@contextmanager
def full_disk(server):
    server.run("sh", "-c", f"dd if=/dev/zero of={ROOT}/backups/filler bs=1M 2>/dev/null || true")
    try:
        yield
    finally:
        server.run("rm", "-f", f"{ROOT}/backups/filler")


@slow
def test_disk_full_at_preflight(fleet):
    with full_disk(fleet.bed.servers["airflow"]):
        done = fleet.rollout().end()
    assert (done.code, "MB are free" in done.error) == (NOTHING, True), done.error
    assert fleet.is_as_before()


FULL = (("refuse", "backend"), ("refuse", "db"), ("ship", "db"), ("migrate", "backend"))


@slow
@pytest.mark.parametrize(("step", "name"), FULL)
def test_disk_full_later(fleet, step, name):
    """Nothing half-written counts: what ran before runs, or the server where it does not is named."""
    runner = fleet.rollout()
    assert runner.until(step), "".join(runner.lines)
    with full_disk(fleet.bed.servers[name]):
        done = runner.end()
    assert done.code in {RESTORED, MIXED}, done.error
    assert name in told(done)
    assert fleet.recorded() == {fleet.old}
    if done.code == RESTORED:
        assert set(fleet.serving()) == {fleet.version(fleet.old)}, done.error
    else:
        assert MIXED_WORDS.search(told(done)).groups() == (name, fleet.new, fleet.old)


def test_migration_fails(fleet):
    (file,) = (fleet.ledger.root / "web" / "migrations").glob(f"{fleet.revision}.sql")
    good = file.read_text()
    file.write_text("ALTER TABLE nowhere ADD COLUMN x int;\n")
    broken = fleet.ledger.release()
    done = fleet.ledger.hasty("rollout", "production", "--release", broken)
    file.write_text(good)
    fleet.new = fleet.ledger.release()
    assert (done.code, "failed at migrate on backend" in told(done)) == (RESTORED, True), done.error
    assert fleet.is_as_before()
    assert fleet.migrated() == 0


def test_lock_timeout_of_the_migration(fleet):
    """Somebody holds the table: the migration gives up soon, so that nobody queues behind it."""
    hold = "BEGIN; LOCK TABLE entries IN ACCESS SHARE MODE; SELECT pg_sleep(600)"
    db = fleet.bed.servers["db"]
    db.run("docker", "exec", "--detach", fleet.store(), "psql", "-U", "ledger", "-c", hold)
    try:
        done = fleet.rollout().end()
    finally:
        fleet.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK%'")
    assert (done.code, "lock timeout" in done.error) == (RESTORED, True), done.error
    assert fleet.is_as_before()
    assert fleet.migrated() == 0


@slow
@pytest.mark.parametrize("step", ("backup", "migrate", "roll"))
def test_image_missing(fleet, step):
    """Somebody takes an image away that was there already."""
    backend = fleet.bed.servers["backend"]
    image = fleet.ledger.described(fleet.new)["images"]["WEB_IMAGE"]["reference"]
    runner = fleet.rollout()
    assert runner.until(step), "".join(runner.lines)
    backend.run("docker", "image", "rm", "--force", image, check=False)
    done = runner.end()
    if step == "roll" and done.code == 0:
        pytest.skip("the containers were made before the image went")
    assert done.code in {0, RESTORED}, done.error
    assert len(fleet.recorded()) == 1
    assert len(set(fleet.serving())) == 1
    assert fleet.migrated() <= 1


@slow
def test_never_healthy(fleet):
    serve = fleet.ledger.root / "web" / "serve.sh"
    good = serve.read_text()
    serve.write_text(good.replace("8000", "8001"))
    broken = fleet.ledger.release()
    done = fleet.ledger.hasty("rollout", "production", "--release", broken, "--timeout", "20")
    serve.write_text(good)
    fleet.new = fleet.ledger.release()
    assert (done.code, "failed at roll on backend; backend restored" in told(done)) == (RESTORED, True), done.error
    assert fleet.is_as_before()
    assert fleet.migrated() == 1  # it only adds, so it stays


@slow
@pytest.mark.parametrize("step", ("refuse", "ship", "migrate", "roll", "record"))
def test_two_runners(fleet, step):
    """The second is kept out at any step of the first, and the first is not disturbed."""
    first = fleet.rollout()
    assert first.until(step), "".join(first.lines)
    second = fleet.rollout("--wait", "0")
    refused, done = second.end(), first.end()
    assert done.code == 0, done.error
    kept_out = refused.code == NOTHING and "locked by" in refused.error
    assert kept_out or "nothing to change" in refused.out  # or it came when all was done
    assert fleet.recorded() == {fleet.new}
    assert fleet.migrated() == 1


def test_two_runners_that_wait(fleet):
    """Both are told to wait: one does the work, the other finds it done."""
    runners = [fleet.rollout("--wait", "60"), fleet.rollout("--wait", "60")]
    ended = [runner.end() for runner in runners]
    assert [done.code for done in ended] == [0, 0], ended
    assert sum("nothing to change" in done.out for done in ended) == 1
    assert fleet.migrated() == 1
