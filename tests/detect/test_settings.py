"""Settings code: what is at fault, and what only looks like it. tests/archetype plants each fault in a whole system."""

import ast

import pytest

from envfence.contract.surfaces.python.classes import Module
from envfence.detect.settings.classes import findings
from envfence.detect.settings.code import code_findings
from envfence.detect.settings.on_import import callers

HEAD = "from pydantic_settings import BaseSettings, SettingsConfigDict\n"
CONFIG = "    model_config = SettingsConfigDict(extra='ignore', hide_input_in_errors=True{})\n"


def module(text, path="config.py"):
    return Module(path, text, ast.parse(text))


def rules(text):
    one = module(text)
    return [finding.rule.removeprefix("settings-") for finding in (*findings([one]), *code_findings(one))]


def in_class(body, more=""):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return rules(f"{HEAD}class Settings(BaseSettings):\n{CONFIG.format(more)}{lines}")


def in_code(text):
    return [finding.rule.removeprefix("settings-") for finding in code_findings(module(text))]


@pytest.mark.parametrize(
    ("body", "expected"),
    (
        pytest.param("DB_HOST: str", [], id="no secret"),
        pytest.param("PASSWORD_MIN_LENGTH: int = 8", [], id="about a password"),
        pytest.param("TOKEN_URL: str", [], id="address of tokens"),
        pytest.param("DB_PASSWORD: SecretStr", [], id="secret"),
        pytest.param("API_SECRET_KEY_PREVIOUS: Optional[str] = None", ["plain-secret"], id="the secret before"),
        pytest.param("API_SECRET_KEY_OLD: str = ''", ["plain-secret"], id="the old secret, empty"),
        pytest.param("api_secret_key_next: str | None = None", ["plain-secret"], id="the next secret"),
        pytest.param("DB_PASSWORD_BACKUP: str", ["plain-secret"], id="a secret in reserve"),
        pytest.param("API_SECRET_KEY_V2: str", ["plain-secret"], id="a secret's version"),
        pytest.param("API_SECRET_KEY_CURRENT_1: str", ["plain-secret"], id="a secret's number"),
        pytest.param("API_SECRET_KEY_PREVIOUS: SecretStr | None = None", [], id="the secret before, kept"),
        *(
            pytest.param(f"JWT_SECRET_KEY_{word}: str", [], id=f"a secret's {word.lower()}")
            for word in ("ALGORITHM", "FILE", "ID", "LENGTH", "TTL", "NAME")
        ),
        pytest.param("db_password: str", ["plain-secret"], id="in any case"),
        pytest.param("ENVIRONMENT: str", ["open-environment"], id="any word"),
        pytest.param("ENVIRONMENT: Stage = Stage.DEVELOPMENT", ["open-environment"], id="default of an enum"),
        pytest.param("ENVIRONMENT: Stage = Stage.PRODUCTION", [], id="default that fails safe"),
        pytest.param("ENV: Stage = Field('staging')", ["open-environment"], id="default in Field"),
        pytest.param("APP_ENV: Stage = pick()", [], id="computed default"),
        pytest.param("ENVIRONMENT: str\n@field_validator('ENVIRONMENT')\ndef f(cls, v): ...", [], id="validated"),
        pytest.param("ENVIRONMENT: str\n@field_validator('*')\ndef f(cls, v): ...", [], id="validated with all"),
        pytest.param(
            "ENVIRONMENT: str\n@field_validator('x')\ndef f(cls, v): ...", ["open-environment"], id="another validated"
        ),
        pytest.param(
            "ENVIRONMENT: str\n@model_validator\ndef f(self):\n    assert self.ENVIRONMENT in ('a', 'b')",
            [],
            id="in the model",
        ),
        pytest.param(
            "ENVIRONMENT: str\n@property\ndef f(self):\n    return self.ENVIRONMENT in x",
            ["open-environment"],
            id="no validator",
        ),
        pytest.param("ENVIRONMENT: str = Field(pattern='^(a|b)$')", [], id="a pattern"),
        pytest.param("ENV: Annotated[str, StringConstraints(pattern='a|b')]", [], id="a pattern in its annotation"),
        pytest.param("ENV: str = Field(min_length=3)", ["open-environment"], id="another condition"),
        pytest.param("@property\ndef cors_list(self):\n    return ['*']", ["open-cors"], id="origins by another name"),
        pytest.param(
            "def validate_origins(cls, v):\n    if '*' in v:\n        raise ValueError('*')\n    return v",
            [],
            id="a validator",
        ),
        pytest.param("CORS_METHODS: list = ['*']\ncors_allow_headers: list = ['*']", [], id="other lists of CORS"),
        pytest.param("ACCESS_TOKEN_EXPIRE_MINUTES: int = 1440", ["long-token"], id="a day in minutes"),
        pytest.param("JWT_TTL_SECONDS: int = 86400", ["long-token"], id="a day in seconds"),
        pytest.param("TOKEN_EXPIRE_DAYS: int = Field(1)", ["long-token"], id="a day"),
        pytest.param("REFRESH_TOKEN_EXPIRE_DAYS: int = 30", [], id="to renew with"),
        pytest.param("CACHE_TTL_SECONDS: int = 86400", [], id="no token"),
        pytest.param("ACCESS_TOKEN_EXPIRE: int = 86400", [], id="no unit"),
        pytest.param("ACCESS_TOKEN_MINUTES: int = 1440", ["long-token"], id="a unit alone"),
        pytest.param("stage: str = Field(alias='ENVIRONMENT')", ["open-environment"], id="environment by its alias"),
        pytest.param("signing: SecretStr = Field(alias='JWT_KEY')", ["no-rotation"], id="signs by its alias"),
        pytest.param("DB_PASSWORD: constr(min_length=3)", ["plain-secret"], id="a text with conditions"),
        pytest.param("ACCESS_TOKEN_EXPIRE_MINUTES: int = 60 * 24 * 8", ["long-token"], id="a product"),
        pytest.param("ACCESS_TOKEN_EXPIRE_MINUTES: int = 3 * 5", [], id="a small product"),
        pytest.param("ACCESS_TOKEN_EXPIRE_MINUTES: int = pick()", [], id="minutes that are computed"),
        pytest.param("TOKEN_LIFETIME: timedelta = timedelta(days=7)", ["long-token"], id="a timedelta"),
        pytest.param("TOKEN_LIFETIME: timedelta = Field(timedelta(0, 90000))", ["long-token"], id="seconds of one"),
        pytest.param("TOKEN_LIFETIME: timedelta = datetime.timedelta(hours=1, minutes=30)", [], id="a short timedelta"),
        pytest.param("db: str = Field(alias='DB_PASSWORD')", ["plain-secret"], id="secret by its alias"),
        pytest.param("JWT_PREVIOUS_KEY: str | None = None", ["plain-secret"], id="what the key is for"),
        pytest.param("JWT_PUBLIC_KEY: str", [], id="public key"),
        pytest.param("JWT_SECRET: SecretStr", ["no-rotation"], id="one key"),
        pytest.param("SECRET_KEY: SecretStr\nTHRESHOLD: int", ["no-rotation"], id="a word that holds another"),
        pytest.param("SECRET_KEY: SecretStr\nSECRET_KEY_FALLBACKS: list[SecretStr]", [], id="older keys"),
        pytest.param("JWT_SECRETS: list[SecretStr]", [], id="several keys"),
        pytest.param("CORS_ORIGINS: list[str] = ['*']", ["open-cors"], id="origins"),
        pytest.param("CORS = property(lambda self: ['*'])", ["open-cors"], id="assigned"),
        pytest.param("CORS_HEADERS: list[str] = ['*']", [], id="headers"),
        pytest.param("CORS_ORIGINS: list[str]", [], id="listed elsewhere"),
        pytest.param("CORS_ORIGINS: list[str] = []\nx['y'] = '*'", [], id="none"),
    ),
)
def test_fields(body, expected):
    assert in_class(body) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    (
        pytest.param(", env_file='.env'", ["relative-env-file"], id="relative"),
        pytest.param(", env_file='/etc/app/.env'", [], id="absolute"),
        pytest.param(", env_file='C:/app/.env'", [], id="absolute on Windows"),
        pytest.param(", env_file=None", [], id="none"),
        pytest.param(", env_file=f'{ROOT}/.env'", [], id="from the root"),
        pytest.param(", env_file=''.join(x)", [], id="who knows"),
        pytest.param(", env_file=Path('..') / '.env'", ["relative-env-file"], id="a folder above"),
        pytest.param(", env_file=Path.cwd() / '.env'", ["relative-env-file"], id="the current folder"),
        pytest.param(", env_file=os.path.join(os.getcwd(), '.env')", ["relative-env-file"], id="joined to it"),
        pytest.param(", env_file=os.path.join(ROOT, '.env')", [], id="joined"),
        pytest.param(", env_file=-x", [], id="no text"),
        pytest.param(", env_file=f''", [], id="an empty text"),
    ),
)
def test_env_files(more, expected):
    assert in_class("a: str", more) == expected


