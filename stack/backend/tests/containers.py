"""Containers for tests that nothing else can stand in for."""

import os
import shutil
import subprocess

import pytest


def docker(*arguments):
    return subprocess.run(("docker", *arguments), check=False, capture_output=True, encoding="utf-8", timeout=180)


def need(image):
    """Skip the test without an engine or the image; fail it where ENVFENCE_DOCKER says that they are required."""
    if shutil.which("docker") and docker("image", "inspect", image).returncode == 0:
        return
    missing = f"no container engine, or no image {image}"
    if os.environ.get("ENVFENCE_DOCKER") == "required":
        pytest.fail(missing)
    pytest.skip(missing)
