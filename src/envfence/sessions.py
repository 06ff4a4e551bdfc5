"""Sessions for the noxfile of any repository: the ones that it imports, and no others.

    # /// script
    # dependencies = ["nox>=2025.2.9", "envfence[stack]"]
    # ///
    from envfence.sessions import dev_down, dev_up, env_check

Each runs a command of `envfence` in nox's own environment, so that none has to be built; what follows `--` goes along.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Protocol

Command = tuple[str, ...]


class Session(Protocol):
    """What is used of a session of nox."""

    @property
    def posargs(self) -> Sequence[str]:
        """What follows `--`."""
        ...

    def run(self, *command: str, env: dict[str, str], external: bool) -> object:
        """Run a command, and fail if it does."""
        ...


SESSIONS: dict[str, tuple[str, Command]] = {  # name: (what `nox -l` tells, the command)
    "dev_up": ("Start the development stack and wait until it is healthy; without Docker too.", ("stack", "up")),
    "dev_status": ("Show how every service of it does, and where it is reached.", ("stack", "status")),
    "dev_logs": ("Show what its services write: nox -s dev_logs -- --follow.", ("stack", "logs")),
    "dev_down": ("Stop it; its data goes too with nox -s dev_down -- --volumes.", ("stack", "down")),
    "seed_data": ("Fill a database with invented data.", ("database", "seed")),
    "migrate": ("Migrate a database: nox -s migrate -- [REVISION|+N|-N] [--sql] [--adopt].", ("database", "migrate")),
    "migration": ("Write a migration from what the models say: nox -s migration -- NAME.", ("database", "migration")),
    "migrate_check": ("Prove the migrations on a scratch database: up, down, and up again.", ("database", "check")),
    "masked_subset": ("Copy some rows of a database to another one, without persons.", ("database", "subset")),
    "rollout": ("Bring a release to every server, or leave all as they were: nox -s rollout -- NAME.", ("rollout",)),
    "rollback": ("Bring every server back: nox -s rollback -- NAME [--to RELEASE] [--plan].", ("rollback",)),
    "status": ("Show what every server runs, and what is not well: nox -s status -- NAME.", ("status",)),
    "logs": ("Print what servers write: nox -s logs -- NAME --role app --follow.", ("logs",)),
    "restore_rehearsal": ("Restore the last backup to a scratch database and compare.", ("database", "rehearse")),
    "release": ("Build what this commit deploys, once, and write down what it is.", ("release",)),
    "scan": ("Look for values of one environment in every file of this repository.", ("check",)),
    "env_check": ("Hold every .env file against the contract, .env.example.", ("env", "check")),
    "stack_check": ("Hold every compose file to the policy, in every environment.", ("stack", "check")),
    "checklist": ("Go through the four checklists: what is done, what is not, and why.", ("checklist",)),
    "images_lock": (
        "Write the digest of every image of the stacks, for servers: nox -s images_lock -- --check.",
        ("stack", "lock"),
    ),
}
_USUAL = frozenset({"env_check", "scan"})  # what `nox` alone runs


def __getattr__(name: str) -> Any:
    """Register the session that is imported. Raise AttributeError for one that there is not."""
    if name not in SESSIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; its sessions are {', '.join(SESSIONS)}")
    nox: Any = import_module("nox")  # only a noxfile needs it
    told, command = SESSIONS[name]

    def session(session: Session) -> None:
        run(session, *command)

    session.__name__ = session.__qualname__ = name
    session.__doc__ = told
    registered = nox.session(default=name in _USUAL, venv_backend="none")(session)
    globals()[name] = registered  # python asks for each imported name twice
    return registered


def __dir__() -> list[str]:
    return [*SESSIONS, "run"]


def run(session: Session, *command: str) -> None:
    """Run a command of envfence with what follows `--`, as this very Python has it."""
    above = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # A checkout need not be installed: its hooks and rules lie beside `src`.
    beside = [os.path.join(os.path.dirname(above), name) for name in ("hooks", "rules")]
    path = os.pathsep.join(filter(None, (above, *filter(os.path.isdir, beside), os.environ.get("PYTHONPATH"))))
    arguments = (*command, *session.posargs)
    session.run(sys.executable, "-m", "envfence", *arguments, env={"PYTHONPATH": path}, external=True)
