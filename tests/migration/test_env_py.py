"""Each rule on env.py: spellings that it catches, and what only looks like them."""

import pytest

from envfence.migration.check import findings

PATH = "alembic/env.py"
SOUND = """\
from logging.config import fileConfig

from alembic import context
from sqlalchemy import create_engine, text

from app.config import settings
from app.models import Base

config = context.config
fileConfig(config.config_file_name, disable_existing_loggers=False)
target_metadata = Base.metadata


def migrate(**options):
    context.configure(target_metadata=target_metadata, **options)
    with context.begin_transaction():
        context.execute("SET lock_timeout = '5s'")
        context.run_migrations()


if context.is_offline_mode():
    migrate(url=settings.url, literal_binds=True)
else:
    with create_engine(settings.url).connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(7)"))
        context.configure(connection=connection, target_metadata=target_metadata)
        with context.begin_transaction():
            context.run_migrations()
"""
FILE_CONFIG = "fileConfig(config.config_file_name, disable_existing_loggers=False)\n"
OFFLINE = "if context.is_offline_mode():\n    migrate(url=settings.url, literal_binds=True)\nelse:\n"
TIMEOUT = "        context.execute(\"SET lock_timeout = '5s'\")\n"
LOCK = '        connection.execute(text("SELECT pg_advisory_lock(7)"))\n'


def changed(*pairs):
    text = SOUND
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def sets(*lines):
    """Return an env.py with these lines where the configuration is made."""
    return changed((FILE_CONFIG, FILE_CONFIG + "".join(f"{line}\n" for line in lines)))


def url(value):
    return sets(f'config.set_main_option("sqlalchemy.url", {value})')


CAUGHT = {
    "migration-unescaped-url": {
        "a setting": url("settings.DATABASE_URL"),
        "as text": url("str(settings.DATABASE_URL)"),
        "a variable": sets("url = settings.url", 'config.set_main_option("sqlalchemy.url", url)'),
        "a function": sets(
            "def url_of():", "    return settings.url", 'config.set_main_option("sqlalchemy.url", url_of())'
        ),
        "put together": url('f"postgresql://{settings.user}:{settings.password}@{settings.host}/app"'),
        "shown": url("settings.url.render_as_string(hide_password=False)"),
        "of the process": url('os.environ["DATABASE_URL"]'),
        "another driver": url('settings.url.replace("+asyncpg", "")'),
        "of a section": sets('config.set_section_option("alembic", "sqlalchemy.url", settings.url)'),
        "a constant": url('"postgresql://db.example.com/app?options=a%20b"'),
        "names that go round": sets(
            "url = here", "here = url or settings.url", 'config.set_main_option("sqlalchemy.url", url)'
        ),
        "a constant, or not": sets(
            'url = "sqlite:///app.db"', "url = settings.url", 'config.set_main_option("sqlalchemy.url", url)'
        ),
    },
    "migration-no-offline-mode": {
        "one mode": changed((OFFLINE, "if True:\n")),
        "a function that is always called": changed((OFFLINE, "if __name__:\n")),
    },
    "migration-unused-logging": {
        "never called": changed((FILE_CONFIG, "")),
        "a comment": changed((FILE_CONFIG, f"# {FILE_CONFIG}")),
        "under another name": changed(("import fileConfig", "import fileConfig as configure_log")),
    },
    "migration-path-by-hand": {
        "inserted": sets("sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)) + '/..')"),
        "appended": sets("sys.path.append(str(Path(__file__).parents[1]))"),
        "in a condition": sets("if root not in sys.path:", "    sys.path.insert(0, root)"),
    },
    "migration-no-timeout": {
        "none": changed((TIMEOUT, "")),
        "of statements only": changed(("lock_timeout", "statement_timeout")),
    },
    "migration-no-lock": {
        "none": changed((LOCK, "")),
        "of a row": changed(("pg_advisory_lock(7)", "1")),
    },
    "migration-timescale-objects": {
        "told by a comment": sets("# prices is a hypertable"),
        "told by an import": changed(("from app.models import Base", "from app.timescale import Base")),
    },
}
PASSES = {
    "sound": SOUND,
    "a doubled per cent sign": url('settings.url.replace("%", "%%")'),
    "a doubled per cent sign of a variable": sets(
        "url = str(settings.url)", 'url = url.replace("%", "%%")', 'config.set_main_option("sqlalchemy.url", url)'
    ),
    "a doubled per cent sign of a function": sets(
        "def url_of():",
        '    return settings.url.replace("%", "%%")',
        'config.set_main_option("sqlalchemy.url", url_of())',
    ),
    "an escaping function": url("escaped(settings.url)"),
    "a constant": url('"postgresql://db.example.com/app"'),
    "a named constant": sets('url = "sqlite:///app.db"', 'config.set_main_option("sqlalchemy.url", url)'),
    "a file": url('f"sqlite:///{settings.path}"'),
    "another option": sets('config.set_main_option("script_location", settings.folder)'),
    "in a dictionary": sets('section = config.get_section("alembic")', 'section["sqlalchemy.url"] = settings.url'),
    "no logging": changed(("from logging.config import fileConfig\n", ""), (FILE_CONFIG, "")),
    "another list": sets("paths.append(root)"),
    "offline is refused": changed((OFFLINE, "if context.is_offline_mode():\n    raise SystemExit\nelse:\n")),
    "another database": changed((TIMEOUT, ""), (LOCK, ""), ("settings.url, ", '"sqlite:///app.db", ')),
    "a lock of its own": changed((LOCK, "        take_lock(connection)\n")),
    "hypertables that are left out": sets("# prices is a hypertable", "options = dict(include_object=includes)"),
    "a file of another tool": "import nox\n",
    "no Python": "def run_migrations(:\n",
}


@pytest.mark.parametrize(
    ("rule", "text"),
    [pytest.param(rule, text, id=f"{rule}: {name}") for rule, texts in CAUGHT.items() for name, text in texts.items()],
)
def test_it_is_caught_and_nothing_else(rule, text):
    assert [one.rule for one in findings(PATH, text)] == [rule]


@pytest.mark.parametrize("text", PASSES.values(), ids=PASSES)
def test_it_passes(text):
    assert findings(PATH, text) == []
