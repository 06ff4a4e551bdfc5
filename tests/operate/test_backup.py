"""Backups of a real database, from wheels, and whether all of it comes back."""

import json
import os
import re
import shutil
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

import pytest

from envfence.delivery.servers.fleet import fleet_of
from envfence.delivery.servers.remote import Remote, connected
from envfence.errors import FenceError
from envfence.operate.database import contents, fetching
from envfence.operate.database.client import without_rows
from envfence.operate.database.contents import Contents, Table
from envfence.operate.target import target_of

linux = pytest.mark.skipif(sys.platform != "linux", reason="one platform shows that it works; wheels differ elsewhere")
STOCKS = Contents({"public.stocks": Table(3, "71"), "public.users": Table(0, "0")}, "5a9d07f3be18")


def test_what_is_printed_is_read():
    said = "table|public.stocks|3|71\ntable|public.a|b|1|-9\ntable|public.users|0|0\nrevision|5a9d07f3be18\n"
    expected = {**STOCKS.tables, "public.a|b": Table(1, "-9")}
    assert contents.contents_of(said) == Contents(expected, "5a9d07f3be18")
    assert contents.contents_of("") == Contents({}, "")


def test_what_is_kept_is_read_again():
    assert contents.kept(STOCKS.text, "file") == STOCKS


@pytest.mark.parametrize(
    "text", ("", "[]", "{}", '{"revision": "", "tables": []}', '{"revision": "", "tables": {"a": 1}}')
)
def test_what_is_no_note_is_said(text):
    with pytest.raises(FenceError, match="file: not what `envfence database backup` writes"):
        contents.kept(text, "file")


@pytest.mark.parametrize(
    ("restored", "expected"),
    (
        pytest.param(STOCKS, [], id="all"),
        pytest.param(STOCKS._replace(revision=""), ["schema at no revision, not at 5a9d07f3be18"], id="schema"),
        pytest.param(
            Contents({"public.stocks": Table(2, "71"), "public.b": Table(1, "1")}, STOCKS.revision),
            ["public.b: was not there", "public.stocks: 2 rows, not 3", "public.users: not restored"], id="tables",
        ),
        pytest.param(
            STOCKS._replace(tables={**STOCKS.tables, "public.stocks": Table(3, "70")}),
            ["public.stocks: 3 rows, as it should, and some of them differ"], id="rows",
        ),
    ),
)  # fmt: skip
def test_what_differs_from_the_moment_of_the_backup(restored, expected):
    assert list(contents.differences(restored, STOCKS)) == expected


LATER = {"public.stocks": Table(9, "1"), "public.users": Table(7, "1"), "public.b": Table(0, "0")}
OTHER = "schema at 5a9d07f3be18, the database is at c41b9e5d7302"


@pytest.mark.parametrize(
    ("live", "is_older", "expected"),
    (
        pytest.param(STOCKS._replace(tables={"public.stocks": Table(9, "1")}), False, [], id="rows came since"),
        pytest.param(STOCKS._replace(tables=LATER), False, ["public.b: not in the backup"], id="a table that is new"),
        pytest.param(Contents(LATER, "c41b9e5d7302"), True, [], id="a migration since"),
        pytest.param(Contents(LATER, "c41b9e5d7302"), False, [OTHER], id="another schema"),
    ),
)
def test_what_time_does_not_explain(live, is_older, expected):
    assert list(contents.lacking(STOCKS, live, is_older=is_older)) == expected


def test_a_backup_without_a_row_is_none():
    empty = Contents(dict.fromkeys(STOCKS.tables, Table(0, "0")), STOCKS.revision)
    assert list(contents.lacking(empty, STOCKS, is_older=False)) == ["no row in the backup, 3 in the database"]
    assert list(contents.lacking(empty, empty, is_older=False)) == []


def test_no_row_is_quoted():
    said = "psql:1: ERROR:  duplicate key\nDETAIL:  Key (email)=(ada@example.org) exists.\n"
    assert without_rows(said) == "duplicate key"
    assert without_rows("") == "it does not answer"