def test_a_constant_is_followed():
    made = CONFIG.format(", env_file=FILE")
    text = f"{HEAD}FILE = f'.env.{{name}}'\nclass Settings(BaseSettings):\n{made}    a: str\n"
    (finding,) = findings([module(text)])
    assert (finding.rule, finding.line, finding.severity) == ("settings-relative-env-file", 4, "error")


RELATIVE = ["relative-env-file"]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("def f():\n    p = f'.env.{N}'\n    return S(_env_file=p)", RELATIVE, id="variable"),
        pytest.param("def f():\n    n = f'.env.{N}'\n    p = Path(n)\n    return S(_env_file=p)", RELATIVE, id="twice"),
        pytest.param("R = Path('x')\ndef f():\n    p = R / N\n    return S(_env_file=p)", RELATIVE, id="of a module's"),
        pytest.param("R = '..'\nasync def f():\n    return S(_env_file=f'{R}/.env')", RELATIVE, id="in a text"),
        pytest.param("def f():\n    p: str = '.env'\n    load_dotenv(p)", RELATIVE, id="with a type"),
        pytest.param("def f():\n    p = R / f'.env.{N}'\n    return S(_env_file=p)", [], id="of who knows what"),
        pytest.param("p = '.env'\ndef f(p):\n    return S(_env_file=p)", [], id="a parameter"),
        pytest.param("def f():\n    p = '.env'\ndef g():\n    return S(_env_file=p)", [], id="of another function"),
        pytest.param("def f():\n    p = '.env'\n    p = R / p\n    return S(_env_file=p)", [], id="given anew"),
        pytest.param("p = '.env'\ndef f():\n    p = R / '.env'\n    return S(_env_file=p)", [], id="nearer one"),
        pytest.param("def f():\n    return S(_env_file=p)\np = p", [], id="below"),
    ),
)
def test_a_variable_with_a_path_is_followed(text, expected):
    assert in_code(text) == expected


