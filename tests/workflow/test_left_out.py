"""What the workflows of a repository leave out: a branch, and the settings of its tests."""

import subprocess
import sys

import pytest

from envfence.contract import command
from envfence.init import workflows
from envfence.workflow import branches, untold
from envfence.workflow.reader import read

from ..documents import blocks_of

FLOW = ".github/workflows/deploy-production.yml"
REFERENCE = {path: text for path, _, text in blocks_of("tests/stack/reference.txt")}
DEPLOY = "jobs:\n  deploy:\n    steps:\n      - run: ssh web ./deploy\n"
MAIN = f"on:\n  push:\n    branches: [main]\n{DEPLOY}"
UNSERVED, UNTOLD = "workflow-unserved-branch", "workflow-tests-without-settings"


def checks(trigger):
    return f"on:{trigger}\njobs:\n  test:\n    steps:\n      - run: pytest\n"


@pytest.mark.parametrize(
    ("texts", "expected"),
    (
        pytest.param([MAIN], ["develop"], id="main only"),
        pytest.param([MAIN, checks("\n  pull_request:\n    branches: [main]")], ["develop"], id="requests into main"),
        pytest.param([MAIN, checks("\n  push:\n    branches: [main, feature/**]")], ["develop"], id="other branches"),
        pytest.param([MAIN, checks("\n  push:\n    branches-ignore: [develop]")], ["develop"], id="left out"),
        pytest.param([MAIN, checks("\n  push:\n    branches: ['**', '!develop']")], ["develop"], id="taken out"),
        pytest.param([MAIN, checks("\n  push:\n    tags: [v*]")], ["develop"], id="tags"),
        pytest.param([MAIN, checks("\n  schedule:\n    - cron: 0 3 * * *")], ["develop"], id="at night"),
        pytest.param([MAIN, checks(" pull_request")], [], id="every pull request"),
        pytest.param([MAIN, checks(" [push]")], [], id="every push"),
        pytest.param([MAIN, checks("\n  push:\n    branches: [develop]")], [], id="by its name"),
        pytest.param([MAIN, checks("\n  push:\n    branches: ['dev*']")], [], id="by a pattern"),
        pytest.param([MAIN, checks("\n  push:\n    branches-ignore: [gh-pages]")], [], id="all but one"),
        pytest.param([checks("\n  push:\n    branches: [main]")], [], id="nothing deploys"),
        pytest.param([], [], id="no workflow"),
    ),
)
def test_a_branch_that_no_workflow_serves(texts, expected):
    trees = [read(f"{number}.yml", text) for number, text in enumerate(texts)]
    assert [one.anchor for one in branches.findings(trees, {"main", "develop", "topic"})] == expected
    assert list(branches.findings(trees, {"main", "topic"})) == []


def rules_at(root, monkeypatch):
    monkeypatch.chdir(root)
    return {(one.rule, one.path, one.line, one.anchor) for one in command.checked(".", None, "port")}


@pytest.mark.parametrize("name", ("develop", "origin/develop"))
def test_the_reference_draws_a_branch_that_nothing_serves(name, repo, write, git, monkeypatch):
    write({FLOW: REFERENCE[FLOW]})
    git("add", ".")
    git("commit", "--quiet", "--message", "Begin")
    assert UNSERVED not in {rule for rule, *_ in rules_at(repo, monkeypatch)}
    git("update-ref", f"refs/remotes/{name}" if "/" in name else f"refs/heads/{name}", "HEAD")
    assert (UNSERVED, FLOW, 3, "develop") in rules_at(repo, monkeypatch)


def test_outside_of_git_there_are_no_branches(write, monkeypatch):
    assert UNSERVED not in {rule for rule, *_ in rules_at(write({FLOW: MAIN}), monkeypatch)}


# The reference's tests, as nobody has shown them: they import the program.
TESTS = {"backend/tests/test_main.py": "from main import app\n\n\ndef test_app():\n    assert app\n"}
OF_REFERENCE = {
    **{path: REFERENCE[path] for path in (".env.example", "backend/config.py", FLOW)},
    "backend/main.py": "from config import settings\n\napp = settings\n",
    **TESTS,
}


def test_the_tests_of_the_reference_have_no_settings(write, monkeypatch):
    root = write(OF_REFERENCE)
    assert (UNTOLD, FLOW, 27, "test") in rules_at(root, monkeypatch)
    (one,) = [one for one in command.checked(".", None, "port") if one.rule == UNTOLD]
    assert one.message.endswith("(11 keys, AIRFLOW_URL among them)")


SETTINGS = "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    DB_HOST: str\n\n\n"
PROGRAM = {"app/config.py": f"{SETTINGS}settings = Settings()\n", "tests/test_app.py": "import app.config\n"}
CI = ".github/workflows/ci.yml"
FILES = {**PROGRAM, CI: checks(" push")}


