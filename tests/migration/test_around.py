"""What other files say: which migration is the newest, what env.py imports, which models it does not."""

import pytest

from envfence.check import Options, check
from envfence.migration.around import plain_ids
from envfence.sources import from_paths

ENV = """\
from alembic import context

from app.database import engine
{imports}
target_metadata = Base.metadata

if context.is_offline_mode():
    raise SystemExit

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=target_metadata{more})
    context.run_migrations()
"""
GUARDED = "SQL = ('SET lock_timeout = 1', 'SELECT pg_advisory_lock(7)')\n"
DATABASE = f"{GUARDED}\n\nclass Base(DeclarativeBase):\n    pass\n"


def model(name, above="from app.database import Base", base="Base"):
    return f'{above}\n\n\nclass {name}({base}):\n    __tablename__ = "{name.lower()}"\n'


def migration(own, below, body="pass", back="pass"):
    return (
        f'from alembic import op\n\nrevision = "{own}"\ndown_revision = {below!r}\n\n\n'
        f"def upgrade():\n    {body}\n\n\ndef downgrade():\n    {back}\n"
    )


OF_ALL = "from .database import Base\nfrom . import users"
BETWEEN = "from app.database import Base\n\n\nclass Mixed(Base):\n    __abstract__ = True\n"
OF_SQLMODEL = "from sqlmodel import SQLModel\n\n\nclass User(SQLModel, table=True):\n    id: int\n"
AT_RUN_TIME = "from app.database import Base\nfrom importlib import import_module\nimport_module('app.users')"
NAMED = {
    "alembic/env.py": ENV.format(imports="from app.database import metadata", more="").replace(
        "Base.metadata", "metadata"
    ),
    "app/users.py": model("User"),
}
IN_SRC = {"src/app/tables.py": DATABASE, "src/app/users.py": model("User", "from app.tables import Base")}


@pytest.fixture
def found(tmp_path, write, git, monkeypatch):
    """Return a function that writes files into a repository, and returns what is found: {(rule, path, detail)}."""
    git("init", "-q")
    monkeypatch.chdir(tmp_path)

    def run(files):
        write(files)
        every = check(from_paths(["."]), Options()).findings
        return {(one.rule, one.path) for one in every if one.family == "migration"}

    return run


def program(imports="from app.database import Base", more="", **files):
    """Return the files of a program, whose modules in `app` are named."""
    modules = {f"app/{name}.py": text for name, text in files.items()}
    return {"alembic/env.py": ENV.format(imports=imports, more=more), "app/database.py": DATABASE, **modules}


MISSING = {("migration-model-not-imported", "alembic/env.py")}
ALL_OF_THEM = "from app.database import Base\nfrom app import users"


@pytest.mark.parametrize(
    ("files", "expected"),
    (
        pytest.param(program(), set(), id="no model"),
        pytest.param(program(users=model("User")), MISSING, id="not imported"),
        pytest.param(program(ALL_OF_THEM, users=model("User")), set(), id="imported"),
        pytest.param(program(ALL_OF_THEM, users=model("User"), orders=model("Order")), MISSING, id="one of two"),
        pytest.param(
            program("from app.models import Base", models=OF_ALL, users=model("User")),
            set(),
            id="imported by the module of all",
        ),
        pytest.param(
            program("from app.models import Base", models="from .database import Base", users=model("User")),
            MISSING,
            id="a base that is handed on",
        ),
        pytest.param(
            program(users=model("User", "from app.database import Base as Table", "Table")), MISSING, id="another name"
        ),
        pytest.param(
            program(users=model("User", "from app.mixed import Mixed", "Mixed"), mixed=BETWEEN),
            MISSING,
            id="a base between",
        ),
        pytest.param(
            program(users=model("User", "from other.database import Base")), set(), id="a base of another program"
        ),
        pytest.param(
            program(AT_RUN_TIME, users=model("User")),
            set(),
            id="imported at run time",
        ),
        pytest.param(program(users="class User(Base):\n    pass\n"), set(), id="no table"),
        pytest.param(program(users="class User(:\n    __tablename__ = ''\n"), set(), id="no Python"),
        pytest.param({**program(), "app/tests/users.py": model("User")}, set(), id="a model of tests"),
        pytest.param(
            {**program("from app.tables import Base"), **IN_SRC},
            MISSING,
            id="a program in src",
        ),
        pytest.param(program("from sqlmodel import SQLModel as Base", users=model("User")), set(), id="of a library"),
        pytest.param(
            program("from sqlmodel import SQLModel as Base", users=OF_SQLMODEL), MISSING, id="a table of SQLModel"
        ),
        pytest.param(
            program("from sqlmodel import SQLModel as Base\nimport app.users", users=OF_SQLMODEL),
            set(),
            id="an imported table of SQLModel",
        ),
        pytest.param(
            program("from sqlmodel import SQLModel as Base", users=OF_SQLMODEL.replace(", table=True", "")),
            set(),
            id="no table of SQLModel",
        ),
        pytest.param(program() | NAMED, set(), id="metadata by its name"),
        pytest.param({**program(), "shop/orders.py": model("Order")}, MISSING, id="another package of the program"),
        pytest.param(
            program() | {"app/database.py": "engine = Base = None\n" + GUARDED},
            set(),
            id="a base that is a value",
        ),
    ),
)  # fmt: skip
def test_models_that_are_not_imported(files, expected, found):
    assert found(files) == expected


