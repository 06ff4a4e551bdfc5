"""Commit to a throw-away stock-trading repository: refused, mended, accepted. The git and the pre-commit are real."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.resources import files
from pathlib import Path

from envfence.errors import FenceError

INTRODUCTION = """\
A stock-trading repository as many are: three scripts, a TypeScript client, a compose file and env files.
It lives in a temporary folder, and the hook `envfence` guards it.
"""
REFUSED = """
Refused. Every finding names its place, its rule and what to do; no value is shown. So, one by one:

  backend/config.py           new: the one place that reads the environment
  backend/*.py                ask it for hosts, ports and passwords
  frontend/src/api.ts         no fallback: a value that is missing shows at once
  docker-compose.yml          demands its values, as in ${DB_PASSWORD:?see .env.example}
  .gitignore                  every .env file but the contract, .env.example
  .env.staging                leaves git and stays on disk
"""
ACCEPTED = """
Accepted. The values are where they were all along, in .env.development and .env.staging, and git knows neither.
"""


# Only these reach git and pre-commit: no signing, no template and no hook of the user's own.
SETTINGS = {
    "GIT_AUTHOR_NAME": "Demo",
    "GIT_AUTHOR_EMAIL": "demo@example.com",
    "GIT_COMMITTER_NAME": "Demo",
    "GIT_COMMITTER_EMAIL": "demo@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def main() -> int:
    """Run the demonstration: 0 if the first commit is refused and the second accepted, 1 if not, 2 if it cannot run."""
    with tempfile.TemporaryDirectory(prefix="stock-trading-", ignore_cleanup_errors=True) as folder:
        try:
            return _show(Shell(Path(folder, "repository"), Path(folder, "cache")))
        except FenceError as error:
            print(error, file=sys.stderr)
            return 2


class Shell:
    """Writes files into one repository and runs commands there, each shown before it runs."""

    def __init__(self, repository: Path, cache: Path) -> None:
        self.repository = repository
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PRE_COMMIT"))}
        # pre-commit and the hook are installed beside this Python, which need not be on PATH.
        path = os.pathsep.join((sysconfig.get_path("scripts"), inherited.get("PATH", "")))
        self.environment = {**inherited, **SETTINGS, "PATH": path, "PRE_COMMIT_HOME": str(cache)}

    def write(self, state: str) -> None:
        """Write the files of ``before.txt`` or ``after.txt``."""
        for name, text in files_of((files("envfence.demo") / state).read_text(encoding="utf-8")).items():
            path = self.repository / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")

    def __call__(self, *command: str) -> int:
        """Show a command, run it and return its exit code."""
        program = shutil.which(command[0], path=self.environment["PATH"])
        if program is None:
            raise FenceError(f"{command[0]} is not installed; the demonstration needs git and pre-commit")
        print("$", shlex.join(command), flush=True)
        done = subprocess.run(
            [program, *command[1:]],
            cwd=self.repository,
            env=self.environment,
            stderr=subprocess.STDOUT,  # git talks there; in one stream the order is kept
            check=False,
        )
        return done.returncode


def files_of(text: str) -> dict[str, str]:
    """Return {name: content} of a text in which ``-- name --`` begins a file."""
    parts = re.split(r"^-- (.+) --\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _show(shell: Shell) -> int:
    print(INTRODUCTION)
    shell.write("before.txt")
    shell("git", "init", "--quiet")
    shell("pre-commit", "install")
    shell("git", "add", ".")
    shell("git", "add", "--force", ".env.staging")
    if shell("git", "commit", "--quiet", "-m", "Compute indicators") == 0:
        print("\nThe commit was accepted, and it should not have been.", file=sys.stderr)
        return 1
    print(REFUSED)
    shell.write("after.txt")
    shell("git", "rm", "--quiet", "--cached", ".env.staging")
    shell("git", "add", ".")
    if shell("git", "commit", "--quiet", "-m", "Compute indicators") != 0:
        print("\nThe commit was refused, and it should not have been.", file=sys.stderr)
        return 1
    print(ACCEPTED)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