@pytest.mark.parametrize(
    "more",
    (
        pytest.param({CI: checks(" push") + "        env: {DB_HOST: localhost}\n"}, id="of the step"),
        pytest.param({CI: "env: {db_host: localhost}\n" + checks(" push")}, id="of the workflow, in small letters"),
        pytest.param({CI: checks(" push").replace("pytest", "cp .env.example .env && pytest")}, id="a file"),
        pytest.param({CI: checks(" push").replace("pytest", "make")}, id="no tests"),
        pytest.param({CI: checks(" push").replace("- run: p", "- uses: ./.github/a\n      - run: p")}, id="an action"),
        pytest.param({"tests/conftest.py": "import os\n\nos.environ.setdefault('DB_HOST', 'x')\n"}, id="the tests"),
        pytest.param({"pytest.ini": "[pytest]\nenv =\n    DB_HOST=localhost\n"}, id="pytest"),
        pytest.param({".env.test": "DB_HOST=localhost\n"}, id="a committed file"),
        pytest.param({"app/config.py": f"{SETTINGS}def get_settings():\n    return Settings()\n"}, id="made later"),
        pytest.param({"app/config.py": FILES["app/config.py"].replace(": str", ": str = 'x'")}, id="a default"),
        pytest.param({"tests/test_app.py": None}, id="no test"),
    ),
)
def test_tests_that_have_settings_or_need_none(more, write, monkeypatch):
    files = {path: text for path, text in {**FILES, **more}.items() if text is not None}
    assert UNTOLD not in {rule for rule, *_ in rules_at(write(files), monkeypatch)}


@pytest.mark.parametrize(
    "run", ("pytest tests/", "python -m pytest", "uv run pytest -q", "coverage run -m pytest", "poetry run pytest")
)
def test_however_pytest_is_called(run, write, monkeypatch):
    root = write({**FILES, CI: checks(" push").replace("pytest", run)})
    assert (UNTOLD, CI, 5, "test") in rules_at(root, monkeypatch)


def test_a_test_that_only_reads_a_setting_brings_none(write, monkeypatch):
    test = "from app.config import settings\n\n\ndef test_it():\n    assert settings.DB_HOST == 'x'\n"
    assert (UNTOLD, CI, 5, "test") in rules_at(write({**FILES, "tests/test_app.py": test}), monkeypatch)


CACHED = f"{SETTINGS}@cache\ndef get_settings():\n    return Settings()\n"
SETTINGS_OF_TWO = SETTINGS.replace("    DB_HOST: str\n", "    DB_HOST: str\n    DB_PORT: int\n")


@pytest.mark.parametrize(
    ("main", "test", "expected"),
    (
        pytest.param(
            "from app.config import get_settings\n\nadd(\n    get_settings().DB_HOST\n)\n", "app.main", 1, id="main"
        ),
        pytest.param(
            "from app.config import get_settings\n\nx = get_settings().DB_HOST\n", "app.routes", 1, id="further"
        ),
        pytest.param("from app.config import get_settings\n\nx = get_settings().DB_HOST\n", "json", 0, id="not tested"),
        pytest.param("def f():\n    return get_settings()\n", "app.main", 0, id="when it is called"),
        pytest.param("get_settings( oops\n", "app.main", 0, id="no Python"),
    ),
)
def test_settings_that_a_tested_module_takes_at_once(main, test, expected, write, monkeypatch):
    files = {
        "app/config.py": CACHED,
        "app/main.py": main,
        "app/__init__.py": "",
        "app/routes/__init__.py": "import app.main\n",
    }
    root = write({**files, "tests/test_app.py": f"from {test} import x\n", CI: checks(" push")})
    assert len([rule for rule, *_ in rules_at(root, monkeypatch) if rule == UNTOLD]) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    (
        pytest.param("run: pytest", "run: pytest\n        env: {DB_HOST: x}", "(DB_PORT)", id="one of two"),
        pytest.param("run: pytest", "run: DB_HOST=x pytest\n        env: {db_port: 1}", "", id="both, in two ways"),
        pytest.param("steps:", "env: {DB_HOST: x, DB_PORT: 1}\n    steps:", "", id="of the job"),
        pytest.param(
            "- run",
            "- run: x\n        env: {DB_HOST: x}\n      - run",
            "(2 keys, DB_HOST among them)",
            id="another step",
        ),
        pytest.param("jobs:\n", "jobs:\n  a: {env: {DB_HOST: x}}\n", "(2 keys, DB_HOST among them)", id="another job"),
    ),
)
def test_keys_count_for_the_step_that_has_them(old, new, expected, write, monkeypatch):
    monkeypatch.chdir(
        write(
            {
                **FILES,
                "app/config.py": f"{SETTINGS_OF_TWO}settings = Settings()\n",
                CI: checks(" push").replace(old, new),
            }
        )
    )
    told = [one.message.rpartition(" (")[2] for one in command.checked(".", None, "port") if one.rule == UNTOLD]
    assert told == [expected.removeprefix("(")] * bool(expected)


TAKES = "import os\n\n\ndef url():\n    return os.environ['DB_HOST']\n\n\n"
MADE = f"{SETTINGS}def get_settings():\n    return Settings()\n"
CALLS = "from app.config import {0}\n\n\ndef test_it():\n    assert {0}().DB_HOST\n"


