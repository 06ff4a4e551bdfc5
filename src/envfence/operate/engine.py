"""Commands of docker as data, and the one place that runs them."""

import os
import re
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from envfence.operate.target import Target

Command = tuple[str, ...]
LABEL = "com.docker.compose."
CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")  # compose clears lines even into a pipe
_OTHERS = ("COMPOSE_FILE", "COMPOSE_ENV_FILES", "COMPOSE_PATH_SEPARATOR")  # say what this package says


class Done(NamedTuple):
    """How a command ended; ``code`` is 127 if there is no such program."""

    code: int
    out: str
    error: str

    @property
    def last_word(self) -> str:
        """The last line of what it complains of."""
        return (self.error.strip().splitlines() or ["it says nothing"])[-1]


class Container(NamedTuple):
    """One container of a project. ``health`` is "" where nothing checks it; ``ends`` says that it has one job only."""

    id: str
    service: str
    state: str
    health: str
    exit_code: int
    ends: bool = False

    @property
    def is_settled(self) -> bool:
        """Tell whether it needs no more waiting: healthy, running unchecked, or ended well."""
        is_up = self.state == "running" and self.health in {"", "healthy"} and not self.ends
        return is_up or self.has_ended_well

    @property
    def has_ended_well(self) -> bool:
        """Tell whether it did its one job."""
        return self.state == "exited" and self.exit_code == 0

    @property
    def has_failed(self) -> bool:
        """Tell whether waiting longer is in vain."""
        ended = self.state in {"exited", "dead", "restarting"} and not self.has_ended_well
        return ended or self.health == "unhealthy"

    @property
    def shown(self) -> str:
        """What it does, in one word or two."""
        if self.state == "running":
            return self.health or "running"
        return "done" if self.has_ended_well else f"{self.state} ({self.exit_code})"


def compose(target: Target, *args: str, profiles: tuple[str, ...] = ()) -> Command:
    """Return a command of docker compose on a stack."""
    named = [part for file in target.env_files for part in ("--env-file", file)]
    named += [part for file in target.files for part in ("--file", file)]
    named += [part for profile in profiles for part in ("--profile", profile)]
    return ("docker", "compose", "--project-name", target.project, *named, *args)


def of_project(project: str, *args: str) -> Command:
    """Return a command of docker compose on what runs, which needs no file and so no value."""
    return ("docker", "compose", "--project-name", project, *args)


def environ_for(values: Mapping[str, str]) -> dict[str, str]:
    """Return this process's variables without those that the env file gives: compose would prefer the shell's."""
    return {key: value for key, value in os.environ.items() if key not in values and key not in _OTHERS}


def run(command: Command, environ: Mapping[str, str] | None = None) -> Done:
    """Run a command to its end."""
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, encoding="utf-8", errors="replace", env=environ,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except FileNotFoundError:
        return Done(127, "", f"{command[0]}: not found")
    return Done(done.returncode, done.stdout, done.stderr)


@contextmanager
def following(command: Command, environ: Mapping[str, str] | None = None) -> Generator[subprocess.Popen[str]]:
    """Start a command whose lines, of both streams, are read as they come. It has ended on the way out."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        errors="replace", env=environ,
    )  # fmt: skip
    try:
        yield process
    except BaseException:
        process.terminate()  # a person has had enough, and compose stops what it was about
        raise
    finally:
        process.communicate()


def containers(target: Target) -> list[Container]:
    """Return the containers of a project, in the order of their services, also those that have ended."""
    columns = ("{{.ID}}", f'{{{{.Label "{LABEL}service"}}}}', "{{.State}}", "{{.Status}}")
    told = run(
        ("docker", "ps", "--all", "--filter", f"label={LABEL}project={target.project}", "--format", "\t".join(columns))
    )
    rows = [line.split("\t") for line in told.out.splitlines()]
    found = sorted((_container(*row) for row in rows if len(row) == 4), key=lambda one: one.service)
    ending = target.stack.ending
    return [one._replace(ends=one.service in ending) for one in found]


def volumes(project: str) -> set[str]:
    """Return the names of the volumes of a project."""
    return set(run(("docker", "volume", "ls", "--quiet", "--filter", f"label={LABEL}project={project}")).out.split())


def _container(identity: str, service: str, state: str, status: str) -> Container:
    words = status.replace("(", " ").replace(")", " ").split()
    health = next((word for word in ("unhealthy", "healthy", "starting") if word in words), "")
    code = int(words[1]) if state in {"exited", "dead", "restarting"} and words[1:2] and words[1].isdigit() else 0
    return Container(identity, service, state, health if state == "running" else "", code)