def test_a_path_without_a_name_in_it_is_a_warning():
    severities = [
        one.severity for one in code_findings(module("p = '.env'\nS(_env_file=p)\nq = f'.{n}'\nS(_env_file=q)"))
    ]
    assert severities == ["warning", "error"]


CELERY = "url = redis_url(0)\napp = Celery('x', broker=redis_url(0))\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param(f"{CELERY}app.conf.result_backend = redis_url(0)", 1, id="attribute"),
        pytest.param(f"{CELERY}app.conf['result_backend'] = redis_url(0)", 1, id="subscript"),
        pytest.param(f"{CELERY}app.conf.update(result_backend=redis_url(0))", 1, id="update"),
        pytest.param(f"{CELERY}app.conf.result_backend = url", 1, id="by a variable"),
        pytest.param("c.broker_url = redis_url(0)\nc['result_backend'] = redis_url(0)", 1, id="both later"),
        pytest.param("app = Celery(backend=redis_url(0))\nc['broker_url'] = redis_url(0)", 1, id="results first"),
        pytest.param("app = Celery(broker=s.BROKER)\napp.conf.result_backend = s.BROKER", 1, id="the broker's own"),
        pytest.param(
            "def make():\n    a = Celery(broker='redis://h')\n    a.conf.result_backend = 'redis://h/0'\n    return a",
            1, id="in a function",
        ),
        pytest.param(f"{CELERY}app.conf.result_backend = redis_url(1)", 0, id="another database"),
        pytest.param(f"{CELERY}app.conf[name] = redis_url(0)\nadd(update)", 0, id="who knows which"),
        pytest.param("app = Celery(broker=s.AMQP)\napp.conf.result_backend = s.RESULTS", 0, id="of two names"),
    ),
)  # fmt: skip
def test_results_that_celery_is_told_of_later(text, expected):
    assert in_code(text).count("shared-redis") == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    (
        pytest.param("CONFIG", [], id="constant"),
        pytest.param("SettingsConfigDict(**CONFIG)", [], id="constant taken in"),
        pytest.param("{**CONFIG, 'extra': 'forbid'}", [], id="dictionary with a constant"),
        pytest.param("ELSEWHERE", ["extra-undecided", "shown-input"], id="unknown constant"),
    ),
)
def test_a_configuration_is_followed(said, expected):
    constant = "CONFIG = SettingsConfigDict(extra='ignore', hide_input_in_errors=True)\nLOOP = LOOP\n"
    more = "    API_TOKEN: SecretStr\n"
    text = (
        f"{HEAD}{constant}class Settings(BaseSettings):\n    model_config = {said}\n{more}s = Settings(_env_file=x)\n"
    )
    assert [rule for rule in rules(text) if rule != "at-import"] == expected


