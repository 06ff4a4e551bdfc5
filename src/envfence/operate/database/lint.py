"""What the SQL of migrations does to tables that people use. Pure but for squawk, which judges each statement.

A hypertable of TimescaleDB is many tables: CREATE INDEX CONCURRENTLY is refused there, so what squawk says about
indexes that block does not count for them.
"""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from envfence.errors import FenceError

_SECTION = re.compile(r"^-- Running (?:upgrade|downgrade) .*?-> (?P<id>\w+)[^\n]*$", re.MULTILINE)
_TIMEOUTS = ("lock_timeout", "statement_timeout")
_HYPERTABLE = re.compile(r"create_hypertable\(\s*'(?:\w+\.)?(\w+)'", re.IGNORECASE)
_CONCURRENT = re.compile(
    r"CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\b[^;]*?\sON\s+(?:\w+\.)?\"?(?P<table>\w+)", re.IGNORECASE
)
_INDEX = re.compile(
    r"CREATE\s+(?:UNIQUE\s+)?INDEX\b[^;]*?\sON\s+(?:ONLY\s+)?(?:\w+\.)?\"?(?P<table>\w+)", re.IGNORECASE
)
_OF_ALEMBIC = (
    "prefer-robust-stmts",  # each migration is a transaction
    "require-timeout-settings",  # judged once, for all of them
    "prefer-text-field", "prefer-bigint-over-int", "prefer-bigint-over-smallint", "prefer-identity",  # matters of taste
    "prefer-timestamp-tz",
)  # fmt: skip
_INDEX_RULES = frozenset({"require-concurrent-index-creation", "require-concurrent-index-deletion"})


class Fault(NamedTuple):
    """What is wrong with one migration, and what to do. ``revision`` is "" for all of them."""

    revision: str
    rule: str
    text: str


def sections(sql: str) -> dict[str, str]:
    """Return the SQL of each migration in what `alembic upgrade head --sql` prints, as one transaction."""
    marks = list(_SECTION.finditer(sql))
    ends = [*(mark.start() for mark in marks[1:]), len(sql)][: len(marks)]
    bodies = [sql[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)]
    # What stands before a migration begins the transaction that it runs in.
    bodies = [body.removesuffix("BEGIN;").strip().removesuffix("COMMIT;").strip() for body in bodies]
    return {mark["id"]: f"BEGIN;\n{body}\nCOMMIT;\n" for mark, body in zip(marks, bodies, strict=True)}


def missing_timeouts(sql: str) -> Iterator[Fault]:
    """Yield a fault for each limit that is not set before the first migration."""
    first = _SECTION.search(sql)
    before = sql[: first.start()] if first else sql
    for name in _TIMEOUTS:
        if not re.search(rf"SET\s+(?:LOCAL\s+|SESSION\s+)?{name}\b", before, re.IGNORECASE):
            yield Fault("", "missing-timeout", f"{name} is not set; set it in env.py, online and for --sql")


def hypertables(sql: str) -> frozenset[str]:
    """Return the tables that become hypertables."""
    return frozenset(_HYPERTABLE.findall(sql))


def on_hypertables(every: Mapping[str, str], tables: frozenset[str]) -> Iterator[Fault]:
    """Yield a fault for each statement that TimescaleDB refuses."""
    for revision, sql in every.items():
        for found in _CONCURRENT.finditer(sql):
            if found["table"] in tables:
                what = f"{found['table']} is a hypertable, and CONCURRENTLY is refused there"
                yield Fault(revision, "hypertable-concurrently", f"{what}; use timescaledb.transaction_per_chunk")


def judged(every: Mapping[str, str], tables: frozenset[str], folder: str) -> list[Fault]:
    """Return what squawk, installed in ``folder``, says of each migration. Raise FenceError if it does not run."""
    with tempfile.TemporaryDirectory() as where:
        files = {os.path.join(where, f"{revision}.sql"): revision for revision in every}
        for file, revision in files.items():
            with open(file, "w", encoding="utf-8") as stream:
                stream.write(every[revision])
        said = _squawk(folder, list(files))
        found = [one for one in said if not _is_of_hypertable(one, tables)]
        return list(dict.fromkeys(Fault(files[one["file"]], one["rule_name"], _told(one)) for one in found))


def _squawk(folder: str, files: list[str]) -> list[dict[str, Any]]:
    program = os.path.join(folder, "bin", "squawk.exe" if os.name == "nt" else "squawk")
    options = ("--reporter", "json", f"--exclude={','.join(_OF_ALEMBIC)}")
    if not files:
        return []
    done = subprocess.run((program, *options, *files), capture_output=True, check=False, encoding="utf-8")
    if not done.stdout.startswith("["):
        raise FenceError(f"squawk does not run: {done.stderr.strip()}")
    said: list[dict[str, Any]] = json.loads(done.stdout)
    return [{**one, "statement": _lines(one)} for one in said]


def _lines(one: Mapping[str, Any]) -> str:
    with open(one["file"], encoding="utf-8") as stream:
        lines = stream.read().splitlines()
    return "\n".join(lines[max(0, one["line"] - 1) : one["line_end"] + 2])


def _is_of_hypertable(one: Mapping[str, Any], tables: frozenset[str]) -> bool:
    found = _INDEX.search(one["statement"]) if one["rule_name"] in _INDEX_RULES else None
    return found is not None and found["table"] in tables


def _told(one: Mapping[str, Any]) -> str:
    text = " ".join(str(one["message"]).split()).rstrip(".")
    return f"{text[:1].lower()}{text[1:]}" + (f"; {str(one['help']).rstrip('.')}" if one["help"] else "")
