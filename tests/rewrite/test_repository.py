"""Where the settings come from, and where they are imported from: classes that are there, packages, `src`, scripts."""

import pytest

from envfence import cli

CLASS = '''\
"""Settings."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")

    app_name: str = "stock"
    redis_host: str = "@HOST@"
    redis_port: int = @REDIS@


settings = Settings()
'''


def imported(text):
    """Return the lines that import settings."""
    return [line for line in text.splitlines() if "settings" in line and "import" in line and "pydantic" not in line]


IMPORTS = (
    pytest.param({"app.py": ""}, "app.py", "from settings import get_settings", id="a script"),
    pytest.param({"tools/app.py": ""}, "tools/app.py", "from settings import get_settings", id="a script in a folder"),
    pytest.param(
        {"stock/__init__.py": "", "stock/db/__init__.py": "", "stock/db/app.py": ""},
        "stock/db/app.py",
        "from stock.settings import get_settings",
        id="a package",
    ),
    pytest.param(
        {"src/stock/__init__.py": "", "src/stock/app.py": ""},
        "src/stock/app.py",
        "from stock.settings import get_settings",
        id="a package below src",
    ),
    pytest.param(
        {"backend/app.py": "", "main.py": "from backend.app import U\n"},
        "backend/app.py",
        "from backend.settings import get_settings",
        id="a folder that others import from",
    ),
    pytest.param(
        {"backend/__init__.py": "", "backend/app.py": "from helpers import x\n", "backend/helpers.py": "x = 1\n"},
        "backend/app.py",
        "from settings import get_settings",
        id="scripts in a folder that looks like a package",
    ),
    pytest.param(
        {"app.py": "", "settings.py": "DEBUG = True\n"},
        "app.py",
        "from config import get_settings",
        id="the name of the module is taken",
    ),
    pytest.param(
        {"app/manage.py": "", "app/__init__.py": "", "app/app/settings.py": "import os\n"},
        "app/app/settings.py",
        "from app.config import get_settings",
        id="what Django is started beside",
    ),
    pytest.param(
        {
            "api/src/__init__.py": "",
            "api/src/app.py": "",
            "api/main.py": "from src.app import U\n\nDSN = '@DSN@'\n",
            "api/tests/test_app.py": "import requests\nfrom src.app import U\n\nrequests.get('@WEB@:8000')\n",
        },
        "api/src/app.py",
        "from src.settings import get_settings",
        id="the package that a script and the tests import from",
    ),
    pytest.param(
        {
            "services/web/main.py": "from .urls import U\n\nDSN = '@DSN@'\n",
            "services/web/urls.py": "",
            "services/jobs/main.py": "U = '@DSN@'\n",
            "tests/test_all.py": "import services.web.main\nimport services.jobs.main\n",
        },
        "services/web/urls.py",
        "from services.web.settings import get_settings",
        id="one of several services",
    ),
    pytest.param(
        {"web/pages.py": "from .urls import U\n", "web/urls.py": "", "tests/test_web.py": "import web.pages\n"},
        "web/urls.py",
        "from web.settings import get_settings",
        id="a package by its relative imports alone",
    ),
)


@pytest.mark.parametrize(("files", "path", "expected"), IMPORTS)
def test_import_resolves(files, path, expected, fix):
    after = fix({**files, path: files[path] + 'U = "@DSN@"\n'}, "--verify")
    assert imported(after[path]) == [expected]
    assert cli.main(["check", "."]) == 0


@pytest.mark.parametrize("declaring", ("pyproject.toml", "api/pyproject.toml", "services/api/requirements.txt"))
def test_the_library_that_a_package_declares_reads_the_settings(declaring, fix):
    declared = '[project]\nname = "api"\nversion = "1"\ndependencies = ["pydantic-settings"]\n'
    if declaring.endswith(".txt"):
        declared = "pydantic-settings==2.6.0\n"
    after = fix({declaring: declared, "api/app.py": 'DB = "@DSN@"\n'})
    assert "(BaseSettings)" in next(text for path, text in after.items() if path.endswith("settings.py"))


