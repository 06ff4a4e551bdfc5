"""New and filled env files: nothing lost, nothing shown, private from the first byte, whole after a kill."""

import base64
import os
import re
import secrets
import signal
import stat
import subprocess
import sys

import pytest

from envfence import atomic
from envfence.contract import generate
from envfence.contract.cli import main
from envfence.contract.exposure import mend
from envfence.contract.readers import compose_reader, python_reader
from envfence.contract.writing import filled, new_text

CONTRACT = """\
# What runs here.
ENVIRONMENT=<development|production>

# Database
DB_HOST=<DB_HOST>
DB_NAME=stocktrading
DB_PASSWORD=<GENERATE_PASSWORD>
# only: production
BACKUP_BUCKET=<BACKUP_BUCKET>

# Signs sessions.
JWT_SECRET_KEY=<GENERATE_RANDOM_SECRET>
FERNET_KEY=<GENERATE_FERNET_KEY>
MAIL_FROM="Stocks <noreply@example.com>"
SENTRY_DSN=
"""


def masked(text):
    """Return the text with every generated secret as its length."""
    return re.sub(
        r"^(\w+(?:PASSWORD|_KEY))=(\S+)$", lambda match: f"{match[1]}={len(match[2])}", text, flags=re.MULTILINE
    )


def test_new_has_every_key_of_its_environment():
    assert masked(new_text(CONTRACT, "development")) == (
        "# What runs here.\nENVIRONMENT=development\n\n"
        "# Database\nDB_HOST=<DB_HOST>\nDB_NAME=stocktrading\nDB_PASSWORD=32\n\n"
        "# Signs sessions.\nJWT_SECRET_KEY=64\nFERNET_KEY=44\n"
        'MAIL_FROM="Stocks <noreply@example.com>"\nSENTRY_DSN=\n'
    )


def test_a_line_that_cannot_be_read_stays_in_the_contracts_place():
    assert new_text("A=<A>\nwhat is this\nB=1\n", "production") == "A=<A>\nwhat is this\nB=1\n"


def test_new_for_production_has_what_is_only_production():
    text = new_text(CONTRACT, "production")
    assert "# only: production\nBACKUP_BUCKET=<BACKUP_BUCKET>\n" in text


FILLED = (
    pytest.param(
        "ENVIRONMENT=production\nDB_NAME=mine # kept\n",
        "ENVIRONMENT=production\n# Database\nDB_HOST=<DB_HOST>\nDB_NAME=mine # kept\nDB_PASSWORD=32\n"
        "# only: production\nBACKUP_BUCKET=<BACKUP_BUCKET>\n# Signs sessions.\nJWT_SECRET_KEY=64\nFERNET_KEY=44\n"
        'MAIL_FROM="Stocks <noreply@example.com>"\n',
        id="in place",
    ),
    pytest.param(
        "# mine\r\nENVIRONMENT=development\r\nDB_HOST=localhost\r\nDB_NAME=mine\r\nMAIL_FROM=x\r\nDB_PASSWORD=''\r\n"
        "JWT_SECRET_KEY=<GENERATE_RANDOM_SECRET>\r\nFERNET_KEY=set\r\n",
        "# mine\r\nENVIRONMENT=development\r\nDB_HOST=localhost\r\nDB_NAME=mine\r\nMAIL_FROM=x\r\nDB_PASSWORD=32\r\n"
        "JWT_SECRET_KEY=64\r\nFERNET_KEY=3\r\n",
        id="empty and placeholder secrets, CRLF",
    ),
    pytest.param(
        "", masked(new_text(CONTRACT, "production")).replace("\n\n", "\n").replace("SENTRY_DSN=\n", ""), id="empty"
    ),
)


@pytest.mark.parametrize(("old", "expected"), FILLED)
def test_fill_adds_what_is_missing_and_keeps_the_rest(old, expected):
    name = "development" if "=development" in old else "production"
    text = filled(old, CONTRACT, name)
    assert masked(text.replace("\r\n", "\n")) == expected.replace("\r\n", "\n")
    assert text.count("\r\n") == expected.count("\r\n")
    assert filled(text, CONTRACT, name) == text


