"""`envfence release` with a real engine: one build a commit, and a folder that says all and holds no value."""

import json
import re
import subprocess
import sys
import tarfile
import uuid
from types import SimpleNamespace

import pytest

from envfence.delivery.releases import bundle
from envfence.delivery.releases import model as models
from envfence.delivery.servers.fleet import made
from envfence.errors import FenceError

from . import reference

pytestmark = pytest.mark.docker
PASSWORD = "q7Zt4vK9" + "xLw2mNpR8"
SETTINGS = """\
[tool.envfence]
stacks = ["development: compose.yml compose.dev.yml", "production: compose.yml compose.prod.yml"]
[tool.envfence.environments.development]
[tool.envfence.environments.production]
root = "/opt/shop"
ready = { web = ["true"] }
[tool.envfence.environments.production.roles]
data = { host = "DB_HOST", services = ["store"] }
app = { host = "WEB_HOST", services = ["web"] }
"""
FILES = {
    "pyproject.toml": SETTINGS,
    ".env.example": """\
ENVIRONMENT=<development|production>
DB_HOST=<DB_HOST>
WEB_HOST=<WEB_HOST>
DB_PASSWORD=<GENERATE_PASSWORD>
WEB_IMAGE=
""",
    ".gitignore": ".env*\n!.env.example\n.envfence\n",
    "compose.yml": """\
name: shop-${ENVIRONMENT:?}
services:
  store: {image: "${STORE_IMAGE:-envfence-test/tiny}", environment: {PASSWORD: "${DB_PASSWORD:?}"}}
  web: {image: "${WEB_IMAGE:-NAME:local}", volumes: ["./flows:/flows/current:ro", "./site:/site:ro"]}
""",
    "compose.dev.yml": """\
services:
  web: {build: {context: web, args: {APP_VERSION: development, BASE: "${BASE:-envfence-test/tiny}"}}}
""",
    "compose.prod.yml": "services: {web: {image: '${WEB_IMAGE:?}'}}\n",
    "web/Dockerfile": "ARG BASE\nFROM ${BASE}\nARG APP_VERSION\nENV APP_VERSION=${APP_VERSION}\nCOPY main.sh /\n",
    "web/main.sh": "echo 1\n",
    "flows/daily.py": "1\n",
    "site/index.html": "<p>\n",
}


@pytest.fixture
def shop(engine, repo, write, git, monkeypatch):
    """Return a repository with one commit, and a function that releases it: exit code, bundle, what is said."""
    name = f"envfence-test/shop-{uuid.uuid4().hex[:8]}"
    write({path: text.replace("NAME", name) for path, text in FILES.items()})
    write({".env.production": f"ENVIRONMENT=production\nDB_PASSWORD={PASSWORD}\n"})
    git("add", ".")
    git("commit", "-qm", "one")
    monkeypatch.chdir(repo)

    def release(*arguments):
        command = [sys.executable, "-m", "envfence", "release", *arguments]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=120)
        assert PASSWORD not in done.stdout + done.stderr
        found = bundle.read(".", done.stdout.strip()) if done.returncode == 0 else None
        return SimpleNamespace(code=done.returncode, bundle=found, said=done.stderr)

    yield SimpleNamespace(root=repo, name=name, release=release)
    listed = subprocess.run(["docker", "image", "ls", "-q", name], capture_output=True, encoding="utf-8", check=True)
    ids = listed.stdout.split()
    subprocess.run(["docker", "image", "rm", "--force", *ids], check=False, capture_output=True)


def test_a_release_says_what_a_commit_is(shop, git):
    done = shop.release()
    assert done.code == 0, done.said
    said, head = done.bundle.release, git("rev-parse", "HEAD").strip()
    assert re.fullmatch(rf"\d{{8}}T\d{{6}}-{head[:12]}", said["id"])
    assert (said["commit"], said["branch"], said["environment"], said["project"]) == (
        head, "main", "production", "shop-production",
    )  # fmt: skip
    web, store = said["images"]["WEB_IMAGE"], said["images"]["STORE_IMAGE"]
    assert re.fullmatch(rf"{shop.name}:{head[:12]}-[0-9a-f]{{8}}", web["reference"])
    assert re.fullmatch(r"envfence-test/tiny:id-[0-9a-f]{12}", store["reference"])
    assert (said["versions"], sorted(said["files"])) == ({"web": head[:12]}, ["flows", "site"])
    assert said["schema"] == {"head": "", "oldest": "", "migrations": []}
    inside = ["docker", "run", "--rm", web["reference"], "sh", "-c", "echo $APP_VERSION"]
    assert subprocess.run(inside, capture_output=True, encoding="utf-8", check=True).stdout.strip() == head[:12]


def test_no_value_is_in_a_release(shop):
    found = shop.release().bundle
    for path in (shop.root / found.path).rglob("*"):
        if path.suffix == ".gz":
            with tarfile.open(path) as archive:
                data = b"".join(archive.extractfile(one).read() for one in archive if one.isfile())
        else:
            data = path.read_bytes() if path.is_file() else b""
        assert PASSWORD.encode() not in data, path
    assert b"${DB_PASSWORD:?}" in (shop.root / found.path / "compose.yml").read_bytes()


