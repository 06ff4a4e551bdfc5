"""Copy some rows of one environment's database to another's, without persons: what staging is tried with."""
# ruff: noqa: S608 names are quoted, and no value stands in the SQL

import json
import os
import secrets
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from envfence import console
from envfence.contract.stages import PRODUCTION, stage_of
from envfence.errors import FenceError
from envfence.operate import state
from envfence.operate.database.persons import Column, is_personal, quoted, replaced
from envfence.operate.database.place import Place
from envfence.operate.database.program import program_of
from envfence.operate.embedded import packages, servers

_DESCRIBED = """
SELECT coalesce(json_agg(row_to_json(found)), '[]') FROM (
    SELECT tables.relname AS table, columns.attname AS name,
           CASE WHEN kinds.typelem <> 0 AND kinds.typlen = -1 THEN 'array' ELSE
                regexp_replace(format_type(columns.atttypid, NULL), '"', '', 'g') END AS type,
           CASE WHEN kinds.typname IN ('varchar', 'bpchar') AND columns.atttypmod > 4
                THEN columns.atttypmod - 4 ELSE 0 END AS size,
           NOT columns.attnotnull AS nullable,
           coalesce((SELECT others.relname || '.' || there.attname FROM pg_constraint AS foreign_keys
                     JOIN pg_class AS others ON others.oid = foreign_keys.confrelid
                     JOIN pg_attribute AS there
                         ON there.attrelid = others.oid AND there.attnum = foreign_keys.confkey[1]
                     WHERE foreign_keys.conrelid = tables.oid AND foreign_keys.contype = 'f'
                       AND foreign_keys.conkey = ARRAY[columns.attnum] LIMIT 1), '') AS refers,
           EXISTS (SELECT FROM pg_constraint AS keys WHERE keys.conrelid = tables.oid AND keys.contype = 'p'
                   AND columns.attnum = ANY (keys.conkey)) AS key
    FROM pg_class AS tables
    JOIN pg_attribute AS columns ON columns.attrelid = tables.oid AND columns.attnum > 0
        AND NOT columns.attisdropped AND columns.attgenerated = ''
    JOIN pg_type AS kinds ON kinds.oid = columns.atttypid
    WHERE tables.relnamespace = 'public'::regnamespace AND tables.relkind IN ('r', 'p') AND NOT tables.relispartition
      AND tables.relname <> 'alembic_version'
    ORDER BY tables.relname, columns.attnum) AS found
"""


class Columns(NamedTuple):
    """What a person says of columns, each as `table.column`."""

    personal: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()


def copy(root: str, source: str, target: str, rows: int, columns: Columns, *, replace: bool) -> int:
    """Copy rows and print how many. Raise FenceError for production as the target, and where tables differ."""
    if stage_of(target) == PRODUCTION:
        raise FenceError(f"{PRODUCTION} is never the target: it has persons of its own")
    origin, goal = program_of(root, source), program_of(root, target)
    if (origin.database.host, origin.database.port, origin.database.name) == goal.database[:3]:
        raise FenceError(f"{source} and {target} are one database")
    folder = packages.servers(servers.home_of(root), origin.python, console.say)
    every = _columns(origin.database, folder)
    if lacking := sorted({one.path for one in every} - {one.path for one in _columns(goal.database, folder)}):
        raise FenceError(f"{goal.database} has no {', '.join(lacking[:5])}; migrate it first")
    unknown = (columns.personal | columns.kept) - {one.path for one in every}
    if unknown:
        raise FenceError(f"there is no column {', '.join(sorted(unknown))}")
    masked = [one for one in every if _is_masked(one, columns)]
    replaced = ", ".join(one.path for one in masked) or "nothing"
    console.say(f"from {origin.database} to {goal.database}; replaced: {replaced}")
    with tempfile.TemporaryDirectory() as where:
        _ask(origin.database, folder, taken(every, frozenset(one.path for one in masked), rows, where, _key(root)))
        told = _ask(goal.database, folder, given(every, where, replace=replace))
    print(told)
    return 0


def in_order(columns: Sequence[Column]) -> list[str]:
    """Return the tables, each behind those that it refers to. Raise FenceError for a circle that cannot be opened."""
    waits: dict[str, set[str]] = {one.table: set() for one in columns}
    for one in columns:
        other = one.refers.partition(".")[0]
        if other and other != one.table:
            waits[one.table].add(other)
    ordered: list[str] = []
    while waits:
        free = sorted(table for table, others in waits.items() if not others & waits.keys())
        if not free:
            raise FenceError(f"tables {', '.join(sorted(waits))} refer to each other in a circle")
        ordered += free
        for table in free:
            del waits[table]
    return ordered


def implied(columns: Sequence[Column]) -> list[Column]:
    """Return the columns with the references that names tell: `stock_id` is a row of stocks, also without a key."""
    ids = {one.table for one in columns if one.name == "id" and one.key}
    found: list[Column] = []
    for one in columns:
        stem = one.name.removesuffix("_id")
        other = next((table for table in (f"{stem}s", stem, f"{stem}es") if table in ids), "")
        guessed = other and stem != one.name and not one.refers
        found.append(one._replace(refers=f"{other}.id") if guessed else one)
    return found


