"""The daily run on a real Airflow."""

import json
import os

import pytest
from containers import docker, need
from environments import BACKEND

IMAGE = os.environ.get("AIRFLOW_IMAGE", "envfence-test/airflow")


@pytest.mark.docker
def test_the_daily_run_asks_for_the_backlog_until_nothing_waits():
    need(IMAGE)
    mounts = {BACKEND.parent / "airflow" / "dags": "/opt/airflow/dags", BACKEND / "tests" / "run_dag.py": "/run_dag.py"}
    volumes = [word for source, target in mounts.items() for word in ("--volume", f"{source}:{target}:ro")]

    done = docker("run", "--rm", *volumes, "--entrypoint", "python", IMAGE, "/run_dag.py")

    assert done.returncode == 0, done.stderr
    token = "Bearer token"
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "errors": {},
        "state": "success",
        "asked": [
            ["POST", "/api/v1/backlog/run", token],
            ["GET", "/api/v1/backlog", token],
            ["GET", "/api/v1/backlog", token],
        ],
    }
