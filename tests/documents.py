"""What tests of documents share: the blocks of a document, and commands run as a reader would run them."""

import os
import re
import shlex
import subprocess
import sysconfig
from pathlib import Path

from envfence.demo.__main__ import SETTINGS

ROOT = Path(__file__).parents[1]
# Commits of the same files have the same names.
DATES = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2026-01-05T09:00:00+00:00")
_BLOCK = re.compile(r"(?:<!-- ([^\n]+) -->\n)?```(\w+)\n(.*?)```\n", re.DOTALL)


def blocks_of(path):
    """Return [(comment above or "", language, text)] of the fenced blocks of a document."""
    return _BLOCK.findall((ROOT / path).read_text(encoding="utf-8"))


def commands_of(text):
    """Return [(command, output)] of a console block: a command follows `$ `, its output comes below it."""
    parts = re.split(r"^\$ (.+)\n", text, flags=re.MULTILINE)
    assert parts[0] == ""
    return list(zip(parts[1::2], parts[2::2], strict=True))


def run(command, folder):
    """Run a command as a user with the project installed would, and return all that it prints.

    ` < FILE` and ` > FILE` at its end mean what they mean to a shell.
    """
    command, _, target = command.partition(" > ")
    command, _, source = command.partition(" < ")
    path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"]))
    done = subprocess.run(
        shlex.split(command),
        cwd=folder,
        env={**os.environ, **SETTINGS, **DATES, "PATH": path},
        input=(folder / source).read_bytes() if source else b"",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if target else subprocess.STDOUT,
        check=False,
    )
    if target:
        (folder / target).write_bytes(done.stdout)
    printed = (done.stderr if target else done.stdout).decode().replace("\r\n", "\n")
    return printed.replace(str(ROOT), "~/envfence").replace("\\", "/")


def write_private(folder, files):
    """Write files, {path: text}, below a folder, as only their owner may read them."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        path.chmod(0o600)