def test_a_configuration_that_names_itself_ends():
    text = f"{HEAD}LOOP = LOOP\nclass Settings(BaseSettings):\n    model_config = LOOP\n    a: str\n"
    assert rules(text) == []


def test_the_parts_of_a_settings_class_keep_secrets_too():
    config = CONFIG.format(", env_nested_delimiter='__'")
    text = f"{HEAD}class Mail(BaseModel):\n    password: str\nclass Settings(BaseSettings):\n{config}    mail: Mail\n"
    assert [(finding.rule, finding.line) for finding in findings([module(text)])] == [("settings-plain-secret", 3)]


def test_what_a_class_lacks_is_said_of_the_class_that_is_made():
    text = (
        f"{HEAD}class Base(BaseSettings):\n    API_TOKEN: SecretStr\n"
        "class Settings(Base):\n    ENVIRONMENT: Literal['a']\n"
        "    model_config = SettingsConfigDict(env_file=ROOT / name)\n"
    )
    assert [(finding.rule, finding.line) for finding in findings([module(text)])] == [
        ("settings-extra-undecided", 4),
        ("settings-shown-input", 4),
        ("settings-unchecked-environment", 4),
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    (
        pytest.param("def is_dev(s):\n    return s.ENVIRONMENT == 'dev'", True, id="with a constant"),
        pytest.param("def get():\n    assert s.environment == NAME", False, id="with the name of the file"),
        pytest.param("def get():\n    if s.environment != NAME:\n        raise E", False, id="and refused"),
        pytest.param(
            "def get():\n    if s.environment == NAME:\n        return s\n    raise E", False, id="or refused"
        ),
        pytest.param("def is_right(s):\n    return s.environment == NAME", False, id="and handed on"),
        pytest.param("def get():\n    if s.environment != NAME:\n        log.error('x')", True, id="and only told"),
        pytest.param("def get():\n    return s.ENVIRONMENT in NAMES", True, id="among names"),
        pytest.param("def get():\n    return s.other == NAME", True, id="something else"),
    ),
)
def test_a_comparison_anywhere_counts(code, expected):
    config = CONFIG.format(", env_file=ROOT / name")
    text = f"{HEAD}class Settings(BaseSettings):\n{config}    ENVIRONMENT: Literal['a']\n{code}\n"
    assert ("unchecked-environment" in rules(text)) is expected


def test_other_classes_are_left_alone():
    text = f"{HEAD}class Settings(BaseSettings):\n{CONFIG.format('')}    a: str\nclass Other:\n    DB_PASSWORD: str\n"
    assert rules(text) == []


