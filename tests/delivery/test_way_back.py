"""Which of three ways leads back to an older release."""

import pytest

from envfence.delivery.changes.way_back import CODE, DOWNGRADE, FORWARD, way_back
from envfence.delivery.releases.record import Migration, Release

FIRST = Migration("a1", ())
ADDS = Migration("b2", ("a1",))
DROPS = Migration("c3", ("b2",), is_contract=True, drops=("stocks.market",))
DROPS_TABLE = Migration("c3", ("b2",), is_contract=True, drops=("stocks",))
TIGHTENS = Migration("c3", ("b2",), is_contract=True)
LOSES = DROPS._replace(is_destructive=True)
NEEDS = frozenset({"stocks.id", "stocks.market"})
OLD = Release("old", "1111", head="b2", migrations=(FIRST, ADDS), needs=NEEDS)


def newer(*migrations):
    return Release("new", "2222", head=migrations[-1].id, migrations=migrations)


@pytest.mark.parametrize(
    ("new", "old", "schema", "kind", "left"),
    (
        pytest.param(newer(FIRST, ADDS), OLD, "b2", CODE, "b2", id="the same schema"),
        pytest.param(newer(FIRST, ADDS), OLD._replace(head="a1"), "b2", CODE, "b2", id="a column was added"),
        pytest.param(newer(FIRST, ADDS, DROPS), OLD, "c3", DOWNGRADE, "b2", id="a column was dropped that it needs"),
        pytest.param(newer(FIRST, ADDS, DROPS_TABLE), OLD, "c3", DOWNGRADE, "b2", id="a table was dropped"),
        pytest.param(newer(FIRST, ADDS, TIGHTENS), OLD, "c3", DOWNGRADE, "b2", id="the schema was tightened"),
        pytest.param(
            newer(FIRST, ADDS, DROPS), OLD._replace(needs=frozenset({"stocks.id"})), "c3", CODE, "c3",
            id="what was dropped is not needed",
        ),
        pytest.param(newer(FIRST, ADDS, LOSES), OLD, "c3", FORWARD, "c3", id="going down loses data"),
        pytest.param(newer(FIRST, ADDS), OLD, "zz", FORWARD, "zz", id="nobody knows the schema"),
        pytest.param(newer(FIRST, ADDS), OLD, "", FORWARD, "", id="no schema"),
        pytest.param(newer(FIRST, ADDS), OLD, "a1", FORWARD, "a1", id="the older release expects a newer schema"),
        pytest.param(
            newer(FIRST, ADDS, LOSES), OLD, "b2", CODE, "b2", id="the newer release never migrated",
        ),
    ),
)  # fmt: skip
def test_way(new, old, schema, kind, left):
    found = way_back(new, old, schema)
    assert (found.kind, found.schema) == (kind, left)
    assert found.why


def test_reason_names_what_is_missing():
    assert way_back(newer(FIRST, ADDS, DROPS), OLD, "c3").why == (
        "c3 takes stocks.market away; the newer image takes one migration back"
    )
