"""A second run over 10,000 files that have not changed, beside the first."""

import shutil
from pathlib import Path
from typing import Any

from measure import Command, compared, interleaved
from samples import git
from scale import write_tree
from tools import tool

FILES = 10_000


def results(scratch: Path, rounds: int) -> dict[str, Any]:
    """Return the times of a run that knows nothing, and of one that knows every file."""
    tree = scratch / "cache"
    write_tree(tree, FILES)
    git(tree, "init", "--quiet")
    git(tree, "add", "--all")
    check = (tool("envfence"), "check", "--exit-zero", "--no-flows", ".")
    commands = [Command("first run", (*check, "--no-cache")), Command("second run", check)]
    table = compared(interleaved(commands, rounds, tree), "first run")
    shutil.rmtree(tree)
    return {"files": FILES, "tools": table}