def test_pydantic_1_has_class_config():
    text = "from pydantic import BaseSettings\nclass Settings(BaseSettings):\n    API_TOKEN: SecretStr\n"
    "    class Config:\n        x = 1\n"
    assert rules(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("settings = Settings()", 1, id="assigned"),
        pytest.param("if x:\n    settings = Settings()", 1, id="under a condition"),
        pytest.param("try:\n    Settings()\nexcept E: ...", 1, id="tried"),
        pytest.param("app = App(Settings())", 1, id="inside"),
        pytest.param("if __name__ == '__main__':\n    Settings()", 0, id="as a program"),
        pytest.param("get = lambda: Settings()", 0, id="later"),
        pytest.param("def get():\n    return Settings()", 0, id="in a function"),
        pytest.param("x: Settings", 0, id="no value"),
        pytest.param("class Holder:\n    settings = Settings()", 1, id="in a class"),
        pytest.param("def url(settings=Settings()): ...", 1, id="as a default"),
        pytest.param("def url(*, settings=Settings()): ...", 1, id="as a default of a keyword"),
        pytest.param("def get():\n    return Settings()\nx = get()", 1, id="by a function"),
        pytest.param("def get():\n    s = Settings()\n    return s\nx = get()", 1, id="by a function, in steps"),
        pytest.param(
            "def get():\n    s = Settings()\n    return s.url\nx = get", 0, id="a function that is not called"
        ),
        pytest.param(
            "def main():\n    s = Settings()\n    return 0\nx = main()", 0, id="by one that returns no settings"
        ),
    ),
)
def test_made_at_import(text, expected):
    assert in_class("a: str").count("at-import") == 0
    whole = f"{HEAD}class Settings(BaseSettings):\n{CONFIG.format('')}    a: str\n{text}\n"
    assert rules(whole) == ["at-import"] * expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("settings = get_settings()", ["a.py"], id="at the left"),
        pytest.param("x: Settings = config.get_settings()", ["a.py"], id="of a module"),
        pytest.param("engine = made(\n    get_settings().url,\n)", ["a.py"], id="on lines of its own"),
        pytest.param("x = [\n    1,\n    f(get_settings())]", ["a.py"], id="in a list of lines"),
        pytest.param("x = f(\n    1,\n)\nif x:\n    get_settings()", [], id="below another"),
        pytest.param("def f():\n    return get_settings()", [], id="inside"),
        pytest.param("def f(x=get_settings()): ...", [], id="in a head"),
        pytest.param("# get_settings()", [], id="in a comment"),
        pytest.param("@needs(get_settings())\ndef f(): ...", [], id="in a decorator"),
        pytest.param("forget_settings()", [], id="another name"),
    ),
)
def test_callers(text, expected):
    assert callers({"a.py": text}, {"get_settings"}) == expected
    assert callers({"a.py": text}, set()) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("f'postgresql://{user}:{password}@{host}/x'", ["unquoted-dsn"], id="names"),
        pytest.param("f'redis://:{os.environ[\"REDIS_PASSWORD\"]}@{host}'", ["unquoted-dsn"], id="environment"),
        pytest.param("f'amqp://u:{os.getenv(\"MQ_PASSWORD\")}@{host}'", ["unquoted-dsn"], id="getenv"),
        pytest.param(
            "'amqp://u:%(password)s@h' % {'password': password}", [], id="a mapping: what it holds is not followed"
        ),
        pytest.param("'amqp://u:{p}@h'.format(p=s.mq_password)", ["unquoted-dsn"], id="keyword"),
        pytest.param("f'amqp://{user}:{quote(password)}@{host}'", [], id="quoted"),
        pytest.param("f'amqp://{user}:{quoted_password}@{host}'", [], id="quoted by name"),
        pytest.param("p = quote_plus(password)\nx = f'amqp://{user}:{p}@{host}'", [], id="quoted before"),
        pytest.param("u, p = quote(user), quote(password)\nx = f'amqp://{u}:{p}@{host}'", [], id="two quoted at once"),
        pytest.param(
            "u, password = quote(a), b\nx = f'amqp://{u}:{password}@h'", ["unquoted-dsn"], id="one of two quoted"
        ),
        pytest.param("f'http://{host}:{port}@{x}'", [], id="no secret"),
        pytest.param("f'https://{host}/{token}'", [], id="no login"),
        pytest.param("template.format(password)\n'x://' + f()", [], id="an unknown template"),
        pytest.param("x % y\n'x://%s'", [], id="an unknown format"),
        pytest.param("f'redis://{host}:{port}/0'", ["open-redis"], id="Redis without login"),
        pytest.param("'redis://localhost/0'", [], id="a literal is the guard's"),
        pytest.param("x = 'http://${settings.HOST}'", ["template-in-text"], id="template"),
        pytest.param("f'http://${settings.HOST}'", ["template-in-text"], id="template in an f-string"),
        pytest.param("f'costs ${settings.PRICE}'", [], id="dollars"),
        pytest.param("x = 'a' + b + 'x://'\ny = a + b + f'x://{c}'", [], id="sums"),
        pytest.param("x = a + b + '://u:' + password + '@h'", ["unquoted-dsn"], id="a sum that starts with names"),
        pytest.param("'x://' % y\n(a % b)\n'://' + (x % y)", [], id="a format of no text"),
        pytest.param("f'x://u:{f(password)}@h'", [], id="what another function makes of it"),
        pytest.param("'${HOST}'", [], id="a template of something else"),
        pytest.param('"""Write ${settings.HOST}."""', [], id="docstring"),
        pytest.param("Celery('x', broker=url, backend=url)", ["shared-redis"], id="one URL for both"),
        pytest.param("Celery('x', broker=url, backend=other)", [], id="two URLs"),
        pytest.param("Celery('x', broker=url)", [], id="no results"),
        pytest.param(
            "a = f'redis://:x@{h}/0'\nb = f'redis://:x@{h}/0'\nCelery('x', broker=a, backend=b)",
            ["shared-redis"],
            id="two names",
        ),
        pytest.param(
            "a = f'redis://:x@{h}'\nb = f'redis://:x@{h}/0'\nCelery('x', broker=a, backend=b)",
            ["shared-redis"],
            id="the first is meant",
        ),
        pytest.param(
            "a = f'redis://:x@{h}/0'\nb = f'redis://:x@{h}/1'\nCelery('x', broker=a, backend=b)", [], id="two numbers"
        ),
        pytest.param("a = f()\na = g()\nCelery('x', broker=a, backend=b)", [], id="given twice"),
        pytest.param("Settings(_env_file='.env.' + name)", ["relative-env-file"], id="given to the class"),
        pytest.param("Settings(_env_file=ROOT / name)", [], id="given from the root"),
        pytest.param("load_dotenv('.env.' + name)", ["relative-env-file"], id="loaded"),
        pytest.param("load_dotenv(dotenv_path=f'.env.{name}')", ["relative-env-file"], id="loaded by keyword"),
        pytest.param("load_dotenv()\nload_dotenv(find_dotenv())", [], id="looked for"),
        pytest.param("os.getenv('ENVIRONMENT', 'development')", ["open-environment"], id="environment by default"),
        pytest.param("os.environ.get('APP_ENV', default='dev')", ["open-environment"], id="by keyword"),
        pytest.param("os.getenv('ENV') or 'staging'", ["open-environment"], id="or else"),
        pytest.param("click.option('--env', envvar='APP_ENV', default='dev')", ["open-environment"], id="click"),
        pytest.param("typer.Option('dev', envvar='APP_ENV')", ["open-environment"], id="typer"),
        pytest.param("click.option('--env', envvar='APP_ENV', required=True)", [], id="click, required"),
        pytest.param("click.option('--env', default='dev')\nf(y)(x)", [], id="an option that no variable gives"),
        pytest.param("os.getenv('ENVIRONMENT', 'production')", [], id="environment that fails safe"),
        pytest.param("os.environ['ENVIRONMENT']\nos.getenv('ENV')\nos.getenv('ENV', '')", [], id="no default"),
        pytest.param("os.getenv('NAME', 'development')", [], id="no environment"),
        pytest.param("RESULT_URL = 'redis://u@h/0'\nBROKER_URL = 'redis://u@h/0'", ["shared-redis"], id="constants"),
        pytest.param("BROKER_URL = 'redis://u@h/0'\nRESULT_URL = 'redis://u@h/1'", [], id="two databases"),
        pytest.param("BROKER_URL = 'amqp://h'\nRESULT_URL = f()", [], id="no Redis"),
        pytest.param("BROKER_URL = f(x)\nRESULT_URL = f(x)", [], id="no text"),
        pytest.param("BROKER_URL = redis_url(0)\nRESULT_URL = redis_url(0)", ["shared-redis"], id="one call"),
        pytest.param("BROKER_URL = redis_url(0)\nRESULT_URL = redis_url(1)", [], id="two calls"),
        pytest.param("BROKER_URL = s.redis_url\nRESULT_URL = s.redis_url", ["shared-redis"], id="one attribute"),
        pytest.param("BROKER_URL = s.redis_url\nRESULT_URL = s.redis_results", [], id="two attributes"),
        pytest.param(
            "app.conf.broker_url = redis_url(0)\napp.conf.result_backend = redis_url(0)", ["shared-redis"], id="conf"
        ),
        pytest.param(
            "conf.update(broker_url=redis_url(0), result_backend=redis_url(0))", ["shared-redis"], id="update"
        ),
        pytest.param("{'broker_url': redis_url(0), 'result_backend': redis_url(0)}", ["shared-redis"], id="a table"),
        pytest.param(
            "def broker(): return redis_url(0)\ndef result(): return broker", ["shared-redis"], id="each other"
        ),
        pytest.param("RedisDsn.build(scheme='redis', host=s.host)", ["open-redis"], id="a URL that is built"),
        pytest.param("RedisDsn.build(host=s.host, password=p)\nRedisDsn.build(**more)", [], id="a URL with a login"),
        pytest.param("''.join(['x://u:', password, '@h'])", ["unquoted-dsn"], id="joined"),
        pytest.param("Template('x://u:$p@$h').substitute(p=s.db_password, h=h)", ["unquoted-dsn"], id="a template"),
        pytest.param("'/'.join(['https://h', *parts])\nTemplate(x).substitute(y)", [], id="joined without a login"),
        pytest.param("CORS(app, supports_credentials=True)", ["open-cors"], id="Flask, by default"),
        pytest.param(
            "CORS(app, resources={'/x': {'origins': '*'}}, supports_credentials=True)", ["open-cors"], id="Flask"
        ),
        pytest.param("CORS(app)\nCORS(app, origins=o, supports_credentials=True)", [], id="Flask, listed"),
        pytest.param(
            "def f():\n    o = ['*']\n    add(allow_origins=o, allow_credentials=True)", ["open-cors"], id="local"
        ),
        pytest.param("jwt.encode({'exp': now + timedelta(days=1)}, key)", ["long-token"], id="signed for a day"),
        pytest.param("jwt.encode({'exp': now + timedelta(minutes=15)}, key)", [], id="signed for minutes"),
        pytest.param("ACCESS_TOKEN_EXPIRE_MINUTES = 60 * 24", ["long-token"], id="a constant"),
        pytest.param("REFRESH_TOKEN_EXPIRE_DAYS = 30\nCACHE_TTL_DAYS = 30", [], id="other constants"),
        pytest.param("config('ENVIRONMENT', default='dev')", ["open-environment"], id="decouple"),
        pytest.param('f\'.env.{os.getenv("ENV", "dev")}\'', ["open-environment"], id="inside a text"),
        pytest.param("add(allow_origins=['*'], allow_credentials=True)", ["open-cors"], id="with credentials"),
        pytest.param("add(allow_origins=['*'], allow_credentials=False)", [], id="without credentials"),
        pytest.param("add(allow_origins=origins, allow_credentials=True)", [], id="listed"),
        pytest.param("ALL = ('*',)\nadd(allow_origins=ALL, allow_credentials=True)", ["open-cors"], id="by a constant"),
        pytest.param("add(X, **{'allow_origins': ['*'], 'allow_credentials': True})", ["open-cors"], id="in a table"),
        pytest.param(
            "O = {'allow_origins': ['*']}\nadd(CORSMiddleware, allow_credentials=True, **O)",
            ["open-cors"],
            id="a named table",
        ),
        pytest.param(
            "B = dict(allow_credentials=True)\nO = {**B, 'allow_origins': ['*'], 1: 2}\nadd(CORSMiddleware, **O)",
            ["open-cors"],
            id="in a table of tables",
        ),
        pytest.param("add(X, **{'allow_origins': ['*'], 'allow_credentials': False})", [], id="a table without them"),
        pytest.param("add(X, **{'allow_origins': o, 'allow_credentials': True})", [], id="a table with a list"),
        pytest.param(
            "O = {**O, 'allow_origins': '*'}\nadd(CORS, **O, allow_credentials=True)", ["open-cors"], id="itself"
        ),
        pytest.param("add(allow_origins=['*'], **cors_options())", [], id="a table from elsewhere"),
        pytest.param("CORS_ALLOW_ALL_ORIGINS = True", ["open-cors"], id="Django"),
        pytest.param("CORS_ORIGIN_ALLOW_ALL = True", ["open-cors"], id="Django, as it was"),
        pytest.param("CORS_ALLOWED_ORIGINS = ['*']", ["open-cors"], id="Django, listed"),
        pytest.param("CORS_ALLOW_ALL_ORIGINS = DEBUG", [], id="Django, by a switch"),
        pytest.param("CORS_ALLOW_ALL_ORIGINS = False\nCORS_ALLOW_HEADERS = ['*']", [], id="Django, closed"),
        pytest.param("if DEBUG:\n    CORS_ALLOW_ALL_ORIGINS = True", [], id="Django, while debugging"),
        pytest.param("ORIGINS = ['*']", [], id="origins of something else"),
    ),
)
def test_code(text, expected):
    assert in_code(text) == expected