def test_what_is_built_from_decides_whether_it_is_built(shop, write, git):
    first = shop.release()
    again = shop.release()
    assert ("building" in first.said, "building" in again.said) == (True, False)
    write({"README.md": "text\n"})
    git("add", ".")
    git("commit", "-qm", "documents")
    documents = shop.release().bundle
    same = ("images", "compose", "files", "versions")
    assert [documents.release[key] for key in same] == [first.bundle.release[key] for key in same]
    assert documents.release["commit"] != first.bundle.release["commit"]
    write({"web/main.sh": "echo 2\n"})
    git("commit", "-qam", "code")
    code = shop.release()
    assert "building" in code.said
    assert code.bundle.release["images"]["WEB_IMAGE"] != first.bundle.release["images"]["WEB_IMAGE"]


def test_a_change_of_a_swapped_folder_changes_no_service(shop, write, git):
    before = shop.release().bundle
    write({"flows/daily.py": "2\n"})
    git("commit", "-qam", "flows")
    after = shop.release().bundle
    assert after.release["compose"] == before.release["compose"]
    assert after.release["files"]["site"] == before.release["files"]["site"]
    assert after.release["files"]["flows"] != before.release["files"]["flows"]


def test_a_change_of_a_mounted_folder_changes_its_service(shop, write, git):
    before = shop.release().bundle
    write({"site/index.html": "<b>\n"})
    git("commit", "-qam", "site")
    assert shop.release().bundle.release["compose"] != before.release["compose"]


def test_what_is_not_committed_is_not_released_unasked(shop, write):
    write({"web/main.sh": "echo 2\n"})
    done = shop.release()
    assert (done.code, "not all is committed here" in done.said) == (2, True)
    done = shop.release("--dirty")
    assert done.code == 0, done.said
    assert done.bundle.id.endswith("-dirty")
    assert done.bundle.release["versions"]["web"].startswith("dirty-")


def test_an_environment_without_servers_has_no_release(shop):
    done = shop.release("development")
    assert (done.code, "development has no servers" in done.said) == (2, True)


def test_a_build_that_fails_is_said(shop, write, git):
    write({"web/Dockerfile": "FROM envfence-test/tiny\nRUN false\n"})
    git("commit", "-qam", "broken")
    done = shop.release()
    assert (done.code, "cannot be built:\n" in done.said) == (2, True)
    assert bundle.kept(".") == []


def test_a_host_gets_its_part_of_a_release(shop):
    found = shop.release().bundle
    table = {
        "root": "/opt/shop",
        "ready": {"web": ["true"]},
        "roles": {"data": {"host": "A", "services": ["store"]}, "app": {"host": "B", "services": ["web"]}},
    }
    fleet = made("production", table, {"A": "10.0.0.1", "B": "10.0.0.2"})
    a, b = fleet.hosts
    digests = found.release["files"]
    assert (list(found.images_for(fleet, a)), list(found.images_for(fleet, b))) == (["STORE_IMAGE"], ["WEB_IMAGE"])
    assert (found.folders_for(fleet, a), sorted(found.folders_for(fleet, b))) == (
        {}, [f"files/flows/{digests['flows']}", f"files/site-{digests['site']}"],
    )  # fmt: skip
    assert (found.links_for(fleet, a), found.links_for(fleet, b)) == ({}, {"files/flows/current": digests["flows"]})
    files = found.files_for(fleet, b)
    assert (list(json.loads(files["compose.yml"])["services"]), files["ready"]) == (["web"], b"web true\n")
    assert files["release.env"].startswith(b"WEB_IMAGE=envfence-test/shop-")
    assert json.loads(files["release.json"])["id"] == found.id


def test_a_release_that_there_is_not_is_said(tmp_path):
    with pytest.raises(FenceError, match="nothing is released here; run `envfence release`"):
        bundle.read(str(tmp_path))
    with pytest.raises(FenceError, match="no release x here; there are none"):
        bundle.read(str(tmp_path), "x")


def test_a_folder_is_the_same_bytes_wherever_it_is_packed(repo, write):
    write({"site/b.html": "b\n", "site/a.html": "a\n", "site/ignored.pyc": "x", ".gitignore": "*.pyc\n"})
    digest, data = bundle.packed(str(repo / "site"))
    (repo / "packed.tar.gz").write_bytes(data)
    with tarfile.open(repo / "packed.tar.gz") as archive:
        assert [(one.name, one.mode, one.mtime, one.uid) for one in archive] == [
            ("a.html", 0o644, 0, 0), ("b.html", 0o644, 0, 0),
        ]  # fmt: skip
    assert bundle.packed(str(repo / "site"))[0] == digest
    assert bundle.packed(str(repo / "site/a.html"))[0] != digest


def test_the_reference_system_is_released_as_it_stands(engine, repo, git, write, monkeypatch):
    reference.copied(repo)
    git("add", ".")
    git("commit", "-qm", "one")
    for key, image in reference.IMAGES.items():
        monkeypatch.setenv(key, image)
    monkeypatch.chdir(repo)
    done = subprocess.run(
        [sys.executable, "-m", "envfence", "release"], capture_output=True, encoding="utf-8", check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    found = bundle.read(".")
    schema = found.release["schema"]
    assert (schema["head"], schema["oldest"]) == (reference.HEAD, reference.HEAD)
    assert {"stocks.symbol", "users.id", "daily_prices.close"} <= set(found.release["needs"])
    assert set(found.images) == {*reference.IMAGES, "BACKEND_IMAGE"} - {"PYTHON_IMAGE"}
    assert {one["id"]: one["destructive"] for one in schema["migrations"]} == {
        "5a9d07f3be18": True, "c41b9e5d7302": False, "8f2c61d0a7e4": True,
    }  # fmt: skip
    mounts = {mount.name for mount, _ in models.mounts(found.model)}
    assert mounts
    assert all(name.startswith("files-") for name in mounts), mounts
    reference.forget_images(repo)
