"""What environments have each of their own, in tables and in classes: one key, with a value in each env file."""

import pytest

from envfence import cli

HEAD = "from sqlalchemy import create_engine\n\n"
OTHER = "postgresql://@USER@:@PROD@@@OTHER@:5432/@NAME@"
CACHE = f"{'redis'}://:@PROD@@@OTHER@:6379/0"
READS = "get_settings().DB_USER", "get_settings().DB_PASSWORD.get_secret_value()"
CASES = {
    "tables in a table": (
        (
            'BY_STAGE = {\n    "dev": {"user": "@USER@", "password": "@WORD@"},\n'
            '    "prod": {"user": "@USER@", "password": "@PROD@"},\n}\nSAME = "@DSN@"\n'
        ),
        (
            f'BY_STAGE = {{\n    "dev": {{"user": {READS[0]}, "password": {READS[1]}}},\n'
            f'    "prod": {{"user": {READS[0]}, "password": {READS[1]}}},\n}}\nSAME = get_settings().database_url\n'
        ),
        ("DB_USER=@USER@", "DB_PASSWORD=@PROD@"),
    ),
    "classes": (
        f'class DevConfig:\n    URL = "@DSN@"\n\n\nclass ProdConfig:\n    URL = "{OTHER}"\n',
        (
            "class DevConfig:\n    URL = get_settings().database_url\n\n\n"
            "class ProdConfig:\n    URL = get_settings().database_url\n"
        ),
        ("DB_HOST=@OTHER@", "DB_PORT=5432", "DB_NAME=@NAME@", "DB_USER=@USER@", "DB_PASSWORD=@PROD@"),
    ),
    "a class and the one that it is made of": (
        f'class Config:\n    URL = "@DSN@"\n\n\nclass Production(Config):\n    URL = "{OTHER}"\n',
        (
            "class Config:\n    URL = get_settings().database_url\n\n\n"
            "class Production(Config):\n    URL = get_settings().database_url\n"
        ),
        ("DB_HOST=@OTHER@", "DB_PORT=5432", "DB_NAME=@NAME@", "DB_USER=@USER@", "DB_PASSWORD=@PROD@"),
    ),
    "classes of which one has a secret": (
        (
            'class DevConfig:\n    REDIS_URL = "redis://@HOST@:@REDIS@/0"\n\n\n'
            f'class ProdConfig:\n    REDIS_URL = "{CACHE}"\n'
        ),
        (
            "class DevConfig:\n    REDIS_URL = get_settings().REDIS_URL.get_secret_value()\n\n\n"
            "class ProdConfig:\n    REDIS_URL = get_settings().REDIS_URL.get_secret_value()\n"
        ),
        (f"REDIS_URL={CACHE}",),
    ),
}


@pytest.mark.parametrize(("before", "expected", "values"), CASES.values(), ids=CASES)
def test_one_key_for_all(before, expected, values, fix, filled):
    after = fix({"a.py": HEAD + before})
    assert after["a.py"].endswith(expected)
    assert after[".env.production"].split("\n\n")[0].split() == [filled(value) for value in values]
    assert "pr0d" not in after[".env.development"]
    assert cli.main(["fix", "--allow-dirty"]) == 0


SWITCHES = (
    pytest.param('os.getenv("APP_ENV", "dev")', ", and APP_ENV no longer does\n", id="another variable"),
    pytest.param('os.environ["ENVIRONMENT"]', " that it names\n", id="the same variable"),
    pytest.param('os.environ["ENV"] + os.getenv("APP_ENV")', ", and ENV and APP_ENV no longer do\n", id="two"),
    pytest.param("STAGE", " that it names\n", id="no variable"),
)


@pytest.mark.parametrize(("switch", "told"), SWITCHES)
def test_what_decides_no_longer_is_told(switch, told, fix, capsys):
    table = f'import os\n\nURLS = {{\n    "dev": "@DSN@",\n    "prod": "{OTHER}",\n}}\nURL = URLS[{switch}]\n'
    fix({"a.py": table})
    said = [line for line in capsys.readouterr().err.splitlines(keepends=True) if "every environment" in line]
    assert [line.startswith("a.py:4: every environment reads the same keys here now: ") for line in said] == [True]
    assert said[0].endswith(told)


def test_what_others_have_does_not_count_in_a_trial(fix, capsys):
    table = f'TABLES = {{"main": {{"dev": "@DSN@", "prod": "{OTHER}"}}, "n": 1}}\n'
    classes = f'class Dev:\n    URL = "@DSN@"\n\n\nclass ProdConfig:\n    URL = "{OTHER}"\n'
    after = fix({"a.py": table, "b.py": classes}, "--verify")
    assert after["a.py"].count("get_settings().database_url") == 2
    assert after["b.py"].count("get_settings().database_url") == 2
    assert "verified: 2 modules hand out the same" in capsys.readouterr().err


def test_the_parts_of_one_connection_go_together(fix, filled):
    other = 'CACHE_URL = "mongodb://@USER@:@REPORT@@@HOST@:27017/x"\n'
    rows = '"{}": {{"host": "{}", "port": {}, "user": "@USER@", "password": "{}"}}'
    own, foreign = rows.format("dev", "@HOST@", "@PORT@", "@WORD@"), rows.format("prod", "@OTHER@", 5432, "@PROD@")
    after = fix({"a.py": f"{other}BY_STAGE = {{{own}, {foreign}}}\n"}, "--verify")
    assert after["a.py"].count("get_settings().DB_HOST") == 2
    assert after[".env.production"].startswith(filled("DB_HOST=@OTHER@\nDB_PORT=5432\nDB_USER=@USER@\n"))


