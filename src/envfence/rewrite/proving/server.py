"""The process of a trial, as it is seen from outside: asked about one module after another."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from threading import Event, Timer
from typing import Any, NamedTuple

from envfence.errors import FenceError

LONGEST = 60  # seconds for one module, before and after
_FOLDER = os.path.dirname(os.path.abspath(__file__))  # where the package `trial` lies


class Outcome(NamedTuple):
    """How a module fares: what ``differs``, in words without values, and how far it could be run.

    ``ends`` is what ends it, before and after alike, and ``line`` where; it is empty where a module comes to its end.
    ``handed`` counts the values that were compared, ``missing`` are the libraries that are not installed here.
    """

    path: str
    differs: str = ""
    ends: str = ""
    line: int = 0
    handed: int = 0
    missing: Sequence[str] = ()


class Server:
    """Starts when it is asked first, and once more when a module has ended it."""

    def __init__(self, setting: Mapping[str, Any], env: Mapping[str, str]) -> None:
        self._setting, self._env = setting, env
        self._process: subprocess.Popen[str] | None = None

    def outcome(self, module: Mapping[str, str]) -> Outcome:
        """Return how a module fares. Raise FenceError if what the settings are read by is not installed."""
        process = self._process or self._started()
        is_late = Event()

        def end() -> None:
            is_late.set()
            _kill(process)

        timer = Timer(LONGEST, end)
        timer.start()
        answer = _answer(process, module)
        timer.cancel()
        if not answer:
            self.close()
            ends = f"it does not end within {LONGEST} seconds" if is_late.is_set() else "it ends the process"
            return Outcome(module["path"], ends=ends)
        return Outcome(path=module["path"], **answer)

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process:
            _kill(process)
            process.communicate()

    def _started(self) -> "subprocess.Popen[str]":
        self._process = process = subprocess.Popen(
            (_interpreter(), "-B", "-m", "trial"), cwd=_FOLDER, env=self._env, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        answer = _answer(process, self._setting)
        if not answer:
            raise FenceError("the interpreter of the project cannot be started: the modules cannot be verified")
        if answer["missing"]:
            names = ", ".join(answer["missing"])
            raise FenceError(f"{names} is not installed here: run this in the project's environment")
        return process


def _answer(process: "subprocess.Popen[str]", asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a process answers, nothing if it has ended."""
    if process.stdin is None or process.stdout is None:
        return {}
    try:
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
    except OSError:
        return {}
    line = process.stdout.readline()
    return dict(json.loads(line)) if line.endswith("\n") else {}


def _kill(process: "subprocess.Popen[str]") -> None:
    """End a process, and the copies of itself that it runs modules in."""
    if sys.platform == "win32":
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _interpreter() -> str:
    """Return the interpreter of the active environment, else the one that runs this."""
    folder = os.environ.get("VIRTUAL_ENV", "")
    for name in ("bin/python", "Scripts/python.exe"):
        if folder and os.path.exists(file := os.path.join(folder, name)):
            return file
    return sys.executable
