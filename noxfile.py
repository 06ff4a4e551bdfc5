# /// script
# dependencies = ["nox>=2025.2.9", "python-dotenv>=1.2.4", "ruamel.yaml>=0.18"]
# ///
"""The commands of the workflow; `nox -l` lists them, arguments go after `--`."""

import shutil
import sys
import tempfile
from pathlib import Path

import nox

sys.path.append("src")  # in a checkout envfence need not be installed

from envfence.sessions import (  # noqa: F401, I001 imported to be listed, in this order
    dev_up,
    dev_status,
    dev_logs,
    dev_down,
    seed_data,
    migrate,
    migration,
    migrate_check,
    masked_subset,
    release,
    rollout,
    rollback,
    status,
    logs,
    restore_rehearsal,
    env_check,
    stack_check,
    images_lock,
    checklist,
)

nox.needs_version = ">=2025.2.9"
nox.options.reuse_venv = "yes"  # a second run starts at once
nox.options.default_venv_backend = "uv|virtualenv"  # uv, where there is one, installs in a quarter of the time

PROJECT = nox.project.load_toml("pyproject.toml")
PARALLEL = ("--numprocesses=auto", "--no-loadscope-reorder")  # of pytest-xdist; tests/conftest.py shares out


def install(session: nox.Session, *groups: str, project: str) -> None:
    """Install dependency groups of pyproject.toml and the project itself, spelled as for pip."""
    session.install(project, *nox.project.dependency_groups(PROJECT, *groups))


@nox.session(default=False)
def demo(session: nox.Session) -> None:
    """Watch a commit being refused, mended and accepted in a throw-away repository."""
    session.install(".", "pre-commit")
    session.run("python", "-m", "envfence.demo", *session.posargs)


@nox.session
def test(session: nox.Session) -> None:
    """Run the tests: nox -s test -- -k contract."""
    install(session, "test", project=".[secrets,fix,large,stack]")
    session.run("pytest", *PARALLEL, "-m", "not faults", *session.posargs)


@nox.session(default=False)
def test_stack(session: nox.Session) -> None:
    """Bring the stack up and test it from end to end, or test the one that runs: -- --running."""
    install(session, "test", project=".[secrets,fix,large,stack]")
    options = [one for one in session.posargs if one != "--running"]
    env = {"ENVFENCE_DOCKER": "required"}
    if "--running" in session.posargs:
        options, env["ENVFENCE_STACK"] = ["tests/docker/test_development.py", *options], "running"
    session.run("pytest", "-m", "docker and not delivery", *options, env=env)


@nox.session(default=False)
def test_delivery(session: nox.Session) -> None:
    """Roll out to three servers and back, and break what can break on the way."""
    install(session, "test", project=".[secrets,fix,large,stack]")
    session.run("pytest", "-m", "delivery", *session.posargs, env={"ENVFENCE_DOCKER": "required"})


@nox.session(default=False)
def test_backend(session: nox.Session) -> None:
    """Check the backend's types, and test it against a real PostgreSQL and Redis."""
    with session.chdir("stack/backend"):
        session.install("--require-hashes", "--requirement", "requirements-test.lock")
        session.run("mypy")
        session.run("pytest", *session.posargs)


@nox.session(default=False)
def flows(session: nox.Session) -> None:
    """Test the flow rules with semgrep, which has an environment of its own: 270 MB."""
    install(session, "test", project=".[flows]")
    env = {"ENVFENCE_SEMGREP": "required"}
    session.run("pytest", "tests/flows", "tests/hooks/test_connection_flows.py", *session.posargs, env=env)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    session.install(*nox.project.dependency_groups(PROJECT, "lint"))
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright."""
    install(session, "types", project=".[secrets,fix,large,stack]")
    session.run("mypy")
    session.run("pyright")


@nox.session
def scan(session: nox.Session) -> None:
    """Look for values of one environment in every file of this repository."""
    session.install(".[secrets,large]")
    session.run("envfence", "check", *(session.posargs or ["."]))


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure the hooks beside other scanners and write bench/results.json."""
    install(session, "bench", project=".[secrets,large]")
    session.run("python", "bench/run.py", *session.posargs)


@nox.session(default=False)
def docs(session: nox.Session) -> None:
    """Build the documentation site into site/; look at it while you write: nox -s docs -- serve."""
    session.install(*nox.project.dependency_groups(PROJECT, "docs"))
    session.run("mkdocs", *(session.posargs or ("build", "--strict")), env={"NO_MKDOCS_2_WARNING": "1"})


@nox.session(default=False)
def build(session: nox.Session) -> None:
    """Build the source distribution, and the wheel from it, into dist/."""
    session.install("build")
    shutil.rmtree("dist", ignore_errors=True)
    session.run("python", "-m", "build")


@nox.session(default=False, reuse_venv=False)
def test_wheel(session: nox.Session) -> None:
    """Test the wheel of dist/ in a clean environment, in a clone without sources."""
    wheel = next(Path("dist").resolve().glob("*.whl"), None) or session.error("run `nox -s build` first")
    install(session, "test", project=f"{wheel}[secrets,fix,large,stack]")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as clone:
        session.run("git", "clone", "--quiet", ".", clone, external=True)
        for sources in ("src", "hooks"):
            shutil.rmtree(Path(clone, sources))
        with session.chdir(clone):
            chosen = ("-m", "not source and not docker", *session.posargs)
            session.run("pytest", *PARALLEL, *chosen, env={"ENVFENCE_WHEEL": str(wheel)})
