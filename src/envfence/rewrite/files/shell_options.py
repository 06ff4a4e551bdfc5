"""Options of database clients beside the host that is moved: its port, user and database go the same way."""

import re
from collections.abc import Iterator, Mapping, Sequence

from envfence.rewrite import Edit
from envfence.rewrite.files.shell_context import PLAIN, context_at
from envfence.rewrite.keys import Keys

_POSTGRES = {"PORT": ("-p", "--port"), "USER": ("-U", "--username"), "NAME": ("-d", "--dbname")}
_MYSQL = {"PORT": ("-P", "--port"), "USER": ("-u", "--user"), "NAME": ("-D", "--database")}
_OPTIONS: dict[str, Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys("psql pg_dump pg_restore pg_isready pg_dumpall createdb dropdb vacuumdb".split(), _POSTGRES),
    **dict.fromkeys("mysql mysqldump mysqladmin mariadb mariadb-dump".split(), _MYSQL),
    "redis-cli": {"PORT": ("-p",)},
    "mongosh": {"PORT": ("--port",), "USER": ("-u", "--username")},
    "mongodump": {"PORT": ("--port",), "USER": ("-u", "--username")},
}
_COMMAND = re.compile(rf"(?<![\w./-])({'|'.join(_OPTIONS)})(?=\s)(?:\\\r?\n|[^\n;|&])*")
_HOST = re.compile(r"\$\{?(\w+)_HOST\b")


def options(text: str, edits: Sequence[Edit], keys: Keys, given: frozenset[str]) -> list[Edit]:
    """Return the edits that read ports, users and databases from the keys of the host that their command reads.

    A port is given a key if it has none; a user or a database, which nothing refuses, only follows its key.
    ``given`` are variables that the script sets to something else.
    """
    found: list[Edit] = []
    for command in _COMMAND.finditer(text):
        inside = [one.replacement for one in edits if command.start() <= one.start < command.end()]
        hosts = [match[1] for code in (*inside, command[0]) for match in _HOST.finditer(code)]
        if hosts and f"{hosts[0]}_HOST" not in given:
            new = _of_command(text, command, hosts[0], keys, given)
            found += [
                one for one in new if not any(other.start <= one.end and one.start <= other.end for other in edits)
            ]
    return found


def _of_command(text: str, command: re.Match[str], service: str, keys: Keys, given: frozenset[str]) -> Iterator[Edit]:
    used = {key.name for key in keys.used}
    for part, names in _OPTIONS[command[1]].items():
        option = re.compile(rf"(?<=\s)(?:{'|'.join(names)})[ =]?([\w.-]+)(?=\s|\Z)")
        match = option.search(text, command.start(), command.end())
        if match is None or context_at(text, match.start(1)) != PLAIN:
            continue
        value = match[1]
        shared = f"{service.rstrip('0123456789')}_{part}"  # DB2_HOST may be but another name of this machine
        key = shared if keys.holds(shared, {keys.environment: value}) and shared in used else f"{service}_{part}"
        if key in given:
            continue
        is_moved = key in used or (part == "PORT" and value.isdigit() and f"{service}_HOST" in used)
        if is_moved and keys.fits(key, {keys.environment: value}):
            yield Edit(*match.span(1), f'"${{{keys.one(key, value).name}:?}}"')
