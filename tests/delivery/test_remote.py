"""How a server is asked: one connection, words that are data, and what is said where it does not answer."""

import io
import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

from envfence.delivery.servers import fleet as fleets
from envfence.delivery.servers.connection import ssh
from envfence.delivery.servers.remote import HostKeyChanged, Remote, Unreachable, connected, each, pairs
from envfence.errors import FenceError

from ..docker.system import within

OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS"
FLEET = fleets.made(
    "production",
    {"root": "/opt/shop", "known-hosts": "pins", "roles": {"data": {"host": "DB_HOST", "services": ["store"]}}},
    {"DB_HOST": "192.0.2.1"},
)
delivery = [pytest.mark.docker, pytest.mark.delivery]


def test_what_ssh_is_told_leaves_it_no_choice():
    command = ssh(FLEET._replace(identity="key"), FLEET.hosts[0], "folder")
    options = {part.partition("=")[0]: part.partition("=")[2] for part in command if "=" in part}
    for name in ("BatchMode", "StrictHostKeyChecking", "IdentitiesOnly"):
        assert options[name] == "yes"
    assert (options["HostKeyAlias"], options["UserKnownHostsFile"]) == ("production-db", str(Path("pins").resolve()))
    assert command[-4:] == ("-l", "deploy", "--", "192.0.2.1")
    assert "ControlPath" not in " ".join(ssh(FLEET, FLEET.hosts[0], "folder", shared=False))


@pytest.mark.parametrize("word", ("two words", "a;b", "$(id)", "a'b", "", "a\nb", "ü"))
def test_a_word_that_a_shell_could_read_is_not_sent(word, tmp_path):
    with pytest.raises(FenceError, match="a name has characters that are not sent to a server"):
        Remote(FLEET, FLEET.hosts[0], str(tmp_path)).ask("put", word)


def test_without_pinned_keys_nobody_is_asked(tmp_path):
    with (
        pytest.raises(FenceError, match="pins the servers' keys; `envfence fleet init` writes it"),
        connected(FLEET._replace(known_hosts=str(tmp_path / "none"))),
    ):
        pytest.fail("connected")


def test_what_a_killed_run_has_left_is_removed_after_a_day(tmp_path, monkeypatch):
    monkeypatch.setattr("envfence.delivery.servers.connection.ROOMY", str(tmp_path))
    pins = tmp_path / "pins"
    pins.touch()
    for name, days in (("envfence-killed", 2), ("envfence-runs", 0), ("other", 2)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "image.tar").touch()
        os.utime(tmp_path / name, (time.time() - days * 86_400 - 60,) * 2)
    with connected(FLEET._replace(known_hosts=str(pins))) as (remote,):
        found = {one.name for one in tmp_path.iterdir() if one.is_dir()}
        assert found == {"envfence-runs", "other", Path(remote.folder).name}
    assert not Path(remote.folder).exists()


def test_of_an_answer_the_pairs():
    assert pairs("a=1\nb=x=y\n\nc=\n") == {"a": "1", "b": "x=y", "c": ""}


@pytest.fixture
def remotes(bed):
    """Return how each server is asked."""
    with bed.connected() as found:
        yield found


