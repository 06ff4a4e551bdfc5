"""Measurements for InfluxDB. They may be lost: nothing waits for them, and nothing fails without them."""

import logging
import ssl
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from queue import Empty, Full, Queue
from threading import Event, Thread

import httpx2

from app.config import Settings, get_settings

log = logging.getLogger(__name__)


def line(measurement: str, tags: Mapping[str, str], fields: Mapping[str, float]) -> str:
    """Return one point in InfluxDB's line protocol, at the present time."""
    names = "".join(f",{_escaped(key)}={_escaped(value)}" for key, value in sorted(tags.items()))
    values = ",".join(f"{_escaped(key)}={float(value)}" for key, value in sorted(fields.items()))
    return f"{_escaped(measurement)}{names} {values} {time.time_ns()}"


def send(lines: Sequence[str], settings: Settings | None = None) -> bool:
    """Write points, within two seconds; return whether InfluxDB took them."""
    settings = settings or get_settings()
    try:
        httpx2.post(
            f"{settings.INFLUXDB_URL.rstrip('/')}/api/v2/write",
            params={"org": settings.INFLUXDB_ORG, "bucket": settings.INFLUXDB_BUCKET, "precision": "ns"},
            headers={"Authorization": f"Token {settings.INFLUXDB_TOKEN.get_secret_value()}"},
            content="\n".join(lines).encode(),
            timeout=2,
            verify=_trust(settings.authority),
        ).raise_for_status()
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        log.debug("InfluxDB took no metrics: %s", type(error).__name__)
        return False
    return True


@lru_cache
def _trust(authority: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority)


class Sender:
    """Collects points and sends them from a thread of its own; a full queue drops what comes."""

    def __init__(self, settings: Settings, interval: float = 5, limit: int = 10_000) -> None:
        self._settings = settings
        self._interval = interval
        self._waiting: Queue[str] = Queue(limit)
        self._stop = Event()
        self._thread = Thread(target=self._run, name="metrics", daemon=True)
        self._thread.start()

    def add(self, point: str) -> None:
        """Keep a point for the next round, if there is room."""
        try:
            self._waiting.put_nowait(point)
        except Full:
            log.debug("too many metrics wait; one is dropped")

    def close(self) -> None:
        """Send what is there and end the thread."""
        self._stop.set()
        self._thread.join(timeout=3)

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            self._flush()
        self._flush()

    def _flush(self) -> None:
        lines: list[str] = []
        try:
            while True:
                lines.append(self._waiting.get_nowait())
        except Empty:
            if lines:
                send(lines, self._settings)


def _escaped(text: str) -> str:
    return text.translate({ord(mark): f"\\{mark}" for mark in "\\, ="})