def test_limits_and_a_lock_may_be_in_a_module_that_is_imported(found):
    unguarded = {("migration-no-timeout", "alembic/env.py"), ("migration-no-lock", "alembic/env.py")}
    assert found(program()) == set()
    assert found({"app/database.py": DATABASE.replace(GUARDED, "")}) == unguarded


@pytest.mark.parametrize(
    "file",
    (
        pytest.param({"docker-compose.yml": "image: timescale/timescaledb\n"}, id="a stack"),
        pytest.param({"compose.yaml": "image: timescale/timescaledb\n"}, id="a stack of another name"),
        pytest.param(
            {"alembic/versions/a.py": migration("a", None, "op.execute(\"SELECT create_hypertable('p', 'day')\")")},
            id="a migration",
        ),
    ),
)
def test_timescale_is_told_by_other_files(file, found):
    assert found({**program(), **file}) == {("migration-timescale-objects", "alembic/env.py")}
    assert found({**program(more=", include_object=includes"), **file}) == set()


DROPS = "op.drop_table('t')"


def test_only_the_newest_migration_is_asked_what_it_loses(found):
    first, second = "alembic/versions/a.py", "alembic/versions/b.py"
    files = {first: migration("a1", None, "op.create_table('t')", DROPS)}
    assert found(files) == {("migration-silent-loss", first)}
    assert found({second: migration("b2", "a1", "op.create_table('u')", DROPS)}) == {("migration-silent-loss", second)}
    merge = {"alembic/versions/c.py": migration("c3", ("b2", "a1"))}
    assert found(merge) == set()


def test_a_first_migration_may_be_empty_where_the_next_makes_the_tables(found):
    first = "alembic/versions/a.py"
    assert found({first: migration("a1", None)}) == {("migration-empty-initial", first)}
    assert found({"alembic/versions/b.py": migration("b2", "a1", "op.create_table('t')")}) == set()


CONCURRENT = "op.create_index('i', '{}', ['day'], postgresql_concurrently=True)"


@pytest.mark.parametrize(
    ("make", "table", "rules"),
    (
        pytest.param("op.execute(\"SELECT create_hypertable('p', 'day')\")", "p", 1, id="a hypertable"),
        pytest.param("make_hypertable('p', 'day', '1 year')", "p", 1, id="by a function"),
        pytest.param("op.execute(\"SELECT create_hypertable('p', 'day')\")", "users", 0, id="a plain table"),
        pytest.param("op.create_table('p')", "p", 0, id="no hypertable"),
    ),
)
def test_concurrently_on_a_hypertable(make, table, rules, found):
    second = "alembic/versions/b.py"
    files = {
        "alembic/versions/a.py": migration("a1", None, make),
        second: migration("b2", "a1", CONCURRENT.format(table)),
    }
    assert found(files) == {("migration-concurrent-hypertable", second)} if rules else not found(files)


def test_a_folder_that_is_not_there_says_nothing(tmp_path):
    from envfence.migration.around import Around

    around = Around()
    assert around.is_head(str(tmp_path / "gone/versions/a.py"), "a1")
    assert not around.hypertables(str(tmp_path / "gone/versions/a.py"))
    assert not around.project(str(tmp_path / "gone/env.py")).text(str(tmp_path / "gone/b.py"))


def test_what_is_kept_of_a_run_is_asked_again_when_a_file_beside_it_changes(tmp_path, write, git, monkeypatch):
    git("init", "-q")
    monkeypatch.chdir(tmp_path)

    def found():
        git("add", ".")
        every = check(from_paths(["."]), Options(cache=True)).findings
        return {(one.rule, one.path) for one in every if one.family == "migration"}

    first = "alembic/versions/a.py"
    write({**program(ALL_OF_THEM, users=model("User")), first: migration("a1", None, "op.create_table('t')", DROPS)})
    assert found() == {("migration-silent-loss", first)}
    write({"alembic/versions/b.py": migration("b2", "a1"), "app/orders.py": model("Order")})
    assert found() == MISSING


@pytest.mark.parametrize(
    ("text", "ids"),
    (
        pytest.param('revision = "b2"\ndown_revision = "a1"\n', {"revision": "b2", "down_revision": "a1"}, id="plain"),
        pytest.param(
            "revision: str = 'b2'\ndown_revision: Union[str, None] = 'a1'\n",
            {"revision": "b2", "down_revision": "a1"},
            id="with types",
        ),
        pytest.param('revision = "a1"\ndown_revision = None\n', {"revision": "a1"}, id="the first"),
        pytest.param('revision = "c3"\ndown_revision = ("a1", "b2")\n', {"revision": "c3"}, id="a merge"),
        pytest.param('revision = "a1" + SUFFIX\ndown_revision = "a1" \\\n  "x"\n', {}, id="computed"),
    ),
)
def test_plain_ids_are_those_that_stand_there_as_they_are(text, ids):
    assert plain_ids(text) == ids