@pytest.fixture(scope="module")
def backup(database):
    """Return the path of a backup of a database with rows of every kind."""
    assert database("database", "migrate")[0] == 0
    assert database("database", "seed", "--stocks", "3", "--days", "40")[0] == 0
    database.sql(
        "stocktrading",
        "CREATE TABLE kinds (id int GENERATED ALWAYS AS IDENTITY, day date, at timestamptz, amount double precision, "
        "data bytea, tags text[], more jsonb)",
        "INSERT INTO kinds (day, at, amount, data, tags, more) VALUES ('2026-11-23', '2026-11-23 09:12+09', 0.1, "
        "'\\xff00', '{\"a b\",null}', '{\"삼성\": 1}'), (null, null, 'NaN', null, null, null)",
    )
    code, out, error = database("database", "backup")
    assert code == 0, error
    assert re.search(r"development: database stocktrading on \S+: back up\n", error)
    yield database.folder / out.strip()
    database.sql("stocktrading", "DROP TABLE kinds")


@linux
def test_a_backup_is_private_and_says_what_is_in_it(backup):
    assert re.fullmatch(r"\d{8}T\d{6}Z\.dump", backup.name)
    note = Path(f"{backup}.json")
    assert [oct(path.stat().st_mode & 0o777) for path in (backup, note)] == ["0o600", "0o600"]
    said = json.loads(note.read_text(encoding="utf-8"))
    assert said["revision"] == "5a9d07f3be18"
    assert said["tables"]["public.stocks"][0] == 3
    assert said["tables"]["public.kinds"][0] == 2
    assert "삼성" not in note.read_text(encoding="utf-8")


@linux
def test_all_of_it_comes_back_whatever_has_happened_since(backup, database):
    database.sql("stocktrading", "UPDATE kinds SET amount = 7", "DELETE FROM kinds WHERE day IS NULL")
    code, out, error = database("database", "rehearse", "development")
    assert (code, out) == (0, ""), error
    assert f"restoring {backup.name}, of 20" in error
    assert re.search(r"9 tables, \d+ rows, schema at 5a9d07f3be18: all of it comes back\n", error), error
    assert database.sql("postgres", "SELECT datname FROM pg_database WHERE datname ~ 'scratch'") == []


@linux
def test_without_a_note_the_database_itself_is_compared(backup, database, tmp_path):
    (tmp_path / "old.dump").write_bytes(backup.read_bytes())
    code, out, error = database("database", "rehearse", "development", "--file", str(tmp_path / "old.dump"))
    assert (code, out) == (0, ""), error
    assert "changed since in database stocktrading on 127.0.0.1" in error
    assert "public.kinds" in error
    database.sql("stocktrading", "CREATE TABLE later (id int)")
    code, out, error = database("database", "rehearse", "development", "--file", str(tmp_path / "old.dump"))
    assert (code, out) == (1, "public.later: not in the backup\n"), error
    database.sql("stocktrading", "DROP TABLE later")


@linux
def test_a_backup_of_before_a_migration_is_good(backup, database, tmp_path):
    assert database("database", "migrate", "-1")[0] == 0
    assert database("database", "backup", "--to", str(tmp_path / "before.dump"))[0] == 0
    assert database("database", "migrate")[0] == 0
    (tmp_path / "before.dump.json").unlink()
    code, out, error = database("database", "rehearse", "development", "--file", str(tmp_path / "before.dump"))
    assert (code, out) == (0, ""), error
    assert "schema at c41b9e5d7302: all of it comes back" in error


@linux
def test_it_is_rehearsed_on_the_server_of_an_environment_too(backup, database):
    code, out, error = database("database", "rehearse", "development", "--on", "development")
    assert (code, out) == (0, ""), error
    assert database.sql("postgres", "SELECT datname FROM pg_database WHERE datname ~ 'scratch'") == []


