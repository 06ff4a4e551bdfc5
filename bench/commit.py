"""A whole `git commit` of one changed module: under prek and pre-commit, with envfence and with the usual hooks."""

import os
import shlex
from pathlib import Path
from typing import Any

from measure import Command, Run, Samples, compared, timed
from samples import git, module, repository
from tools import semgrep, tool

RUNNERS = ("prek", "pre-commit")
CONFIG = "repos:\n  - repo: local\n    hooks:\n"
HOOK = "      - {{id: {id}, name: {id}, entry: '{entry}', language: system, types: [text]}}\n"


def results(scratch: Path, rounds: int) -> dict[str, Any]:
    """Return the comparison to a commit without hooks."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    env |= {"PREK_HOME": str(scratch / "prek"), "PRE_COMMIT_HOME": str(scratch / "pre-commit")}
    sets = {
        "envfence": {"envfence": (tool("envfence-hook"),)},
        "usual": {"detect-secrets": (tool("detect-secrets-hook"),), "semgrep": semgrep()},
    }
    folders = {"no hooks": repository(scratch / "commit-bare", {"averages.py": module(4000)})}
    for runner in RUNNERS:
        for name, hooks in sets.items():
            folder = repository(scratch / f"commit-{runner}-{name}", _files(hooks))
            timed(Command(runner, (tool(runner), "install")), folder, env)
            folders[f"{runner}, {name}"] = folder
    samples: Samples = {name: [] for name in folders}
    for number in range(-1, rounds):
        for name, folder in folders.items():
            is_measured = number % 5 == 0 or "usual" not in name
            run = _commit(folder, number, env) if is_measured else None
            if number >= 0:
                samples[name].append(run)
    table = compared(samples, "no hooks")
    return {
        runner: {
            "envfence_ms": table[f"{runner}, envfence"]["median_ms"],
            "usual_ms": table[f"{runner}, usual"]["median_ms"],
            "no_hooks_ms": table["no hooks"]["median_ms"],
            "usual_to_envfence": round(
                table[f"{runner}, usual"]["median_ms"] / table[f"{runner}, envfence"]["median_ms"], 1
            ),
        }
        for runner in RUNNERS
    }


def _files(hooks: dict[str, tuple[str, ...]]) -> dict[str, str]:
    config = CONFIG + "".join(HOOK.format(id=name, entry=shlex.join(entry)) for name, entry in hooks.items())
    return {"averages.py": module(4000), ".pre-commit-config.yaml": config}


def _commit(folder: Path, number: int, env: dict[str, str]) -> Run:
    (folder / "averages.py").write_text(module(4000, number=number + 2), encoding="utf-8", newline="\n")
    git(folder, "add", "--all")
    return timed(Command("git commit", ("git", "commit", "--quiet", "--message", f"Round {number}")), folder, env)
