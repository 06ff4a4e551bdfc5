"""`envfence database check`: migrations on a scratch database, from the first to the last and back."""

import hashlib
import os
import subprocess
import sys

from envfence import console, git, sources
from envfence.errors import FenceError
from envfence.operate import state
from envfence.operate.database import lint
from envfence.operate.database.lint import Fault
from envfence.operate.database.migrate import ALEMBIC, HEAD
from envfence.operate.database.program import Program, program_of, revisions_of, version_files
from envfence.operate.database.revisions import Revision, heads, revision_in
from envfence.operate.database.scratch import scratch
from envfence.operate.embedded import packages, servers
from envfence.operate.engine import Done

PROVEN = "migrations-proven"  # the note of a proof
_UPSTREAM = ("origin/HEAD", "origin/main", "origin/master")
_ROUNDS = (("upgrade", HEAD), ("downgrade", "base"), ("upgrade", HEAD))


def check(root: str, environment: str, onto: str, *, in_stack: bool) -> int:
    """Print what is wrong with the migrations; return 1 if anything is. Raise FenceError if nothing can be run."""
    program = program_of(root, environment, needs_values=in_stack)
    own = revisions_of(program.folder)
    faults = _several_heads(own, _of_branch(program.folder, onto))
    if not faults:
        faults = [*_proven(program, in_stack=in_stack), *_of_sql(program)]
    paths = {one.id: one.path for one in own}
    for fault in faults:
        print(f"{sources.shown(paths.get(fault.revision, program.folder))}: {fault.rule}: {fault.text}")
    told = f"{len(faults)} faults" if faults else "one head; up, down and up again; the models say what the schema is"
    print(f"{len(own)} migrations: {told}", file=sys.stderr)
    state.note(root, PROVEN, "" if faults else digest_of(program.folder))
    return int(bool(faults))


def digest_of(folder: str) -> str:
    """Return the digest of all migrations of a program, by which a proof is of these and no others."""
    digest = hashlib.sha256()
    for path in version_files(folder):
        with open(path, "rb") as stream:
            digest.update(os.path.basename(path).encode() + b"\0" + stream.read().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def _several_heads(own: list[Revision], theirs: list[Revision]) -> list[Fault]:
    """Return a fault if the tree, merged with a branch, has more than one head."""
    found = heads([*theirs, *own])
    if len(found) < 2:
        return []
    names = " and ".join(one.id for one in found)
    return [Fault(found[-1].id, "several-heads", f"heads {names}; `alembic merge heads`, or move yours onto theirs")]


def _of_branch(folder: str, onto: str) -> list[Revision]:
    """Return the migrations of the branch that this one goes to, none where there is no such branch."""
    if git.top_above(folder) is None:
        return []
    named = [onto] if onto else [ref for ref in _UPSTREAM if _is_ref(folder, ref)][:1]
    if not named:
        return []
    if not _is_ref(folder, named[0]):
        raise FenceError(f"git knows no {named[0]}; fetch it, or name another one with --onto")
    every = git.names(git.ask("ls-tree", "-r", "-z", "--name-only", named[0], "--", ".", cwd=folder, own=False))
    paths = [path for path in every if path.endswith(".py") and "/versions/" in f"/{path}"]
    texts = [(path, git.ask("show", f"{named[0]}:./{path}", cwd=folder, own=False)) for path in paths]
    read = (revision_in(path, text.decode("utf-8", "replace")) for path, text in texts)
    return [one for one in read if one is not None]


def _is_ref(folder: str, ref: str) -> bool:
    asked = ("git", "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    return subprocess.run(asked, cwd=folder, capture_output=True, check=False).returncode == 0


def _proven(program: Program, *, in_stack: bool) -> list[Fault]:
    with scratch(program, in_stack=in_stack) as database:
        there = program.on(database)
        for way, revision in _ROUNDS:
            done = there.run(*ALEMBIC, way, revision)
            if done.code:
                return [Fault("", f"{way}-fails", f"`alembic {way} {revision}` fails: {_sentence(done)}")]
        done = there.run(*ALEMBIC, "check")
        if done.code:
            return [Fault("", "models-differ", f"the models and the schema differ: {_sentence(done)}")]
    return []


def _of_sql(program: Program) -> list[Fault]:
    done = program.run(*ALEMBIC, "upgrade", HEAD, "--sql")
    if done.code:
        return [Fault("", "no-sql", f"`alembic upgrade head --sql` fails, so nobody can review: {_sentence(done)}")]
    every, tables = lint.sections(done.out), lint.hypertables(done.out)
    home = servers.home_of(program.target.root)
    folder = packages.squawk(home, program.python, console.say)
    return [
        *lint.missing_timeouts(done.out),
        *lint.on_hypertables(every, tables),
        *lint.judged(every, tables, folder),
    ]


def _sentence(done: Done) -> str:
    lines = [line.strip() for line in (done.error or done.out).splitlines() if line.strip()]
    return lines[-1].removeprefix("ERROR ") if lines else f"exit code {done.code}"


def new(root: str, environment: str, name: str) -> int:
    """Write a migration from what the models say, against an empty database that all others have run on; return 0.

    Raise FenceError if those fail, or Alembic writes none.
    """
    program = program_of(root, environment, needs_values=False)
    before = set(version_files(program.folder))
    with scratch(program, in_stack=False) as database:
        there = program.on(database)
        done = there.run(*ALEMBIC, "upgrade", HEAD)
        if done.code:
            raise FenceError(f"the migrations that are there fail: {_sentence(done)}")
        done = there.run(*ALEMBIC, "revision", "--autogenerate", "--message", name)
    if done.code:
        raise FenceError(f"no migration was written: {_sentence(done)}")
    written = sorted(set(version_files(program.folder)) - before)
    for path in written:
        print(sources.shown(path))
    if not written:
        print("the models say what the migrations make; nothing was written", file=sys.stderr)
    return 0
