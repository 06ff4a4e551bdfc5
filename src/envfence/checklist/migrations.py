"""The third list: the schema changes by migrations, and these with every deployment."""

import os
import re

from envfence import sources
from envfence.checklist.repository import Repository, Workflow
from envfence.checklist.result import Result, broken, done, not_done
from envfence.contract.exposure import builds
from envfence.contract.stages import PRODUCTION
from envfence.operate import state
from envfence.operate.database.prove import PROVEN, digest_of
from envfence.operate.database.revisions import heads
from envfence.operate.target import Target

_NAMED = re.compile(r"(?im)^[\s\"'\[]*alembic\b")
_LISTS = ("requirements.lock", "requirements.txt", "pyproject.toml")
_SCRIPTS = re.compile(r"(?m)^script_location\s*=\s*(\S+)")
_MIGRATES = re.compile(r"\balembic\b[^\n]*\bupgrade\b|nox -s migrate\b|envfence database migrate\b")
_WRITE = "write one with `nox -s migration -- Initial schema`"


def installed(repository: Repository) -> Result:
    """Tell whether Alembic is among the program's packages, and set up."""
    folder = repository.program
    lists = [os.path.join(folder, name) for name in _LISTS]
    if not any(_NAMED.search(builds.text_of(file)) for file in lists if os.path.isfile(file)):
        return not_done(f"no list of packages in {folder} names alembic", "add it, and lock its version")
    if not _env_file(folder):
        return not_done(f"{sources.shown(folder)} has alembic.ini and no env.py", "run `alembic init alembic` there")
    return done(sources.shown(folder))


def env_py(repository: Repository) -> Result:
    """Tell whether env.py is fit for people's data."""
    file = _env_file(repository.program)
    if not file:
        return not_done("there is no env.py", "run `alembic init alembic` beside alembic.ini")
    wrong = [one for one in repository.of_code if one.path == sources.shown(file)]
    return broken(wrong) if wrong else done(sources.shown(file))


def _env_file(folder: str) -> str:
    """Return the path of the env.py that stands beside the migrations of a program, "" if there is none."""
    named = _SCRIPTS.search(builds.text_of(os.path.join(folder, "alembic.ini")))
    where = (named[1] if named else "alembic").replace("%(here)s", "").strip("/")
    path = os.path.join(folder, *where.split("/"), "env.py")
    return path if os.path.isfile(path) else ""


def initial(repository: Repository) -> Result:
    """Tell whether the first migration makes a schema, and all others follow it in one line."""
    every = repository.revisions
    if not every:
        return not_done("there is no migration", _WRITE)
    first, last = [one for one in every if not one.below], heads(every)
    if len(first) != 1 or len(last) != 1:
        return not_done(f"{len(first)} migrations are the first and {len(last)} the last", "see `nox -s migrate_check`")
    paths = {sources.shown(one.path) for one in every}
    if wrong := [one for one in repository.of_code if one.family == "migration" and one.path in paths]:
        return broken(wrong)
    return done(f"{len(every)} migrations, the last is {last[0].id}")


def tested(repository: Repository) -> Result:
    """Tell whether the migrations, as they are now, went up, down and up again on a database."""
    if not repository.revisions:
        return not_done("there is no migration", _WRITE)
    known = state.noted(repository.root, PROVEN)
    if known == digest_of(repository.program):
        return done("up, down and up again")
    why = "they have changed since `nox -s migrate_check`" if known else "nobody has tried them here"
    return not_done(why, "run `nox -s migrate_check`")


def of_production(repository: Repository) -> Result:
    """Tell whether production's database has the schema that the migrations make."""
    servers = repository.servers
    if not servers:
        return not_done(*repository.no_fleet)
    if silent := [one for one in servers if one.problem]:
        return not_done(silent[0].problem, "look at `envfence status production`")
    last = [one.id for one in heads(repository.revisions)]
    there = sorted({one.schema for one in servers if one.schema})
    if there == last:
        return done(f"revision {last[0]}")
    told = f"it is at {' and '.join(there)}" if there else "it was never migrated"
    return not_done(f"{told}, the migrations lead to {' and '.join(last) or 'nothing'}", "run `nox -s rollout`")


def in_pipeline(repository: Repository) -> Result:
    """Tell whether a deployment migrates before it starts what needs the new schema."""
    service = _migrating(repository.target(PRODUCTION))
    for workflow in repository.deployments:
        if any(job.by_session for job in workflow.deployments) and service:
            return done(f"{workflow.path} rolls out, and {service} migrates first")
        if _migrates(workflow):
            return done(f"{workflow.path} migrates")
    if not service:
        return not_done("no service of production's stack migrates", "add one that runs `alembic upgrade head` once")
    return not_done("no deployment migrates", "deploy with `nox -s rollout`, which migrates from the new image first")


def _migrating(target: Target) -> str:
    """Return the service that migrates once and that others wait for, "" if there is none."""
    ends = target.stack.ending
    commands = {
        name: " ".join(one.text for one in node.at("command").items) for name, node in target.stack.services.items()
    }
    return next((name for name in commands if name in ends and "alembic upgrade" in commands[name]), "")


def _migrates(workflow: Workflow) -> bool:
    return any(_MIGRATES.search(job.text) for job in workflow.deployments)