class TestServers:
    pytestmark = delivery

    def test_all_are_asked_at_once_over_one_connection_each(self, remotes, bed):
        answers = each(remotes, lambda remote: remote.facts())
        assert {name: facts["project"] for name, facts in answers.items()} == dict.fromkeys(
            bed.servers, "stock-production"
        )
        before = _logins(bed.servers["db"])
        for _ in range(5):
            remotes[0].ask("lock", "show")
        assert _logins(bed.servers["db"]) == before

    def test_nothing_is_left_of_the_connections(self, bed):
        with bed.connected() as found:
            (path,) = (part for part in found[0]._ssh if part.startswith("ControlPath="))
            found[0].ask("lock", "show")
        assert not Path(path.partition("=")[2]).parent.exists()
        assert "sshd-session: deploy" not in bed.servers["db"].run("ps", "-eo", "args")

    def test_a_command_that_fails_is_told_without_values(self, bed):
        fleet = bed.fleet()._replace(masked=lambda text: text.replace("release", "***"))
        with connected(fleet) as (remote, *_):
            assert remote.ask("release", "r1").code == 77
            with pytest.raises(FenceError, match=r"^db: r1 is not on this host$"):
                remote.told("release", "r1")
            with pytest.raises(FenceError, match=r"^db: no such command: \*\*\*d$"):
                remote.told("released")

    def test_data_may_be_a_stream(self, remotes, tmp_path):
        remote = remotes[0]
        token = remote.told("lock", "take", "test", "60").strip()
        try:
            with (tmp_path / "line").open("w+b") as stream:
                stream.write(b'{"n":1}\n')
                stream.seek(0)
                remote.told("log", token, data=stream)
            assert remote.told("log", "show", "1") == '{"n":1}\n'
        finally:
            remote.told("lock", "drop", token)

    def test_what_is_recorded_comes_back(self, remotes):
        remote = remotes[0]
        token = remote.told("lock", "take", "test", "60").strip()
        try:
            remote.record(token, {"release": "r1", "by": "Zoë", "intent": None})
            assert remote.state() == {"release": "r1", "by": "Zoë", "intent": None}
        finally:
            remote.told("lock", "drop", token)

    def test_lines_are_followed_as_they_come(self, remotes, bed):
        server = bed.servers["db"]
        talk = b"command: sh -c 'while echo line; do sleep 0.1; done'"
        stack = b"services: {talker: {image: envfence-test/tiny, init: true, %s}}" % talk
        compose = ("docker", "compose", "--project-name", "stock-production", "--file", "-")
        server.run(*compose, "up", "--detach", data=stack)
        try:
            lines = remotes[0].follow("logs", "--follow", "talker")
            first = [next(lines) for _ in range(3)]
            lines.close()
            assert all(line.endswith("| line") for line in first), first
            assert {one.service: one.state for one in remotes[0].containers()} == {"talker": "running"}
        finally:
            server.run(*compose, "down", data=stack)

    def test_a_changed_key_is_refused_and_said(self, bed, tmp_path):
        pins = (bed.folder / "known_hosts").read_text(encoding="utf-8").splitlines()
        pins = [f"production-db {OTHER}" if "production-db" in line else line for line in pins]
        (tmp_path / "pins").write_text("\n".join(pins) + "\n", encoding="utf-8")
        with connected(bed.fleet()._replace(known_hosts=str(tmp_path / "pins"))) as found:
            answers = each(found, lambda remote: remote.ask("lock", "show").code)
        assert isinstance(answers.pop("db"), HostKeyChanged)
        assert answers == {"backend": 0, "airflow": 0}

    def test_a_key_that_is_not_let_in_is_said(self, bed, tmp_path):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
        with (
            connected(bed.fleet()._replace(identity=str(tmp_path / "key"))) as found,
            pytest.raises(Unreachable, match="db: no key that deploy is let in with"),
        ):
            found[0].ask("facts")

    def test_a_server_that_is_cut_off_is_given_up(self, bed, remotes):
        remotes[0].ask("lock", "show")
        bed.servers["db"].cut()
        begun = time.monotonic()
        try:
            with pytest.raises(Unreachable, match=r"^db: "):
                remotes[0].ask("lock", "show", timeout=3)
        finally:
            bed.servers["db"].mend()
        assert time.monotonic() - begun < within(30)
        assert remotes[0].ask("lock", "show").code == 0

    def test_an_upload_that_is_cut_installs_nothing(self, remotes):
        remote = remotes[0]
        token = remote.told("lock", "take", "test", "60").strip()
        reader, writer = os.pipe()
        os.write(writer, b"half of it")
        threading.Timer(0.5, os.close, (writer,)).start()
        with os.fdopen(reader, "rb") as stream:
            answer = remote.ask("put", token, "env/half.env", "600", "0" * 64, data=stream)
        assert answer.code == 65
        assert remote.told("exists", "env/half.env") == "env/half.env -\n"
        remote.told("lock", "drop", token)


def _logins(server):
    text = server.run("sh", "-c", "cat /proc/[0-9]*/comm 2>/dev/null", check=False)
    return sum(line.startswith("sshd-") for line in io.StringIO(text))
