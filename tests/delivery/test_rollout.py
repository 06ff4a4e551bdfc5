"""Rollouts of a small system on three servers: what changes, what does not, and what a failure leaves behind."""

import json
import os
import re

import pytest

from . import shop as shops
from .reference import forget_images

pytestmark = [pytest.mark.docker, pytest.mark.delivery]

SERVICES = {"db": ["store"], "backend": ["web", "web", "worker"], "airflow": ["jobs"]}


@pytest.fixture(scope="module")
def shop(bed, tmp_path_factory):
    """Return the shop, rolled out for the first time."""
    with bed.of("shop-production"):
        shop = shops.made(bed, tmp_path_factory.mktemp("shop"))
        shop.release()
        done = rolled_out(shop)
        assert done.code == 0, done.error
        yield shop
        forget_images(shop.root)


def rolled_out(shop, *words):
    return shop.envfence("rollout", "production", "--timeout", "60", *words)


def containers(bed):
    """Return server to {id: service} of what runs there."""
    form = '{{.ID}} {{.Label "com.docker.compose.service"}}'
    return {
        name: dict(line.split() for line in server.run("docker", "ps", "--format", form).splitlines())
        for name, server in bed.servers.items()
    }


def states(bed):
    return {name: json.loads(server.read("state.json")) for name, server in bed.servers.items()}


def test_everything_runs_after_the_first_rollout(shop, bed):
    assert {name: sorted(found.values()) for name, found in containers(bed).items()} == SERVICES
    assert len({state["release"] for state in states(bed).values()}) == 1


def test_documentation_alone_changes_nothing(shop, bed):
    before = containers(bed)
    (shop.root / "README.md").write_text("A shop that sells.\n")
    shop.release()
    plan, done = rolled_out(shop, "--dry-run"), rolled_out(shop)
    assert (plan.code, plan.out.partition(":")[0]) == (0, "nothing to change")
    assert (done.code, done.out.partition(":")[0]) == (0, "nothing to change")
    assert containers(bed) == before


def test_dags_alone_are_swapped_under_what_runs(shop, bed):
    before = containers(bed)
    (shop.root / "dags" / "daily.py").write_text("two\n")
    shop.release()
    assert "roll      airflow    link files/dags/current" in rolled_out(shop, "--dry-run").out
    assert rolled_out(shop).code == 0
    assert containers(bed) == before
    (jobs,) = before["airflow"]
    assert bed.servers["airflow"].run("docker", "exec", jobs, "cat", "/jobs/current/daily.py") == "two\n"


def test_a_change_of_one_image_leaves_the_other_services_alone(shop, bed):
    before = containers(bed)
    (shop.root / "web" / "index.html").write_text("two\n")
    name = shop.release()
    done = rolled_out(shop)
    assert done.code == 0, done.error
    after = containers(bed)
    assert (after["db"], after["airflow"]) == (before["db"], before["airflow"])
    assert set(after["backend"]).isdisjoint(before["backend"])
    assert {state["release"] for state in states(bed).values()} == {name}
    assert all(json.loads(server.read("log.jsonl").splitlines()[-1])["to"] == name for server in bed.servers.values())


def test_what_never_gets_healthy_is_taken_back_everywhere(shop, bed):
    before, written = containers(bed), states(bed)
    serve = shop.root / "web" / "serve.sh"
    good = serve.read_text()
    serve.write_text(good.replace("8000", "8001"))
    name = shop.release()
    done = rolled_out(shop, "--timeout", "20")
    serve.write_text(good)
    assert done.code == 1, done.error
    assert f"{name} failed at roll on backend; backend restored" in done.error
    assert containers(bed) == before
    assert states(bed) == written
    assert shop.envfence("status", "production").code == 0


def test_rollback_goes_to_what_ran_before_and_keeps_rollouts_out(shop, bed):
    now = states(bed)["backend"]
    plan = shop.envfence("rollback", "production", "--plan")
    assert (plan.code, "code only" in plan.error) == (0, True)
    done = shop.envfence("rollback", "production", "--timeout", "60")
    assert done.code == 0, done.error
    assert {(one["release"], one["pinned"]) for one in states(bed).values()} == {(now["previous"], now["previous"])}
    (shop.root / "web" / "index.html").write_text("three\n")
    shop.release()
    refused = rolled_out(shop)
    assert (refused.code, "pinned to" in refused.error) == (2, True)
    assert shop.envfence("rollback", "production", "--unpin").code == 0
    assert rolled_out(shop).code == 0


def test_an_older_commit_is_refused(shop, bed):
    newest, older = states(bed)["db"]["release"], shop.git("rev-parse", "HEAD~1")
    branch = shop.git("rev-parse", "--abbrev-ref", "HEAD")
    shop.git("checkout", "--quiet", older)
    try:
        (shop.root / "web" / "index.html").write_text("another\n")
        shop.release()
    finally:
        shop.git("checkout", "--quiet", "--force", branch)
    done = rolled_out(shop)
    assert (done.code, "does not hold" in done.error) == (2, True)
    assert states(bed)["db"]["release"] == newest


def test_one_who_holds_the_lock_keeps_others_out(shop, bed):
    with bed.connected() as remotes:
        (backend,) = [one for one in remotes if one.host.name == "backend"]
        token = backend.told("lock", "take", "somebody@elsewhere:1", "60").strip()
        done = rolled_out(shop, "--wait", "0")
        backend.told("lock", "drop", token)
    assert done.code == 2
    assert re.search(r"backend is locked by somebody@elsewhere:1, unless renewed for \d+ s more", done.error)
    assert all("owner" not in server.read("lock/held") for server in bed.servers.values())


def test_no_value_is_told(shop, bed):
    value = shop.values["SHOP_PASSWORD"]
    logs = shop.envfence("logs", "production", "--role", "app")
    assert (logs.code, "password is ***" in logs.out) == (0, True)
    said = [logs.out, rolled_out(shop, "--dry-run").out, shop.envfence("status", "production").out]
    said += [server.read(name) for server in bed.servers.values() for name in ("log.jsonl", "state.json")]
    assert [text for text in said if value in text] == []


def test_the_result_is_told_to_the_team(shop, bed, webhook):
    address, told = webhook
    with (shop.root / ".env.production").open("a") as file:
        file.write(f"SLACK_WEBHOOK_URL={address}\n")
    (shop.root / "dags" / "daily.py").write_text("three\n")
    name = shop.release()
    done = rolled_out(shop)
    assert done.code == 0, done.error
    assert told == [{"text": f"production rollout: {name} runs on db, backend, airflow"}]


def test_values_come_from_the_process_where_there_is_no_env_file(shop, bed, monkeypatch):
    file = shop.root / ".env.production"
    text = file.read_text()
    for line in text.splitlines():
        monkeypatch.setenv(*line.split("=", 1))
    file.unlink()
    try:
        done = rolled_out(shop, "--dry-run")
    finally:
        file.write_text(text)
        file.chmod(0o600)
    assert (done.code, done.out.partition(":")[0]) == (0, "nothing to change"), done.error
    assert os.environ["SHOP_PASSWORD"] not in done.out + done.error