def test_settings_of_development_may_let_every_origin_in():
    open_to_all = "CORS_ALLOW_ALL_ORIGINS = True\n"
    assert list(code_findings(module(open_to_all, "config/settings/local.py"))) == []
    assert len(list(code_findings(module(open_to_all, "config/settings/base.py")))) == 1


def test_a_finding_is_anchored_to_what_it_is_in():
    text = "class A:\n    def url(self):\n        return f'x://u:{self.password}@h'\nurl: str = f'x://u:{password}@h'\n"
    assert [(finding.anchor, finding.line) for finding in code_findings(module(text))] == [("url", 3), ("url", 4)]


def test_a_class_with_a_default_for_every_field_needs_no_key():
    whole = f"{HEAD}class Settings(BaseSettings):\n{CONFIG.format('')}    HOST: str{{}}\nsettings = Settings()\n"
    told = [[one.rule for one in findings([module(whole.format(given))])] for given in ("", ' = "x"')]
    assert [("settings-at-import" in one) for one in told] == [True, False]


def test_a_class_by_another_name_is_made_at_import():
    one = module(f"{HEAD}class Settings(BaseSettings):\n{CONFIG.format('')}    HOST: str\n")
    other = module("from config import Settings as Conf\nconf = Conf()\n", "other.py")
    assert [(found.rule, found.path, found.line) for found in findings([one, other])] == [
        ("settings-at-import", "other.py", 2)
    ]