@pytest.mark.parametrize(
    ("key", "placeholder", "length"),
    (
        pytest.param("JWT_SECRET_KEY", "GENERATE_RANDOM_SECRET", 64, id="signing key"),
        pytest.param("DB_PASSWORD", "GENERATE_PASSWORD", 32, id="password"),
        pytest.param("API_TOKEN", "GENERATE_48", 48, id="length"),
        pytest.param("API_TOKEN", "GENERATE_HEX_16", 32, id="bytes"),
        pytest.param("API_TOKEN", "GENERATE_HEX", 64, id="hex"),
        pytest.param("AIRFLOW__CORE__FERNET_KEY", "GENERATE_KEY", 44, id="fernet"),
    ),
)
def test_a_secret_reads_alike_everywhere(key, placeholder, length):
    secret = generate.secret(key, placeholder)
    assert len(secret) == length
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*=?", secret)
    text = f"A={secret}\n"
    assert python_reader.resolve(python_reader.entries(text), {}) == {"A": secret}
    assert compose_reader.values_of(compose_reader.entries(text, {})) == {"A": secret}
    assert generate.secret(key, placeholder) != secret


def test_a_fernet_key_is_32_bytes():
    assert len(base64.urlsafe_b64decode(generate.secret("FERNET_KEY", "GENERATE_FERNET_KEY"))) == 32


def test_a_fernet_key_never_begins_with_a_hyphen(monkeypatch):
    made = iter((b"\xf8" + bytes(31), b"\xfc" + bytes(31), bytes(32)))
    monkeypatch.setattr(secrets, "token_bytes", lambda _: next(made))
    assert generate.secret("FERNET_KEY", "GENERATE_FERNET_KEY") == "A" * 43 + "="


@pytest.fixture
def here(write, monkeypatch):
    root = write({".env.example": CONTRACT})
    monkeypatch.chdir(root)
    return root


