"""What migrations take away, from their SQL and from what they say of themselves."""

import pytest

from envfence.delivery.releases import schema
from envfence.delivery.releases.schema import effects, schema_of
from envfence.errors import FenceError


@pytest.mark.parametrize(
    ("sql", "drops", "tightens"),
    (
        pytest.param("CREATE TABLE a (id INT NOT NULL, UNIQUE (id))", (), False, id="a new table"),
        pytest.param("ALTER TABLE stocks ADD COLUMN sector TEXT", (), False, id="a new column"),
        pytest.param("ALTER TABLE stocks ADD COLUMN n INT DEFAULT 0 NOT NULL", (), False, id="a column with a default"),
        pytest.param("CREATE INDEX i ON stocks (sector)", (), False, id="an index"),
        pytest.param("ALTER TABLE stocks ALTER COLUMN n DROP NOT NULL", (), False, id="looser"),
        pytest.param("ALTER TABLE stocks DROP COLUMN sector", ("stocks.sector",), False, id="a column"),
        pytest.param('ALTER TABLE "stocks" DROP COLUMN IF EXISTS "sector"', ("stocks.sector",), False, id="quoted"),
        pytest.param("ALTER TABLE public.stocks DROP COLUMN sector", ("stocks.sector",), False, id="in a schema"),
        pytest.param("ALTER TABLE stocks RENAME sector TO branch", ("stocks.sector",), False, id="another name"),
        pytest.param("ALTER TABLE stocks RENAME COLUMN a TO b", ("stocks.a",), False, id="another name, in full"),
        pytest.param("DROP TABLE alerts", ("alerts",), False, id="a table"),
        pytest.param("DROP TABLE IF EXISTS a; DROP TABLE b", ("a", "b"), False, id="two tables"),
        pytest.param("ALTER TABLE alerts RENAME TO alarms", ("alerts",), False, id="a table's other name"),
        pytest.param("ALTER TABLE stocks RENAME CONSTRAINT a TO b", (), False, id="a constraint's other name"),
        pytest.param("ALTER TABLE stocks DROP CONSTRAINT uq_stocks", (), False, id="a constraint less"),
        pytest.param("ALTER TABLE stocks ALTER COLUMN n SET NOT NULL", (), True, id="not null"),
        pytest.param("ALTER TABLE stocks ADD COLUMN n INT NOT NULL", (), True, id="a column that old code leaves out"),
        pytest.param("ALTER TABLE stocks ALTER COLUMN n TYPE BIGINT", (), True, id="a type"),
        pytest.param("ALTER TABLE stocks ADD CONSTRAINT c CHECK (n > 0)", (), True, id="a check"),
        pytest.param("ALTER TABLE stocks ADD CONSTRAINT c CHECK (n > 0) NOT VALID", (), False, id="a check, not yet"),
        pytest.param("ALTER TABLE stocks ADD CONSTRAINT f FOREIGN KEY(n) REFERENCES b (id)", (), True, id="a key"),
        pytest.param("CREATE UNIQUE INDEX u ON stocks (symbol)", (), True, id="a unique index"),
        pytest.param("CREATE TABLE a (x INT); CREATE UNIQUE INDEX u ON a (x)", (), False, id="one on a new table"),
        pytest.param("CREATE TABLE a (x INT); ALTER TABLE a ALTER COLUMN x SET NOT NULL", (), False, id="of a new one"),
        pytest.param("CREATE TABLE a (x INT); DROP TABLE a", (), False, id="a table that comes and goes"),
        pytest.param("-- DROP TABLE stocks;\nSELECT 1", (), False, id="a comment"),
    ),
)  # fmt: skip
def test_what_sql_takes_away(sql, drops, tightens):
    assert effects(sql) == (drops, tightens)


def said(*migrations, sql=""):
    """Return what an image says: (id, below, body of the file)."""
    listed = [{"id": one, "down": list(down), "text": text} for one, down, text in migrations]
    return {"migrations": listed, "needs": ["stocks.id"], "sql": sql}


SQL = """\
BEGIN;
-- Running upgrade  -> a1
CREATE TABLE stocks (id INT);
-- Running upgrade a1 -> b2
ALTER TABLE stocks ADD COLUMN sector TEXT;
-- Running upgrade b2 -> c3
ALTER TABLE stocks DROP COLUMN name;
COMMIT;
"""


def test_the_oldest_schema_is_below_what_only_takes_away():
    found = schema_of(said(("c3", ["b2"], ""), ("b2", ["a1"], ""), ("a1", [], ""), sql=SQL))
    assert (found.head, found.oldest, found.needs) == ("c3", "b2", ("stocks.id",))
    assert [(one.id, one.phase, one.drops) for one in found.migrations] == [
        ("c3", "contract", ("stocks.name",)), ("b2", "expand", ()), ("a1", "expand", ()),
    ]  # fmt: skip


def test_a_migration_says_itself_what_sql_does_not():
    marked = 'phase: str = "contract"\ndef downgrade() -> None:\n    destroys("stocks")\n    op.drop_table("stocks")\n'
    (one,) = schema_of(said(("a1", [], marked), sql=SQL)).migrations
    assert (one.phase, one.destructive, one.drops) == ("contract", True, ())
    plain = "def downgrade():\n    op.drop_column('stocks', 'sector')\n"
    assert not schema_of(said(("a1", [], plain))).migrations[0].destructive
    with pytest.raises(FenceError, match='migration a1: phase is "expand" or "contract"'):
        schema_of(said(("a1", [], 'phase = "later"\n')))


def test_two_heads_are_no_release():
    with pytest.raises(FenceError, match="the migrations have heads b2 and c3"):
        schema_of(said(("b2", ["a1"], ""), ("c3", ["a1"], ""), ("a1", [], "")))


def test_a_program_without_migrations_has_a_schema_of_nothing():
    assert schema.as_json(schema.NONE) == {"head": "", "oldest": "", "migrations": []}
