"""Images travel: by a registry, by the wire, and by no way at all where a host has them."""

import contextlib
import json
import os
import subprocess
import uuid

import pytest

from envfence.delivery.releases import images, wire
from envfence.delivery.releases.images import Image
from envfence.delivery.servers.remote import each
from envfence.errors import FenceError
from envfence.operate import engine

from . import bed as beds

LAYERS = ["sha256:" + letter * 64 for letter in "abcde"]
A, B, C, D, E = LAYERS


@pytest.mark.parametrize(
    ("sent", "known", "left_out"),
    (
        pytest.param([[A, B, C]], [], set(), id="an empty host"),
        pytest.param([[A, B, C]], [[A, B, D]], {A, B}, id="the same base"),
        pytest.param([[A, B, C]], [[A, B, C]], {A, B, C}, id="all is there"),
        pytest.param([[A, B, C]], [[B, C]], set(), id="the same layers on another base"),
        pytest.param([[A, B, C]], [[A, D], [A, B, E]], {A, B}, id="the image that shares most"),
        pytest.param([[A, B], [D, B]], [[A, B]], {A}, id="a layer that another image needs"),
    ),
)
def test_layers_stay_behind_that_a_host_has_below_the_same_layers(sent, known, left_out):
    assert wire.superfluous(sent, known) == left_out


docker = [pytest.mark.docker, pytest.mark.delivery]


@pytest.fixture(scope="module")
def built(bed):
    """Return a function that builds a small image on another, and returns it as of a release."""
    made = []

    def build(base, text, name=None):
        reference = name or f"envfence-test/travel:{uuid.uuid4().hex[:8]}"
        recipe = f'FROM {base}\nRUN echo {text} >/text\nCMD ["cat", "/text"]\n'
        subprocess.run(
            ["docker", "build", "-q", "-t", reference, "-"], input=recipe.encode(), check=True, capture_output=True
        )
        made.append(reference)
        return Image(reference, images.identity(reference))

    yield build
    subprocess.run(["docker", "image", "rm", "--force", *made], check=False, capture_output=True)


@pytest.fixture
def host(bed):
    """Return (a server, how it is asked, the token of its lock)."""
    with bed.connected() as remotes:
        remote = remotes[0]
        token = remote.told("lock", "take", "test", "600").strip()
        yield bed.servers[remote.host.name], remote, token
        remote.told("lock", "drop", token)


def shown(server, image):
    """Return what an image on a server prints."""
    return server.run("docker", "run", "--rm", "--pull", "never", image.reference).strip()


def size_of(monkeypatch):
    """Return a list that gets the size of each load."""
    sizes = []
    saved = wire.saved

    @contextlib.contextmanager
    def counted(*arguments):
        with saved(*arguments) as stream:
            sizes.append(stream.seek(0, os.SEEK_END))
            stream.seek(0)
            yield stream

    monkeypatch.setattr(wire, "saved", counted)
    return sizes


class TestOverTheWire:
    pytestmark = docker

    def test_an_image_arrives_with_its_name_and_runs(self, host, built):
        server, remote, token = host
        image = built("envfence-test/tiny", "hello")
        assert images.lacking(remote, [image.reference]) == [image.reference]
        images.send(remote, token, [image])
        assert images.lacking(remote, [image.reference]) == []
        assert shown(server, image) == "hello"

    def test_of_an_image_on_a_known_one_only_what_is_new_is_sent(self, host, built, monkeypatch):
        server, remote, token = host
        base, sizes = built("envfence-test/tiny", "base"), size_of(monkeypatch)
        images.send(remote, token, [base])
        image = built(base.reference, "new")
        images.send(remote, token, [image])
        assert shown(server, image) == "new"
        assert sizes
        assert all(size < 100_000 for size in sizes), sizes  # of 2 MB

    def test_an_image_under_another_name_is_named_and_not_sent(self, host, monkeypatch):
        _, remote, token = host
        sizes = size_of(monkeypatch)
        image = Image(f"envfence-test/tiny:id-{uuid.uuid4().hex[:12]}", images.identity("envfence-test/tiny"))
        images.send(remote, token, [image])
        assert (sizes, images.lacking(remote, [image.reference])) == ([], [])

    def test_what_several_servers_lack_is_saved_once(self, bed, built, monkeypatch):
        image, runs = built("envfence-test/tiny", "for all"), []
        run = engine.run
        monkeypatch.setattr(engine, "run", lambda command, *rest: runs.append(command[:2]) or run(command, *rest))
        with bed.connected() as remotes:
            tokens = {one.host.name: one.told("lock", "take", "test", "600").strip() for one in remotes}
            done = each(remotes, lambda one: images.send(one, tokens[one.host.name], [image]))
            each(remotes, lambda one: one.told("lock", "drop", tokens[one.host.name]))
        assert done == dict.fromkeys(bed.servers)
        assert runs.count(("docker", "save")) == 1
        assert {shown(server, image) for server in bed.servers.values()} == {"for all"}

    def test_an_image_that_is_nowhere_is_said(self, host):
        _, remote, token = host
        with pytest.raises(FenceError, match="neither db nor this machine has it; release it again"):
            images.send(remote, token, [Image("envfence-test/none:1", "sha256:" + "0" * 64)])

    def test_nothing_is_loaded_without_the_lock(self, host, built):
        _, remote, _ = host
        image = built("envfence-test/tiny", "unlocked")
        with pytest.raises(FenceError, match="the lock is not yours"):
            images.send(remote, "999", [image])
        assert images.lacking(remote, [image.reference]) == [image.reference]


