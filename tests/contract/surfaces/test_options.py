"""Keys that click and Typer make of options: prefix, commands, option."""

import pytest

from envfence.config import Config
from envfence.contract.surfaces import ARGUMENT, FALLS_BACK
from envfence.contract.surfaces.python.program import Program
from envfence.contract.surfaces.reading import Texts


@pytest.fixture
def read(write, monkeypatch):
    """Return a function that writes modules and returns the keys that options may be given by."""

    def read_program(files):
        monkeypatch.chdir(write(files))
        return [(use.key, use.path, use.has_literal) for use in Program(Texts(".", Config())).uses]

    return read_program


def keys(found):
    return sorted(key for key, _, _ in found)


GROUP = 'import click\n@click.group({})\n@click.option("--debug/--no-debug")\ndef cli(debug): ...\n'
LOAD = (
    '@cli.command()\n@click.option("--db-host", "-h")\n@click.option("-p", "--port", default=1)\ndef load(**o): ...\n'
)
MAIN = 'if __name__ == "__main__":\n    cli(auto_envvar_prefix="STOCK")\n'
OF_GROUP = ["STOCK_DEBUG", "STOCK_LOAD_DB_HOST", "STOCK_LOAD_PORT"]
SETTINGS = 'context_settings={"auto_envvar_prefix": "STOCK", "max_content_width": 100}'


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param(GROUP.format("") + LOAD + MAIN, OF_GROUP, id="given to the call"),
        pytest.param(GROUP.format(SETTINGS) + LOAD, OF_GROUP, id="context_settings"),
        pytest.param(GROUP.format('context_settings=dict(auto_envvar_prefix="STOCK")') + LOAD, OF_GROUP, id="dict()"),
        pytest.param(GROUP.format("") + LOAD + 'cli.main(auto_envvar_prefix="STOCK")', OF_GROUP, id="main"),
        pytest.param(
            f'import click\n@click.command({SETTINGS})\n@click.option("--host", "db_host")\ndef run(db_host): ...\n',
            ["STOCK_DB_HOST"],
            id="a name of its own",
        ),
        pytest.param(
            GROUP.format(SETTINGS) + '@cli.command("load-data")\n@click.option("--host")\ndef f(host): ...\n',
            ["STOCK_DEBUG", "STOCK_LOAD_DATA_HOST"],
            id="a command's own name",
        ),
        pytest.param(
            GROUP.format(SETTINGS) + '@cli.command\n@click.option("--host")\ndef sync_cmd(host): ...\n',
            ["STOCK_DEBUG", "STOCK_SYNC_CMD_HOST", "STOCK_SYNC_HOST"],
            id="what click 8.2 cuts",
        ),
        pytest.param(
            GROUP.format(SETTINGS)
            + '@cli.group()\ndef db(): ...\n@db.command()\n@click.option("--host")\ndef up(host): ...\n',
            ["STOCK_DB_UP_HOST", "STOCK_DEBUG"],
            id="nested",
        ),
        pytest.param(
            "import typer\n"
            f"app = typer.Typer({SETTINGS})\n"
            '@app.command()\ndef run(name: str, host: str = typer.Option("x", "--db"), *, port: int = 5): ...\n',
            ["STOCK_HOST", "STOCK_PORT"],
            id="Typer with one command",
        ),
        pytest.param(
            f"import typer\napp = typer.Typer({SETTINGS})\n@app.callback()\ndef main(level: str = ''): ...\n"
            "@app.command()\ndef run(host: str = '', a: str = typer.Argument('')): ...\n",
            ["STOCK_LEVEL", "STOCK_RUN_HOST"],
            id="Typer with a callback",
        ),
    ),
)
def test_keys_of_options(text, expected, read):
    assert keys(read({"cli.py": text})) == expected


def test_commands_of_several_modules(read):
    files = {
        "app/cli.py": "import typer\nfrom app.commands import users\nfrom .commands import jobs_app\n"
        f"app = typer.Typer({SETTINGS})\n"
        'app.add_typer(users.app, name="users")\napp.add_typer(jobs_app, name="jobs")\n',
        "app/commands/__init__.py": "from app.commands.jobs import app as jobs_app",
        "app/commands/users.py": "import typer\napp = typer.Typer()\n@app.command()\ndef add(mail: str = ''): ...\n"
        "@app.command()\ndef drop(): ...\n",
        "app/commands/jobs.py": "import typer\napp = typer.Typer()\n@app.command()\ndef run(at: str = ''): ...\n",
    }
    assert read(files) == [
        ("STOCK_USERS_ADD_MAIL", "app/commands/users.py", False),
        ("STOCK_JOBS_RUN_AT", "app/commands/jobs.py", False),
    ]


def test_commands_that_are_added(read):
    text = (
        'import click\ncli = click.Group()\n@click.command()\n@click.option("--secret-key", default="x")\n'
        'def sign(secret_key): ...\ncli.add_command(sign)\ncli.add_command(cli, name="again")\n'
        'cli(auto_envvar_prefix="STOCK")\n'
    )
    assert ("STOCK_SIGN_SECRET_KEY", "cli.py", True) in read({"cli.py": text})


@pytest.mark.parametrize(
    "text",
    (
        pytest.param(GROUP.format("") + LOAD, id="no prefix"),
        pytest.param(GROUP.format("context_settings=SETTINGS") + LOAD + "# auto_envvar_prefix\n", id="in a comment"),
        pytest.param(
            f'import click\n@click.command({SETTINGS})\n@click.argument("file")\n@click.option()\ndef f(file): ...\n',
            id="an argument",
        ),
        pytest.param(
            f"import click\n@click.command({SETTINGS})\ndef f(): ...\n"
            '@click.command()\n@click.option("--a")\ndef g(a): ...\n',
            id="a command beside it",
        ),
    ),
)
def test_no_keys(text, read):
    assert read({"cli.py": text}) == []


def test_options_may_be_given_on_the_command_line(write, monkeypatch):
    monkeypatch.chdir(write({"cli.py": GROUP.format(SETTINGS)}))
    assert {(use.surface, use.way) for use in Program(Texts(".", Config())).uses} == {(ARGUMENT, FALLS_BACK)}
