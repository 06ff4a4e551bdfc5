"""One changed file: the hook beside the bare interpreter and other scanners."""

import json
from pathlib import Path
from typing import Any

from measure import Command, compared, interleaved
from samples import compose, module, repository
from tools import BARE, kingfisher, semgrep, tool

SIZE = 4000  # bytes, as a module in a small team's repository
FILES = {
    "no candidate": "averages.py",
    "findings": "settings.py",
    "YAML": "docker-compose.yml",
}


def results(scratch: Path, rounds: int) -> dict[str, Any]:
    """Return the comparison for each kind of file."""
    texts = {
        "averages.py": module(SIZE),
        "settings.py": module(SIZE, faults=True),
        "docker-compose.yml": compose(SIZE),
    }
    folder = repository(scratch / "hook", texts)
    return {case: _of_file(folder, name, rounds, has_findings=case == "findings") for case, name in FILES.items()}


def _of_file(folder: Path, name: str, rounds: int, *, has_findings: bool) -> dict[str, Any]:
    refused = (1,) if has_findings else (0,)
    commands = (
        BARE,
        Command("envfence", (tool("envfence-hook"), name), refused),
        Command("detect-secrets", (tool("detect-secrets-hook"), name), refused, every=2),
        Command("kingfisher", kingfisher(name), (0, 200), every=2),
        Command("semgrep", semgrep(name), refused, every=8),
    )
    return compared(interleaved(commands, rounds, folder), BARE.name)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as temporary:
        print(json.dumps(results(Path(temporary), rounds=16), indent=2))