def test_new_then_fill_show_no_value(here, capsys):
    assert main(["new", "production"]) == 0
    text = (here / ".env.production").read_text(encoding="utf-8")
    (here / ".env.production").write_text(
        text.replace("SENTRY_DSN=\n", "").replace("DB_NAME=stocktrading\n", ""), encoding="utf-8"
    )
    assert main(["fill", "production"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "envfence: .env.production still needs a value for DB_HOST, BACKUP_BUCKET\n"
        "envfence: DB_NAME added to .env.production\n"
        "envfence: .env.production still needs a value for DB_HOST, BACKUP_BUCKET\n"
    )


def test_a_complete_file_is_left_as_it_is(here, write, capsys):
    write({".env.example": "A=<A>\n", ".env.production": "# mine\nA=1"})
    (here / ".env.production").chmod(0o600)
    assert main(["fill", "production"]) == 0
    assert capsys.readouterr().err == "envfence: nothing added to .env.production\n"
    before = (here / ".env.production").stat()
    assert main(["fill", "production"]) == 0
    assert (here / ".env.production").stat().st_ino == before.st_ino


def test_where_modes_are_not_posix_files_are_still_written(here, monkeypatch):
    monkeypatch.setattr(atomic, "IS_POSIX", False)
    assert main(["new", "production"]) == 0
    assert main(["fill", "production"]) == 0
    assert mend.mend(".", []) == []


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_new_and_fill_are_private_whatever_the_umask(here):
    mask = os.umask(0)
    try:
        assert main(["new", "production"]) == 0
        assert stat.S_IMODE((here / ".env.production").stat().st_mode) == 0o600
        (here / ".env.production").chmod(0o644)
        assert main(["fill", "production"]) == 0
    finally:
        os.umask(mask)
    assert stat.S_IMODE((here / ".env.production").stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="Windows asks for a privilege")
def test_a_link_stays_a_link(here, tmp_path_factory):
    target = tmp_path_factory.mktemp("elsewhere") / "values"
    target.write_text("ENVIRONMENT=production\n", encoding="utf-8")
    (here / ".env.production").symlink_to(target)
    assert main(["fill", "production"]) == 0
    assert (here / ".env.production").is_symlink()
    assert "DB_HOST=<DB_HOST>\n" in target.read_text(encoding="utf-8")


REFUSED = (
    pytest.param(["new", "production"], {".env.production": "A=1\n"}, "is there already", id="new over a file"),
    pytest.param(["fill", "production"], {}, "is missing; `envfence env new production`", id="fill of nothing"),
    pytest.param(["new", "../x"], {}, "names no environment", id="path"),
    pytest.param(["new", "example"], {}, "names no environment", id="the contract itself"),
    pytest.param(["new", "prodction"], {}, "did you mean production?", id="a letter is left out"),
    pytest.param(["fill", "stagingg"], {}, "did you mean staging?", id="fill, and a letter too many"),
    pytest.param(
        ["new", "canry"], {"envfence.toml": 'environments = ["canary"]\n'}, "did you mean canary?", id="one's own"
    ),
    pytest.param(["fill", "production"], {".env.production": b"\xff\xfeA\0"}, "is not UTF-8", id="UTF-16"),
    pytest.param(
        ["fill", "production"], {".env.production": "A='x\n"}, ".env.production:1 cannot be read", id="open quote"
    ),
    pytest.param(["new", "production", "--root", "no"], {}, "no: no such folder", id="no folder"),
    pytest.param(
        ["new", "production", "--root", "sub"], {"sub/x": ""}, "sub/.env.example is missing", id="no contract"
    ),
)


@pytest.mark.parametrize(("argv", "files", "said"), REFUSED)
def test_what_cannot_be_written_is_said(argv, files, said, here, write, capsys):
    write(files)
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    assert main(argv) == 2
    assert said in capsys.readouterr().err
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before


def test_a_declared_environment_may_be_called_nearly_as_another(here, write):
    write({"envfence.toml": 'environments = ["production", "productio"]\n'})
    assert main(["new", "productio"]) == 0
    assert (here / ".env.productio").is_file()


def test_a_folder_that_cannot_be_written_is_said(here, monkeypatch, capsys):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    assert main(["new", "production"]) == 2
    assert "cannot be written: Permission denied" in capsys.readouterr().err
    assert sorted(path.name for path in here.iterdir()) == [".env.example"]


KILLED = """
import os, signal, sys
from envfence import atomic
from envfence.contract.cli import main

os.umask(0)
left = int(sys.argv[1])

def trace(frame, event, _):
    global left
    if frame.f_code.co_filename != atomic.__file__:
        return None
    if event == "line":
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return trace

def traced(*given, write=atomic.write, **options):
    sys.settrace(trace)  # now: all else would take several times as long
    write(*given, **options)
    sys.settrace(None)

atomic.write = traced
sys.exit(main(sys.argv[2:]))
"""

COMMANDS = (
    pytest.param(["new", "production"], {}, id="new"),
    pytest.param(["fill", "production"], {".env.production": "ENVIRONMENT=production\n"}, id="fill"),
    pytest.param(
        ["check", "--fix", "--exit-zero", "--compose", "port"],
        {".gitignore": "*.pyc\n", "Dockerfile": "COPY . .\n"},
        id="fix",
    ),
)


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize(("argv", "files"), COMMANDS)
def test_a_kill_at_any_moment_leaves_the_old_file_or_the_new_one(argv, files, here, write, git):
    git("init", "--quiet")
    names = [".env.production", ".gitignore", ".dockerignore"]
    steps = 0
    while True:
        for name in here.iterdir():
            if name.name != ".git":
                name.unlink()
        write({".env.example": CONTRACT, **files})
        old = state(here, names)
        (here / ".env.production").exists() and (here / ".env.production").chmod(0o600)
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(steps), *argv], cwd=here, check=False, capture_output=True
        )
        for name, text in state(here, names).items():
            assert text == old[name] or is_whole(name, text), f"{name} after {steps} steps"
        for path in here.glob(".env.production*"):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
        assert b"hunter2" not in done.stdout + done.stderr
        if done.returncode != -signal.SIGKILL:
            break
        steps += 1
    assert done.returncode == 0, done.stderr.decode()
    assert steps > 15


def state(folder, names):
    return {name: (folder / name).read_text(encoding="utf-8") if (folder / name).exists() else None for name in names}


def is_whole(name, text):
    ends = {
        ".env.production": 'MAIL_FROM="Stocks <noreply@example.com>"\n',
        ".gitignore": "!.env.example\n",
        ".dockerignore": "**/.env.*\n",
    }
    return text.removesuffix("SENTRY_DSN=\n").endswith(ends[name])
