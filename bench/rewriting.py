"""`envfence fix` over eighteen scripts, beside LibCST that does no more than parse them. Imports count for both."""

import sys
from pathlib import Path
from typing import Any

from measure import Command, compared, interleaved
from samples import git
from tools import tool

FILES = 18
PARSE = "import pathlib, libcst\nfor path in pathlib.Path().glob('*.py'):\n    libcst.parse_module(path.read_bytes())"
WORK = "\n\ndef work_{0}(rows):\n    return [row * {0} for row in rows if row is not None and row > {0}]\n"


def results(scratch: Path, rounds: int) -> dict[str, Any]:
    """Return the times of both. The plan is shown and not written, so that every round finds the same files."""
    tree = scratch / "scripts"
    tree.mkdir()
    url = "postgresql://{}:{}@{}:{}/app".format("admin", "admin123", "localhost", 5435)
    for number in range(FILES):
        head = f"import sqlalchemy\n\nDATABASE_URL = {url!r}\nengine = sqlalchemy.create_engine(DATABASE_URL)\n"
        (tree / f"script_{number}.py").write_text(head + "".join(WORK.format(one) for one in range(20)), "utf-8")
    git(tree, "init", "--quiet")
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message", "scripts")
    commands = [
        Command("LibCST parses", (sys.executable, "-c", PARSE)),
        Command("envfence fix", (tool("envfence"), "fix", "--diff"), exits=(1,)),
    ]
    return {"files": FILES, "tools": compared(interleaved(commands, rounds, tree), "LibCST parses")}
