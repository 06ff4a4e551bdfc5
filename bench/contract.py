"""Fifty environments and 500 modules: `envfence env check` beside merely parsing them; the hook on a contract."""

import sys
from pathlib import Path
from typing import Any

from measure import Command, compared, interleaved
from samples import repository
from tools import BARE, HERE, tool

KEYS, ENVIRONMENTS, MODULES = 500, 50, 500
LINES_OF_A_MODULE = 60


def results(scratch: Path, rounds: int) -> dict[str, Any]:
    """Return the check compared to parsing, and the hook on a changed contract compared to the bare interpreter."""
    folder = repository(scratch / "contract", dict(_files()))
    parsing = Command("parsing", (sys.executable, str(HERE / "parsing.py"), str(folder)))
    check = Command("envfence env check", (tool("envfence"), "env", "check", "--compose", "port", "--exit-zero"))
    small = repository(scratch / "small", dict(_files(keys=26, environments=2, modules=1)))
    hook = Command("hook", (tool("envfence-env-contract"), ".env.example"))
    return {
        "check": compared(interleaved((parsing, check), max(1, rounds // 4), folder), parsing.name),
        "hook": compared(interleaved((BARE, hook), rounds, small), BARE.name),
    }


def _files(keys: int = KEYS, environments: int = ENVIRONMENTS, modules: int = MODULES) -> list[tuple[str, str]]:
    contract = "".join(f"KEY_{key}=<text>\n" for key in range(keys))
    files = [(".env.example", contract), (".gitignore", ".env*\n!.env.example\n")]
    files += [
        (f".env.place{place}", "".join(f"KEY_{key}=value {key} of {place}\n" for key in range(keys)))
        for place in range(environments)
    ]
    return files + [(f"app/module{number}.py", _module(number)) for number in range(modules)]


def _module(number: int) -> str:
    body = "".join(
        f"def step_{line}(rows):\n    return [row for row in rows if row > {line}]\n\n\n"
        for line in range(LINES_OF_A_MODULE // 4)
    )
    return f'import os\n\nSETTING = os.environ["KEY_{number % KEYS}"]\n\n\n{body}'
