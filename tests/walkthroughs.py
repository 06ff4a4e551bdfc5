"""Documents that are walked through in a repository of the reference system, with an origin that others push to."""

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib

from envfence.init.workflows import setup, workflows

from .documents import DATES, ROOT, SETTINGS, blocks_of, commands_of, run

RUN, ON_SERVERS = "run", "run, with servers"
# What another run calls otherwise: what the document says stands for what is found, wherever either is said again.
NAMES = (
    r"\b\d{8}(?=_[0-9a-f]{12}_)",  # the day of a migration
    r"(?<=\d_)[0-9a-f]{12}(?=_)",
    r"\b\d{8}T\d{4,6}Z?(?:-[0-9a-f]{12})?\b",
)
TIMES = re.compile(
    r" *\d+\.\d s\b|\d{4}-\d\d-\d\d \d\d:\d\d UTC|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\d+ rows"
    r"|\"created_at\":\"[^\"]*\"|^installing .*\n",
    re.MULTILINE,
)
LEFT_OUT = "..."  # on a line of its own: lines; behind others: the rest of the line
RELOADED = 60  # seconds after which even a busy server has seen new code


class Reader:
    """Types what a document shows, in a folder, and compares what is printed."""

    def __init__(self, folder, ports=None):
        self.folder = folder
        self.found = dict(ports or {})  # as it is written -> as it is here

    def read(self, path, comments):
        """Follow a document: write its files, run the blocks that have one of these comments above."""
        for above, language, text in blocks_of(path):
            if language != "console":
                file = self.folder / self.here(above)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(self.here(text), encoding="utf-8", newline="\n")
            elif above in comments:
                for command, output in commands_of(text):
                    self.type(command, output)

    def type(self, command, output):
        """Run one command and compare."""
        printed, shown = self.written(self.typed(command, output)), TIMES.sub("", output)
        if LEFT_OUT not in shown:
            assert (command, printed) == (command, shown)
        else:
            pattern = (
                re.escape(shown).replace(re.escape(f"{LEFT_OUT}\n"), r"(?:.*\n)*?").replace(re.escape(LEFT_OUT), r".*")
            )
            assert re.fullmatch(pattern, printed), f"{command}:\n{printed}"

    def typed(self, command, output):
        """Return what a command prints; a server may need a moment until it has seen new code."""
        end = time.monotonic() + (RELOADED if command.startswith("curl") else 0)
        while True:
            printed = run(self.here(command), self.folder)
            printed += "" if printed.endswith("\n") or not printed else "\n"
            self.learn(output, printed)
            if self.written(printed) == TIMES.sub("", output) or time.monotonic() > end:
                return printed
            time.sleep(0.5)

    def learn(self, output, printed):
        """Remember what names stand for."""
        for pattern in NAMES:
            for written, here in zip(re.findall(pattern, output), re.findall(pattern, printed), strict=False):
                self.found.setdefault(written, here)

    def here(self, text):
        """Return a text of the document as it is here."""
        for written, here in sorted(self.found.items(), key=lambda pair: -len(pair[0])):  # a name begins with its day
            text = text.replace(written, here)
        return text

    def written(self, text):
        """Return what is printed here as the document has it."""
        for written, here in sorted(self.found.items(), key=lambda pair: -len(pair[1])):
            text = text.replace(here, written)
        return TIMES.sub("", text)


def repository(folder):
    """Make the reference system a repository of its own, with the branches main and develop, pushed to an origin."""
    own, origin = folder / "stocks", folder / "origin.git"
    ignored = shutil.ignore_patterns("__pycache__", ".*", "tests")
    shutil.copytree(ROOT / "stack", own / "stack", ignore=ignored)
    for name in (".env.example", ".gitignore", ".gitattributes"):
        shutil.copy(ROOT / name, own)
    contract = (own / ".env.example").read_text(encoding="utf-8")
    (own / "pyproject.toml").write_text(settings(), encoding="utf-8")
    for name, text in workflows(setup(str(own), contract, (), ("stack/docker-compose.yml",))):
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(text, encoding="utf-8")
    git = (
        ("init", "--quiet", "--bare", str(origin)),
        ("init", "--quiet", "--initial-branch=main"),
        ("remote", "add", "origin", str(origin)),
        ("add", "--all"),
        ("commit", "--quiet", "--message", "Begin"),
        ("tag", "begin"),
        ("branch", "develop"),
        ("push", "--quiet", "--set-upstream", "origin", "main", "develop"),
    )
    for words in git:
        subprocess.run(("git", *words), cwd=own, check=True, env={**os.environ, **SETTINGS, **DATES})
    return own


def begin_again(own):
    """Take a repository, and its origin, back to where every walkthrough begins."""
    git = (
        ("switch", "--quiet", "main"),
        ("reset", "--quiet", "--hard", "begin"),
        ("clean", "--quiet", "-d", "--force"),
        ("branch", "--quiet", "--force", "develop", "begin"),
        ("push", "--quiet", "--force", "origin", "main", "develop"),
    )
    for words in git:
        subprocess.run(("git", *words), cwd=own, check=True, env={**os.environ, **SETTINGS, **DATES})


def settings():
    """Return the settings of the stack and its servers, as this repository has them."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    stacks = tomllib.loads(text)["tool"]["envfence"]["stacks"]
    servers = "".join(
        re.findall(r"^\[tool\.envfence\.environments.*?(?=^\[tool\.(?!envfence\.env))", text, re.MULTILINE | re.DOTALL)
    )
    return f"[tool.envfence]\nstacks = {stacks}\n\n{servers}"


def type_envfence(folder, *arguments, **environ):
    """Run a command of envfence; without an engine, whatever this machine has."""
    done = subprocess.run(
        (sys.executable, "-m", "envfence", *arguments), cwd=folder, capture_output=True, check=False, encoding="utf-8",
        stdin=subprocess.DEVNULL, env={**os.environ, **environ}, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
