"""Which of three ways leads back to an older release: only its code, the schema first, or none."""

from collections.abc import Iterable
from typing import NamedTuple

from envfence.delivery.releases.record import Migration, Release

CODE, DOWNGRADE, FORWARD = "code only", "schema first", "forward fix only"


class Way(NamedTuple):
    """How to go back, and why so. ``schema`` is the revision that the database has then."""

    kind: str
    why: str
    schema: str


def way_back(newer: Release, older: Release, schema: str) -> Way:
    """Return how to go from ``newer``, on a database at revision ``schema``, back to ``older``."""
    if schema == older.head:
        return Way(CODE, "the schema is the same", schema)
    known = {one.id for one in newer.lineage(schema)}
    if not known:
        return Way(FORWARD, f"the schema is at {schema or 'no revision'}, which {newer.id} does not know", schema)
    if older.head not in known:
        return Way(FORWARD, f"{older.id} expects the schema at {older.head}, which is not below {schema}", schema)
    taken = newer.between(older.head, schema)
    broken = [said for one in taken if (said := _breaks(one, older.needs))]
    if not broken:
        return Way(CODE, f"{older.id} runs on the newer schema: {_counted(taken)} only added to it", schema)
    if destructive := [one.id for one in taken if one.is_destructive]:
        why = f"{broken[0]}, and going below {', '.join(destructive)} would lose data"
        return Way(FORWARD, why, schema)
    return Way(DOWNGRADE, f"{broken[0]}; the newer image takes {_counted(taken)} back", older.head)


def lost(one: Migration, needs: Iterable[str]) -> list[str]:
    """Return what of ``needs`` a migration takes away: a column, or every column of a table."""
    return sorted(need for need in needs if need in one.drops or need.partition(".")[0] in one.drops)


def _breaks(one: Migration, needs: Iterable[str]) -> str:
    """Return why older code does not run after a migration, "" if it does."""
    if gone := lost(one, needs):
        return f"{one.id} takes {', '.join(gone)} away"
    return f"{one.id} tightens the schema" if one.is_contract and not one.drops else ""


def _counted(migrations: list[Migration]) -> str:
    return "one migration" if len(migrations) == 1 else f"{len(migrations)} migrations"
