"""The Celery application and its tasks: ``celery --app app.worker:celery worker``, and ``beat`` beside it.

A message may come twice: it is acknowledged late, and given back when its worker dies. It may also get lost on its way
out of Redis. The work is done once in effect all the same: what is left to do stands in the database, goes in the
transaction that does it, and is looked for every minute.
"""

import logging
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from celery import Celery, signals
from kombu.exceptions import OperationalError as BrokerError
from sqlalchemy.orm import Session

from app import compute, metrics, prices
from app.config import get_settings
from app.database import UNAVAILABLE, get_engine

BATCH = 25  # stocks in one task and one transaction: a second of work
TIME_LIMIT = 120  # seconds, after which a task is killed
SWEEP = 60  # seconds between two looks for what was left behind

ALIVE = Path(tempfile.gettempdir()) / "worker-alive"  # touched every two seconds while the broker is reached

log = logging.getLogger(__name__)


def configuration() -> dict[str, Any]:
    """Return Celery's settings; asked for when they are first needed, never at import."""
    settings = get_settings()
    return {
        "broker_url": settings.CELERY_BROKER_URL.get_secret_value(),
        "result_backend": settings.CELERY_RESULT_BACKEND.get_secret_value(),
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {
            "visibility_timeout": 3 * TIME_LIMIT,  # then a message is handed out again; no task may still be at work
            "unacked_restore_throttle": 1,  # look for such messages every ten seconds, not every hundred
            "socket_connect_timeout": 3,
        },
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_time_limit": TIME_LIMIT,
        "task_default_queue": "stocktrading",
        "worker_prefetch_multiplier": 1,
        "worker_soft_shutdown_timeout": 10,
        "result_expires": 3600,
        "timezone": "UTC",
        "beat_schedule": {"sweep": {"task": "sweep", "schedule": SWEEP, "options": {"expires": SWEEP}}},
        "beat_schedule_filename": str(Path(tempfile.gettempdir()) / "celerybeat-schedule"),  # /app is read-only
    }


celery = Celery("stocktrading")
celery.add_defaults(configuration)


@signals.heartbeat_sent.connect
def show_life(**_: object) -> None:
    """Let the health check look at a file: asking the worker by a command would take a second of work each time."""
    ALIVE.touch()


@celery.task(name="refresh", autoretry_for=UNAVAILABLE, retry_backoff=True, max_retries=8)
def refresh(stock_ids: list[int]) -> int:
    """Bring the indicators and alerts of these stocks up to date; return how many stocks were stale."""
    start = time.perf_counter()
    with Session(get_engine()) as session, session.begin():
        count = compute.refresh(session, stock_ids)
    metrics.send([metrics.line("refresh", {}, {"stocks": count, "seconds": time.perf_counter() - start})])
    return count


@celery.task(name="sweep", autoretry_for=UNAVAILABLE, retry_backoff=True, max_retries=8)
def sweep() -> int:
    """Let everything stale be computed, whatever became of its message; return how many stocks wait."""
    with Session(get_engine()) as session:
        stale = prices.stale_ids(session)
    enqueue(stale)
    return len(stale)


def enqueue(stock_ids: Sequence[int]) -> None:
    """Ask the workers for these stocks. Without a broker the next sweep asks: the marks are in the database."""
    try:
        for start in range(0, len(stock_ids), BATCH):
            batch = list(stock_ids[start : start + BATCH])
            refresh.apply_async((batch,), expires=SWEEP, retry=False)  # the next sweep asks for what expired
    except BrokerError:
        log.warning("the broker is away; %d stocks wait for the next sweep", len(stock_ids))
