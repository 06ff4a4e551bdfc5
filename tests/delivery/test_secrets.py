"""No value of an environment is seen on the way: in no argument of a process, bundle, log, state or message."""

import json
import os
import threading
import time
from pathlib import Path

import pytest

from . import ledger as ledgers
from .bed import ROOT
from .reference import forget_images

pytestmark = [pytest.mark.docker, pytest.mark.delivery]

SAMPLE = "for file in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$file 2>/dev/null; echo; done"


@pytest.fixture(scope="module")
def ledger(bed, tmp_path_factory):
    """Return the ledger, not yet rolled out."""
    with bed.of("ledger-production"):
        ledger = ledgers.made(bed, tmp_path_factory.mktemp("ledger"))
        yield ledger
        forget_images(ledger.root)


class Sampler(threading.Thread):
    """Reads the arguments of all processes, here and on the servers, as long as it runs."""

    def __init__(self, bed):
        super().__init__(daemon=True)
        self.bed, self.seen, self.rounds, self.ended = bed, set(), 0, threading.Event()

    def run(self):
        """Look again and again."""
        while not self.ended.is_set():
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self.seen.add(file.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
                except OSError:
                    continue  # it has ended
            for server in self.bed.servers.values():
                self.seen.update(server.run("sh", "-c", SAMPLE).splitlines())
            self.rounds += 1
            time.sleep(0.05)


def test_no_value_is_seen_on_the_way(ledger, bed, webhook):
    """A first rollout, then one whose migration fails, with the database's own words about it."""
    address, told = webhook
    with (ledger.root / ".env.production").open("a") as file:
        file.write(f"SLACK_WEBHOOK_URL={address}\n")
    contract = ledger.root / ".env.example"
    contract.write_text(contract.read_text() + "SLACK_WEBHOOK_URL=\n")
    settings = ledger.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace('bind = "', 'webhook = "SLACK_WEBHOOK_URL"\nbind = "', 1))
    secret = ledger.values["DB_PASSWORD"]
    sampler = Sampler(bed)
    sampler.start()
    said = []
    try:
        ledger.release()
        said.append(ledger.hasty("rollout", "production"))
        ledger.migration("ALTER TABLE entries ADD COLUMN noted int")
        (ledger.root / "web" / "migrate.sh").write_text("echo my password is $PGPASSWORD; exit 1\n")
        ledger.release()
        said.append(ledger.hasty("rollout", "production"))
        said.append(ledger.hasty("status", "production"))
        said.append(ledger.hasty("logs", "production", "--role", "app"))
    finally:
        sampler.ended.set()
        sampler.join()
    assert [done.code for done in said[:2]] == [0, 1], said
    assert "my password is ***" in said[1].error
    assert sampler.rounds > 5
    assert any("envfence" in line for line in sampler.seen)  # it has looked
    bundles = [file for file in (ledger.root / ".envfence").rglob("*") if file.is_file() and "keys" not in file.parts]
    texts = {
        "arguments": "\n".join(sampler.seen),
        "output": "\n".join(done.out + done.error for done in said),
        "bundle": "\n".join(file.read_bytes().decode("latin-1") for file in bundles),
        "messages": json.dumps(told),
        **{
            f"{name} {file}": server.read(file)
            for name, server in bed.servers.items()
            for file in ("log.jsonl", "state.json")
        },
    }
    assert len(told) == 2
    assert len(bundles) > 4
    assert {name for name, text in texts.items() if secret in text or address in text} == set()
    modes = [server.run("sh", "-c", f"stat -c %a {ROOT}/env/*.env").split() for server in bed.servers.values()]
    assert {mode for every in modes for mode in every} == {"600"}
    assert os.environ.get("DB_PASSWORD") is None


def test_a_server_with_another_key_is_refused_and_nothing_is_done(ledger, bed):
    known = ledger.root / "deploy" / "known_hosts"
    good = known.read_text()
    lines = good.splitlines()
    keys = [line.split(" ", 1) for line in lines]
    known.write_text("\n".join(f"{name} {keys[number - 1][1]}" for number, (name, _) in enumerate(keys)) + "\n")
    before = {name: server.read("state.json") for name, server in bed.servers.items()}
    try:
        done = ledger.hasty("rollout", "production")
    finally:
        known.write_text(good)
    assert done.code == 2
    assert "key" in done.error
    assert {name: server.read("state.json") for name, server in bed.servers.items()} == before
    assert not any(server.read("lock/held") for server in bed.servers.values())
