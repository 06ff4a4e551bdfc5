"""The third list: the schema changes by migrations, and these with every deployment."""

import ast
import os
import re

from envfence import sources
from envfence.checklist import alembic_env
from envfence.checklist.repository import Repository, Workflow
from envfence.checklist.result import Result, done, not_done
from envfence.contract import builds
from envfence.contract.stages import PRODUCTION
from envfence.operate import state
from envfence.operate.database.prove import PROVEN, digest_of
from envfence.operate.database.revisions import Revision, heads
from envfence.operate.target import Target

_NAMED = re.compile(r"(?im)^[\s\"'\[]*alembic\b")
_LISTS = ("requirements.lock", "requirements.txt", "pyproject.toml")
_NUMBER = re.compile(r"\d{1,4}$")
_MIGRATES = re.compile(r"\balembic\b[^\n]*\bupgrade\b|nox -s migrate\b|envfence database migrate\b")
_WRITE = "write one with `nox -s migration -- Initial schema`"


def installed(repository: Repository) -> Result:
    """Tell whether Alembic is among the program's packages, and set up."""
    folder = repository.program
    lists = [os.path.join(folder, name) for name in _LISTS]
    if not any(_NAMED.search(builds.text_of(file)) for file in lists if os.path.isfile(file)):
        return not_done(f"no list of packages in {folder} names alembic", "add it, and lock its version")
    if not alembic_env.file_in(folder):
        return not_done(f"{sources.shown(folder)} has alembic.ini and no env.py", "run `alembic init alembic` there")
    return done(sources.shown(folder))


def env_py(repository: Repository) -> Result:
    """Tell whether env.py is fit for people's data."""
    file = alembic_env.file_in(repository.program)
    if not file:
        return not_done("there is no env.py", "run `alembic init alembic` beside alembic.ini")
    faults = list(alembic_env.faults(repository.program, file))
    return not_done(f"{sources.shown(file)}: {'; '.join(faults)}", alembic_env.ADVICE) if faults else done()


def initial(repository: Repository) -> Result:
    """Tell whether the first migration makes a schema, and all others follow it in one line."""
    every = repository.revisions
    if not every:
        return not_done("there is no migration", _WRITE)
    first, last = [one for one in every if not one.below], heads(every)
    if len(first) != 1 or len(last) != 1:
        return not_done(f"{len(first)} migrations are the first and {len(last)} the last", "see `nox -s migrate_check`")
    if _does_nothing(first[0]):
        why = "it was written against a database that has the tables already"
        return not_done(f"{sources.shown(first[0].path)} is empty: {why}", "write it anew with `nox -s migration`")
    if numbered := [one for one in every if _NUMBER.match(one.id)]:
        why = "two branches will write the same number"
        return not_done(f"{sources.shown(numbered[0].path)} is numbered: {why}", "let `nox -s migration` name them")
    return done(f"{len(every)} migrations, the last is {last[0].id}")


def _does_nothing(revision: Revision) -> bool:
    tree = ast.parse(builds.text_of(revision.path))
    bodies = [node.body for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade"]
    return all(isinstance(one, ast.Pass) or _is_text(one) for body in bodies for one in body)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


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
    ends = target.one_shots
    commands = {
        name: " ".join(one.text for one in node.at("command").items) for name, node in target.stack.services.items()
    }
    return next((name for name in commands if name in ends and "alembic upgrade" in commands[name]), "")


def _migrates(workflow: Workflow) -> bool:
    return any(_MIGRATES.search(job.text) for job in workflow.deployments)
