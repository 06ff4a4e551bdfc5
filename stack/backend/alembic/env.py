"""How migrations run: `alembic upgrade head` on the database of the settings, `alembic upgrade head --sql` for review.

`-x lock_timeout=…`, `-x statement_timeout=…` (as PostgreSQL writes them) and `-x wait=…` (seconds) change the limits.
"""

from logging.config import fileConfig

from alembic import context

from app.config import get_settings
from app.migrations import Limits, engine_of, includes, take_lock, without_nothing
from app.models import Base

if context.config.config_file_name:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)

LIMITS = Limits.of(context.get_x_argument(as_dictionary=True))
OPTIONS = {
    "target_metadata": Base.metadata,
    "include_object": includes,
    "process_revision_directives": without_nothing,
    "transaction_per_migration": True,  # a failure undoes one migration, not those that went before it
}


def migrate() -> None:
    """Run what Alembic was asked for, with the limits in force."""
    with context.begin_transaction():
        for statement in LIMITS.statements():
            context.execute(statement)
        context.run_migrations()


if context.is_offline_mode():
    # The dialect is enough: a review needs neither settings nor a server.
    context.configure(dialect_name="postgresql", literal_binds=True, **OPTIONS)
    migrate()
else:
    with engine_of(get_settings()).connect() as connection:
        take_lock(connection, LIMITS.wait)
        context.configure(connection=connection, **OPTIONS)
        migrate()