@pytest.mark.parametrize(
    ("validator", "body", "expected"),
    (
        pytest.param("field_validator('HOSTS')", "assert value == NAME", 1, id="of another field"),
        pytest.param("field_validator('ENVIRONMENT')", "assert value == NAME", 0, id="of this field"),
        pytest.param("field_validator('*')", "if value != NAME: raise E", 0, id="of every field"),
        pytest.param("field_validator('ENVIRONMENT')", "check(value)", 0, id="by a function"),
        pytest.param("field_validator('ENVIRONMENT')", "print(value)", 1, id="only shown"),
        pytest.param("field_validator('ENVIRONMENT')", "assert value in ('a', 'b')", 1, id="one of some"),
        pytest.param("field_validator('ENVIRONMENT')", "return value.lower()", 1, id="changed"),
        pytest.param("model_validator(mode='after')", "return self", 1, id="nothing"),
        pytest.param("model_validator(mode='after')", "assert self.ENVIRONMENT == NAME", 0, id="asserted"),
        pytest.param("model_validator(mode='after')", "if value['ENVIRONMENT'] != NAME: raise E", 0, id="of a table"),
        pytest.param("model_validator(mode='after')", "if value.get('ENV') != NAME: raise E", 1, id="of another key"),
        pytest.param("model_validator(mode='after')", "if self.ENVIRONMENT != NAME: sys.exit(1)", 0, id="leaves"),
        pytest.param("model_validator(mode='after')", "if self.ENVIRONMENT != NAME: stop()", 0, id="by its own"),
        pytest.param(
            "model_validator(mode='after')", "if self.ENVIRONMENT == NAME: return self\n    raise E", 0, id="below"
        ),
        pytest.param("model_validator(mode='after')", "if self.ENVIRONMENT != NAME: print('x')", 1, id="only told"),
        pytest.param("model_validator(mode='after')", "if not self.HOSTS: raise E", 1, id="something else"),
        pytest.param("model_validator(mode='after')", "if self.HOSTS != NAME: raise E", 1, id="another name"),
        pytest.param(
            "model_validator(mode='after')", "if self.ENVIRONMENT == 'a' and DEBUG: raise E", 1, id="with a word"
        ),
    ),
)
def test_who_may_compare_the_environment(validator, body, expected):
    stop = "def stop(): raise E\n"
    config = CONFIG.format(", env_file=ROOT / f'.env.{NAME}'")
    fields = "    ENVIRONMENT: Literal['a', 'b']\n    HOSTS: str\n"
    method = f"    @{validator}\n    def f(self, value):\n        {body.replace(chr(10), chr(10) + '    ')}\n"
    text = f"{HEAD}{stop}class Settings(BaseSettings):\n{config}{fields}{method}"
    assert rules(text).count("unchecked-environment") == expected


