"""Migrations and data of a real database, from wheels; what decides is pure and needs none."""

import re
import shutil
import sys

import pytest

from envfence.errors import FenceError
from envfence.operate.database import lint
from envfence.operate.database.persons import Column, is_personal
from envfence.operate.database.place import Place, keys_of, place_of, values_for
from envfence.operate.database.program import Program
from envfence.operate.database.revisions import Revision, heads, is_below, revision_in
from envfence.operate.database.subset import given, implied, in_order, taken
from envfence.operate.target import target_of

linux = pytest.mark.skipif(sys.platform != "linux", reason="one platform shows that it works; wheels differ elsewhere")


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param('revision = "b"\ndown_revision = "a"\n', Revision("b", ("a",), "x.py"), id="plain"),
        pytest.param('revision: str = "a"\ndown_revision: str | None = None\n', Revision("a", (), "x.py"), id="first"),
        pytest.param('revision = "c"\ndown_revision = ("a", "b")\n', Revision("c", ("a", "b"), "x.py"), id="merge"),
        pytest.param("import os\n", None, id="no migration"),
        pytest.param("def (\n", None, id="no Python"),
    ),
)
def test_a_revision_is_read_from_its_file(text, expected):
    assert revision_in("x.py", text) == expected


def test_heads_and_what_is_below():
    every = [Revision("a", (), ""), Revision("b", ("a",), ""), Revision("c", ("a",), ""), Revision("d", ("b",), "")]
    assert [one.id for one in heads(every)] == ["c", "d"]
    by_id = {one.id: one for one in every}
    assert [one for one in "abcd" if is_below(by_id, one, "d")] == ["a", "b"]
    assert not is_below(by_id, "a", "unknown")


SQL = """\
SET lock_timeout = '5s';
BEGIN;
-- Running upgrade  -> aaa
CREATE TABLE prices (day DATE);
SELECT create_hypertable('prices', 'day');
COMMIT;
BEGIN;
-- Running upgrade aaa -> bbb
CREATE INDEX CONCURRENTLY ix_day ON prices (day);
COMMIT;
"""


def test_sql_falls_into_migrations_and_each_is_a_transaction():
    assert lint.sections(SQL) == {
        "aaa": "BEGIN;\nCREATE TABLE prices (day DATE);\nSELECT create_hypertable('prices', 'day');\nCOMMIT;\n",
        "bbb": "BEGIN;\nCREATE INDEX CONCURRENTLY ix_day ON prices (day);\nCOMMIT;\n",
    }


def test_limits_that_are_missing_and_statements_that_timescale_refuses():
    assert [fault.text.split()[0] for fault in lint.missing_timeouts(SQL)] == ["statement_timeout"]
    tables = lint.hypertables(SQL)
    assert tables == {"prices"}
    (fault,) = lint.on_hypertables(lint.sections(SQL), tables)
    assert (fault.revision, fault.rule) == ("bbb", "hypertable-concurrently")


@pytest.mark.parametrize(
    ("column", "expected"),
    (
        pytest.param(Column("accounts", "email", "text"), True, id="mail"),
        pytest.param(Column("accounts", "lastName", "character varying"), True, id="camel case"),
        pytest.param(Column("orders", "shipping_address", "text"), True, id="address"),
        pytest.param(Column("users", "motto", "text"), True, id="text of people"),
        pytest.param(Column("users", "created_at", "timestamp with time zone"), False, id="time of people"),
        pytest.param(Column("users", "id", "bigint", key=True), False, id="number of people"),
        pytest.param(Column("stocks", "name", "text"), False, id="name of a thing"),
        pytest.param(Column("orders", "email", "text", refers="users.email"), False, id="follows what it refers to"),
    ),
)
def test_columns_about_persons(column, expected):
    assert is_personal(column) is expected


USERS = [Column("users", "id", "bigint", key=True), Column("users", "email", "text")]
ORDERS = [
    Column("orders", "id", "bigint", key=True),
    Column("orders", "user_id", "bigint"),
    Column("orders", "mail", "text", refers="users.email", nullable=True),
    Column("orders", "before", "bigint", refers="orders.id", nullable=True),
]


def test_rows_come_with_those_that_they_refer_to():
    columns = implied([*ORDERS, *USERS])
    assert in_order(columns) == ["users", "orders"]
    users, orders = re.findall(r"\\copy \((.+)\) TO", taken(columns, frozenset({"users.email"}), 5, "/x", "k"))
    assert users.startswith('SELECT "id", CASE WHEN "email" IS NULL THEN NULL ELSE')
    assert users.endswith('AS "email" FROM "users" ORDER BY "id" LIMIT 5')
    assert 'NULL AS "before"' in orders
    assert 'CASE WHEN "mail" IS NULL THEN NULL ELSE' in orders
    assert '"user_id" IN (SELECT "id" FROM "users" ORDER BY "id" LIMIT 5)' in orders
    assert '("mail" IS NULL OR "mail" IN' in orders


