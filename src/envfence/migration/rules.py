"""What can be wrong with migrations, and with how a database is taken forward and back."""

from envfence.finding import WARNING, Rule

UNESCAPED_URL = Rule(
    "migration-unescaped-url", "migration",
    "a % in the URL stops every migration: Alembic's configuration takes it for an interpolation",
    "make the engine from the URL itself, or pass url.replace('%', '%%')",
)  # fmt: skip
NO_OFFLINE_MODE = Rule(
    "migration-no-offline-mode", "migration",
    "`alembic upgrade --sql` needs a live database, so nobody reviews the SQL before it runs",
    "ask context.is_offline_mode(), and configure with literal_binds=True then", WARNING,
)  # fmt: skip
UNUSED_LOGGING = Rule(
    "migration-unused-logging", "migration",
    "imported and never called: migrations run without a log",
    "call fileConfig(context.config.config_file_name, disable_existing_loggers=False)", WARNING,
)  # fmt: skip
PATH_BY_HAND = Rule(
    "migration-path-by-hand", "migration",
    "the place of the program is told by code, which other tools and other folders do not run",
    "write `prepend_sys_path = %(here)s` into alembic.ini", WARNING,
)  # fmt: skip
MODEL_NOT_IMPORTED = Rule(
    "migration-model-not-imported", "migration",
    "a model is not imported here, so autogenerate drops its table",
    "import the package of all models, and let its __init__.py import each",
)  # fmt: skip
NO_TIMEOUT = Rule(
    "migration-no-timeout", "migration",
    "a migration that waits for a lock stops everybody behind it, for as long as it takes",
    "set lock_timeout and statement_timeout before the migrations run", WARNING,
)  # fmt: skip
NO_LOCK = Rule(
    "migration-no-lock", "migration",
    "two deployments may run the same migration at once",
    "take pg_try_advisory_lock on the connection first, and give up after a while", WARNING,
)  # fmt: skip
TIMESCALE_OBJECTS = Rule(
    "migration-timescale-objects", "migration",
    "autogenerate drops the indexes that TimescaleDB has made: nothing says that they are not the models'",
    "leave them out with include_object", WARNING,
)  # fmt: skip
CONCURRENT_HYPERTABLE = Rule(
    "migration-concurrent-hypertable", "migration",
    "TimescaleDB refuses CONCURRENTLY on a hypertable",
    "create the index WITH (timescaledb.transaction_per_chunk), outside of a transaction",
)  # fmt: skip
UNNAMED_CONSTRAINT = Rule(
    "migration-unnamed-constraint", "migration",
    "a constraint without a name cannot be dropped: this fails when it runs",
    "name it here, and give MetaData a naming_convention",
)  # fmt: skip
EMPTY_INITIAL = Rule(
    "migration-empty-initial", "migration",
    "the first migration does nothing: a new database stays without tables",
    "generate it against an empty database, compare it with the live one, and stamp that", WARNING,
)  # fmt: skip
NUMBERED_REVISION = Rule(
    "migration-numbered-revision", "migration",
    "the id is a number: two branches take the same one",
    "keep the id that Alembic makes; the order stands in file_template's date", WARNING,
)  # fmt: skip
NO_REVISION = Rule(
    "migration-no-revision", "migration",
    "Alembic does not load a migration without `revision` and `down_revision`",
    "write it with `alembic revision`",
)  # fmt: skip
SILENT_LOSS = Rule(
    "migration-silent-loss", "migration",
    "going back by this migration, the newest one, loses data, and nothing says so",
    "say in the downgrade what is lost, or stop it unless that is meant", WARNING,
)  # fmt: skip
OUTSIDE_IMAGE = Rule(
    "migration-outside-image", "migration",
    "the server's own Python runs the migration, with other code and packages than the image that is deployed",
    "run it in the new image, before it serves: docker compose run --rm SERVICE alembic upgrade head", WARNING,
)  # fmt: skip
AFTER_DEPLOY = Rule(
    "migration-after-deploy", "migration",
    "the new code serves before its migration has run",
    "run the migration in the new image first, then start the services", WARNING,
)  # fmt: skip
UNNAMED_ENVIRONMENT = Rule(
    "migration-unnamed-environment", "migration",
    "nothing says which environment's database the command changes",
    "name the environment where the command is, and let the tool show host and database", WARNING,
)  # fmt: skip
RELATIVE_DOWNGRADE = Rule(
    "migration-relative-downgrade", "migration",
    "one step back from wherever the database is: it may not be the step that was meant",
    "back the database up, then name the revision that the release before recorded", WARNING,
)  # fmt: skip
REVERT_AS_ROLLBACK = Rule(
    "migration-revert-as-rollback", "migration",
    "the revert removes the migration that the database is at, which Alembic then cannot locate",
    "roll back to the image before, by its digest; the schema stays, or the newer image takes it back first", WARNING,
)  # fmt: skip
REBUILD_AS_ROLLBACK = Rule(
    "migration-rebuild-as-rollback", "migration",
    "a rollback that builds takes long and makes another image, and the next push brings the fault back",
    "keep the images that ran before, start one by its digest, and hold deployments until it is released", WARNING,
)  # fmt: skip
NO_BACKUP = Rule(
    "migration-no-backup", "migration",
    "the schema of a server changes, and nothing here speaks of a backup: what a migration drops is gone",
    "dump the database first, as `envfence rollout` does, and rehearse: `nox -s restore_rehearsal`", WARNING,
)  # fmt: skip
RULES = (
    UNESCAPED_URL,
    NO_OFFLINE_MODE,
    UNUSED_LOGGING,
    PATH_BY_HAND,
    MODEL_NOT_IMPORTED,
    NO_TIMEOUT,
    NO_LOCK,
    TIMESCALE_OBJECTS,
    CONCURRENT_HYPERTABLE,
    UNNAMED_CONSTRAINT,
    EMPTY_INITIAL,
    NUMBERED_REVISION,
    NO_REVISION,
    SILENT_LOSS,
    OUTSIDE_IMAGE,
    AFTER_DEPLOY,
    UNNAMED_ENVIRONMENT,
    RELATIVE_DOWNGRADE,
    REVERT_AS_ROLLBACK,
    REBUILD_AS_ROLLBACK,
    NO_BACKUP,
)