@linux
@pytest.mark.parametrize(
    ("change", "said"),
    (
        pytest.param(lambda data: data[: len(data) // 2], "could not read from input file", id="cut off"),
        pytest.param(lambda _: b"-- nothing\n", "input file does not appear to be a valid archive", id="no dump"),
    ),
)
def test_a_backup_that_is_broken_is_found(backup, database, tmp_path, change, said):
    (tmp_path / "broken.dump").write_bytes(change(backup.read_bytes()))
    code, _, error = database("database", "rehearse", "development", "--file", str(tmp_path / "broken.dump"))
    assert (code, said in error) == (2, True), error


@linux
def test_a_row_that_does_not_come_back_is_found(backup, database, tmp_path):
    (tmp_path / "a.dump").write_bytes(backup.read_bytes())
    note = json.loads(Path(f"{backup}.json").read_text(encoding="utf-8"))
    note["tables"]["public.stocks"][0] = 4
    (tmp_path / "a.dump.json").write_text(json.dumps(note), encoding="utf-8")
    code, out, _ = database("database", "rehearse", "development", "--file", str(tmp_path / "a.dump"))
    assert (code, out) == (1, "public.stocks: 3 rows, not 4\n")


@linux
def test_without_a_backup_nothing_is_rehearsed(database):
    code, _, error = database("database", "rehearse", "staging")
    assert (code, error) == (2, "envfence: there is no backup; `envfence database backup` makes one\n")
    code, _, error = database("database", "rehearse", "--file", "nowhere.dump")
    assert (code, error) == (2, "envfence: nowhere.dump is not there; `envfence database backup` makes one\n")


FLEET = """\
[tool.envfence.environments.development]
[tool.envfence.environments.production]
root = "/opt/shop"
known-hosts = "known_hosts"
[tool.envfence.environments.production.roles]
data = {host = "DB_HOST", services = ["postgres"]}
app = {host = "REDIS_HOST", services = ["backend"]}
"""
SSH = """#!/bin/sh
for word; do host=$last last=$word; done
case "$*" in *"-O exit"*) exit 0 ;; esac
export SSH_ORIGINAL_COMMAND="$last"
exec sh "SERVERS/$host/host.sh"
"""


@pytest.fixture
def servers(shop, write, monkeypatch, tmp_path_factory):
    """Return the folder of two servers that an ssh of our own leads to."""
    folder = tmp_path_factory.mktemp("servers")
    for host in ("data.example.com", "app.example.com"):
        (folder / host / "backups").mkdir(parents=True)
        shutil.copy(str(files("envfence.delivery.servers").joinpath("host.sh")), folder / host)
    (folder / "ssh").write_text(SSH.replace("SERVERS", str(folder)), encoding="utf-8")
    (folder / "ssh").chmod(0o755)
    hosts = "DB_HOST=data.example.com\nREDIS_HOST=app.example.com\n"
    write({"pyproject.toml": FLEET, "known_hosts": "", ".env.production": f"ENVIRONMENT=production\n{hosts}"})
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    monkeypatch.chdir(shop)
    return folder


@linux
def test_the_newest_backup_of_the_servers_is_brought_here_and_goes_again(servers):
    data = bytes(range(256)) * 50
    (servers / "data.example.com/backups/20261122T030000Z-a.dump").write_bytes(b"old")
    (servers / "data.example.com/backups/20261123T030000Z-b.dump").write_bytes(data)
    (servers / "data.example.com/backups/20261124T030000Z-c.dump.part").write_bytes(b"unfinished")
    with fetching.last_backup(".", target_of(".", "production", {}), "") as file:
        path = Path(file)
        assert (path.name, path.read_bytes()) == ("20261123T030000Z-b.dump", data)
        assert path.stat().st_mode & 0o777 == 0o600
    assert not path.exists()


@linux
@pytest.mark.parametrize(
    ("ssh", "said"),
    (
        pytest.param("", "no server has a backup yet; a rollout makes one before it migrates", id="none"),
        pytest.param("#!/bin/sh\necho refused >&2\nexit 255\n", "db: cannot be reached as deploy", id="no way there"),
    ),
)
def test_without_a_backup_on_the_servers_that_is_said(servers, ssh, said):
    if ssh:
        (servers / "ssh").write_text(ssh, encoding="utf-8")
    last = fetching.last_backup(".", target_of(".", "production", {}), "")
    with pytest.raises(FenceError, match=said), last:
        pass


@linux
def test_a_backup_that_goes_away_meanwhile_is_said(servers):
    fleet = fleet_of(target_of(".", "production", {}))
    with connected(fleet) as remotes, tempfile.TemporaryFile() as stream:
        with pytest.raises(FenceError, match=r"db: gone\.dump is not on this host"):
            remotes[0].fetch(stream, "dump", "gone.dump")
        (servers / "ssh").write_text("#!/bin/sh\nexit 255\n", encoding="utf-8")
        with pytest.raises(FenceError, match="db: cannot be reached as deploy: the connection was cut"):
            remotes[0].fetch(stream, "dump", "gone.dump")


@linux
def test_a_server_that_falls_silent_is_named(servers):
    (servers / "ssh").write_text("#!/bin/sh\nexec sleep 30\n", encoding="utf-8")
    remote = Remote(fleet := fleet_of(target_of(".", "production", {})), fleet.hosts[0], str(servers))
    with tempfile.TemporaryFile() as stream, pytest.raises(FenceError, match="db: no answer to dump within 0 s"):
        remote.fetch(stream, "dump", "last.dump", timeout=0.2)