def test_a_class_that_is_there_takes_the_values(fix):
    after = fix({"config.py": CLASS, "app.py": "from config import settings\n\nU = '@DSN@'\n"}, "--verify")
    assert after["app.py"] == "from config import settings\n\nU = settings.database_url\n"
    assert after["config.py"] == (
        '"""Settings."""\n\nimport os\nfrom pathlib import Path\nfrom urllib.parse import quote\n\n'
        "from pydantic import SecretStr\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
        "ENVIRONMENT_FILE = Path(__file__).resolve().parent / f\".env.{os.environ.get('ENVIRONMENT')}\"\n"
        'if "ENVIRONMENT" not in os.environ:\n'
        '    ENVIRONMENT_FILE = ENVIRONMENT_FILE.with_name(".env.development")  # only developers have it\n'
        "\n\nclass Settings(BaseSettings):\n"
        '    model_config = SettingsConfigDict(extra="ignore", env_file=(".env", ENVIRONMENT_FILE))\n\n'
        '    app_name: str = "stock"\n    redis_host: str\n    redis_port: int\n'
        "    db_host: str\n    db_port: int\n    db_name: str\n    db_user: str\n    db_password: SecretStr\n\n"
        "    @property\n    def database_url(self) -> str:\n"
        '        user = quote(self.db_user, safe="")\n'
        '        password = quote(self.db_password.get_secret_value(), safe="")\n'
        '        return f"postgresql://{user}:{password}@{self.db_host}:{self.db_port}/{self.db_name}"\n'
        "\n\nsettings = Settings()\n"
    )
    assert "REDIS_HOST=localhost\n" in after[".env.development"]
    assert "ENVIRONMENT=<development|staging|production>\n" in after[".env.example"]
    assert cli.main(["fix", "--allow-dirty"]) == 0


@pytest.mark.parametrize(("field", "is_added"), (("", True), ('    environment: str = "local"\n', False)))
def test_the_name_of_the_environment_is_promised_where_a_class_begins_to_read_its_file(field, is_added, fix):
    """A field of that name has said so far what it is: no env file is to say anything else."""
    config = CLASS.replace("    app_name", f"{field}    app_name")
    after = fix({"config.py": config, "app.py": "from config import settings\n\nU = '@DSN@'\n"})
    assert ("\nENVIRONMENT=development\n" in f"\n{after['.env.development']}") == is_added


FILES = (
    pytest.param('env_file=".env"', ".env", True, id="the plain file"),
    pytest.param('env_file=".env.development"', ".env.development", True, id="a file of the environment"),
    pytest.param("env_file=f\".env.{os.environ['STAGE']}\"", ".env.development", True, id="a computed name"),
    pytest.param('env_file=".env"', ".env.development", False, id="a file that the class does not read"),
    pytest.param('extra="ignore"', ".env.development", False, id="no file at all"),
)


@pytest.mark.parametrize(("config", "name", "drops"), FILES)
def test_a_default_that_no_env_file_lets_count_is_dropped(config, name, drops, fix):
    head = "import os\n\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
    body = f"class Settings(BaseSettings):\n    model_config = SettingsConfigDict({config})\n"
    field = "    redis_port: int = @REDIS@\n"
    after = fix({"config.py": f"{head}{body}{field}", name: "REDIS_PORT=7001\n"}, expected=int(drops))
    assert after["config.py"].endswith("redis_port: int\n") == drops
    assert after[name] == "REDIS_PORT=7001\n"


RAW = 'f"postgresql://{self.db_user}:{self.db_password}@{self.db_host}:{self.db_port}/{self.db_name}"'
COMPOSING = (
    pytest.param(RAW, "@DSN@", "", "DSN", id="without quoting"),
    pytest.param(RAW, "@DSN@?application_name=x", "", "database_url", id="of another text"),
    pytest.param(
        RAW, "postgresql://admin:p%40ss-w0rd-7@@HOST@:@PORT@/@NAME@", "", "database_url", id="what quoting changes"
    ),
    pytest.param("url", "@DSN@", f"        url = {RAW}\n", "DSN", id="in steps"),
    pytest.param("self.find()", "@DSN@", "", "database_url", id="of a call"),
    pytest.param("url", "@DSN@", f"        for url in [{RAW}]: pass\n", "database_url", id="in a loop"),
)


@pytest.mark.parametrize(("returned", "url", "before", "name"), COMPOSING)
def test_a_property_that_composes_the_same_is_read(returned, url, before, name, fix):
    """It quotes from then on, as `envfence env check` asks of it."""
    fields = "".join(f"    db_{part}: str\n" for part in ("host", "port", "name", "user", "password"))
    made = (
        f'\n    @property\n    def DSN(self) -> str:\n        """Where it is."""\n{before}        return {returned}\n'
    )
    config = CLASS.replace("    app_name", f"{fields}    app_name").replace("\n\n\nsettings", f"\n{made}\n\nsettings")
    app = f"from config import settings\n\nU = '{url}'\n"
    contract = "".join(f"DB_{part}=<DB_{part}>\n" for part in ("HOST", "PORT", "NAME", "USER", "PASSWORD"))
    after = fix({"config.py": config, "app.py": app, ".env.example": contract})
    assert f"U = settings.{name}\n" in after["app.py"]
    assert "quote(self.db_password.get_secret_value()" in after["config.py"]


