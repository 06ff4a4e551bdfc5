"""What was ever committed, in a repository of 5,000 commits, beside `git log -p`."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measure import Command, compared, interleaved
from samples import compose, git, module
from tools import tool

COMMITS = 5_000
FILES = 400
SIZES = (2_000, 6_000, 16_000)


def results(scratch: Path, rounds: int) -> dict[str, Any]:
    """Return the times of both commands."""
    folder = scratch / "history"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    stream = b"".join(_commits())
    subprocess.run(("git", "fast-import", "--quiet"), cwd=folder, input=stream, check=True)
    git(folder, "reset", "--quiet", "--hard", "main")
    commands = [
        Command("git log -p", ("git", "log", "-p", "--all")),
        Command("envfence history", (tool("envfence"), "history"), (1,)),
    ]
    return {"commits": COMMITS, "tools": compared(interleaved(commands, rounds, folder), "git log -p")}


def _commits() -> Iterator[bytes]:
    """Yield a stream for `git fast-import`: each commit rewrites a part of a file, every twentieth has faults."""
    for number in range(COMMITS):
        at = number % FILES
        size = SIZES[at % len(SIZES)]
        is_yaml = at % 10 == 0
        text = compose(size, number) if is_yaml else module(size, faults=number % 20 == 1, number=at)
        data = text.replace("prices", f"prices_{number}", 8).encode()
        path = f"{at // 100}/{at}.{'yml' if is_yaml else 'py'}"
        yield f"commit refs/heads/main\ncommitter B <bench@example.com> {number} +0000\ndata 0\n".encode()
        yield f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n"
