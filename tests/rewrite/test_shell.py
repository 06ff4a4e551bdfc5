"""What becomes of a value in a shell script, byte for byte, and that a shell makes the same words of it."""

import os
import shutil
import subprocess

import pytest

from envfence import check, cli
from envfence.config import Config
from envfence.contract.readers import python_reader
from envfence.rewrite.files.shell_context import COMMENT, DOUBLE, HERE, PLAIN, RAW_HERE, SINGLE, context_at

BASH = shutil.which("bash") if os.name == "posix" else None
DSN = "postgresql://${DB_USER:?}:${DB_PASSWORD:?}@${DB_HOST:?}:${DB_PORT:?}/${DB_NAME:?}"
CASES = (
    pytest.param(
        "PGPASSWORD=@WORD@ psql -h @OTHER@ -p @PORT@\n",
        'PGPASSWORD="${DB_PASSWORD:?}" psql -h "${DB_HOST:?}" -p "${DB_PORT:?}"\n',
        id="before a command, and its options",
    ),
    pytest.param(
        "psql postgresql://@LOGIN@@@OTHER@:@PORT@/@NAME@\npg_dump -h @OTHER@ --port=@PORT@ -U @USER@ -d @NAME@ -p x\n",
        f'psql "{DSN}"\npg_dump -h "${{DB_HOST:?}}" --port="${{DB_PORT:?}}"'
        ' -U "${DB_USER:?}" -d "${DB_NAME:?}" -p x\n',
        id="user and database follow their keys",
    ),
    pytest.param(
        "redis-cli -h @OTHER@ -p 6390 ping\n",
        'redis-cli -h "${REDIS_HOST:?}" -p "${REDIS_PORT:?}" ping\n',
        id="port of another client",
    ),
    pytest.param(
        "psql -h @OTHER@\nssh a@@OTHER@ ls\nscp b a@@OTHER@:/c\npg_dump -h @OTHER@\n",
        'psql -h "${DB_HOST:?}"\nssh a@"${DEPLOY_HOST:?}" ls\n'
        'scp b a@"${DEPLOY_HOST:?}":/c\npg_dump -h "${DB_HOST:?}"\n',
        id="a machine that commands go to",
    ),
    pytest.param(
        "SERVER=me@@OTHER@\nssh $SERVER ls\n",
        'SERVER="me@${DEPLOY_HOST:?}"\nssh $SERVER ls\n',
        id="a machine in a variable",
    ),
    pytest.param('SRC="me@@OTHER@:/data"\n', 'SRC="me@${SRC_HOST:?}:/data"\n', id="a folder of another machine"),
    pytest.param(
        "psql -h @HOST@ -p @PORT@ -U @USER@ -W @WORD@\npsql -h @NUMBER@ -p @PORT@\n",
        'psql -h "${DB_HOST:?}" -p "${DB_PORT:?}" -U @USER@ -W @WORD@\npsql -h "${DB2_HOST:?}" -p "${DB_PORT:?}"\n',
        id="another name of this machine",
    ),
    pytest.param("export DB_PASSWORD=@WORD@ # x\n", 'export DB_PASSWORD="${DB_PASSWORD:?}" # x\n', id="export"),
    pytest.param("DB_PASSWORD='@WORD@'\n", 'DB_PASSWORD="${DB_PASSWORD:?}"\n', id="single quotes"),
    pytest.param(
        "DB_PASSWORD=" + "'@WORD@!$x'\n", 'DB_PASSWORD="${DB_PASSWORD:?}"\n', id="marks in single quotes that all move"
    ),
    pytest.param(
        "PGPASSWORD=" + "'@WORD@\"7' psql\n",
        'PGPASSWORD="${DB_PASSWORD:?}" psql\n',
        id="a mark in single quotes",
    ),
    pytest.param("DB_PASSWORD=" + "'it'\\''s-@WORD@'\n", 'DB_PASSWORD="${DB_PASSWORD:?}"\n', id="an apostrophe"),
    pytest.param(
        "PGPASSWORD=" + "'@WORD@'\\''s' psql\n", 'PGPASSWORD="${DB_PASSWORD:?}" psql\n', id="a word and its end"
    ),
    pytest.param(
        "PGPASSWORD=" + "it\\'s-'@WORD@'\"'7\" psql -h @OTHER@\n",
        'PGPASSWORD="${DB_PASSWORD:?}" psql -h "${DB_HOST:?}"\n',
        id="pieces in all quotes",
    ),
    pytest.param('DB_PASSWORD="@WORD@"\n', 'DB_PASSWORD="${DB_PASSWORD:?}"\n', id="double quotes"),
    pytest.param('X="${DB_PASSWORD:-@WORD@}"\n', 'X="${DB_PASSWORD:?}"\n', id="default"),
    pytest.param(": ${DB_PASSWORD:=@WORD@}\n", ": ${DB_PASSWORD:?}\n", id="default that is assigned"),
    pytest.param(
        "curl -u admin:@WORD@ https://api.example.com/x\n",
        'curl -u "${API_USER:?}:${API_PASSWORD:?}" https://api.example.com/x\n',
        id="login of a web client",
    ),
    pytest.param(
        'X="${URL:-postgresql://@USER@:@REPORT@@@OTHER@:@PORT@/@NAME@}"\n',
        'X="${URL:-${DB_URL:?}}"\n',
        id="connection that is encoded, default in quotes",
    ),
    pytest.param(
        "redis-cli -h @OTHER@ -a '@WORD@" + "$$' ping\n",
        'redis-cli -h "${REDIS_HOST:?}" -a "${REDIS_PASSWORD:?}" ping\n',
        id="what only double quotes would expand",
    ),
    pytest.param(
        "DB_PASSWORD=@WORD@\ncurl -H 'X-Login: @USER@ @WORD@' x\n",
        'DB_PASSWORD="${DB_PASSWORD:?}"\ncurl -H "X-Login: @USER@ ${DB_PASSWORD:?}" x\n',
        id="a header in single quotes",
    ),
    pytest.param(
        "DB_PASSWORD=@WORD@\nDB_HOST=@OTHER@\ncurl -H 'X-Login: @OTHER@ @WORD@' x\n",
        'DB_PASSWORD="${DB_PASSWORD:?}"\nDB_HOST="${DB_HOST:?}"\ncurl -H "X-Login: ${DB_HOST:?} ${DB_PASSWORD:?}" x\n',
        id="two values in single quotes",
    ),
    pytest.param(
        "docker push @OTHER@:5000/app:$TAG\ndocker pull @OTHER@:5000/app\n",
        'docker push "${REGISTRY_HOST:?}":"${REGISTRY_PORT:?}"/app:$TAG\n'
        'docker pull "${REGISTRY_HOST:?}:${REGISTRY_PORT:?}/app"\n',
        id="the registry of an image",
    ),
    pytest.param("URL=@REMOTE@\n", f'URL="{DSN}"\n', id="connection, bare"),
    pytest.param('URL="@REMOTE@"\n', f'URL="{DSN}"\n', id="connection, double quotes"),
    pytest.param("URL='@REMOTE@'\n", f'URL="{DSN}"\n', id="connection, single quotes"),
    pytest.param('curl "http://@OTHER@:8000/x?y=$1"\n', 'curl "${API_URL:?}/x?y=$1"\n', id="URL with a variable"),
    pytest.param("curl http://@OTHER@:8000/x/$1\n", 'curl "${API_URL:?}"/x/$1\n', id="URL with a bare variable"),
    pytest.param(
        "cat <<EOF\nDB_PASSWORD=@WORD@\nEOF\n", "cat <<EOF\nDB_PASSWORD=${DB_PASSWORD:?}\nEOF\n", id="here-document"
    ),
    pytest.param('DB_HOST="@OTHER@"\r\n', 'DB_HOST="${DB_HOST:?}"\r\n', id="CRLF"),
)