@pytest.fixture(scope="module")
def registry(bed):
    """Return the address of a registry that this machine and the servers call by the same name."""
    name = f"{bed.mark}-registry"
    beds.docker(
        "run",
        "--detach",
        "--network",
        bed.mark,
        "--name",
        name,
        "--publish",
        "127.0.0.1::5000",
        "envfence-test/registry",
    )
    try:
        port = beds.docker("port", name, "5000/tcp").rpartition(":")[2]
        # The engines of the servers, too, take a registry on their own machine without TLS.
        beds.forward(bed, port, f"{name}:5000")
        yield f"127.0.0.1:{port}"
    finally:
        beds.docker("rm", "--force", "--volumes", name)


class TestByRegistry:
    pytestmark = docker

    def test_an_image_is_pushed_once_and_pulled_by_digest(self, host, built, registry):
        server, remote, token = host
        local = built("envfence-test/tiny", "from a registry")
        image = images.found(local.reference, registry)
        assert image.reference == f"{registry}/envfence-test/travel@{image.digest}"
        images.send(remote, token, [image])
        assert images.lacking(remote, [image.reference]) == []
        assert shown(server, image) == "from a registry"

    def test_a_registry_that_lost_an_image_is_said(self, host, registry):
        _, remote, token = host
        image = Image(f"{registry}/envfence-test/none@sha256:{'0' * 64}", "sha256:" + "0" * 64)
        with pytest.raises(FenceError, match="cannot be pulled"):
            images.send(remote, token, [image])


def test_what_is_built_is_told_by_its_version_and_arguments():
    options = {"context": ".", "args": {"APP_VERSION": "development", "BASE": "${BASE_IMAGE:-python}", "KEPT": None}}
    build = images.Build("shop", options, ".")
    told = images.definition(build, "abc", {"BASE_IMAGE": "python:3.13", "KEPT": "x"})
    assert told["args"] == {"APP_VERSION": "abc", "BASE": "python:3.13", "KEPT": "x"}
    other = images.definition(build, "abc", {"BASE_IMAGE": "python:3.14", "KEPT": "x"})
    assert images.tag_of("abc", told) == images.tag_of("abc", json.loads(json.dumps(told)))
    assert images.tag_of("abc", told) != images.tag_of("abc", other)


def test_a_version_is_the_last_commit_that_changed_what_is_built_from(repo, write, git):
    write({"app/main.py": "1\n", "README.md": "1\n"})
    git("add", "."), git("commit", "-qm", "one")
    first = git("rev-parse", "HEAD")[:12]
    write({"README.md": "2\n"})
    git("commit", "-qam", "two")
    build = images.Build("shop", {"context": "app"}, str(repo))
    assert images.version_of(build, dirty=False) == first
    write({"app/main.py": "2\n"})
    with pytest.raises(FenceError, match="not all is committed, and a release names a commit"):
        images.version_of(build, dirty=False)
    assert images.version_of(build, dirty=True).startswith("dirty-")
