"""Compose files that are mended: without the key that compose ignores, and with checks that ask the server."""

import json
import shutil
import subprocess

import pytest

from envfence.rewrite.repairs.mending import Mended
from envfence.rewrite.repairs.stacks import mended

HEAD = "services:\n  db:\n    image: postgres:17\n"
USER = "    environment: [POSTGRES_USER=app]\n"


def after(*texts, is_told=lambda _: True):
    files = {f"compose.{number}.yml": text for number, text in enumerate(texts)}
    changed, _ = mended(files, is_told)
    return [changed.get(path, text) for path, text in files.items()]


@pytest.mark.parametrize(
    ("before", "expected"),
    (
        pytest.param("version: '3.8'\n\nservices: {}\n", "services: {}\n", id="first"),
        pytest.param('# ours\nversion: "3"  # old\nservices: {}\n', "# ours\nservices: {}\n", id="below a comment"),
        pytest.param(
            "name: a\n\nversion: 3\n\nservices: {}\n", "name: a\n\nservices: {}\n", id="a gap above and below"
        ),
        pytest.param("name: a\nversion: 3\n\nservices: {}\n", "name: a\n\nservices: {}\n", id="a gap below"),
        pytest.param("version: '2'\r\n\r\nservices: {}\r\n", "services: {}\r\n", id="CRLF"),
        pytest.param("version: &old '3'\nx-of: *old\n", None, id="somebody refers to it"),
        pytest.param("services:\n  db:\n    labels:\n      version: 3\n", None, id="of something else"),
        pytest.param("version: 3  # envfence: ignore[stack-version-key] for an old client\n", None, id="it is to stay"),
    ),
)
def test_the_version(before, expected):
    assert after(before) == [before if expected is None else expected]


@pytest.mark.parametrize(
    ("test", "expected"),
    (
        pytest.param(
            '["CMD-SHELL", "pg_isready -U app"]',
            '["CMD-SHELL", "pg_isready -h 127.0.0.1 -U $$POSTGRES_USER"]',
            id="a list",
        ),
        pytest.param(
            "pg_isready -d x -Uapp || exit 1", "pg_isready -h 127.0.0.1 -d x -U$$POSTGRES_USER || exit 1", id="a text"
        ),
        pytest.param(
            "pg_isready --username=app", "pg_isready -h 127.0.0.1 --username=$$POSTGRES_USER", id="a long option"
        ),
        pytest.param("pg_isready", "pg_isready -h 127.0.0.1", id="no user"),
        pytest.param("pg_isready -h db -U $$POSTGRES_USER", None, id="nothing to mend"),
        pytest.param('["CMD", "pg_isready", "-U", "app"]', None, id="no shell puts the user in"),
        pytest.param('["CMD-SHELL", "psql -U app"]', None, id="another program"),
        pytest.param("pg_isready && pg_isready -d x", None, id="more than one"),
    ),
)
def test_a_check(test, expected):
    text = f"{HEAD}{USER}    healthcheck:\n      test: {test}\n"
    assert after(text) == [text if expected is None else text.replace(test, expected)]


def test_the_user_may_be_in_another_file_and_has_to_be_somewhere():
    check = f"{HEAD}    healthcheck:\n      test: pg_isready -U app\n"
    assert "-h 127.0.0.1 -U app\n" in after(check)[0]
    assert "-h 127.0.0.1 -U $$POSTGRES_USER\n" in after(check, HEAD + USER)[0]
    assert "-h 127.0.0.1 -U $$POSTGRES_USER\n" in after(check, f"{HEAD}    environment:\n      POSTGRES_USER: app\n")[0]


def test_what_is_mended_is_told_once_for_a_line_and_what_settings_ignore_stays():
    text = f"version: 3\n{HEAD}{USER}    healthcheck:\n      test: pg_isready -U app\n"
    files = {"compose.yml": text}
    assert mended(files, lambda _: True)[1] == [
        Mended("compose.yml", 1, "stack-version-key"),
        Mended("compose.yml", 7, "stack-weak-healthcheck"),
    ]
    assert mended(files, lambda one: one.rule != "stack-version-key")[0]["compose.yml"].startswith("version: 3\n")


@pytest.mark.docker
@pytest.mark.skipif(shutil.which("docker") is None, reason="no docker client")
def test_compose_makes_the_same_of_both(tmp_path):
    text = f"version: '3.8'\n\n{HEAD}{USER}    ports: ['5432:5432']\nvolumes: {{data: }}\n"
    said = []
    for name, each in (("before", text), ("after", after(text)[0])):
        file = tmp_path / f"{name}.yml"
        file.write_text(each, encoding="utf-8")
        command = ["docker", "compose", "-p", "x", "-f", str(file), "config", "--format", "json"]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
        said.append(json.loads(done.stdout))
        assert ("obsolete" in done.stderr) == (name == "before")
    assert said[0] == said[1]
