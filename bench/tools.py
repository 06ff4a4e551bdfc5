"""The tools that are compared, as commands: those of this environment first, then those on PATH."""

import os
import shutil
import sys
from pathlib import Path

from measure import Command

HERE = Path(__file__).parent
SCRIPTS = str(Path(sys.executable).parent)

BARE = Command("bare interpreter", (sys.executable, "-c", "pass"))


def tool(name: str) -> str:
    """Return the path of a tool. Raises SystemExit where it is missing."""
    found = shutil.which(name, path=os.pathsep.join((SCRIPTS, os.environ.get("PATH", ""))))
    return found or sys.exit(f"{name} is missing: run this by `nox -s bench`")


def semgrep(*targets: str) -> tuple[str, ...]:
    """Return plain semgrep with rules that need no network."""
    options = ("--metrics", "off", "--disable-version-check", "--quiet", "--error")
    return (tool("semgrep"), "scan", "--config", str(HERE / "semgrep.yaml"), *options, *targets)


def kingfisher(target: str) -> tuple[str, ...]:
    """Return kingfisher, which then asks no provider whether a token is valid."""
    return (tool("kingfisher"), "scan", "--no-validate", "--no-update-check", target)