@pytest.mark.parametrize(
    "text",
    (
        pytest.param("engine = made(get_settings().url)", id="engine"),
        pytest.param("url = get_settings().url", id="value"),
        pytest.param("DATABASES = {'default': parse(get_settings().url)}", id="Django"),
        pytest.param("def create_app():\n    return App(get_settings().url)\napp = create_app()", id="app"),
    ),
)
def test_an_import_may_take_a_value_of_settings(text):
    factory = "def get_settings():\n    return Settings()\n"
    own = f"{HEAD}class Settings(BaseSettings):\n{CONFIG.format('')}    url: str\n{factory}"
    assert findings([module(own), module(f"from config import get_settings\n{text}\n", "database.py")]) == []


PLACE = 'CONFIG = {"host": "${DB_HOST}"}'


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param(PLACE, 1, id="in a table"),
        pytest.param("connect(host='${DB_HOST}')", 1, id="as an argument"),
        pytest.param("HOST = '${DB_HOST:-x}'", 1, id="with a default"),
        pytest.param("HOST = '${OTHER}'", 0, id="no key"),
        pytest.param("HOST = 'give ${DB_HOST} a value'", 0, id="in a sentence"),
        pytest.param(f"{PLACE}\nos.path.expandvars(CONFIG['host'])", 0, id="that is filled"),
        pytest.param(f"import yaml\n{PLACE}", 0, id="for another file"),
    ),
)
def test_a_placeholder_of_a_key(text, expected):
    assert [one.rule for one in code_findings(module(text), {"DB_HOST"})] == ["settings-template-in-text"] * expected
    assert list(code_findings(module(text))) == []
