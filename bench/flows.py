"""Flows: one file and a whole commit of ten, beside plain semgrep and the usual hooks."""

import json
import os
import shlex
from pathlib import Path
from typing import Any

from commit import CONFIG, HOOK
from measure import Command, Samples, compared, interleaved, timed
from samples import compose, git, module, repository
from tools import BARE, semgrep, tool

SIZE = 4000  # bytes, as a module in a small team's repository
RUNNER = "prek"
# Connects, as some module of a commit does, with what it reads from the environment.
CLIENT = """
import os

import redis

cache = redis.Redis(host=os.environ["REDIS_HOST"], port=int(os.environ["REDIS_PORT"]))
"""
FAULT = 'queue = redis.Redis(host="queue.stock-trading.io")\n'


def results(scratch: Path, rounds: int) -> dict[str, Any]:
    """Return the comparison for a file that could match, for one that could not, and for a commit of ten files."""
    texts = {"averages.py": module(SIZE), "cache.py": module(SIZE) + CLIENT + FAULT}
    folder = repository(scratch / "flows", texts)
    return {
        "a file that could match": _of_file(folder, "cache.py", rounds, exits=(1,)),
        "a file that could not": _of_file(folder, "averages.py", rounds, exits=(0,)),
        "commit of ten files": _of_commit(scratch, max(1, rounds // 3)),
    }


def _of_file(folder: Path, name: str, rounds: int, exits: tuple[int, ...]) -> dict[str, Any]:
    commands = (
        BARE,
        Command("connection-flows", (tool("envfence-connection-flows"), name), exits),
        Command("plain semgrep", semgrep(name), (0, 1), every=8),
    )
    return compared(interleaved(commands, rounds, folder), BARE.name)


def _of_commit(scratch: Path, rounds: int) -> dict[str, Any]:
    """All hooks of envfence against detect-secrets and plain semgrep, under one runner."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    env |= {"PREK_HOME": str(scratch / "prek")}
    sets = {
        "envfence": {"envfence": (tool("envfence-hook"),), "connection-flows": (tool("envfence-connection-flows"),)},
        "usual": {"detect-secrets": (tool("detect-secrets-hook"),), "semgrep": semgrep()},
    }
    folders: dict[str, Path] = {}
    for name, hooks in sets.items():
        lines = [HOOK.format(id=each, entry=shlex.join(entry)) for each, entry in hooks.items()]
        files = {".pre-commit-config.yaml": CONFIG + "".join(lines), **_ten(0)}
        folders[name] = repository(scratch / f"flows-commit-{name}", files)
        timed(Command(RUNNER, (tool(RUNNER), "install")), folders[name], env)
    samples: Samples = {name: [] for name in folders}
    for number in range(-1, rounds):
        for name, folder in folders.items():
            for path, text in _ten(number + 2).items():
                (folder / path).write_text(text, encoding="utf-8", newline="\n")
            git(folder, "add", "--all")
            command = ("git", "commit", "--quiet", "--message", f"Round {number}")
            run = timed(Command("git commit", command), folder, env)
            if number >= 0:
                samples[name].append(run)
    return compared(samples, "usual")


def _ten(number: int) -> dict[str, str]:
    modules = {f"module_{each}.py": module(SIZE, number=10 * number + each) for each in range(7)}
    return {
        **modules,
        "cache.py": module(SIZE, number=number) + CLIENT,
        "docker-compose.yml": compose(SIZE, number=number),
        "run.sh": f"#!/bin/sh\nexec celery --app app.worker worker --queues prices-{number}\n",
    }


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as temporary:
        print(json.dumps(results(Path(temporary), rounds=16), indent=2))
