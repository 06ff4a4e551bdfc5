"""A settings class that is there, in every way to configure one: it takes the values, reads them, and keeps its own."""

import os
import subprocess
import sys

import pytest

from envfence import cli

HEAD = "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
PLAIN = "    DEBUG: bool = False\n"
BODY = '    URL: str = "@DSN@"\n    DEBUG: bool = False\n'
END = "\n\nsettings = Settings()\n"
APP = "import config\n\nDSN = 'host=@HOST@ port=@PORT@ dbname=@NAME@ user=@USER@ password=@WORD@'\nURL = '@DSN@'\n"
NESTED = '    class Config:\n        """How."""\n\n        env_file = ".env"  # ours\n        case_sensitive = True\n'
BLACK = '    model_config = SettingsConfigDict(\n        env_file=".env",\n        case_sensitive=True,\n    )\n\n'
NO_FILE = "    model_config = SettingsConfigDict(\n        case_sensitive=True,\n    )\n\n"
EITHER = """
    if hasattr(BaseSettings, "model_validate"):
        model_config = SettingsConfigDict(env_prefix="APP_")
    else:

        class Config:
            env_prefix = "APP_"
"""

CLASSES = (
    pytest.param(f"class Settings(BaseSettings):\n{BODY}\n{NESTED}", id="a class inside"),
    pytest.param(f"class Settings(BaseSettings):\n{BODY}\n    class Config:\n        env_file = '.env'\n", id="short"),
    pytest.param(f"class Settings(BaseSettings):\n{BODY}\n    class Config: env_file = '.env'\n", id="on one line"),
    pytest.param(
        f"class Settings(BaseSettings):\n{BODY}\n    class Config:\n        case_sensitive = True\n", id="none"
    ),
    pytest.param(f"class Settings(BaseSettings):\n{BLACK}{BODY}", id="a call over lines"),
    pytest.param(f"class Settings(BaseSettings):\n{NO_FILE}{BODY}", id="a call without a file"),
    pytest.param(f"class Settings(BaseSettings):\n    model_config = SettingsConfigDict()\n{BODY}", id="an empty call"),
    pytest.param(f"class Settings(BaseSettings):\n    model_config = {{'env_file': '.env'}}\n{BODY}", id="a dict"),
    pytest.param(f"class Settings(BaseSettings):\n    model_config = {{}}\n{BODY}", id="an empty dict"),
    pytest.param(f"class Settings(BaseSettings, env_file='.env'):\n{BODY}", id="keywords of the class"),
    pytest.param(f'class Settings(BaseSettings):\n    """All."""\n\n{BODY}', id="nothing said, and a docstring"),
    pytest.param(f"# All.\nclass Settings(BaseSettings):\n{BODY}", id="nothing said, below a comment"),
    pytest.param(f"class Settings(BaseSettings):\n{BODY}{EITHER}", id="one way or the other"),
    pytest.param(f"class Settings(BaseSettings):\n{BODY}".replace("    ", "\t"), id="tabs"),
    pytest.param(f"class Settings(BaseSettings):\n{BODY}\n{NESTED}".replace("    ", "\t"), id="tabs, a class inside"),
    pytest.param(f"class Settings(BaseSettings):\n{BLACK}{BODY}".replace("    ", "\t"), id="tabs, a call over lines"),
)


FORBID = '    model_config = SettingsConfigDict(env_file=".env", extra="forbid")\n'
COMPUTED = "    model_config = SettingsConfigDict(env_file=f\".env.{os.environ.get('ENVIRONMENT', 'development')}\")\n"
STRICT = (
    pytest.param(f"class Settings(BaseSettings):\n{FORBID}{BODY}", id="it says so"),
    pytest.param(f"class Base(BaseSettings):\n{FORBID}\n\nclass Settings(Base):\n{BODY}", id="its base says so"),
    pytest.param(
        f"class Settings(BaseSettings):\n{BODY}\n    class Config:\n        extra = Extra.forbid\n", id="as an enum"
    ),
    pytest.param(f"class Settings(BaseSettings):\n{COMPUTED}{BODY}", id="pydantic says so, of a file by environment"),
    pytest.param(f"class Settings(BaseSettings):\n{COMPUTED}{PLAIN}    URL: str = ''\n", id="nothing in it moves"),
)