@pytest.fixture
def script(filled):
    return lambda text: filled(text.replace("@REMOTE@", "postgresql://@LOGIN@@@OTHER@:@PORT@/@NAME@"))


@pytest.mark.parametrize(("before", "expected"), CASES)
def test_value_is_read_from_its_key(before, expected, fix, script):
    text = fix({"a.sh": script(before)})["a.sh"]
    assert text == script(expected)
    assert not check.findings_in("a.sh", text.encode(), Config())
    assert cli.main(["fix", "--allow-dirty"]) == 0


@pytest.mark.skipif(BASH is None, reason="needs bash")
@pytest.mark.parametrize("before", [case.values[0] for case in CASES if "\r" not in case.values[0]])
def test_a_shell_makes_the_same_of_it(before, fix, script):
    after = fix({"a.sh": script(before)})
    values = python_reader.resolve(python_reader.entries(after[".env.development"]), {})
    commands = ("psql", "pg_dump", "redis-cli", "curl", "docker", "ssh", "scp")
    tell = "".join(f'{name}() {{ echo {name} "$@" $PGPASSWORD; }}\n' for name in commands)
    tell += 'cat() { while read -r line; do echo "$line"; done; }\nset -- one\n'

    def said(text, environ):
        show = 'echo "$URL|$X|$DB_HOST|${DB_PASSWORD-}"' if "=" in text.split("\n")[0].split(" ")[0] else ""
        given = {"PATH": "/nowhere", **environ}  # nothing but these functions may run
        return subprocess.run(
            (BASH, "-c", tell + text + show), env=given, capture_output=True, text=True, check=True
        ).stdout

    own = {} if ":-" in before or "psql" in before else values
    assert subprocess.run((BASH, "-n"), input=after["a.sh"], text=True, check=False).returncode == 0
    new = said(after["a.sh"], values)
    old = said(script(before), {**own, "DB_PASSWORD": values["DB_PASSWORD"]} if "DB_PASSWORD" in values else own)
    assert new.splitlines()[:1] == old.splitlines()[:1]