CLASSES = (
    pytest.param(
        '    host: str = "@HOST@"\n    url: str = f"http://{host}"\n', "another default", id="used in the class"
    ),
    pytest.param('    host: str = "@HOST@"\n\n    def __init__(self): ...\n', "", id="made in a way of its own"),
    pytest.param('    host: str = pick("@HOST@")\n', "the default is computed", id="computed"),
)


@pytest.mark.parametrize(("body", "reason"), CLASSES)
def test_a_default_that_has_to_stay(body, reason, fix, filled, capsys):
    head = "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n"
    after = fix({"config.py": head + body}, expected=int(not reason))
    assert (after["config.py"] == filled(head + body)) == bool(reason)
    assert reason in capsys.readouterr().err


def test_settings_that_import_the_module_are_not_imported(fix, capsys):
    files = {"config.py": f"import app\n{CLASS}".replace('"@HOST@"', "app.x").replace("@REDIS@", "1")}
    after = fix({**files, "app.py": "x = 'y'\nU = '@DSN@'\n"}, expected=0)
    assert "settings" not in after["app.py"]
    assert "the settings import this module" in capsys.readouterr().err


def test_an_env_file_that_is_there_keeps_its_lines(fix):
    mine = "# mine\r\nDB_HOST=localhost  # here\r\n\r\nOTHER='x y'\r\n"
    after = fix(
        {
            "app.py": "U = '@DSN@'\n",
            ".env.development": mine,
            ".gitignore": ".env*\n",
            ".env.example": "# c\nDB_HOST=<DB_HOST>\n",
        }
    )
    assert after[".env.development"].startswith("# mine\r\nDB_HOST=localhost  # here\r\nDB_PORT=5435\r\n")
    assert after[".env.development"].endswith("OTHER='x y'\r\n\r\nENVIRONMENT=development\r\n")
    assert after[".env.example"].startswith("# c\nDB_HOST=<DB_HOST>\nDB_PORT=<DB_PORT>\n")
    assert after[".gitignore"] == ".env*\n"


def test_another_environment_gets_the_values(fix):
    after = fix({"app.py": "U = '@DSN@'\n"}, "--environment", "staging")
    assert "DB_HOST=localhost" in after[".env.staging"]
    assert ".env.development" not in after


def test_verify_refuses_what_hands_out_something_else(fix, monkeypatch, capsys):
    from envfence.rewrite import fix as planning

    monkeypatch.setattr(planning, "unproved_lines", lambda *_: [])
    monkeypatch.setattr(planning.envfiles, "spelled", lambda _: "changed")
    after = fix({"app.py": "import redis\nr = redis.Redis(host='@HOST@')\n"}, "--verify", expected=0)
    assert "settings" not in after["app.py"]
    assert "it cannot be proved that the program does the same" in capsys.readouterr().err


def test_verify_goes_on_where_a_module_ends_the_process(fix):
    after = fix({"app.py": "import os\n\nU = '@DSN@'\nos._exit(3)\n", "later.py": "U = '@DSN@'\n"}, "--verify")
    assert "get_settings().database_url" in after["app.py"]
    assert "get_settings().database_url" in after["later.py"]


def test_verify_imports_a_module_of_the_folder_that_has_its_name(fix):
    files = {"config/config.py": "U = '@DSN@'\n", "app.py": "from config.config import U\n"}
    assert "get_settings().database_url" in fix(files, "--verify")["config/config.py"]


def test_the_proof_refuses_what_would_be_another_value(fix, monkeypatch, capsys):
    from envfence.rewrite import fix as planning

    monkeypatch.setattr(planning.envfiles, "spelled", lambda _: "changed")
    fix({"app.py": "U = '@DSN@'\n"}, expected=0)
    assert "it cannot be proved" in capsys.readouterr().err


def test_new_modules_of_several_folders_are_named_after_them(fix):
    url = "U = '@DSN@'\n"
    after = fix({"a/x.py": url, "b/y.py": url, "jobs/daily/src/z.py": url, "old/daily/w.py": url, "a-b/v.py": url})
    assert {path for path in after if path.endswith(("settings.py", "config.py"))} == {
        "a-b/settings.py",
        "a/config.py",
        "b/b_settings.py",
        "jobs/daily/src/daily_settings.py",
        "old/daily/old_daily_settings.py",
    }
    assert "from daily_settings import get_settings\n" in after["jobs/daily/src/z.py"]


def test_what_is_read_again_in_a_fallback_is_one_key(fix):
    code = 'import os\n\nport = int(os.getenv("REDIS_PORT", "@REDIS@") or "@REDIS@")\n'
    assert fix({"app.py": code})["app.py"].endswith("port = get_settings().REDIS_PORT\n")


