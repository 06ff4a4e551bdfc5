"""The URL in alembic.ini goes to env.py, which says what the settings say."""

import configparser
import subprocess
import sys

import pytest

from envfence import cli

INI = (
    "[alembic]\nscript_location = migrations\nprepend_sys_path = .\nsqlalchemy.url = @DSN@\n\n[loggers]\nkeys = root\n"
)
ENV = """\
from alembic import context

import models

config = context.config
url = config.get_main_option("sqlalchemy.url")
print(url, models.URL)
"""
MODELS = "URL = '@DSN@'\n"
STUB = """\
import configparser, sys, types
config = configparser.ConfigParser()
config.read("alembic.ini")
section = config["alembic"]
given = types.SimpleNamespace(get_main_option=section.get, set_main_option=section.__setitem__)
sys.modules["alembic"] = types.SimpleNamespace(context=types.SimpleNamespace(config=given))
sys.path.insert(0, ".")
exec(open("migrations/env.py").read())
"""


@pytest.mark.parametrize("word", ("@WORD@", "p%%40ss-1w9"), ids=("plain", "percent-encoded"))
@pytest.mark.parametrize("newline", ("\n", "\r\n"), ids=("lf", "crlf"))
def test_migrations_reach_the_database_that_they_did(word, newline, fix, filled, repo):
    dsn = f"postgresql://@USER@:{word}@@HOST@:@PORT@/@NAME@"
    ini = INI.replace("@DSN@", dsn).replace("\n", newline)
    models = MODELS.replace("@DSN@", dsn.replace("%%", "%"))
    after = fix({"alembic.ini": ini, "migrations/env.py": ENV.replace("\n", newline), "models.py": models}, "--verify")
    assert after["alembic.ini"] == INI.replace("sqlalchemy.url = @DSN@", "# env.py says sqlalchemy.url").replace(
        "\n", newline
    )
    configparser.ConfigParser().read_string(after["alembic.ini"])
    assert 'config.set_main_option("sqlalchemy.url", get_settings().' in after["migrations/env.py"]
    done = subprocess.run([sys.executable, "-c", STUB], cwd=repo, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [filled(dsn.replace("%%", "%"))] * 2
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_code_that_says_it_already_goes_on(fix):
    code = ENV.replace("url = config", 'config.set_main_option("sqlalchemy.url", models.URL)\nurl = config')
    after = fix({"alembic.ini": INI, "migrations/env.py": code, "models.py": MODELS})
    assert after["migrations/env.py"] == code
    assert "# env.py says sqlalchemy.url\n" in after["alembic.ini"]


NO_PATH = INI.replace("prepend_sys_path = .\n", "")
LEFT = (
    pytest.param(NO_PATH, ENV, id="it cannot import the settings"),
    pytest.param(
        INI, ENV.replace("config = context.config", "from x import config"), id="its configuration is another"
    ),
    pytest.param(INI.replace("[alembic]", "[other]"), ENV, id="another section"),
    pytest.param(INI.replace("= migrations", "= %(here)s/elsewhere"), ENV, id="no such folder"),
    pytest.param(INI.replace("@DSN@", "%(there)s?password=@WORD@"), ENV, id="interpolated"),
)


@pytest.mark.parametrize(("ini", "code"), LEFT)
def test_what_is_unsure_is_left_alone(ini, code, fix, filled, capsys):
    after = fix({"alembic.ini": ini, "migrations/env.py": code, "models.py": ""}, expected=0)
    assert (after["alembic.ini"], after["migrations/env.py"]) == (filled(ini), code)


def test_a_url_that_would_stay_in_code_stays_where_it_is(fix, filled, capsys):
    head = "from pydantic_settings import BaseSettings\nfrom migrations import env\n\n\n"
    config = f"{head}class Settings(BaseSettings):\n    DEBUG: bool = False\n\n\nsettings = Settings()\n"
    after = fix({"alembic.ini": INI, "migrations/env.py": ENV, "config.py": config, "models.py": ""}, expected=0)
    assert (after["alembic.ini"], after["migrations/env.py"]) == (filled(INI), ENV)
    assert "alembic expands no variables" in capsys.readouterr().err
