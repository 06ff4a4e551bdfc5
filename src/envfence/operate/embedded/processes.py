"""Processes that outlive this one: known by pid and start time, so that no other is ever ended in their place."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from envfence.operate import state

_FILE = "processes.json"
_PATIENCE = 15.0  # seconds for a process to end by itself


class Process(NamedTuple):
    """A process that was started for a service. ``started`` is when, as the system tells it."""

    service: str
    pid: int
    started: str

    @property
    def is_alive(self) -> bool:
        """Tell whether this very process still runs."""
        return bool(self.started) and started(self.pid) == self.started


def start(
    service: str,
    command: Iterable[str],
    folder: str,
    environ: Mapping[str, str],
    log: str,
    **options: Any,
) -> Process:
    """Start a command in the background; what it writes goes to the end of ``log``."""
    away: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        away = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    with open(log, "ab") as stream:
        process = subprocess.Popen(
            tuple(command), cwd=folder, env=dict(environ), stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
            **away, **options,
        )  # fmt: skip
    process.returncode = 0  # it outlives this one, so nobody waits for it, and python need not complain
    return Process(service, process.pid, started(process.pid))


def started(pid: int) -> str:
    """Return when a process was started, "" if there is none, or it has ended and nobody has asked how."""
    if os.path.isdir("/proc/self"):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stream:
                fields = stream.read().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] in "ZX" else fields[19]
    if sys.platform == "win32":
        asked = ("powershell", "-NoProfile", "-Command", f"(Get-Process -Id {pid} -ErrorAction Stop).StartTime.Ticks")
    else:
        asked = ("ps", "-o", "lstart=", "-p", str(pid))
    return subprocess.run(asked, capture_output=True, check=False, encoding="utf-8", errors="replace").stdout.strip()


def end(processes: Iterable[Process], polite: Mapping[str, int]) -> None:
    """End processes and what they started, the last one first; ``polite`` has the signals that are not SIGTERM."""
    for one in reversed(list(processes)):
        if one.is_alive:
            _send(one.pid, polite.get(one.service, signal.SIGTERM))
            if not _has_ended(one):
                _send(one.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
                _has_ended(one)


def _has_ended(one: Process) -> bool:
    """Wait for the end of a process; tell whether it came."""
    deadline = time.monotonic() + _PATIENCE
    while one.is_alive and time.monotonic() < deadline:
        time.sleep(0.05)
    return not one.is_alive


def _send(pid: int, number: int) -> None:
    if sys.platform == "win32":
        subprocess.run(("taskkill", "/PID", str(pid), "/T", "/F"), capture_output=True, check=False)
        return
    try:
        os.killpg(pid, number)  # it leads a session of its own
    except ProcessLookupError:
        return


def recorded(root: str) -> list[Process]:
    """Return what was started in ``root`` and has not been ended from here."""
    file = os.path.join(root, state.FOLDER, _FILE)
    if not os.path.isfile(file):
        return []
    with open(file, encoding="utf-8") as stream:
        return [Process(*row) for row in json.load(stream)]


def record(root: str, processes: Iterable[Process]) -> None:
    """Write down what runs."""
    with open(os.path.join(state.folder(root), _FILE), "w", encoding="utf-8") as stream:
        json.dump([list(one) for one in processes], stream)
