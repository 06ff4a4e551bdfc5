"""The lock of images: which keys it has, what it refuses, and when it is out of date."""

import pytest

from envfence.errors import FenceError
from envfence.stack import lock
from envfence.stack.render import rendered
from envfence.stack.tree import read

DIGEST = f"sha256:{'5e' * 32}"
BASE = """\
services:
  db:
    image: ${DB_IMAGE:-postgres:17.6}
  cache:
    image: ${CACHE_IMAGE:-redis:8.2.1}
  app:
    image: ${APP_IMAGE:-app:local}
  worker:
    image: ${APP_IMAGE:-app:local}
"""
DEV = """\
services:
  app:
    build: {context: app, args: {PYTHON_IMAGE: "${PYTHON_IMAGE:-python:3.13.7-slim}", MODE: "${MODE:-debug}"}}
"""
PROD = """\
services:
  db:
    image: ${DB_IMAGE:?}
"""
IMAGES = {"CACHE_IMAGE": "redis:8.2.1", "DB_IMAGE": "postgres:17.6", "PYTHON_IMAGE": "python:3.13.7-slim"}


def stacks(*overrides, base=BASE):
    """Return one stack for each override, all on one base."""
    return [rendered("x", [read("base.yml", base), read("other.yml", text)], {}, lambda _: True) for text in overrides]


def test_every_image_but_those_built_here():
    assert lock.wanted(stacks(DEV, PROD), {}) == IMAGES


def test_an_environment_may_name_another_image():
    found = lock.wanted(stacks(PROD, DEV), {"DB_IMAGE": "registry.example.com/postgres:17.6", "OTHER": "x"})
    assert found == IMAGES | {"DB_IMAGE": "registry.example.com/postgres:17.6"}


@pytest.mark.parametrize(
    ("old", "new"),
    (
        pytest.param(":-postgres:17.6", ":-postgres:latest", id="moving tag"),
        pytest.param(":-postgres:17.6", ":-postgres", id="no tag"),
        pytest.param(":-postgres:17.6", ":-postgres:17", id="major version"),
        pytest.param(":-postgres:17.6", ":?", id="no image at all"),
    ),
)
def test_what_cannot_be_locked_is_refused(old, new):
    with pytest.raises(FenceError, match=r"^DB_IMAGE: "):
        lock.wanted(stacks(PROD, base=BASE.replace(old, new)), {})


def test_text_pins_what_has_no_digest_yet():
    images = {"A_IMAGE": "a:1.0", "B_IMAGE": f"b:1.0@{DIGEST}"}
    assert lock.text(images, lambda image: {"a:1.0": DIGEST}[image]).splitlines()[1:] == [
        f"A_IMAGE=a:1.0@{DIGEST}",
        f"B_IMAGE=b:1.0@{DIGEST}",
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    (
        pytest.param(f"# x\nA=a:1.0@{DIGEST}\nB=b:2.0@{DIGEST}\n", [], id="up to date"),
        pytest.param(f"A=a:1.0@{DIGEST}\nB=b:2.0@{DIGEST}\nC=c:1.0\n", [], id="one more"),
        pytest.param(f"A=a:0.9@{DIGEST}\nB=b:2.0@{DIGEST}\n", ["A"], id="another version"),
        pytest.param(f"A=a:1.0@{DIGEST}\nB=b:2.0\n", ["B"], id="no digest"),
        pytest.param(f"A=a:1.0@{DIGEST}\n", ["B"], id="one less"),
        pytest.param("", ["A", "B"], id="no lock"),
    ),
)
def test_outdated(written, expected):
    assert lock.outdated(written, {"A": "a:1.0", "B": "b:2.0"}) == expected


def test_check_asks_nobody_and_says_what_is_old(write, monkeypatch, capsys):
    root = write({"compose.yml": BASE, "compose.dev.yml": DEV, "compose.prod.yml": PROD})
    monkeypatch.chdir(root)
    monkeypatch.setenv("PATH", "")
    assert lock.main(["--check"]) == 1
    assert capsys.readouterr().out == "images.lock: not there; run `nox -s images_lock`\n"
    write({"images.lock": f"DB_IMAGE={IMAGES['DB_IMAGE']}@{DIGEST}\n"})
    assert lock.main(["--check"]) == 1
    assert capsys.readouterr().out == "images.lock: out of date: CACHE_IMAGE, PYTHON_IMAGE; run `nox -s images_lock`\n"
    write({"images.lock": "".join(f"{key}={image}@{DIGEST}\n" for key, image in IMAGES.items())})
    assert lock.main(["--check"]) == 0


def test_without_a_stack_or_docker_it_says_so(write, monkeypatch, capsys):
    root = write({})
    monkeypatch.chdir(root)
    assert lock.main([]) == 2
    write({"compose.yml": BASE, "compose.dev.yml": DEV, "compose.prod.yml": PROD})
    monkeypatch.setenv("PATH", "")
    assert lock.main([]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "envfence: there is no compose file here",
        "pulling redis:8.2.1",
        "envfence: docker is not installed, and it is what resolves images",
    ]