def test_target_is_emptied_only_if_that_is_asked_for():
    assert "TRUNCATE" not in given(USERS, "/x", replace=False)
    assert 'TRUNCATE "users" CASCADE;' in given(USERS, "/x", replace=True)


def test_a_circle_of_tables_is_refused():
    circle = [Column("a", "b_id", "int", refers="b.id"), Column("b", "a_id", "int", refers="a.id")]
    with pytest.raises(FenceError, match="tables a, b refer to each other in a circle"):
        in_order(circle)


@pytest.mark.parametrize(
    ("contract", "values", "place"),
    (
        pytest.param(
            "ENVIRONMENT=<development>\nDB_HOST=<HOST>\nDB_PORT=<PORT>\nDB_NAME=<NAME>\nDB_USER=<NAME>\nDB_PASSWORD=<GENERATE>\n",
            {"DB_HOST": "h", "DB_PORT": "1", "DB_NAME": "n", "DB_USER": "u", "DB_PASSWORD": "p/"},
            Place("h", "1", "n", "u", "p/"),
            id="parts",
        ),
        pytest.param(
            "ENVIRONMENT=<development>\nDATABASE_URL=<URL>\n",
            {"DATABASE_URL": "postgresql://u:p@h:1/n"},
            Place("h", "1", "n", "u", "p"),
            id="URL",
        ),
    ),
)  # fmt: skip
def test_place_of_a_database(write, monkeypatch, contract, values, place):
    monkeypatch.chdir(write({".env.example": contract, "docker-compose.dev.yml": "services: {a: {image: 'b:1.2'}}\n"}))
    keys = keys_of(target_of(".", "development", {}))
    assert place_of(keys, values) == place
    assert place_of(keys, values_for(keys, place)) == place
    assert str(place) == "database n on h:1"


def test_a_contract_without_a_database_is_said(write, monkeypatch):
    files = {
        ".env.example": "ENVIRONMENT=<development>\n",
        "docker-compose.dev.yml": "services: {a: {image: 'b:1.2'}}\n",
    }
    monkeypatch.chdir(write(files))
    with pytest.raises(FenceError, match="the contract names no database"):
        keys_of(target_of(".", "development", {}))


NOBODY = {"DB_NAME": "n", "DB_USER": "u", "DB_PORT": "1"}  # what listens on port 1, if anything, is no database


@pytest.mark.parametrize(
    ("environment", "start"),
    (
        pytest.param("development", "; `nox -s dev_up` starts it", id="development"),
        pytest.param("production", "", id="another environment"),
    ),
)
def test_a_database_that_does_not_answer_is_said_in_a_line(shop, monkeypatch, environment, start):
    monkeypatch.chdir(shop)
    target = target_of(".", environment, {})
    program = Program(target, ".", sys.executable, keys_of(target), {**NOBODY, "DB_HOST": "127.0.0.1"})
    with pytest.raises(FenceError) as error:
        program.require_database()
    assert str(error.value) == f"database n on 127.0.0.1:1 cannot be reached{start}"


@pytest.mark.parametrize("host", ("/run/postgresql", "one,two"))
def test_what_only_libpq_can_dial_is_left_to_it(shop, monkeypatch, host):
    monkeypatch.chdir(shop)
    target = target_of(".", "development", {})
    Program(target, ".", sys.executable, keys_of(target), {**NOBODY, "DB_HOST": host}).require_database()


def revision(database, name="stocktrading"):
    return database.sql(name, "SELECT version_num FROM alembic_version")


@linux
def test_migrating_goes_where_it_is_told_and_says_which_database_it_is(database):
    (last,) = revision(database)
    for where, expected in (("-1", "c41b9e5d7302"), ("+1", last), ("8f2c", "8f2c61d0a7e4"), ("head", last)):
        code, _, error = database("database", "migrate", where)
        assert (code, revision(database)) == (0, [expected]), error
        assert re.match(r"development: database stocktrading on 127\.0\.0\.1:\d+: (up|down)grade to ", error)
    code, out, _ = database("database", "migrate", "--sql")
    assert (code, "CREATE TABLE stocks" in out, "lock_timeout" in out) == (0, True, True)


@linux
def test_production_is_never_changed_unasked(database):
    code, _, error = database("database", "migrate", "--environment", "production")
    assert (code, "nobody can be asked here, so say --yes" in error) == (2, True)
    assert "production: database production on 0.0.0.0" in error
    code, _, error = database("database", "seed", "--environment", "production")
    assert (code, "invented data is not for production" in error) == (2, True)
    code, _, error = database("database", "subset", "--from", "development", "--to", "production")
    assert (code, "production is never the target" in error) == (2, True)


