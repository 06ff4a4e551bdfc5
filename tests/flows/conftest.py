"""What the tests of flows share: semgrep itself, and a stand-in where only what envfence makes of it counts."""

import json
import os
import sys

import pytest

from envfence.flows import semgrep

# Prints the answers in turn, one for each call, and writes down what it was called with.
STAND_IN = """\
#!{python}
import json, os, pathlib, sys
here = pathlib.Path(__file__).parent
calls = here / "calls.json"
before = json.loads(calls.read_text()) if calls.exists() else []
files = sorted(str(path) for path in pathlib.Path().rglob("*") if path.is_file())
calls.write_text(json.dumps([*before, {{"argv": sys.argv[1:], "files": files}}]))
answers = json.loads((here / "answers.json").read_text())
print(answers[min(len(before), len(answers) - 1)])
"""


@pytest.fixture(scope="session")
def real():
    """Return semgrep; without it the test is skipped, or fails where ENVFENCE_SEMGREP says so."""
    command = semgrep.executable()
    if command is None and os.environ.get("ENVFENCE_SEMGREP") == "required":
        pytest.fail("semgrep is required: run `nox -s flows`")
    if command is None:
        pytest.skip("semgrep is not installed: `nox -s flows` brings it")
    return command


@pytest.fixture
def stand_in(tmp_path_factory, monkeypatch):
    """Return a function that puts a stand-in in the place of semgrep, and then one that returns its calls."""
    if os.name == "nt":
        pytest.skip("Windows starts no script by its first line")
    folder = tmp_path_factory.mktemp("stand-in")

    def make(*answers):
        texts = [answer if isinstance(answer, str) else json.dumps(answer) for answer in answers]
        (folder / "answers.json").write_text(json.dumps(texts), encoding="utf-8")
        command = folder / "semgrep"
        command.write_text(STAND_IN.format(python=sys.executable), encoding="utf-8")
        command.chmod(0o755)
        monkeypatch.setattr(semgrep, "executable", lambda: str(command))
        return lambda: json.loads((folder / "calls.json").read_text(encoding="utf-8"))

    return make


@pytest.fixture(scope="session")
def result():
    """Return a function that makes one result of semgrep: where a rule matches a text in a file."""

    def make(rule, path, text, part):
        start = text.encode().index(part.encode())
        return {
            "check_id": f"some.folder.{rule}",
            "path": path,
            "start": {"line": 1, "col": 1, "offset": start},
            "end": {"line": 1, "col": 1, "offset": start + len(part.encode())},
            "extra": {"message": f"never shown: {part}", "lines": part},
        }

    return make
