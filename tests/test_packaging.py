"""The wheel: three packages and nothing else, working without the sources."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest


def built(source, target):
    """Build the wheel of a source tree with the tools installed here, and return its path."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return next(target.glob("*.whl"))


def names_in(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="session")
def wheel(root, tmp_path_factory):
    """Return the wheel under test, or build it from this checkout."""
    given = os.environ.get("ENVFENCE_WHEEL")
    return Path(given) if given else built(root, tmp_path_factory.mktemp("dist"))


def test_wheel_holds_three_packages_and_nothing_else(wheel):
    tops = {name.split("/")[0] for name in names_in(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"envfence", "envfence_hooks", "envfence_rules"}


def test_wheel_is_typed_and_licensed(wheel):
    names = names_in(wheel)
    assert {"envfence/py.typed", "envfence_hooks/py.typed"} <= names
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]


@pytest.mark.source
def test_wheel_holds_every_module_of_the_checkout(wheel, root):
    names = names_in(wheel)
    for source in ("src", "hooks"):
        modules = {path.relative_to(root / source).as_posix() for path in (root / source).rglob("*.py")}
        assert modules - names == set()


@pytest.mark.source
def test_fixtures_of_rules_stay_out(root, tmp_path):
    project = tmp_path / "project"
    rules = project / "rules/envfence_rules"
    for folder in ("src", "hooks"):
        shutil.copytree(root / folder, project / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, project)
    rules.mkdir(parents=True)
    fixtures = ("flow-x.py", "flow-x.ts", "flow-x.go", "flow-x.tf", "flow-x.test.yaml", "nested/flow-x.py")
    for name in ("__init__.py", "flow-x.yaml", *fixtures):
        path = rules / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    packaged = {name for name in names_in(built(project, tmp_path)) if name.startswith("envfence_rules/")}
    assert packaged == {"envfence_rules/__init__.py", "envfence_rules/flow-x.yaml"}


def test_core_needs_python_dotenv_only():
    required = [line for line in importlib.metadata.requires("envfence") if "extra ==" not in line]
    assert [re.match(r"[\w-]+", line)[0] for line in required] == ["python-dotenv"]


def test_extra_all_holds_every_other_extra(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = set(project["optional-dependencies"]) - {"all"}
    assert set(re.findall(r"\w+", project["optional-dependencies"]["all"][0])) == {"envfence", *extras}


@pytest.mark.parametrize(
    "entry", importlib.metadata.distribution("envfence").entry_points, ids=lambda entry: entry.name
)
def test_command_is_there(entry):
    assert callable(entry.load())


def test_every_ignored_lint_rule_has_its_reason(root):
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    rules = re.search(r"\nignore = \[\n(.+?)\n\]\n\n\[tool.ruff.lint.per-file-ignores\]\n(.+?)\n\n", text, re.DOTALL)
    lines = [line for line in "\n".join(rules.groups()).splitlines() if re.search(r'"[A-Z]+\d*"', line)]
    assert lines
    assert [line for line in lines if "#" not in line] == []