def test_connections_that_cannot_be_composed_are_one_key_for_all(fix, filled):
    other = OTHER.replace("@PROD@", "@PROD@#1")
    after = fix({"a.py": f'{HEAD}ENVIRONMENTS = {{\n    "dev": "@DSN@",\n    "prod": "{other}",\n}}\n'})
    assert after["a.py"].count("get_settings().DB_URL.get_secret_value()") == 2
    assert filled(f"DB_URL='{other}'\n") in after[".env.production"]


def test_what_decides_on_some_values_only_is_told(fix, capsys):
    values = '    "dev": {"url": "@DSN@", "api": "@WEB@:8000"},\n'
    fix({"a.py": f'URLS = {{\n{values}    "prod": {{"url": "{OTHER}", "api": "https://api.example.com"}},\n}}\n'})
    said = "a.py:2: environments read some of the same keys here now: ENVIRONMENT decides on them\n"
    assert said in capsys.readouterr().err


def test_a_token_of_each_environment_is_one_secret(fix, filled, capsys):
    table = (
        'ENDPOINTS = {\n    "local": {"track": "@WEB@:7001/t", "token": "@TOKEN@"},\n'
        '    "live": {"track": "http://@OTHER@:7001/t", "token": "@TOKEN@22"},\n}\n'
    )
    after = fix({"a.py": table})
    assert after[".env.example"].split() == [
        "ENVIRONMENT=<development|staging|production>",
        "ENDPOINTS_TRACK_URL=<ENDPOINTS_TRACK_URL>",
        "ENDPOINTS_TOKEN=<ENDPOINTS_TOKEN>",
    ]
    assert filled("ENDPOINTS_TOKEN=@TOKEN@22\n") in after[".env.production"]
    assert after["a.py"].count("get_settings().ENDPOINTS_TOKEN.get_secret_value()") == 2
    assert "moved 2 keys, 1 of them secrets" in capsys.readouterr().err


def test_a_class_of_another_environment_alone_keeps_its_own_keys(fix, filled):
    after = fix({"a.py": f'{HEAD}class Production:\n    URL = "{OTHER}"\n\n\nHERE = "@DSN@"\n'})
    assert after["a.py"].count("get_settings().") == 2
    assert filled("DB_HOST=@HOST@\n") in after[".env.development"]
    assert filled("_DB_HOST=@OTHER@\n") in after[".env.development"]


def test_what_an_environment_has_elsewhere_is_read_from_its_key(fix, filled, capsys):
    table = f'URLS = {{"dev": "@DSN@", "prod": "{OTHER}"}}\nHOSTS = {{"prod": {{"host": "@OTHER@", "n": 1}}}}\n'
    after = fix({"a.py": HEAD + table})
    assert 'HOSTS = {"prod": {"host": get_settings().DB_HOST, "n": 1}}\n' in after["a.py"]
    assert filled("DB_HOST=@OTHER@\n") in after[".env.production"]


URLS = f'URLS = {{\n    "dev": "@DSN@",\n    "prod": "{OTHER}",\n}}\n\n\n'
CONNECT = "def connect(name=None):\n    return create_engine(URLS[name or STAGE])\n\n\n"
SIDE_BY_SIDE = (
    pytest.param(f'{CONNECT}copy(connect(), connect("prod"))\n', id="a function is asked for another one"),
    pytest.param(f'{CONNECT}copy(connect(), connect(name="prod"))\n', id="by the name of its argument"),
    pytest.param('engine = create_engine(URLS["prod"])\n', id="an entry by its name"),
    pytest.param("for url in URLS.values():\n    create_engine(url)\n", id="all entries"),
    pytest.param("engines = {name: create_engine(URLS[name]) for name in URLS}\n", id="all names"),
)
ONE_BY_ONE = (
    pytest.param(f'{CONNECT}connect("dev")\n', id="the environment that values belong to"),
    pytest.param(f'{CONNECT}log("prod")\n', id="a function that does not look into the table"),
    pytest.param("for name in OTHERS:\n    create_engine(URLS[name])\n", id="a loop over something else"),
)


@pytest.mark.parametrize("code", SIDE_BY_SIDE)
def test_entries_that_one_run_reads_stay_connections_of_their_own(code, fix, filled):
    after = fix({"a.py": HEAD + URLS + code})
    assert '"dev": get_settings().database_url,\n    "prod": get_settings().prod_database_url,\n' in after["a.py"]
    assert filled("PROD_DB_PASSWORD=@PROD@\n") in after[".env.development"]
    assert ".env.production" not in after


@pytest.mark.parametrize("code", ONE_BY_ONE)
def test_a_table_of_which_one_run_reads_one_entry_is_one_key(code, fix, filled):
    after = fix({"a.py": HEAD + URLS + code})
    assert filled("DB_PASSWORD=@PROD@\n") in after[".env.production"]
    assert after["a.py"].count("get_settings().database_url") == 2