@pytest.mark.parametrize(
    ("config", "test", "expected"),
    (
        pytest.param(f"{TAKES}URL = url()\n", "import app.config\n", 1, id="in a function that is called"),
        pytest.param("import os\nURL = os.environ['DB_HOST']\n", "import app.config\n", 1, id="at once"),
        pytest.param("from os import environ\nconnect(environ['DB_HOST'])\n", "import app.config\n", 1, id="environ"),
        pytest.param("import os\nclass A:\n    x = os.environ['DB_HOST']\n", "import app.config\n", 1, id="a class"),
        pytest.param("import os\nX = os.environ['DB_HOST'] or y\n", "import app.config\n", 1, id="the first of two"),
        pytest.param(TAKES, "import app.config\n", 0, id="when it is called"),
        pytest.param(f"{TAKES}if x:\n    url()\n", "import app.config\n", 0, id="if it is called"),
        pytest.param("import os\nX = lambda: os.environ['DB_HOST']\n", "import app.config\n", 0, id="lambda"),
        pytest.param("import os\nX = y or os.environ['DB_HOST']\n", "import app.config\n", 0, id="the last of two"),
        pytest.param("import os\nX = os.environ['DB_HOST'] if y else 1\n", "import app.config\n", 0, id="a choice"),
        pytest.param("import os\nX: str\nos.environ['DB_HOST'] = '1'\n", "import app.config\n", 0, id="it sets it"),
        pytest.param("import os\nX = os.environ[name]\n", "import app.config\n", 0, id="a name that is not known"),
        pytest.param("import os\nX = os.environ['DB_HOST'\n", "import app.config\n", 0, id="no Python"),
        pytest.param("import os\nX = os.environ['DB_HOST']\n", "import json\n", 0, id="not tested"),
        pytest.param(MADE, CALLS.format("Settings"), 1, id="the test makes settings"),
        pytest.param(MADE, CALLS.format("get_settings"), 1, id="the test asks for settings"),
        pytest.param(MADE, CALLS.format("Settings").replace("()", "(DB_HOST='x')"), 0, id="it brings the values"),
        pytest.param(MADE, CALLS.format("get_settings") + "# mock\n", 0, id="it may bring them"),
        pytest.param(MADE, "import app.config\n\n\ndef get_settings(): ...\n", 0, id="its own function"),
    ),
)
def test_what_tests_take_from_the_environment_itself(config, test, expected, write, monkeypatch):
    root = write({"app/config.py": config, "tests/test_app.py": test, CI: checks(" push")})
    assert len([rule for rule, *_ in rules_at(root, monkeypatch) if rule == UNTOLD]) == expected


def test_one_key_is_named():
    (one,) = untold.findings(CI, checks(" push"), {"DB_HOST"})
    assert (one.severity, one.message.endswith("(DB_HOST)")) == ("warning", True)


@pytest.fixture
def merged_back(root, repo, git, tmp_path):
    """Return what the job of a deployment says, which looks whether hotfixes are in develop, after some commands."""
    template = root / "src/envfence/init/templates/merged-back.yml"
    script = read("merged-back.yml", template.read_text(encoding="utf-8")).at("merged_back", "steps").items[1]

    def said(*commands):
        git("commit", "--quiet", "--allow-empty", "--message", "Begin")
        for line in commands:
            git(*line.split())
        for branch in git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads").split():
            git("update-ref", f"refs/remotes/origin/{branch}", branch)
        run = ("bash", "-euo", "pipefail", "-c", script.at("run").text)
        return subprocess.run(run, cwd=repo, capture_output=True, text=True, encoding="utf-8", check=True).stdout

    return said


HOTFIX = (
    "branch develop",
    "switch --quiet --create hotfix/a",
    "commit --quiet --allow-empty --message Mend",
    "switch -q main",
)


@pytest.mark.skipif(sys.platform == "win32", reason="the job runs on Linux")
@pytest.mark.source
@pytest.mark.parametrize(
    ("commands", "expected"),
    (
        pytest.param((*HOTFIX, "merge --quiet hotfix/a"), "not merged back to develop: ", id="only main has it"),
        pytest.param((*HOTFIX, "merge -q hotfix/a", "switch -q develop", "merge -q main"), "", id="merged back"),
        pytest.param(("branch develop",), "", id="the same"),
        pytest.param(HOTFIX[1:], "", id="no develop"),
    ),
)
def test_a_hotfix_that_develop_lacks_is_named_after_a_deployment(commands, expected, merged_back):
    told = merged_back(*commands)
    assert (expected in told, told.count("::warning::"), "Mend" in told) == (True, bool(expected), bool(expected))


def test_the_workflows_that_are_written_serve_every_branch():
    made = workflows.setup(".", "ENVIRONMENT=<development|staging|production>\n", (), ())
    trees = [read(path, text) for path, text in workflows.workflows(made)]
    assert len(trees) == 4
    assert list(branches.findings(trees, {"main", "develop"})) == []
    assert list(branches.findings(trees[1:2], {"main", "develop"})) != []  # the deployment alone does not