def taken(columns: Sequence[Column], masked: frozenset[str], rows: int, where: str, key: str) -> str:
    """Return what psql does on the source: one snapshot, a file for each table, persons replaced by the server."""
    by_path = {one.path: one for one in columns}
    lines = [f"SET envfence.key = '{key}';", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"]
    for table in in_order(columns):
        own = [one for one in columns if one.table == table]
        shown = ", ".join(_shown(one, by_path, masked) for one in own)
        chosen = f"SELECT {shown} FROM {quoted(table)}{_condition(table, columns, rows)}"
        lines.append(rf"\copy ({chosen}) TO '{_file(where, table)}'")
    return "\n".join([*lines, "COMMIT;", ""])


def given(columns: Sequence[Column], where: str, *, replace: bool) -> str:
    """Return what psql does on the target: all of it or nothing, and numbers go on behind the highest."""
    tables = in_order(columns)
    lines = ["BEGIN;"]
    if replace:
        lines.append(f"TRUNCATE {', '.join(map(quoted, tables))} CASCADE;")
    for table in tables:
        own = [one for one in columns if one.table == table]
        names = ", ".join(quoted(one.name) for one in own)
        lines.append(rf"\copy {quoted(table)} ({names}) FROM '{_file(where, table)}'")
        for one in (one for one in own if one.key and one.type in {"bigint", "integer", "smallint"} and not one.refers):
            sequence = f"pg_get_serial_sequence('{quoted(table)}', '{one.name}')"
            highest = f"(SELECT max({quoted(one.name)}) FROM {quoted(table)})"
            lines.append(f"DO $$ BEGIN PERFORM setval({sequence}, {highest}) WHERE {highest} IS NOT NULL; END $$;")
        lines.append(f"SELECT '{table}: ' || count(*) FROM {quoted(table)};")
    return "\n".join([*lines, "COMMIT;", ""])


def _shown(one: Column, by_path: Mapping[str, Column], masked: frozenset[str]) -> str:
    like = one
    while like.refers in by_path and like.refers != like.path and like.refers.partition(".")[0] != like.table:
        like = by_path[like.refers]
    if one.refers.partition(".")[0] == one.table and one.nullable:
        return f"NULL AS {quoted(one.name)}"  # the row that it refers to may not come along
    return f"{replaced(one, like)} AS {quoted(one.name)}" if like.path in masked else quoted(one.name)


def _condition(table: str, columns: Sequence[Column], rows: int) -> str:
    """Return which rows come along: those whose parents do; of a table without parents, the first ones."""
    own = [one for one in columns if one.table == table]
    parents = [one for one in own if one.refers and one.refers.partition(".")[0] != table]
    if not parents:
        order = ", ".join(quoted(one.name) for one in own if one.key)
        return f"{f' ORDER BY {order}' if order else ''} LIMIT {rows:d}"
    return " WHERE " + " AND ".join(_follows(one, columns, rows) for one in parents)


def _follows(one: Column, columns: Sequence[Column], rows: int) -> str:
    other, _, name = one.refers.partition(".")
    chosen = f"SELECT {quoted(name)} FROM {quoted(other)}{_condition(other, columns, rows)}"
    there = f"{quoted(one.name)} IN ({chosen})"
    return f"({quoted(one.name)} IS NULL OR {there})" if one.nullable else there


def _is_masked(one: Column, columns: Columns) -> bool:
    return one.path in columns.personal or (is_personal(one) and one.path not in columns.kept)


def _columns(place: Place, folder: str) -> list[Column]:
    return implied([Column(**row) for row in json.loads(_ask(place, folder, _DESCRIBED))])


def _ask(place: Place, folder: str, sql: str) -> str:
    login = {"PGHOST": place.host, "PGPORT": place.port, "PGUSER": place.user}
    login |= {"PGSSLMODE": place.sslmode} if place.sslmode else {}
    done = servers.asked(login, place.password, place.name, folder, sql)
    if done.code:
        raise FenceError(f"{place}: {_without_rows(done.error.splitlines())}")
    return done.out.strip()


def _without_rows(lines: Iterable[str]) -> str:
    """Return what psql complains of; DETAIL and CONTEXT quote rows, so they are left out."""
    errors = [line.partition("ERROR:")[2].strip() or line for line in lines if "ERROR" in line or "error:" in line]
    told = "; ".join(errors) or "it does not answer"
    return f"{told} (rows are there already? --replace removes them first)" if "duplicate key" in told else told


def _file(where: str, table: str) -> str:
    return os.path.join(where, table).replace("'", "''")


def _key(root: str) -> str:
    """Return what replacing follows from besides the value: made once, so that every run gives the same."""
    file = os.path.join(state.folder(root), "masking-key")
    if not os.path.exists(file):
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
            stream.write(secrets.token_hex(32))
    with open(file, encoding="utf-8") as stream:
        return stream.read()
