"""Migrate a database, say which one before, and never production's unasked."""

import sys

from envfence import console
from envfence.errors import FenceError
from envfence.operate import asking
from envfence.operate.database.program import Program, program_of, revisions_of
from envfence.operate.database.revisions import is_below

ALEMBIC = ("-m", "alembic")
HEAD = "head"


def migrate(root: str, environment: str, revision: str, extra: list[str], *, yes: bool) -> int:
    """Bring the schema to ``revision``: `head`, an id, `+1`, `-1`. Return Alembic's exit code."""
    program = program_of(root, environment)
    program.require_database()
    current = "" if revision in {HEAD, "heads"} or revision[:1] in {"+", "-"} else _current(program)
    goes_down = revision.startswith("-") or revision == "base" or _is_older(program, revision, current)
    way = "downgrade" if goes_down else "upgrade"
    _announce(program, f"{way} to {revision}", yes=yes)
    options = [part for one in extra for part in ("-x", one)]
    return program.show(*ALEMBIC, *options, way, revision)


def as_sql(root: str, environment: str, revision: str) -> int:
    """Print the SQL of a migration for review; no database is asked."""
    program = program_of(root, environment, needs_values=False)
    way = "downgrade" if revision == "base" or revision.endswith(":base") else "upgrade"
    return program.show(*ALEMBIC, way, revision, "--sql")


def adopt(root: str, environment: str, *, yes: bool) -> int:
    """Mark a database that has the schema already as migrated; return 1, with the differences, if it has not.

    Raise FenceError if it is migrated already, or cannot be compared.
    """
    program = program_of(root, environment)
    program.require_database()
    if version := _current(program):
        raise FenceError(f"{program.database} is at revision {version} already; there is nothing to adopt")
    from envfence.operate.database import children

    compared = program.run("-c", children.source("difference"))
    if compared.code not in {0, 1}:
        raise FenceError(f"the schema cannot be compared:\n{_last(compared.error)}")
    if compared.code:
        print(compared.out, end="")
        print(f"{program.database} differs from the models, so it was not adopted", file=sys.stderr)
        return 1
    _announce(program, "mark as migrated to head", yes=yes)
    return program.show(*ALEMBIC, "stamp", HEAD)


def _announce(program: Program, what: str, *, yes: bool) -> None:
    """Say what is about to change; in production somebody has to agree."""
    environment = program.target.environment
    console.say(f"{environment}: {program.database}: {what}")
    if program.target.is_production:
        asking.confirmed(f"this changes the database of {environment}", environment, yes=yes)


def _current(program: Program) -> str:
    done = program.run(*ALEMBIC, "current")
    if done.code:
        raise FenceError(f"{program.database} cannot be asked for its revision:\n{_last(done.error)}")
    return done.out.split(" ")[0].strip()


def _is_older(program: Program, revision: str, current: str) -> bool:
    every = {one.id: one for one in revisions_of(program.folder)}
    full = [one for one in every if revision and one.startswith(revision)]
    return len(full) == 1 and is_below(every, full[0], current)


def _last(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines()[-6:])
