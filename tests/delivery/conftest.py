"""The test bed, started once, or a reason why there is none."""

import os
import subprocess

import pytest

from . import bed as beds


@pytest.fixture(scope="session")
def engine():
    """Skip where there is no engine or its images are not built; fail if ENVFENCE_DOCKER=required."""
    try:
        lacking = subprocess.run(
            ["docker", "image", "inspect", "--format", "x", beds.IMAGE],
            capture_output=True,
            encoding="utf-8",
            check=False,
        ).stderr.strip()
    except FileNotFoundError:
        lacking = "docker is not installed"
    if lacking:
        refuse = pytest.fail if os.environ.get("ENVFENCE_DOCKER") == "required" else pytest.skip
        refuse(f"{lacking.splitlines()[0]} (run tests/docker/docker-engine, then tests/docker/test-images)")


@pytest.fixture(scope="session")
def bed(engine, tmp_path_factory):
    """Return three servers, each ready for deployments."""
    started = beds.start(tmp_path_factory.mktemp("bed"))
    yield started
    beds.stop(started)