LEFT = (
    pytest.param("python -c 'connect(password=\"@WORD@\")'\n", "program in single quotes", id="program"),
    pytest.param("cat <<'EOF'\nDB_PASSWORD=@WORD@\nEOF\n", "quoted here-document", id="quoted here-document"),
    pytest.param(
        "X=${DB_PASSWORD:-" + "'it'\\''s-@WORD@'}\n", "written with escapes", id="a default of several pieces"
    ),
    pytest.param('X="${DB_PASSWORD:-@WORD@\\$x}"\n', "written with escapes", id="a default with a backslash"),
    pytest.param("URL=postgresql://@USER@:a\\&b@@OTHER@:5432/x\n", "written with escapes", id="pieces of a connection"),
    pytest.param("psql '@REMOTE@?application_name=a`b'\n", "written with escapes", id="backquote in single quotes"),
)


@pytest.mark.parametrize(("before", "reason"), LEFT)
def test_what_is_unsure_is_left_alone(before, reason, fix, script, capsys):
    assert fix({"a.sh": script(before)}, expected=0)["a.sh"] == script(before)
    assert reason in capsys.readouterr().err


def test_a_key_that_the_script_sets_itself_is_not_read(fix, script, capsys):
    before = script("DB_HOST=$(pick)\npsql -h @OTHER@\n")
    after = fix({"a.sh": before}, expected=0)
    assert after["a.sh"] == before
    assert ".env.example" not in after
    assert "gives its key another value" in capsys.readouterr().err


CONTEXTS = (
    pytest.param("a @", PLAIN, id="plain"),
    pytest.param('a "b @', DOUBLE, id="double"),
    pytest.param("a 'b @", SINGLE, id="single"),
    pytest.param("a \"b ' @", DOUBLE, id="apostrophe in double"),
    pytest.param('a "$(b @', PLAIN, id="substitution"),
    pytest.param('a "$(b "c") @', DOUBLE, id="after a substitution"),
    pytest.param("# it's\n@", PLAIN, id="after a comment"),
    pytest.param("a # @", COMMENT, id="comment"),
    pytest.param("cat <<E\n'@\nE\n", HERE, id="here-document"),
    pytest.param("cat <<'E'\n@\nE\n", RAW_HERE, id="quoted here-document"),
    pytest.param("cat <<E\nit's\nE\n@", PLAIN, id="after a here-document"),
    pytest.param("a <<< 'b' @", PLAIN, id="here-string"),
)


@pytest.mark.parametrize(("text", "expected"), CONTEXTS)
def test_context(text, expected):
    assert context_at(text, text.index("@")) == expected