SETS = (
    pytest.param("def test(monkeypatch):\n    monkeypatch.setenv('API_URL', 'x')\n", id="a test"),
    pytest.param("import os\n\nos.environ['API_URL'] = 'x'\n", id="a module"),
    pytest.param("with patch.dict('os.environ', {'API_URL': 'x'}):\n    pass\n", id="a patch"),
)


@pytest.mark.parametrize("setting", SETS)
def test_what_is_set_while_programs_run_is_read_each_time(setting, fix):
    code = 'import os\n\n\ndef url():\n    return os.getenv("API_URL", "@WEB@:8000")\n'
    after = fix({"app.py": code, "test_app.py": setting})
    assert 'os.getenv("API_URL", get_settings().API_URL)' in after["app.py"]


NEEDY = CLASS.replace("    app_name: str", "    api_url: str\n    app_name: str")


@pytest.mark.parametrize(
    ("files", "path", "expected"),
    (
        pytest.param(
            {"app/config.py": CLASS, "app/x.py": "import app.config\n"},
            "app/main.py",
            "from app.config import settings",
            id="its own",
        ),
        pytest.param({"app/config.py": CLASS}, "web/main.py", "from web.settings import get_settings", id="another's"),
        pytest.param(
            {"app/config.py": CLASS, "web/jobs.py": "import app.config\n"},
            "web/main.py",
            "from app.config import settings",
            id="another's, which it needs already",
        ),
        pytest.param(
            {"app/config.py": NEEDY, "app/main.py": "import app.db\n\n", "app/db.py": "import app.config\n"},
            "app/main.py",
            "from app.config import settings",
            id="which lacks a value, and which it imports already",
        ),
        pytest.param(
            {"app/config.py": NEEDY}, "app/main.py", "from app.settings import get_settings", id="which lacks a value"
        ),
    ),
)
def test_nobody_is_made_to_need_the_class_of_another(files, path, expected, fix):
    """What imports both shows that they are packages below the root."""
    both = {"tests/test_all.py": "import app.main\nimport web.main\n", "app/main.py": "", "web/main.py": ""}
    files = {**both, **files}
    after = fix({**files, path: f"{files[path]}U = '@DSN@'\n"})
    assert imported(after[path]) == [expected]


def test_a_field_over_several_lines_loses_its_default_and_its_class_reads_the_env_file(fix):
    config = CLASS.replace(
        'redis_host: str = "@HOST@"', 'redis_host: str = Field(\n        default="@HOST@", alias="R_HOST"\n    )'
    )
    after = fix(
        {
            "config.py": config.replace(" = @REDIS@", " = 1").replace(
                "\n\n\nclass", "\nfrom pydantic import Field\n\n\nclass", 1
            )
        }
    )
    assert 'redis_host: str = Field(\n        alias="R_HOST"\n    )' in after["config.py"]
    assert 'env_file=(".env", ENVIRONMENT_FILE)' in after["config.py"]


@pytest.mark.parametrize("config", ({}, {"a/b/c/settings.py": CLASS}), ids=("new", "there"))
def test_an_image_may_hold_fewer_folders_above_the_settings(config, fix):
    after = fix({**config, "requirements.txt": "pydantic-settings\n", "a/b/c/app.py": "U = '@DSN@'\n"})
    assert "parents[" not in after["a/b/c/settings.py"]
    assert 'parent / "../../.."' in after["a/b/c/settings.py"]


@pytest.mark.parametrize(
    ("package", "is_left"),
    (
        pytest.param({"stock/__init__.py": "from stock import app\n"}, True, id="a package that imports"),
        pytest.param({"stock/__init__.py": "", "stock/config.py": CLASS}, True, id="a class that is there"),
        pytest.param({"stock/__init__.py": ""}, False, id="a package that does nothing"),
        pytest.param({}, False, id="scripts"),
    ),
)
def test_what_is_set_before_a_package_is_imported_stays(package, is_left, fix, capsys):
    code = 'import os\n\nos.environ.setdefault("API_URL", "@WEB@:8000")\nfrom stock.app import U\n\nDSN = "@DSN@"\n'
    after = fix(
        {**package, "stock/run.py": code, "stock/app.py": "U = '@DSN@'\n", "test_app.py": "import stock.run\n"}
        if package
        else {"run.py": code}
    )
    path = "stock/run.py" if package else "run.py"
    assert ('setdefault("API_URL", "http' in after[path]) is is_left
    assert ("it is set for what is imported after it" in capsys.readouterr().err) is is_left
