"""The daily run: when the market has closed, have the indicators of the day's prices computed, and see it done.

The prices come in through the API, from whoever has them. `BACKEND_URL` says where it is, `SERVICE_TOKEN` lets us in.
"""
# ruff: noqa: INP001 Airflow loads this file by its path

import os
from datetime import timedelta

import pendulum
import requests
from airflow.sdk import dag, task

SECONDS = 10  # for one request


def ask(method: str, path: str) -> requests.Response:
    """Return the backend's answer; a refusal raises requests.RequestException, and the task is tried again."""
    headers = {"Authorization": f"Bearer {os.environ['SERVICE_TOKEN']}"}
    answer = requests.request(method, os.environ["BACKEND_URL"].rstrip("/") + path, headers=headers, timeout=SECONDS)
    answer.raise_for_status()
    return answer


@dag(
    schedule="30 18 * * 1-5",
    start_date=pendulum.datetime(2025, 10, 9, tz="Asia/Seoul"),
    catchup=False,  # a later run does the work of every earlier one
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=2), "execution_timeout": timedelta(minutes=5)},
    tags=["stock-trading"],
)
def daily_indicators() -> None:
    """Compute what is stale, and fail when it is not done within an hour."""

    @task
    def run_backlog() -> int:
        """Ask the workers for everything stale; return how many stocks that is."""
        return int(ask("POST", "/api/v1/backlog/run").json()["stocks"])

    @task.sensor(poke_interval=15, timeout=3600, mode="reschedule")
    def is_done(asked: int) -> bool:
        """Tell whether nothing waits any more."""
        waiting = ask("GET", "/api/v1/backlog").json()["stocks"]
        print(f"{waiting} of {asked} stocks wait")
        return bool(waiting == 0)

    is_done(run_backlog())


daily_indicators()