@pytest.mark.parametrize("text", STRICT)
def test_a_class_takes_a_file_that_holds_keys_of_others(text, fix, repo):
    head = f"import os\n\nfrom pydantic import Extra\n{HEAD}"
    after = fix({"config.py": head + text + END, "run.sh": "curl http://@OTHER@:8000/x\n", "package.json": "{}\n"})
    assert "API_URL=" in after[".env.development"]
    run = [sys.executable, "-W", "ignore", "-c", "import config; print(config.settings.DEBUG)"]
    done = subprocess.run(run, cwd=repo, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.stdout.strip(), done.stderr) == ("False", "")
    assert cli.main(["fix", "--allow-dirty"]) == 0


@pytest.mark.parametrize("text", CLASSES)
def test_a_class_reads_what_it_is_given(text, fix, filled, repo):
    after = fix({"config.py": HEAD + text + END, "app.py": APP})
    assert "class Settings(" in after["config.py"]
    code = "import app\nassert config.settings.DEBUG is False\nprint(app.DSN, app.URL, config.settings.URL)"
    run = [sys.executable, "-W", "ignore", "-c", code.replace("import app\n", "import app, config\n")]
    done = subprocess.run(run, cwd=repo, capture_output=True, text=True, encoding="utf-8", check=True)
    pairs = "host=@HOST@ port=@PORT@ dbname=@NAME@ user=@USER@ password=@WORD@"
    assert done.stdout.strip() == filled(f"{pairs} @DSN@ @DSN@")
    assert ("# ours" in text) == ("# ours" in after["config.py"])
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_what_the_plain_file_gives_is_given_wherever_it_is_started(fix, filled, repo):
    demands = f"class Settings(BaseSettings):\n    QUEUE: str\n    MODE: str\n{PLAIN}\n{NESTED}"
    plain = 'QUEUE="one\ntwo"  # ours\nMODE=fast\nENVIRONMENT=development\nOTHER=1\n'
    after = fix({".env": plain, "config.py": HEAD + demands + END, "app.py": APP})
    assert 'QUEUE="one\ntwo"  # ours\n\nMODE=fast\n' in after[".env.development"]
    assert "OTHER" not in after[".env.development"]
    (repo / "elsewhere").mkdir()
    run = [sys.executable, "-W", "ignore", "-c", "import app; print(app.URL, app.config.settings.QUEUE)"]
    env = {**os.environ, "PYTHONPATH": str(repo)}
    done = subprocess.run(
        run, cwd=repo / "elsewhere", env=env, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert done.stdout == filled("@DSN@ one\ntwo\n")


@pytest.mark.parametrize(
    ("others", "is_rooted"),
    (
        pytest.param({}, True, id="the root's"),
        pytest.param({"app/.env.local": "A=1\n"}, False, id="a folder has env files of its own"),
        pytest.param({"app/.env.example": "A=1\n"}, True, id="a folder has a contract"),
    ),
)
def test_a_file_by_environment_is_found_from_every_folder(others, is_rooted, fix, filled, repo):
    text = f"import os\n\n{HEAD}class Settings(BaseSettings):\n{COMPUTED}{PLAIN}{END}"
    script = APP.replace("import config", "from app import config")
    after = fix({"app/__init__.py": "", "app/config.py": text, "app/job.py": script, **others})
    assert ('env_file=Path(__file__).resolve().parents[1] / f".env.{' in after["app/config.py"]) == is_rooted
    run = [sys.executable, "-W", "ignore", "-c", "import app.job; print(app.job.URL)"]
    env = {**os.environ, "PYTHONPATH": str(repo)}
    cwd = repo / "app" if is_rooted else repo
    done = subprocess.run(run, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout == filled("@DSN@\n")
    assert cli.main(["fix", "--allow-dirty"]) == 0


OTHERS = """\
import os

URL = os.getenv("DATABASE_URL", "postgresql+asyncpg://@LOGIN@@@HOST@:@PORT@/@NAME@")
"""


def test_a_field_whose_key_has_another_fallback_elsewhere_falls_back_to_the_settings(fix, filled, repo):
    field = "    database_url: str = '@DSN@'\n\n\nprint(JobSettings().database_url)\n"
    job = f"{HEAD}class JobSettings(BaseSettings):\n{field}\n\nif __name__ == '__main__':\n    print(JobSettings())\n"
    after = fix({"job.py": job, "others.py": OTHERS, "more.py": OTHERS.replace("+asyncpg", "")}, "--verify")
    assert "    database_url: str = get_settings().database_url\n" in after["job.py"]
    assert "model_config" not in after["job.py"]
    assert "DATABASE_URL=" not in after[".env.development"]
    assert "DATABASE_URL=\n" in after[".env.example"]
    run = [sys.executable, "-W", "ignore", "job.py"]
    done = subprocess.run(run, cwd=repo, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.startswith(filled("@DSN@\n"))
    assert cli.main(["fix", "--allow-dirty"]) == 0


RUN = '\n\ndef main():\n    print(Settings().URL)\n\n\nif __name__ == "__main__":\n    main()\n'


@pytest.mark.parametrize(
    ("others", "home"),
    (
        pytest.param({"app.py": APP.replace("import config\n\n", "")}, "settings", id="nobody imports it"),
        pytest.param({"app.py": APP}, "config", id="it is imported"),
    ),
)
def test_nobody_is_made_to_run_a_program_for_its_class(others, home, fix, filled, repo):
    after = fix({"config.py": f"{HEAD}class Settings(BaseSettings):\n{BODY}{RUN}", **others})
    assert f"from {home} import get_settings\n" in after["app.py"]
    assert 'URL: str = "' not in after["config.py"]
    run = [sys.executable, "-W", "ignore", "-c", "import app; print(app.URL)"]
    done = subprocess.run(run, cwd=repo, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == filled("@DSN@")
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_imports_join_those_that_are_there(fix):
    head = "from os import environ\n\nfrom pydantic import Field\nfrom pydantic_settings import BaseSettings\n\n\n"
    after = fix({"config.py": f"{head}class Settings(BaseSettings):\n{PLAIN}{END}", "app.py": APP})
    assert after["config.py"].startswith(
        "import os\nfrom pathlib import Path\nfrom urllib.parse import quote\nfrom os import environ\n\n"
        "from pydantic import Field, SecretStr\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\n"
    )


def test_the_class_of_one_environment_is_not_that_of_the_program(fix, filled, capsys):
    base = "class AppSettings(BaseSettings):\n    DEBUG: bool = False\n\n\n"
    staged = 'class DevSettings(AppSettings):\n    HOST: str = "@HOST@"\n\n\nclass ProdSettings(AppSettings):\n'
    after = fix({"config.py": f'{HEAD}{base}{staged}    HOST: str = "@OTHER@"\n', "app.py": APP})
    assert filled('class ProdSettings(AppSettings):\n    HOST: str = "@OTHER@"\n') in after["config.py"]
    assert "from settings import get_settings\n" in after["app.py"]
    assert "left alone: the class is that of another environment" in capsys.readouterr().err


def test_a_later_fix_reads_what_an_earlier_one_wrote(fix):
    fix({"config.py": f"{HEAD}class Settings(BaseSettings):\n{PLAIN}{END}", "app.py": APP})
    joined = "J = (\n    'postgresql://@LOGIN@'  # who\n    '@@HOST@:@PORT@/@NAME@'  # where\n)\n"
    after = fix({"later.py": APP, "joined.py": joined}, "--verify")
    assert "J = (\n    settings.database_url  # where\n)\n" in after["joined.py"]
    assert after["later.py"].endswith("DSN = settings.database_conninfo\nURL = settings.database_url\n")
    assert "_2" not in after["config.py"]


def test_a_field_that_holds_the_connection_is_read(fix, filled):
    after = fix(
        {"config.py": f"{HEAD}class Settings(BaseSettings):\n{BODY}{END}", "app.py": "import config\n\nU = '@DSN@'\n"}
    )
    assert after["app.py"].endswith("U = settings.URL\n")
    assert after[".env.development"] == filled("URL=@DSN@\n\nENVIRONMENT=development\n")


@pytest.mark.parametrize(
    ("end", "expected"),
    (
        pytest.param(
            "\n\ndef get_settings():\n    made = Settings()\n    return made\n", "get_settings()", id="of a variable"
        ),
        pytest.param(
            "\n\ndef get_settings():\n    return load('x')\n", "environment_settings()", id="another function"
        ),
    ),
)
def test_a_function_of_that_name_is_there(end, expected, fix):
    after = fix({"config.py": f"{HEAD}class Settings(BaseSettings):\n{BODY}{end}", "app.py": APP})
    assert after["config.py"].count("def get_settings(") == 1
    assert f"URL = {expected}.URL\n" in after["app.py"]


def test_values_belong_to_the_environment_that_the_shared_file_names(fix, filled):
    after = fix({".env": "ENVIRONMENT=production\n", "app.py": "U = '@DSN@'\n"})
    assert filled("DB_PASSWORD=@WORD@\n") in after[".env.production"]
    assert ".env.development" not in after


@pytest.mark.parametrize(
    "files",
    (
        pytest.param({"config.py": f"{HEAD}class Settings(BaseSettings):\n{BODY}{END}"}, id="a class"),
        pytest.param({"requirements.txt": "pydantic-settings\n"}, id="a new class"),
        pytest.param({"requirements.txt": "python-dotenv\n"}, id="a new module with dotenv"),
    ),
)
def test_the_shared_file_names_the_environment_to_the_code_as_well(fix, filled, repo, files):
    fix({**files, ".env": "ENVIRONMENT=production\n", "app.py": "import os\n\nU = '@DSN@'\n"}, "--verify")
    env = {"PATH": "", "SYSTEMROOT": os.environ.get("SYSTEMROOT", "")}
    code = "import app; print(app.U)"
    ran = subprocess.run((sys.executable, "-c", code), cwd=repo, env=env, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == filled("@DSN@")


@pytest.mark.parametrize("library", ("python-dotenv", ""), ids=("dotenv", "standard library"))
def test_the_class_of_the_first_fix_takes_what_the_second_finds(library, fix, filled, repo):
    first = fix(
        {"requirements.txt": f"{library}\n", "a.py": 'import redis\nr = redis.Redis(host="@HOST@", port=@REDIS@)\n'}
    )
    after = fix({"b.py": "import a\n\nPAIRS = 'host=@HOST@ port=@PORT@ password=@WORD@'\nURL = '@DSN@'\n"})
    assert "class SecretStr" not in first["settings.py"]
    assert sum("class Settings:" in text for text in after.values()) == 1
    stub = "import sys, types\nsys.modules['redis'] = types.SimpleNamespace(Redis=dict)\n"
    code = f"{stub}import b\nprint(b.a.r, b.PAIRS, b.URL)"
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=repo, capture_output=True, text=True, encoding="utf-8", check=True)
    server = {"host": filled("@HOST@"), "port": int(filled("@REDIS@"))}
    assert done.stdout.strip() == filled(f"{server} host=@HOST@ port=@PORT@ password=@WORD@ @DSN@")
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_what_reads_the_variable_of_a_field_reads_the_field(fix):
    config = f"{HEAD}class Settings(BaseSettings):\n    DATABASE_URL: str = '@DSN@'\n{END}"
    code = "import os\n\nA = os.getenv('DATABASE_URL', '@DSN@')\nB = os.getenv('OTHER_URL', '@DSN@')\n"
    after = fix({"config.py": config, "app.py": code}, "--verify")
    assert after["app.py"].endswith("A = settings.DATABASE_URL\nB = os.getenv('OTHER_URL', settings.DATABASE_URL)\n")


def test_an_address_in_two_values_is_read_from_two_keys(fix):
    config = f"{HEAD}class Settings(BaseSettings):\n    DATABASE_URL: str = '@DSN@'\n{END}"
    code = 'TARGETS = [("@HOST@", @PORT@), ("other", @PORT@)]\nSAID = "(\'@HOST@\', @PORT@)"\n'
    after = fix({"config.py": config, "app.py": code}, "--verify")
    assert 'TARGETS = [(settings.DB_HOST, settings.DB_PORT), ("other", ' in after["app.py"]


def test_another_reader_of_the_same_name_stays(fix, filled):
    after = fix({"a.py": "from other import get_settings\n\nURL = '@DSN@'\n", "other.py": "def get_settings(): ...\n"})
    assert "from settings import get_settings as environment_settings\n" in after["a.py"]
    assert "URL = environment_settings().database_url\n" in after["a.py"]


PREFIXED = (
    "class Settings(BaseSettings):\n"
    '    model_config = SettingsConfigDict(env_prefix="SHOP_")\n\n    debug: bool = False\n\n\nsettings = Settings()\n'
)
SHOP = (
    "from shop.config import settings\n\nURL = '@DSN@'\nAPI_TOKEN = '@TOKEN@'\nprint(settings.debug, URL, API_TOKEN)\n"
)


def test_new_keys_have_the_prefix_of_the_class(fix, filled, repo):
    after = fix({"shop/__init__.py": "", "shop/config.py": HEAD + PREFIXED, "shop/app.py": SHOP})
    assert "    debug: bool = False\n    db_host: str\n    db_port: int\n" in after["shop/config.py"]
    assert "URL = settings.database_url\nAPI_TOKEN = settings.api_token.get_secret_value()\n" in after["shop/app.py"]
    assert "SHOP_DB_HOST=<SHOP_DB_HOST>\n" in after[".env.example"]
    run = [sys.executable, "-W", "ignore", "-m", "shop.app"]
    done = subprocess.run(run, cwd=repo, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == filled("False @DSN@ @TOKEN@")
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_keys_of_several_classes_have_no_prefix(fix, filled, repo):
    script = {"jobs/run.py": "from sqlalchemy import create_engine\n\nengine = create_engine('@DSN@')\n"}
    after = fix({"shop/__init__.py": "", "shop/config.py": HEAD + PREFIXED, "shop/app.py": SHOP, **script})
    assert '    db_host: str = Field(validation_alias="DB_HOST")\n' in after["shop/config.py"]
    assert "from pydantic import Field, SecretStr\n" in after["shop/config.py"]
    assert "SHOP_" not in after[".env.example"]
    later = fix({"shop/late.py": "KEY_TOKEN = '@REPORT@'\n"})
    assert (
        later["shop/late.py"]
        == "from shop.config import settings\n\nKEY_TOKEN = settings.key_token.get_secret_value()\n"
    )
    run = [sys.executable, "-W", "ignore", "-m", "shop.app"]
    done = subprocess.run(run, cwd=repo, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == filled("False @DSN@ @TOKEN@")
    assert cli.main(["fix", "--allow-dirty"]) == 0


@pytest.mark.parametrize(
    ("env", "is_used"),
    (
        pytest.param({}, False, id="nowhere"),
        pytest.param({".env": "QUEUE_URL=amqp://q\n"}, True, id="in a file"),
        pytest.param({".env.example": "QUEUE_URL=<QUEUE_URL>\n"}, True, id="in the contract"),
    ),
)
def test_nobody_is_made_to_depend_on_values_that_nobody_gives(env, is_used, fix, capsys):
    config = (
        f"{HEAD}class Settings(BaseSettings):\n    QUEUE_URL: str\n\n    class Config:\n        env_file = '.env'\n"
    )
    after = fix({"config.py": config, "a.py": "import config\n\nURL = '@DSN@'\n", ".gitignore": ".env\n", **env})
    assert ("from config import get_settings\n" in after["a.py"]) is is_used
    assert ("from settings import get_settings\n" in after["a.py"]) is not is_used


def test_a_copy_that_changes_what_the_module_does_stays(fix, filled, capsys):
    counts = (
        "import pathlib\n\nimport redis\n\nredis.Redis(len(pathlib.Path(__file__).read_bytes()))\nwords = ['@WORD@']\n"
    )
    after = fix({"a.py": "URL = '@DSN@'\n", "b.py": counts}, "--verify")
    assert after["b.py"] == filled(counts)
    assert "b.py:6: copied-value: left alone: it cannot be proved" in capsys.readouterr().err


def test_classes_that_differ_in_what_one_key_falls_back_to_keep_it(fix, filled, capsys):
    first = f'{HEAD}class Settings(BaseSettings):\n    URL: str = "@DSN@"\n    WEB: str = "@WEB@:8000"\n{END}'
    files = {"one/config.py": first, "two/config.py": first.replace("@HOST@", "@OTHER@").replace("@DSN@", "@DSN@_2")}
    main = "from config import settings\n\nprint(settings.URL, settings.WEB)\n"
    files |= {f"{name}/main.py": main for name in ("one", "two")}
    after = fix(files, "--verify")
    assert filled('URL: str = "@DSN@"\n    WEB: str\n') in after["one/config.py"]
    assert filled('URL: str = "@DSN@_2"\n    WEB: str\n') in after["two/config.py"]
    assert capsys.readouterr().err.count("left alone: its key has another value already") == 2


READS = "from config import settings\n\nprint(settings.DB_PASSWORD)\n"


@pytest.mark.parametrize(
    ("default", "reads", "expected"),
    (
        pytest.param('str = ""', READS, "STOCKTRADING_DB_PASSWORD", id="another text"),
        pytest.param("str | None = None", READS, "STOCKTRADING_DB_PASSWORD", id="none"),
        pytest.param('str = Field("")', READS, "STOCKTRADING_DB_PASSWORD", id="a field with another"),
        pytest.param('str = Field(default="")', READS, "STOCKTRADING_DB_PASSWORD", id="a field with another, named"),
        pytest.param('str = config("DB_PASSWORD", "")', READS, "STOCKTRADING_DB_PASSWORD", id="a reader with another"),
        pytest.param("str = Field()", READS, "DB_PASSWORD", id="a field without"),
        pytest.param("str = ...", READS, "DB_PASSWORD", id="an ellipsis"),
        pytest.param("str = made()", READS, "STOCKTRADING_DB_PASSWORD", id="what a call gives"),
        pytest.param('str = ""', "import config\n", "DB_PASSWORD", id="nobody reads it"),
    ),
)
def test_a_key_that_a_class_reads_otherwise_is_not_taken(fix, filled, default, reads, expected):
    code = f"{HEAD}class Settings(BaseSettings):\n    DB_PASSWORD: {default}\n{END}"
    after = fix({"config.py": code, "reads.py": reads, "tools/app.py": "URL = '@DSN@'\n"})
    assert filled(f"\n{expected}=@WORD@\n") in after[".env.development"]
    assert filled(f"DB_PASSWORD: {default}\n") in after["config.py"]


SIGNED = "from config import settings\n\nURL = '@DSN@'\nprint(settings.SIGN_KEY, f'{settings.SIGN_KEY}')\n"
SIGNING = (
    "class Settings(BaseSettings):\n"
    "    SIGN_KEY: str = '@TOKEN@'\n    OLD_TOKEN: str\n    DEBUG: bool = False\n    LABEL_TOKEN: str = ''\n\n"
    "    @property\n    def signer(self) -> str:\n        return self.SIGN_KEY\n"
)


def test_plain_secrets_are_hidden(fix, filled, repo):
    after = fix({"config.py": HEAD + SIGNING + END, "app.py": SIGNED})
    assert "    SIGN_KEY: SecretStr\n    OLD_TOKEN: SecretStr\n" in after["config.py"]
    assert "    LABEL_TOKEN: str = ''\n" in after["config.py"]
    run = [sys.executable, "-W", "ignore", "-c", "import app; print(app.settings.signer, repr(app.settings.SIGN_KEY))"]
    env = {"OLD_TOKEN": "x", "ENVIRONMENT": "development", "PATH": ""}
    done = subprocess.run(run, cwd=repo, env=env, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.split() == [filled("@TOKEN@")] * 3 + ["SecretStr('**********')"]
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_secrets_are_hidden_from_all_that_read_an_object_of_the_class(fix):
    fields = "class Settings(BaseSettings):\n    KEY_TOKEN: str = '@TOKEN@'\n"
    function = "\n\n@lru_cache\ndef get_settings():\n    return Settings()\n\n\nsettings = get_settings()\n"
    files = {
        "config.py": f"from functools import lru_cache\n\n{HEAD}{fields}{function}",
        "app.py": "from config import settings\n\nprint(settings.KEY_TOKEN)\n",
        "url.py": "from config import get_settings\n\nURL = '@DSN@'\nprint(get_settings().KEY_TOKEN)\n",
    }
    after = fix(files)
    assert "    KEY_TOKEN: SecretStr\n" in after["config.py"]
    assert "print(settings.KEY_TOKEN.get_secret_value())\n" in after["app.py"]
    assert "print(get_settings().KEY_TOKEN.get_secret_value())\n" in after["url.py"]


def test_a_secret_is_hidden_beside_others_that_have_its_name(fix):
    fields = "class Settings(BaseSettings):\n    DB_PASSWORD: str = '@WORD@'\n"
    asks = "W = os.getenv('DB_PASSWORD', '@WORD@')\nV = os.environ['DB_PASSWORD']\nprint(sorted([W])[0])\n"
    files = {
        "app/__init__.py": "",
        "app/config.py": f"{HEAD}{fields}{END}",
        "app/reads.py": "from app.config import settings\n\nprint(settings.DB_PASSWORD)\n",
        "scripts/job.py": f"import os\n\nURL = '@DSN@'\n{asks}",
    }
    after = fix(files)
    assert "    DB_PASSWORD: SecretStr\n" in after["app/config.py"]
    assert "print(settings.DB_PASSWORD.get_secret_value())\n" in after["app/reads.py"]
    assert "W = get_settings().DB_PASSWORD.get_secret_value()\n" in after["scripts/job.py"]


READ_OTHERWISE = (
    pytest.param("print(getattr(settings, 'SIGN_KEY'))\n", id="by its name"),
    pytest.param("NAMES = ['SIGN_KEY']\n", id="named"),
    pytest.param("def sign(other):\n    return other.SIGN_KEY\n", id="of something else"),
    pytest.param("def set_up():\n    settings.SIGN_KEY = 'x'\n", id="set"),
    pytest.param("print(settings.model_dump())\n", id="dumped"),
    pytest.param("print(settings . SIGN_KEY, settings.SIGN_KEY [0:2], settings.\\\n  SIGN_KEY)\n", id="spread"),
)


@pytest.mark.parametrize("code", READ_OTHERWISE)
def test_a_secret_that_is_read_otherwise_stays_a_text(code, fix):
    after = fix({"config.py": HEAD + SIGNING + END, "app.py": f"from config import settings\n\nURL = '@DSN@'\n{code}"})
    assert "    SIGN_KEY: str\n" in after["config.py"]
    assert after["app.py"].endswith(code)


def test_a_module_without_sense_keeps_secrets_plain(fix):
    after = fix({"config.py": HEAD + SIGNING + END, "app.py": APP, "old.py": "print settings.SIGN_KEY\n"})
    assert "    SIGN_KEY: str\n" in after["config.py"]


def test_of_several_services_each_reads_its_own_settings(fix):
    service = f'{HEAD}class Settings(BaseSettings):\n    NAME: str = "x"\n{END}'
    files = {f"{name}/config.py": service for name in ("orders", "users")}
    users = "from users.config import settings\n\nURL = '@DSN@'\n"
    files |= {"orders/store.py": "import orders.config\n\nURL = '@DSN@'\n", "users/store.py": users}
    files |= {"jobs/load.py": users, "lib/client.py": "import lib.other\n\nURL = '@DSN@'\n", "lib/other.py": ""}
    after = fix(files, "--verify")
    assert "from orders.config import settings\n" in after["orders/store.py"]
    assert after["users/store.py"] == after["jobs/load.py"]
    assert "from lib.settings import get_settings\n" in after["lib/client.py"]
    assert "DB_HOST: str\n" in after["orders/config.py"]
    assert "DB_HOST: str\n" in after["users/config.py"]


@pytest.mark.parametrize(
    ("default", "reason"),
    (
        pytest.param('config("HOST", default="@HOST@")', "reads the key in a way of its own", id="a reader"),
        pytest.param('made(default="@HOST@")', "the default is computed", id="another call"),
    ),
)
def test_a_default_that_a_call_is_given_is_left_alone(fix, filled, capsys, default, reason):
    code = f"{HEAD}class Settings(BaseSettings):\n    HOST: str = {default}\n{END}"
    after = fix({"config.py": code, "reads.py": "U = '@DSN@'\n"})
    assert filled(f"HOST: str = {default}\n") in after["config.py"]
    assert reason in capsys.readouterr().err


def test_a_class_that_is_configured_on_a_condition_is_extended_in_each_arm(fix):
    after = fix({"config.py": f"{HEAD}class Settings(BaseSettings):\n{BODY}{EITHER}{END}"})
    assert '(env_file=ENVIRONMENT_FILE, extra="ignore", env_prefix="APP_")' in after["config.py"]
    assert "        class Config:\n            env_file = ENVIRONMENT_FILE\n" in after["config.py"]
    assert "APP_URL=" in after[".env.development"]
