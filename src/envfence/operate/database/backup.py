"""`envfence database backup` and `rehearse`: a dump with what is in it, and whether all of that comes back."""

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime

from envfence import atomic, console, sources
from envfence.errors import FenceError
from envfence.operate import state
from envfence.operate.database import contents, fetching
from envfence.operate.database.client import Client, without_rows
from envfence.operate.database.contents import Contents
from envfence.operate.database.place import Place
from envfence.operate.database.program import Program, program_of, revisions_of
from envfence.operate.database.revisions import is_below
from envfence.operate.database.scratch import scratch
from envfence.operate.embedded import packages, servers

_TIMESCALE = b"EXTENSION - timescaledb"
_NEWER = b"SET transaction_timeout"  # written by pg_restore 17 and later, unknown to servers before


def backup(root: str, environment: str, file: str) -> int:
    """Dump a database, and write beside the dump what is in it, as of the same moment; print the dump's path."""
    program = program_of(root, environment)
    client = _client(program, program.database)
    file = file or os.path.join(_folder(root, program), f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.dump")
    console.say(f"{program.target.environment}: {program.database}: back up")
    found = _dumped(client, file)
    atomic.write(f"{file}.json", found.text.encode())
    console.say(f"{len(found.tables)} tables, {found.rows} rows, schema at {found.revision or 'no revision'}")
    print(sources.shown(file))
    return 0


def rehearse(root: str, environment: str, file: str, on: str) -> int:
    """Restore a backup into a database that is gone afterwards, and compare; return 1 if anything has been lost.

    Without ``file`` it is the last one of the servers, where the environment has a fleet, else the last one made here.
    With ``on`` the scratch database is one beside that environment's own, on a server that may have TimescaleDB.
    """
    program = program_of(root, environment, needs_values=False)
    server = program_of(root, on) if on else program
    with fetching.last_backup(root, program.target, file or _last(_folder(root, program))) as dump:
        console.say(f"restoring {os.path.basename(dump)}, of {_age(dump)}")
        with scratch(server, in_stack=bool(on)) as place:
            client = _client(program, place)
            _restore(dump, client)
            restored = contents.contents_of(client.ask(contents.SQL))
        lost = list(_compared(dump, restored, program))
    for one in lost:
        print(one)
    told = f"{len(lost)} faults" if lost else "all of it comes back"
    revision = restored.revision or "no revision"
    console.say(f"{len(restored.tables)} tables, {restored.rows} rows, schema at {revision}: {told}")
    return int(bool(lost))


def _compared(dump: str, restored: Contents, program: Program) -> Iterator[str]:
    """Yield what was lost: against what was noted with the dump, else against the database as it is now."""
    note = f"{dump}.json"
    if os.path.isfile(note):
        with open(note, encoding="utf-8") as stream:
            yield from contents.differences(restored, contents.kept(stream.read(), note))
    elif program.target.values:
        live = contents.contents_of(_client(program, program.database).ask(contents.SQL))
        since = contents.changed(restored, live)
        console.say(f"changed since in {program.database}: {', '.join(since) or 'nothing'}")
        every = {one.id: one for one in revisions_of(program.folder)}
        yield from contents.lacking(restored, live, is_older=is_below(every, restored.revision, live.revision))
    else:
        console.say(f"compared with nothing: no {os.path.basename(note)}, and no {program.target.env_file}")
    if not restored.tables:
        yield "no table in the backup"


def _dumped(client: Client, file: str) -> Contents:
    """Write a dump, and return what is in it: both read one snapshot. Raise FenceError if either fails."""
    unfinished = f"{file}.part"
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))  # private from the first byte on
    with client.started("psql", "-qtAX", "--set", "ON_ERROR_STOP=1", stdin=subprocess.PIPE) as session:
        assert session.stdin is not None and session.stdout is not None  # noqa: S101, PT018 they were asked for
        session.stdin.write(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSELECT pg_export_snapshot();\n")
        session.stdin.flush()
        if snapshot := session.stdout.readline().decode().strip():
            _done(client, "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={unfinished}")
        out, error = session.communicate(contents.SQL.encode())
    if session.returncode:
        raise FenceError(f"{client.place}: {without_rows(error.decode('utf-8', 'replace'))}")
    os.replace(unfinished, file)
    return contents.contents_of(out.decode())


def _restore(dump: str, client: Client) -> None:
    """Put a dump into an empty database. Raise FenceError with the first thing that does not come back."""
    needs_timescale = _TIMESCALE in _done(client, "pg_restore", "--list", dump)
    if needs_timescale:
        known = client.ask("SELECT name FROM pg_available_extensions WHERE name = 'timescaledb'")
        if not known.strip():
            raise FenceError("the backup needs TimescaleDB; rehearse it on a server that has it, as with --on staging")
        client.ask("CREATE EXTENSION timescaledb; SELECT timescaledb_pre_restore();")
    script = client.started("pg_restore", "--no-owner", "--no-privileges", "--file=-", dump)
    reader = client.started("psql", "-qX", "--set", "ON_ERROR_STOP=1", "--output", os.devnull, stdin=subprocess.PIPE)
    assert script.stdout is not None and reader.stdin is not None  # noqa: S101, PT018 they were asked for
    try:
        for line in script.stdout:
            if not line.startswith(_NEWER):
                reader.stdin.write(line)
    except BrokenPipeError:
        script.terminate()  # psql has stopped at a fault, which it tells below
    for process, name in ((reader, "psql"), (script, "pg_restore")):
        _, error = process.communicate()
        if process.returncode:
            said = without_rows(error.decode("utf-8", "replace"))
            raise FenceError(f"the backup cannot be restored, {name} says: {said}")
    if needs_timescale:
        client.ask("SELECT timescaledb_post_restore();")


def _done(client: Client, program: str, *arguments: str) -> bytes:
    """Return what a program of PostgreSQL prints. Raise FenceError if it fails."""
    process = client.started(program, *arguments)
    out, error = process.communicate()
    if process.returncode:
        raise FenceError(f"{program}: {without_rows(error.decode('utf-8', 'replace'))}")
    return out


def _folder(root: str, program: Program) -> str:
    return state.folder(root, "backups", program.target.environment)


def _last(folder: str) -> str:
    names = sorted(name for name in os.listdir(folder) if name.endswith(".dump"))
    return os.path.join(folder, names[-1]) if names else ""


def _age(dump: str) -> str:
    return f"{datetime.fromtimestamp(os.stat(dump).st_mtime, UTC):%Y-%m-%d %H:%M} UTC"


def _client(program: Program, place: Place) -> Client:
    home = servers.home_of(program.target.root)
    return Client(place, packages.servers(home, program.python, console.say))
