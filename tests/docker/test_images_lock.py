"""Images by digest, from a real registry: what the lock names is what servers start."""

import json
import urllib.request

import pytest

from envfence.operate import command
from envfence.stack import lock

from .system import IMAGES, LOOPBACK, docker, made, run, told, until

pytestmark = pytest.mark.docker

BACKEND = {"BACKEND_IMAGE": "registry.example.com/backend:5e1f0c2"}
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@pytest.fixture(scope="module")
def registry(engine):
    """Return the address of an empty registry."""
    name = docker("run", "--detach", "--rm", "--publish", f"{LOOPBACK}::5000", "envfence-test/registry").strip()
    try:
        port = docker("port", name, "5000").strip().rpartition(":")[2]
        until(lambda: answers(f"http://{LOOPBACK}:{port}/v2/"))
        yield f"{LOOPBACK}:{port}"
    finally:
        docker("rm", "--force", "--volumes", name)


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=2).status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def pushed(registry):
    """Return {key: image} for every image of the stack: a small one stands in for all."""
    images = {key: f"{registry}/{key.lower().replace('_', '-')}:1.2.3" for key in IMAGES}
    for image in images.values():
        docker("tag", "envfence-test/tiny", image)
        docker("push", "--quiet", image)
    yield images
    docker("image", "rm", "--force", *images.values())


@pytest.fixture
def system(pushed, tmp_path, monkeypatch):
    """Return a production environment that names its images by version."""
    one = made(tmp_path, "production", **BACKEND, **pushed)
    monkeypatch.chdir(tmp_path)
    return one


def test_the_lock_names_the_digests_of_the_registry(system, pushed, capsys):
    assert lock.main(["--environment", "production"]) == 0
    written = (system.root / "stack/images.lock").read_text(encoding="utf-8")
    assert written.splitlines()[1:] == [
        f"{key}={image}@{digest_in_registry(image)}" for key, image in sorted(pushed.items())
    ]
    assert lock.main(["--environment", "production", "--check"]) == 0
    assert capsys.readouterr().out == ""


def digest_in_registry(image):
    host, _, rest = image.partition("/")
    name, _, tag = rest.partition(":")
    request = urllib.request.Request(f"http://{host}/v2/{name}/manifests/{tag}", headers={"Accept": MANIFEST})
    with urllib.request.urlopen(request) as response:
        return response.headers["Docker-Content-Digest"]


def test_servers_start_what_is_locked_and_nothing_else(system, pushed):
    assert lock.main(["--environment", "production"]) == 0
    unlocked = told(system.root, "production", system.project, dict.fromkeys(IMAGES, "") | {"BACKEND_IMAGE": "x:1.0.0"})
    code, _, said = unlocked.compose("config", "--quiet", check=False)
    assert code != 0
    assert "locked by nox -s images_lock" in said
    files = ["-f", "stack/docker-compose.yml", "-f", "stack/docker-compose.prod.yml"]
    env_files = ["--env-file", ".env.production", "--env-file", "stack/images.lock"]
    command = ["docker", "compose", *env_files, *files, "--profile", "*", "config", "--format", "json"]
    services = json.loads(run(command, system.root)[1])["services"]
    own = {"backend", "celery-worker", "celery-beat", "migrate"}
    assert [name for name, one in services.items() if name not in own and "@sha256:" not in one["image"]] == []
    docker("pull", "--quiet", services["postgres"]["image"])


def test_an_image_that_is_not_there_is_told(system, pushed, registry, capsys):
    told(system.root, "production", system.project, pushed | {"REDIS_IMAGE": f"{registry}/nothing:1.2.3"})
    assert lock.main(["--environment", "production"]) == 2
    assert f"docker cannot pull {registry}/nothing:1.2.3: " in capsys.readouterr().err
    assert not (system.root / "stack/images.lock").exists()


@pytest.mark.parametrize("image", ("redis-image:latest", "redis-image", "redis-image:7"))
def test_servers_refuse_a_tag_that_moves(image, system, pushed, registry, capsys):
    told(system.root, "production", system.project, pushed | {"REDIS_IMAGE": f"{registry}/{image}", **BACKEND})
    assert command.main(["up", "production"]) == 2
    error = capsys.readouterr().err
    assert f"{registry}/{image}: the tag moves" in error
    assert "nox -s images_lock" in error
    assert system.containers() == {}