@linux
def test_data_is_invented_and_a_part_of_it_goes_to_staging_without_persons(database):
    assert database("database", "seed", "--stocks", "3", "--days", "40")[0] == 0
    assert database("database", "migrate", "--environment", "staging")[0] == 0
    database.sql(
        "stocktrading",
        "INSERT INTO users (email, password_hash) VALUES ('ada@example.org', 'a'), ('bob@example.org', 'b')",
        "INSERT INTO alerts (user_id, stock_id, kind, threshold) "
        "SELECT u.id, s.id, 'price_above', 1 FROM users u, stocks s",
    )
    copied = ("database", "subset", "--from", "development", "--to", "staging", "--rows", "2")
    code, out, error = database(*copied)
    assert code == 0, error
    assert "replaced: users.email, users.password_hash" in error
    assert set(out.splitlines()) >= {"stocks: 2", "users: 2", "alerts: 4", "daily_prices: 80"}
    mails = database.sql("staging", "SELECT email FROM users ORDER BY id")
    assert [bool(re.fullmatch(r"person-[0-9a-f]{20}@example\.com", mail)) for mail in mails] == [True, True]

    code, _, error = database(*copied)
    assert (code, "--replace removes them first" in error, "ada" in error) == (2, True, False)
    assert database(*copied, "--replace")[0] == 0
    assert database.sql("staging", "SELECT email FROM users ORDER BY id") == mails
    assert database.sql("staging", "INSERT INTO users (email, password_hash) VALUES ('n', 'm') RETURNING id") == ["3"]


@linux
def test_a_database_with_the_schema_is_adopted_and_another_is_not(database):
    (last,) = revision(database)
    assert database("database", "migrate", "--adopt")[0] == 2  # it has a revision
    database.sql("stocktrading", "DROP TABLE alembic_version", "ALTER TABLE stocks ADD COLUMN extra text")
    code, out, _ = database("database", "migrate", "--adopt")
    assert (code, out) == (1, "remove column: stocks extra\n")
    database.sql("stocktrading", "ALTER TABLE stocks DROP COLUMN extra")
    code, _, error = database("database", "migrate", "--adopt")
    assert (code, revision(database)) == (0, [last]), error


FAULTY = '''"""Faulty."""
import sqlalchemy as sa
from alembic import op
revision = "OWN"
down_revision = "BELOW"
def upgrade():
    BODY
def downgrade():
    pass
'''


@pytest.fixture
def migration(database):
    """Return a function that adds a migration, which is gone after the test."""
    folder = database.folder / "stack/backend/alembic/versions"
    before = set(folder.iterdir())

    def write(revision, below, body):
        text = FAULTY.replace("OWN", revision).replace("BELOW", below).replace("BODY", body)
        (folder / f"{revision}.py").write_text(text, encoding="utf-8")

    yield write
    for path in set(folder.iterdir()) - before:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@linux
def test_shipped_migrations_hold(database):
    code, out, error = database("database", "check")
    assert (code, out) == (0, ""), error
    assert "3 migrations: one head; up, down and up again" in error


@linux
@pytest.mark.parametrize(
    ("below", "body", "fault"),
    (
        pytest.param("8f2c61d0a7e4", "pass", "several-heads: heads 5a9d07f3be18 and fade", id="two heads"),
        pytest.param("5a9d07f3be18", 'op.execute("CREATE TABLE left_over ()")', "upgrade-fails: ", id="down forgets"),
        pytest.param(
            "5a9d07f3be18",
            'op.execute("ALTER TABLE stocks ALTER COLUMN symbol TYPE varchar(9)")',
            "changing-column-type: ",
            id="rewrites a table",
        ),
    ),
)
def test_a_fault_of_a_migration_is_found(database, migration, below, body, fault):
    migration("fade", below, body)
    code, out, _ = database("database", "check")
    assert (code, fault in out) == (1, True), out


@linux
def test_a_migration_is_written_against_an_empty_database(database, migration):
    code, out, error = database("database", "migration", "Nothing at all")
    assert (code, out) == (0, ""), error
    models = database.folder / "stack/backend/app/models.py"
    text = models.read_text(encoding="utf-8")
    try:
        changed = text.replace("    market: Mapped", "    sector: Mapped[str | None]\n    market: Mapped")
        models.write_text(changed, encoding="utf-8")
        code, out, error = database("database", "check")
        assert (code, "models-differ" in out) == (1, True), out + error
        code, out, error = database("database", "migration", "Add", "sectors")
        assert code == 0, error
        (path,) = out.split()
        assert "add_sectors" in path
        assert "op.add_column('stocks', sa.Column('sector'" in (database.folder / path).read_text(encoding="utf-8")
    finally:
        models.write_text(text, encoding="utf-8")
