"""Folders that a workflow goes into and the repository does not have."""

import pytest

from envfence.check import Options, check
from envfence.sources import from_paths
from envfence.workflow.check import findings

from ..documents import blocks_of

PATH = ".github/workflows/deploy.yml"
HEAD = "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n"
CHECKOUT = "      - uses: actions/checkout@v4\n"


def steps(*lines, checkout=CHECKOUT, job=""):
    return f"{HEAD}{job}    steps:\n{checkout}" + "".join(f"      {line}\n" for line in lines)


def run(*commands):
    return ("- run: |", *(f"    {command}" for command in commands))


CAUGHT = {
    "cd": steps(*run("cd app/backend", "pytest")),
    "cd of a later step": steps("- run: pip install .", *run("cd app/backend && pytest")),
    "a working directory": steps("- run: pytest", "  working-directory: ./app/backend"),
    "after a setup": steps("- uses: actions/setup-python@v5", *run("cd app", "pytest")),
}
PASSES = {
    "a folder of the repository": steps(*run("cd backend", "pytest")),
    "a folder below": steps(*run("cd ./backend/tests/", "pytest")),
    "a working directory": steps("- run: pytest", "  working-directory: backend"),
    "in a folder already": steps(*run("cd tests"), "  working-directory: backend"),
    "in the job's folder": steps(*run("cd tests"), job="    defaults: {run: {working-directory: backend}}\n"),
    "made before": steps(*run("mkdir -p app"), *run("cd app", "ls")),
    "unpacked before": steps("- run: tar xf app.tar", *run("cd app", "ls")),
    "made by a build": steps("- run: make", *run("cd dist/app", "ls")),
    "somewhere else": steps(*run("cd /opt/app"), *run("cd ~/app"), *run("cd .."), *run("cd -")),
    "a variable": steps(*run("cd $APP"), "- run: ls", "  working-directory: ${{ inputs.folder }}"),
    "not at the beginning": steps(*run("make app", "cd app")),
    "no checkout": steps(*run("cd app", "ls"), checkout=""),
    "a checkout elsewhere": steps(*run("cd app", "ls"), checkout=CHECKOUT + "        with:\n          path: app\n"),
    "a download": steps("- uses: actions/download-artifact@v4", *run("cd app", "ls")),
}


@pytest.mark.parametrize("text", CAUGHT.values(), ids=CAUGHT)
def test_it_is_caught(text):
    found = findings(PATH, text, {"backend", "backend/tests"}.__contains__)
    assert [one.rule for one in found] == ["workflow-missing-folder"]


@pytest.mark.parametrize("text", PASSES.values(), ids=PASSES)
def test_it_passes(text):
    assert findings(PATH, text, {"backend", "backend/tests"}.__contains__) == []


def test_nothing_is_said_without_the_repository():
    assert findings(PATH, CAUGHT["cd"]) == []


def test_the_reference_goes_where_nothing_is(write, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    reference = ".github/workflows/deploy-production.yml"
    (text,) = [text for path, _, text in blocks_of("tests/stack/reference.txt") if path == reference]
    write({reference: text, "backend/main.py": ""})
    found = check(from_paths(["."]), Options()).findings
    assert [one.line for one in found if one.rule == "workflow-missing-folder"] == [21]
    write({"stock-trading-system/backend/main.py": ""})
    assert "workflow-missing-folder" not in {one.rule for one in check(from_paths(["."]), Options()).findings}
