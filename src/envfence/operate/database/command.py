"""Migrate databases, prove migrations and backups, invent data, and copy some rows without persons."""

import argparse
from collections.abc import Sequence

from envfence import console
from envfence.arguments import Parser, below_root
from envfence.contract.stages import DEVELOPMENT, PRODUCTION


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command of `envfence database`; return 0, 1 for what is found to be wrong, 2 if it could not run."""
    parser = command_parser()
    args, more = parser.parse_known_args(argv)
    if more and args.run is not _seed:
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    args.more = more
    return console.run_below_root(args)


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence database", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = below_root()
    common.add_argument("--environment", default=DEVELOPMENT, metavar="NAME", help="by default development")
    _add_migrate(commands.add_parser("migrate", parents=[common], help="bring the schema to a revision"))
    new = commands.add_parser("migration", parents=[common], help="write a migration from what the models say")
    new.add_argument("name", nargs="+", metavar="NAME", help="what it does, in a few words")
    new.set_defaults(run=_new)
    check = commands.add_parser("check", parents=[common], help="prove the migrations on a scratch database")
    check.add_argument("--onto", default="", metavar="REF", help="the branch that they are merged into")
    check.add_argument("--stack", action="store_true", help="on the stack's server, which may have TimescaleDB")
    check.set_defaults(run=_check)
    kept = commands.add_parser("backup", parents=[common], help="dump the database, and note what is in the dump")
    kept.add_argument("--to", default="", metavar="FILE", help="by default below .envfence/backups/")
    kept.set_defaults(run=_backup)
    _add_rehearse(commands.add_parser("rehearse", help="restore the last backup to a scratch database, and compare"))
    seed = commands.add_parser("seed", parents=[common], help="fill a database; other options go to the program")
    seed.set_defaults(run=_seed)
    _add_subset(commands.add_parser("subset", help="copy some rows to another environment, without persons"))
    return parser


def _add_migrate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("revision", nargs="?", default="head", metavar="REVISION|+N|-N", help="by default head")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--sql", action="store_true", help="print the SQL for review; no database is asked")
    way.add_argument("--adopt", action="store_true", help="mark a database that has the schema already as migrated")
    parser.add_argument("--extra", action="append", default=[], metavar="KEY=VALUE", help="what env.py may ask for")
    parser.add_argument("--yes", action="store_true", help="do not ask about production")
    parser.set_defaults(run=_migrate)


def _add_rehearse(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--root", default=".", metavar="DIR", help="the folder of .env.example and the env files")
    add("environment", nargs="?", default=PRODUCTION, metavar="ENVIRONMENT", help="by default production")
    add("--file", default="", metavar="DUMP", help="this one, and not the last one of the servers")
    add("--on", default="", metavar="NAME", help="on the server of this environment, which may have TimescaleDB")
    parser.set_defaults(run=_rehearse)


def _add_subset(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--root", default=".", metavar="DIR", help="the folder of .env.example and the env files")
    add("--from", dest="source", required=True, metavar="NAME", help="the environment that rows are taken from")
    add("--to", dest="target", required=True, metavar="NAME", help="the environment that they go to; never production")
    add("--rows", type=int, default=1000, metavar="N", help="at most so many of each table that depends on none")
    add("--personal", action="append", default=[], metavar="TABLE.COLUMN", help="replace this one too")
    add("--keep", action="append", default=[], metavar="TABLE.COLUMN", help="this one says nothing about a person")
    add("--replace", action="store_true", help="remove first what is in the tables of the target")
    parser.set_defaults(run=_subset)


def _migrate(args: argparse.Namespace) -> int:
    from envfence.operate.database import migrate

    if args.sql:
        return migrate.as_sql(args.root, args.environment, args.revision)
    if args.adopt:
        return migrate.adopt(args.root, args.environment, yes=args.yes)
    return migrate.migrate(args.root, args.environment, args.revision, args.extra, yes=args.yes)


def _new(args: argparse.Namespace) -> int:
    from envfence.operate.database import prove

    return prove.new(args.root, args.environment, " ".join(args.name))


def _check(args: argparse.Namespace) -> int:
    from envfence.operate.database import prove

    return prove.check(args.root, args.environment, args.onto, in_stack=args.stack)


def _backup(args: argparse.Namespace) -> int:
    from envfence.operate.database import backup

    return backup.backup(args.root, args.environment, args.to)


def _rehearse(args: argparse.Namespace) -> int:
    from envfence.operate.database import backup

    return backup.rehearse(args.root, args.environment, args.file, args.on)


def _seed(args: argparse.Namespace) -> int:
    from envfence.operate.database import seed

    return seed.seed(args.root, args.environment, args.more)


def _subset(args: argparse.Namespace) -> int:
    from envfence.operate.database import subset

    columns = subset.Columns(frozenset(args.personal), frozenset(args.keep))
    return subset.copy(args.root, args.source, args.target, args.rows, columns, replace=args.replace)


if __name__ == "__main__":
    raise SystemExit(main())
