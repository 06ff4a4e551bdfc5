"""An env file as the docker compose client of this machine reads it. It needs no engine."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence

from envfence.contract.readers.disagreement import REFUSED

_COMPOSE = ("docker", "compose")


def version(environ: Mapping[str, str]) -> str:
    """Return the client's version, "" where there is none of version 2."""
    try:
        result = subprocess.run(
            (*_COMPOSE, "version", "--short"), capture_output=True, check=False, env=dict(environ), encoding="utf-8"
        )
    except OSError:
        return ""
    said = result.stdout.strip().removeprefix("v")
    return said if result.returncode == 0 and said[:1].isdigit() and not said.startswith("1.") else ""


def readings(env_files: Sequence[str], environ: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    """Return what the client makes of each file; REFUSED for one that it refuses.

    All are asked about at once: a question costs 50 ms. Only if one is refused is each asked about alone.
    """
    together = _ask(env_files, environ)
    if together is not None or not env_files:
        return dict(zip(env_files, together or (), strict=True))
    if len(env_files) == 1:
        return {env_files[0]: REFUSED}
    half = len(env_files) // 2
    return readings(env_files[:half], environ) | readings(env_files[half:], environ)


def _ask(env_files: Sequence[str], environ: Mapping[str, str]) -> list[Mapping[str, str]] | None:
    services = {
        f"s{number}": {"image": "none", "env_file": [os.path.abspath(file).replace("$", "$$")]}
        for number, file in enumerate(env_files)
    }
    with tempfile.TemporaryDirectory() as folder:  # the project's own .env must not take part
        file = os.path.join(folder, "compose.json")
        with open(file, "w", encoding="utf-8") as stream:
            json.dump({"name": "envfence", "services": services}, stream)
        command = (*_COMPOSE, "--file", file, "--env-file", os.devnull, "config", "--format", "json")
        # What it says holds values: it is neither shown nor kept.
        result = subprocess.run(command, cwd=folder, capture_output=True, check=False, env=dict(environ))
    if result.returncode != 0:
        return None
    read = json.loads(result.stdout)["services"]
    return [_values(read[name].get("environment") or {}) for name in services]


def _values(environment: Mapping[str, str | None]) -> dict[str, str]:
    return {key: value.replace("$$", "$") for key, value in environment.items() if value is not None}
