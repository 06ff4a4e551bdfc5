"""Many rows at once: COPY into a scratch table, then one statement into the real one."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import Table
from sqlalchemy.orm import Session

SCRATCH = sql.SQL("CREATE TEMP TABLE {scratch} ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA")
COPY = sql.SQL("COPY {scratch} ({columns}) FROM STDIN")
# In the order of the key, so that two loads at a time wait for each other instead of locking each other out.
MERGE = sql.SQL(
    "INSERT INTO {table} AS stored ({columns}) SELECT {columns} FROM {scratch} ORDER BY {key} "
    "ON CONFLICT ({key}) DO UPDATE SET {assignments} WHERE ({stored}) IS DISTINCT FROM ({incoming})"
)
DROP = sql.SQL("DROP TABLE {scratch}")


def upsert(session: Session, model: type[Any], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write ``rows``, values in the order of ``columns``, over those with the same key; return how many changed.

    A row that says what is stored already is left alone; no two rows may have the same key. Part of the session's
    transaction: the caller commits.
    """
    parts = _parts(cast("Table", model.__table__), columns)
    connection = cast("psycopg.Connection", session.connection().connection.dbapi_connection)
    with connection.cursor() as cursor:
        cursor.execute(SCRATCH.format(**parts))
        with cursor.copy(COPY.format(**parts)) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("SET LOCAL work_mem = '64MB'")  # sort in memory
        cursor.execute(MERGE.format(**parts))
        changed = cursor.rowcount
        cursor.execute(DROP.format(**parts))
    return changed


def _parts(table: Table, columns: Sequence[str]) -> dict[str, sql.Composable]:
    key = [column.name for column in table.primary_key]
    values = [name for name in columns if name not in key]
    return {
        "table": sql.Identifier(table.name),
        "scratch": sql.Identifier(f"incoming_{table.name}"),
        "columns": _listed(columns),
        "key": _listed(key),
        "assignments": sql.SQL(", ").join(
            sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in values
        ),
        "stored": _listed(values, "stored"),
        "incoming": _listed(values, "excluded"),
    }


def _listed(names: Sequence[str], *table: str) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(*table, name) for name in names)
