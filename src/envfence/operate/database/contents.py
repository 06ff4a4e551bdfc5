"""What is in a database, in so many words that two of them can be compared: rows and a checksum of each table."""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from envfence.errors import FenceError

# A sum does not mind the order of rows. What a row says as text must not depend on the session.
SQL = r"""
SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'iso_8601'; SET extra_float_digits = 3;
SET bytea_output = 'hex'; SET xmloption = 'content'; SET search_path = pg_catalog;
SELECT format('SELECT ''table'', %L, count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM %I.%I AS t',
              n.nspname || '.' || c.relname, n.nspname, c.relname)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^(pg_|_?timescaledb)'
ORDER BY 1 \gexec
SELECT format('SELECT ''revision'', version_num FROM %I.%I ORDER BY 1', n.nspname, c.relname)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relname = 'alembic_version' AND c.relkind = 'r' ORDER BY 1 \gexec
"""


class Table(NamedTuple):
    """The rows of a table, and the sum of their hashes."""

    rows: int
    checksum: str


class Contents(NamedTuple):
    """The tables by `schema.name`, and the revision of the schema, "" where nothing has migrated it."""

    tables: Mapping[str, Table]
    revision: str

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.rows for table in self.tables.values())

    @property
    def text(self) -> str:
        """What is kept beside a backup."""
        tables = {name: list(table) for name, table in self.tables.items()}
        return json.dumps({"revision": self.revision, "tables": tables}, indent=2) + "\n"


def contents_of(said: str) -> Contents:
    """Return what SQL printed, unaligned."""
    rows = [line.split("|") for line in said.splitlines()]
    # The name of a table may hold the separator.
    tables = {"|".join(row[1:-2]): Table(int(row[-2]), row[-1]) for row in rows if row[0] == "table"}
    return Contents(tables, " ".join(row[1] for row in rows if row[0] == "revision"))


def kept(text: str, path: str) -> Contents:
    """Return what was kept beside a backup. Raise FenceError, naming ``path``, if it is not that."""
    try:
        said = json.loads(text)
        return Contents({name: Table(*one) for name, one in said["tables"].items()}, said["revision"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise FenceError(f"{path}: not what `envfence database backup` writes beside a backup") from error


def differences(restored: Contents, expected: Contents) -> Iterator[str]:
    """Yield what a restored database has otherwise than the one that was backed up, in that very moment."""
    if restored.revision != expected.revision:
        yield f"schema at {restored.revision or 'no revision'}, not at {expected.revision or 'none'}"
    for name in sorted(restored.tables.keys() | expected.tables.keys()):
        mine, other = restored.tables.get(name), expected.tables.get(name)
        if mine is None or other is None:
            yield f"{name}: {'not restored' if mine is None else 'was not there'}"
        elif mine.rows != other.rows:
            yield f"{name}: {mine.rows} rows, not {other.rows}"
        elif mine != other:
            yield f"{name}: {mine.rows} rows, as it should, and some of them differ"


def lacking(restored: Contents, live: Contents, *, is_older: bool) -> Iterator[str]:
    """Yield what no time that has passed explains: a backup lacks what the database that goes on has.

    ``is_older`` says that migrations lead from the backup's revision to the database's: a rollout backs up before it
    migrates.
    """
    if restored.revision != live.revision and not is_older:
        yield f"schema at {restored.revision or 'no revision'}, the database is at {live.revision or 'none'}"
    elif not is_older:
        yield from (f"{name}: not in the backup" for name in sorted(live.tables.keys() - restored.tables.keys()))
    if live.rows and not restored.rows:
        yield f"no row in the backup, {live.rows} in the database"


def changed(restored: Contents, live: Contents) -> list[str]:
    """Return the tables whose rows have changed since."""
    return [name for name, table in sorted(live.tables.items()) if restored.tables.get(name) != table]
