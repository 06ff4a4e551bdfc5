"""What becomes of one line of code: the whole result, and what is left alone with its reason."""

import pytest

from envfence import cli

PRELUDE = "from settings import get_settings\n"


def with_import(code):
    return PRELUDE + "\n" + code


CASES = (
    pytest.param('U = "@DSN@"\n', "U = get_settings().database_url\n", id="assignment"),
    pytest.param(
        'c = connect(host="@HOST@", port=@PORT@)\n',
        "c = connect(host=get_settings().DB_HOST, port=get_settings().DB_PORT)\n",
        id="arguments, told by the port",
    ),
    pytest.param(
        '@click.option("--db-password", default="@WORD@")\ndef main(db_password):\n    return db_password\n',
        '@click.option("--db-password", default=get_settings().DB_PASSWORD.get_secret_value())\n'
        "def main(db_password):\n    return db_password\n",
        id="an option that a decorator declares",
    ),
    pytest.param(
        'c = psycopg2.connect("host=@HOST@ port=@PORT@ user=@USER@ password={x}@WORD@")\n',
        "c = psycopg2.connect(get_settings().database_conninfo)\n",
        id="braces that nothing fills, in pairs",
    ),
    pytest.param(
        'c = psycopg2.connect("postgresql://@USER@:{x}@WORD@@@HOST@:@PORT@/@NAME@")\n',
        "c = psycopg2.connect(get_settings().DB_URL.get_secret_value())\n",
        id="braces that nothing fills, in a URL",
    ),
    pytest.param(
        'U = "host=@OTHER@ port={o} user=@USER@ password={p}".format(o=@PORT@, p="{x}@WORD@")\n',
        "U = get_settings().database_conninfo\n",
        id="braces in what is filled in",
    ),
    pytest.param(
        'U = "host=@OTHER@ port={} dbname={} password={}".format(@PORT@, app.name, "@WORD@")\n',
        'U = f"host={get_settings().pair_db_host} port={get_settings().pair_db_port} dbname={app.name}'
        ' password={get_settings().pair_db_password}"\n',
        id="format with constants and an attribute",
    ),
    pytest.param(
        'U = "host=@OTHER@ port=@PORT@ dbname={n} user={n} password={p}".format(p="@WORD@", n=name)\n',
        'U = f"host={get_settings().pair_db_host} port={get_settings().pair_db_port} dbname={name} user={name}'
        ' password={get_settings().pair_db_password}"\n',
        id="format with a constant and a name",
    ),
    pytest.param(
        'U = "http://@OTHER@:8000/{0!r}/{1:>3}".format("a", name)\n',
        'U = f"{get_settings().API_URL}/{{0!r}}/{{1:>3}}".format("a", name)\n',
        id="format that no f-string can do alike",
    ),
    pytest.param(
        'U = "http://@OTHER@:8000/{}/{}".format("a", name())\n',
        'U = f"{get_settings().API_URL}/{{}}/{{}}".format("a", name())\n',
        id="format of what is called",
    ),
    pytest.param(
        'U = "http://@OTHER@:8000/{a}/{b}".format(a="a", **names)\n',
        'U = f"{get_settings().API_URL}/{{a}}/{{b}}".format(a="a", **names)\n',
        id="format of names that are not said",
    ),
    pytest.param(
        'c = psycopg2.connect("host=@OTHER@ port=@PORT@ password={}".replace("{}", word))\n',
        'c = psycopg2.connect(f"host={get_settings().pair_db_host} port={get_settings().pair_db_port} password={{}}"'
        '.replace("{}", word))\n',
        id="braces that a method fills",
    ),
    pytest.param(
        'DB_HOST = "@OTHER@"\nsubprocess.run(["ssh", "a@@OTHER@", "ls"])\n'
        'subprocess.run("scp x a@@OTHER@:/y", shell=True)\n',
        'DB_HOST = get_settings().DB_HOST\nsubprocess.run(["ssh", f"a@{get_settings().DEPLOY_HOST}", "ls"])\n'
        'subprocess.run(f"scp x a@{get_settings().DEPLOY_HOST}:/y", shell=True)\n',
        id="a machine that commands go to",
    ),
    pytest.param(
        'r = redis.Redis("@HOST@", port=@REDIS@)\n',
        "r = redis.Redis(get_settings().REDIS_HOST, port=get_settings().REDIS_PORT)\n",
        id="a service by its client",
    ),
    pytest.param(
        'DB_PORT = "@PORT@"\nDB_HOST = "@HOST@"\n',
        "DB_PORT = str(get_settings().DB_PORT)\nDB_HOST = get_settings().DB_HOST\n",
        id="a port that is a text stays one",
    ),
    pytest.param(
        'm = Minio("@HOST@:9000", secret_key="@TOKEN@")\n',
        'm = Minio(f"{get_settings().MINIO_HOST}:{get_settings().MINIO_PORT}", '
        "secret_key=get_settings().MINIO_SECRET_KEY.get_secret_value())\n",
        id="host and port in one argument",
    ),
    pytest.param(
        'def place():\n    requests.get(URL, auth=("risk", "@WORD@"))\n',
        'def place():\n    requests.get(URL, auth=("risk", get_settings().PLACE_PASSWORD.get_secret_value()))\n',
        id="a login",
    ),
    pytest.param(
        'def place():\n    post(json={"appSecret": "@TOKEN@"}, headers={"appkey": "@TOKEN@1"})\n',
        'def place():\n    post(json={"appSecret": get_settings().PLACE_APP_SECRET.get_secret_value()}, '
        'headers={"appkey": get_settings().PLACE_APPKEY.get_secret_value()})\n',
        id="headers are about nothing",
    ),
    pytest.param(
        'e = create_engine(f"postgresql://@LOGIN@@@HOST@:@PORT@/{name}")\n',
        'e = create_engine(f"postgresql://{get_settings().database_netloc}/{name}")\n',
        id="f-string, another database",
    ),
    pytest.param(
        'e = create_engine(f"postgresql://{user}:{word}@@HOST@:@PORT@/{name!r:>10}")\n',
        'e = create_engine(f"postgresql://{user}:{word}@{get_settings().DB_HOST}:{get_settings().DB_PORT}/{name!r:>10}")\n',
        id="f-string, the login is computed",
    ),
    pytest.param(
        "r = requests.get('@WEB@:8000/items/{}?q={{}}'.format(name))\n",
        "r = requests.get(f'{get_settings().API_URL}/items/{{}}?q={{{{}}}}'.format(name))\n",
        id="braces that format fills",
    ),
    pytest.param(
        'r = requests.get("@WEB@:8000/items/" + name)\n',
        'r = requests.get(f"{get_settings().API_URL}/items/" + name)\n',
        id="a sum, of which one part is computed",
    ),
    pytest.param(
        'e = create_engine("postgresql://@USER@"\n                  ":@WORD@@@HOST@/x")\n',
        "e = create_engine(get_settings().database_url)\n",
        id="joined by standing beside each other",
    ),
    pytest.param('T = b"tok-@WORD@-7fQ2x9"\n', None, id="bytes without a name"),
    pytest.param(
        'API_TOKEN = b"tok-@WORD@-7fQ2x9"\n',
        "API_TOKEN = get_settings().API_TOKEN.get_secret_value().encode()\n",
        id="bytes",
    ),
    pytest.param(
        'u = os.environ["REDIS_URL"] = "redis://@HOST@:@REDIS@/0"\n',
        'u = os.environ["REDIS_URL"] = get_settings().redis_url\n',
        id="two targets",
    ),
    pytest.param(
        'def f(u=None):\n    return"@DSN@"if u is None else u\n',
        "def f(u=None):\n    return get_settings().database_url if u is None else u\n",
        id="no space around it",
    ),
    pytest.param(
        'k = KafkaProducer(bootstrap_servers=["@HOST@:9092"])\n',
        'k = KafkaProducer(bootstrap_servers=[f"{get_settings().KAFKA_HOST}:{get_settings().KAFKA_PORT}"])\n',
        id="host and port in a list",
    ),
    pytest.param(
        'SERVER = "Server=@OTHER@,1433;Database=x;Uid=sa;Pwd=@WORD@"\n',
        "SERVER = get_settings().database_conninfo\n",
        id="pairs with semicolons",
    ),
    pytest.param(
        'a = "postgresql+asyncpg://@LOGIN@@@HOST@:@PORT@/x"\nb = "postgresql://@LOGIN@@@HOST@:@PORT@/x"\n',
        "a = get_settings().async_database_url\nb = get_settings().database_url\n",
        id="two drivers, one set of keys",
    ),
)


@pytest.mark.parametrize(("before", "after"), CASES)
def test_spelling(before, after, fix):
    if after is None:
        fix({"app.py": before}, expected=0)
    else:
        assert fix({"app.py": before})["app.py"] == with_import(after)


LEFT = (
    pytest.param(
        'c = connect("postgresql://@LOGIN@@%s/x" % host)\n',
        "app.py:1: hardcoded-credential: left alone: what is filled in with % may hold a % itself\n",
        id="a password in a template for %",
    ),
    pytest.param(
        'u = "postgresql://@USER@:a%27b%24c@@HOST@/x"\n',
        "app.py:1: hardcoded-credential: left alone: "
        "python-dotenv and docker compose would read the value differently: change it first\n",
        id="no form in an env file",
    ),
    pytest.param(
        'print "@DSN@"\nx = connect("@DSN@")\n',
        "app.py:2: hardcoded-credential: left alone: the file is no Python that can be parsed\n",
        id="another Python",
    ),
)


@pytest.mark.parametrize(("code", "said"), LEFT)
def test_left_alone(code, said, fix, filled, capsys):
    assert fix({"app.py": code}, expected=0) == {"app.py": filled(code)}
    assert said in capsys.readouterr().err


KEPT = (
    pytest.param("# -*- coding: cp949 -*-\r\n# 주가\r\nU = '@DSN@'\t# \t끝\r\n\r\n", "cp949", b"", id="CRLF, cp949"),
    pytest.param("# 주가\nU = '@DSN@'", "utf-8", b"", id="no line end at the end"),
    pytest.param("# 주가\nU = '@DSN@'\n", "utf-8", b"\xef\xbb\xbf", id="a byte order mark"),
    pytest.param("x = 1\x0c\nif x:\n\tU = '@DSN@' \n\n\n", "utf-8", b"", id="a form feed, tabs"),
)


@pytest.mark.parametrize(("text", "encoding", "mark"), KEPT)
def test_all_else_is_kept_to_the_byte(text, encoding, mark, fix, repo, filled):
    fix({"app.py": mark + filled(text).encode(encoding)})
    newline = "\r\n" if "\r\n" in text else "\n"
    line = f"from settings import get_settings{newline}{newline}"
    at = text.index("U =") if "if x" not in text else 0
    expected = text[:at] + line + text[at:].replace("'@DSN@'", "get_settings().database_url")
    assert (repo / "app.py").read_bytes() == mark + expected.encode(encoding)


def test_a_module_with_a_function_of_that_name(fix):
    after = fix({"app.py": 'def get_settings():\n    return "@DSN@"\n'}, "--verify")
    assert after["app.py"] == (
        "from settings import get_settings as environment_settings\n\n"
        "def get_settings():\n    return environment_settings().database_url\n"
    )


def test_docstrings_and_what_is_the_same_everywhere_stay(fix, filled):
    head = 'def f():\n    """Use @DSN@."""\n'
    code = 'U = "see https://docs.python.org/3 and @WEB@:8000/x"\nV = "@DSN@"\n'
    after = fix({"app.py": head + code}, "--verify")
    assert filled(head) in after["app.py"]
    assert "docs.python.org" in after["app.py"]


def test_a_copy_that_is_noticed_only_beside_the_env_file_goes_as_well(fix):
    code = 'U = "@DSN@"\nneedle = ("x", "@WORD@")\n'
    after = fix({"app.py": code}, "--verify")
    assert after["app.py"].endswith(
        'U = get_settings().database_url\nneedle = ("x", get_settings().DB_PASSWORD.get_secret_value())\n'
    )


def test_one_server_has_one_set_of_keys(fix):
    files = {
        "a.py": 'REPLICAS = ["@DSN@", "postgresql://@USER@:@REPORT@@@OTHER@:5432/@NAME@"]\n',
        "b.py": 'U = "postgresql://@USER@:@REPORT@@@OTHER@:5432/@NAME@"\n',
        "option.py": 'add_argument("--cache-host", default="@HOST@")\nadd_argument("--cache-port", default=@REDIS@)\n',
        "web.py": 'A = "@WEB@:8000"\ndef f(host="@HOST@", port=8000): ...\n',
    }
    after = fix(files, "--verify")
    assert "REPLICAS = [get_settings().replicas_database_url, get_settings().database_url]\n" in after["a.py"]
    assert "U = get_settings().database_url\n" in after["b.py"]
    assert "CACHE_HOST" in after["option.py"]
    assert "CACHE_PORT" in after["option.py"]
    assert "host=get_settings().API_HOST, port=get_settings().API_PORT" in after["web.py"]


def test_a_server_is_called_what_somebody_calls_it(fix):
    pages = "a = requests.get('@WEB@:3999/api/search')\nb = requests.get('@WEB@:8000/api/x')\n"
    code = f"import requests\n\n{pages}GRAFANA = '@WEB@:3999'\nAPI_URL = '@WEB@:8000/api/v1'\n"
    after = fix({"a.py": code}, "--verify")["a.py"]
    assert "a = requests.get(f'{get_settings().GRAFANA_URL}/api/search')\n" in after
    assert "GRAFANA = get_settings().GRAFANA_URL\n" in after
    assert "API_URL = f'{get_settings().API_URL}/api/v1'\n" in after


def test_a_user_of_the_same_class_goes_as_well(fix):
    fields = "    host: str = '@OTHER@'\n    user: str = '@USER@'\n    password: str = '@WORD@'\n"
    after = fix({"store.py": f"@dataclass\nclass Store:\n{fields}"}, "--verify")
    assert "    user: str = get_settings().STORE_USER\n" in after["store.py"]


def test_a_host_behind_an_option_of_a_command_reads_its_key(fix):
    login = 'c = connect(host="@OTHER@", port=@PORT@, user="@USER@", password="@WORD@")\n'
    command = 'subprocess.run(["pg_dump", "-h", "@OTHER@", "-f", "x.sql", "shop"])\nHOSTS = ["@OTHER@", "db-2"]\n'
    after = fix({"a.py": login, "dump.py": command})["dump.py"]
    assert '["pg_dump", "-h", get_settings().DB_HOST, "-f", "x.sql", "shop"]' in after


def test_servers_of_one_cluster_are_numbered(fix, filled):
    code = 'BROKERS = ["@OTHER@:9092", "192.168.219.104:9092"]\nproducer = KafkaProducer(bootstrap_servers=BROKERS)\n'
    after = fix({"events.py": code}, "--verify")
    assert filled("KAFKA_HOST=@OTHER@\n") in after[".env.development"]
    assert "KAFKA2_HOST=192.168.219.104\n" in after[".env.development"]
    assert "BROKERS_HOST" not in after[".env.development"]


def test_options_that_repeat_a_login_read_its_keys(fix):
    options = 'p.add_argument("--user", default="quantadm")\np.add_argument("--password", default="@WORD@")\n'
    login = 'c = connect(host="@HOST@", port=@PORT@, user="quantadm", password="@WORD@")\n'
    after = fix({"a.py": login, "run_import.py": options}, "--verify")["run_import.py"]
    assert 'p.add_argument("--user", default=get_settings().DB_USER)\n' in after
    assert 'p.add_argument("--password", default=get_settings().DB_PASSWORD.get_secret_value())\n' in after


def test_a_password_that_a_url_holds_is_no_copy_of_the_url(fix):
    files = {
        "settings.py": "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n"
        '    DATABASE_URL: str = "@DSN@"\n\n\nsettings = Settings()\n',
        "run_import.py": 'p.add_argument("--password", default="@WORD@")\n',
    }
    after = fix(files, "--verify")
    assert "default=settings.IMPORT_PASSWORD.get_secret_value()" in after["run_import.py"]
    assert "DATABASE_URL_2" not in after[".env.development"]


def test_a_diff_shows_no_value_that_moves_found_or_not(fix, filled, capsys):
    code = (
        'T = "@DSN@"\nU = "postgresql://{}:{}@{}:{}/{}".format("@USER@", "@WORD@", "@HOST@", @PORT@, "@NAME@")\n'
        'V = "postgresql://" + name + ":" + "@WORD@" + "@@HOST@:@PORT@" + "/@NAME@"\nW = check("@WORD@")\n'
    )
    fix({"app.py": code}, "--diff")
    shown = capsys.readouterr().out
    assert "+U = get_settings().database_url\n" in shown
    assert filled("@WORD@") not in shown


def test_a_diff_shows_no_value_of_an_env_file_that_stays(fix, filled, capsys):
    files = {".env.development": "API_PASSWORD=@TOKEN@\n", "app.py": 'T = "@DSN@"\nx = "to @TOKEN@ and on"\n'}
    fix(files, "--diff")
    shown = capsys.readouterr().out
    assert 'x = "***"\n' in shown
    assert filled("@TOKEN@") not in shown


WEBHOOK = "https://hooks.slack.com/" + "services/T0FAKE000/B0FAKE000/fAkEfAkEfAkEfAkEfAkEfAk3"


def test_a_url_that_is_a_secret_is_one_key(fix):
    code = f'import requests\n\n\ndef tell(text):\n    requests.post("{WEBHOOK}", json=text)\n'
    after = fix({"a.py": code}, "--verify")
    assert "requests.post(get_settings().SLACK_WEBHOOK_URL.get_secret_value(), json=text)\n" in after["a.py"]
    assert f"SLACK_WEBHOOK_URL={WEBHOOK}\n" in after[".env.development"]


@pytest.mark.parametrize("has_class", (True, False), ids=("a class that is there", "a new class"))
def test_pairs_over_several_lines(has_class, fix):
    config = (
        "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    N: int = 1\n\n"
        "    @property\n    def double(self) -> int:\n        return self.N * 2\n\n\nsettings = Settings()\n"
    )
    pairs = 'D = """\n\thost=@HOST@\n\tport=@PORT@\n\tuser=@USER@ password=@WORD@\n"""\n'
    after = fix({"a.py": pairs} | ({"config.py": config} if has_class else {}), "--verify")
    assert after["a.py"].endswith("ettings.database_conninfo\n" if has_class else "().database_conninfo\n")


def test_data_of_a_test_stays(fix, filled, capsys):
    code = 'def test_login():\n    client.put(app.url_path_for("x"), json={"user": {"password": "@WORD@x"}})\n'
    connects = 'connect(host="@HOST@", port=@PORT@, user="@USER@", password="@WORD@")\n'
    after = fix({"tests/test_login.py": code, "test_loader.py": connects}, "--verify")
    assert after["tests/test_login.py"] == filled(code)
    assert "password=get_settings().DB_PASSWORD" in after["test_loader.py"]
    assert "left alone: it is data of a test" in capsys.readouterr().err


def test_a_copy_in_what_is_called_as_a_test_is_read_from_its_key(fix):
    token = 'INFLUXDB_TOKEN = "@TOKEN@"\n'
    client = "from influxdb_client import InfluxDBClient\n"
    called = 'InfluxDBClient(url="@WEB@:8086", token=INFLUXDB_TOKEN)'
    program = f'{client}\n{token}\n\nif __name__ == "__main__":\n    print({called}.ping())\n'
    after = fix({"a.py": token, "test_loader.py": program})
    assert "INFLUXDB_TOKEN = get_settings().INFLUXDB_TOKEN.get_secret_value()\n" in after["test_loader.py"]


def test_a_copy_is_the_value_and_not_the_name_beside_it(fix):
    code = 'a = os.getenv("DB_PASSWORD", "@WORD@")\nb = os.getenv("DB_PASSWORD", "@WORD@")  # trufflehog:ignore\n'
    after = fix({"app.py": f"import os\n{code}"}, "--verify")
    value = "get_settings().DB_PASSWORD.get_secret_value()"
    assert f"a = {value}\nb = {value}  # trufflehog:ignore\n" in after["app.py"]


NAMED = """\
import sqlalchemy

DB_USER = "@USER@"
DB_PASSWORD = "{}"
DB_HOST, DB_PORT = "@HOST@", @PORT@
URL = f"postgresql://{{DB_USER}}:{{DB_PASSWORD}}@{{DB_HOST}}:{{DB_PORT}}/x"
"""


def test_connection_of_constants_is_quoted(fix):
    after = fix({"a.py": NAMED.format("@WORD@")}, "--verify")["a.py"]
    login = "{get_settings().quoted_db_user}:{get_settings().quoted_db_password}"
    assert f'URL = f"postgresql://{login}@{{DB_HOST}}:{{DB_PORT}}/x"\n' in after
    assert "DB_HOST, DB_PORT = get_settings().DB_HOST, get_settings().DB_PORT\n" in after
    assert cli.main(["fix", "--allow-dirty"]) == 0


LOCAL = """\
def connect():
    db_host, db_port = "@HOST@", @PORT@
    db_user: str = "@USER@"
    db_password = "{}"
    return psycopg2.connect({})
"""
LOGIN = ("get_settings().quoted_db_user", "get_settings().quoted_db_password")


@pytest.mark.parametrize(
    ("spelling", "expected"),
    (
        pytest.param(
            'f"postgresql://{db_user}:{db_password}@{db_host}:{db_port}/x"',
            f'f"postgresql://{{{LOGIN[0]}}}:{{{LOGIN[1]}}}@{{db_host}}:{{db_port}}/x"',
            id="f-string",
        ),
        pytest.param(
            '"postgresql://" + db_user + ":" + db_password + "@" + db_host + "/x"',
            f'"postgresql://" + {LOGIN[0]} + ":" + {LOGIN[1]} + "@" + db_host + "/x"',
            id="sum",
        ),
        pytest.param(
            '"postgresql://%s:%s@%s/x" % (db_user, db_password, db_host)',
            f'"postgresql://%s:%s@%s/x" % ({LOGIN[0]}, {LOGIN[1]}, db_host)',
            id="percent",
        ),
        pytest.param(
            '"postgresql://{}:{}@{}/x".format(db_user, db_password, db_host)',
            f'"postgresql://{{}}:{{}}@{{}}/x".format({LOGIN[0]}, {LOGIN[1]}, db_host)',
            id="format",
        ),
        *(
            pytest.param(code, code, id=name)
            for name, code in (
                ("by name", '"postgresql://{u}:{p}@{h}/x".format(p=db_password, u=db_user, h=db_host)'),
                ("from a table", '"postgresql://%(u)s@%(h)s/x" % {"u": db_user, "h": db_host}'),
                ("no login", '"postgresql://" + db_host + "/" + db_user'),
            )
        ),
    ),
)
def test_a_connection_of_variables_is_quoted_in_every_spelling(spelling, expected, fix):
    after = fix({"a.py": f"import psycopg2\n\n\n{LOCAL.format('@WORD@', spelling)}"})["a.py"]
    assert f"    return psycopg2.connect({expected})\n" in after
    assert "    db_password = get_settings().DB_PASSWORD.get_secret_value()\n" in after
    assert cli.main(["fix", "--allow-dirty"]) == 0


@pytest.mark.parametrize(
    "spelling",
    (
        'f"postgresql://{db_user}:{db_password}@{db_host}/x"',
        '"postgresql://" + db_user + ":" + db_password + "@" + db_host + "/x"',
        '"postgresql://%s:%s@%s/x" % (db_user, db_password, db_host)',
    ),
    ids=("f-string", "sum", "percent"),
)
def test_a_password_that_is_encoded_for_its_url_is_kept_plain(spelling, fix):
    after = fix({"a.py": f"import psycopg2\n\n\n{LOCAL.format('fake%2Fp%40ss-77', spelling)}"})
    assert f"    db_password = {LOGIN[1]}\n" in after["a.py"]
    assert "fake/p@ss-77" in after[".env.development"]
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_a_password_that_is_encoded_and_read_elsewhere_too_stays_as_it_is(fix):
    spelling = 'f"postgresql://{db_user}:{db_password}@{db_host}/x", password=db_password'
    after = fix({"a.py": f"import psycopg2\n\n\n{LOCAL.format('fake%2Fp%40ss-77', spelling)}"})
    assert "fake%2Fp%40ss-77" in after[".env.development"]


def test_a_connection_of_variables_that_quoting_would_change(fix):
    spelling = '"postgresql://%s:%s@%s/x" % (db_user, db_password, db_host)'
    after = fix({"a.py": f"import psycopg2\n\n\n{LOCAL.format('fake/p@ss-77', spelling)}"})["a.py"]
    assert f"    return psycopg2.connect({spelling})\n" in after


def test_connection_of_constants_that_quoting_would_change(fix):
    after = fix({"a.py": NAMED.format("fake/p@ss-77")})["a.py"]
    assert 'URL = f"postgresql://{DB_USER}:{DB_PASSWORD}@{DB_HOST}:{DB_PORT}/x"\n' in after
    assert "DB_PASSWORD = get_settings().DB_PASSWORD.get_secret_value()\n" in after


def test_constants_that_are_called_by_their_parts_go_together(fix):
    parts = 'HOST = "@HOST@"\nPORT = @PORT@\nUSER = "@USER@"\nPASSWORD = "@WORD@"\n'
    after = fix({"a.py": f'{parts}URL = f"postgresql://{{USER}}:{{PASSWORD}}@{{HOST}}:{{PORT}}/x"\n'})
    assert "USER = get_settings().DB_USER\n" in after["a.py"]
    assert "{get_settings().quoted_db_user}:{get_settings().quoted_db_password}@{HOST}" in after["a.py"]


def test_a_copy_in_a_command_is_read_from_its_key(fix, filled):
    code = (
        'connect(host="@OTHER@", user="u")\n'
        'COMMAND = "psql -h @OTHER@ -c \'select {{ ds }}\'"\nTWICE = "ping @OTHER@ @OTHER@"\n'
    )
    after = fix({"a.py": f"from psycopg2 import connect\n\n{code}"})["a.py"]
    assert "COMMAND = f\"psql -h {get_settings().DB_HOST} -c 'select {{{{ ds }}}}'\"\n" in after
    assert filled('TWICE = "ping @OTHER@ @OTHER@"\n') in after
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_a_constant_keeps_its_name(fix):
    after = fix({"a.py": 'S3_ENDPOINT = "http://@OTHER@:9000"\n'})["a.py"]
    assert "S3_ENDPOINT = get_settings().S3_ENDPOINT\n" in after


def test_two_classes_are_two_connections(fix, filled):
    code = (
        'class Events(NamedTuple):\n    host: str = "@OTHER@"\n    port: int = 9000\n    password: str = "@WORD@"\n\n\n'
        'class Redis(NamedTuple):\n    host: str = "@HOST@"\n    port: int = @REDIS@\n'
    )
    after = fix({"a.py": f"from typing import NamedTuple\n\n\n{code}"})
    keys = [line.partition("=")[0] for line in after[".env.development"].split()]
    assert keys == ["EVENTS_HOST", "EVENTS_PORT", "EVENTS_PASSWORD", "REDIS_HOST", "REDIS_PORT", "ENVIRONMENT"]


def test_a_password_that_is_quoted_by_hand_is_known_to_be_the_same(fix):
    code = (
        'from urllib.parse import quote_plus\n\nWORD = quote_plus("@WORD@")\n'
        'URL = f"postgresql://@USER@:{WORD}@@HOST@:@PORT@/x"\n'
    )
    after = fix({"a.py": code})["a.py"]
    assert "{WORD}@{get_settings().DB_HOST}:{get_settings().DB_PORT}/x" in after
    assert cli.main(["fix", "--allow-dirty"]) == 0


ESCAPES = (
    pytest.param(
        r'''"""\
psql \\
  \"{D}\" \
  -c '{}\x20{x}'
"""''',
        r'''"""\
psql \\
  \"{R}\" \
  -c '{{}}\x20{{x}}'
"""''',
        id="over lines",
    ),
    pytest.param(r"'psql \'{D}\'\t\N{EN DASH}\101'", "'psql \\'{R}\\'\\t\N{EN DASH}\\101'", id="escapes"),
    pytest.param(r'"psql {D} \d{1}"', r'"psql {R} \d{{1}}"', id="what is no escape"),
    pytest.param(r'"psql {D} \d{1}"', r'"psql {R} \d{{1}}"', id="raw"),
)


@pytest.mark.filterwarnings("ignore:invalid escape sequence")
@pytest.mark.parametrize(("before", "after"), ESCAPES)
def test_a_text_is_spelled_as_it_was(before, after, fix, request):
    """Only braces are doubled where a string becomes an f-string, and the name of a character is the character."""
    prefix = "r" if request.node.callspec.id == "raw" else ""
    written = fix({"app.py": f"COMMAND = {prefix}{before}\n".replace("{D}", "@DSN@")})["app.py"]
    for read in ("postgresql://{get_settings().database_netloc}/stocktrading", "{get_settings().database_url}"):
        written = written.replace(read, "{R}")
    assert written.endswith(f"COMMAND = {prefix}f{after}\n")


def test_servers_of_one_connection_are_one_key(fix, filled):
    hosts = filled("@OTHER@:27017,192.168.219.104:27018")
    after = fix({"a.py": f'client = MongoClient("mongodb://@LOGIN@@{hosts}/ticks?replicaSet=rs0")\n'}, "--verify")
    assert after[".env.development"].startswith(f"MONGO_HOSTS={hosts}\nMONGO_USER=")
    assert "@{self.MONGO_HOSTS}/ticks?replicaSet=rs0" in after["settings.py"]
    assert cli.main(["env", "check"]) == 0


IMPORTED = (
    pytest.param("from app.db import engine\n", "from app.db import engine\n{}\n", id="another module"),
    pytest.param("from app.config import zone\n", "from app.config import get_settings, zone\n", id="before it"),
    pytest.param("from .config import Zone\n", "from .config import Zone, get_settings\n", id="relative, behind it"),
    pytest.param("from .config import b, a\n", "from .config import b, a, get_settings\n", id="in no order"),
    pytest.param("from .config import zone as z  # x\n", "from .config import get_settings, zone as z  # x\n", id="as"),
    pytest.param("from .config import *\n", "from .config import *\n{}\n", id="all"),
    pytest.param("from .config import (\n    zone,\n)\n", "from .config import (\n    zone,\n)\n{}\n", id="lines"),
)


@pytest.mark.parametrize(("before", "after"), IMPORTED)
def test_an_import_of_the_settings_module_is_extended(before, after, fix):
    imports = "from functools import lru_cache\n\nfrom pydantic_settings import BaseSettings\n\n"
    fields = "zone = Zone = a = b = 1\n\n\nclass Settings(BaseSettings):\n    debug: bool = False\n\n\n"
    files = {
        "app/__init__.py": "",
        "app/db.py": "engine = None\n",
        "app/config.py": f"{imports}{fields}@lru_cache\ndef get_settings():\n    return Settings()\n",
        "app/cache.py": f'{before}\nr = redis.Redis("@HOST@", port=@REDIS@)\n',
        "main.py": "import app.cache\n",
    }
    done = fix(files)["app/cache.py"]
    assert done.startswith(after.format("from app.config import get_settings"))
    assert "r = redis.Redis(get_settings().redis_host, port=get_settings().redis_port)\n" in done
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_a_url_with_a_token_in_its_query_is_one_secret(fix, filled):
    after = fix({"a.py": 'FEED_URL = "wss://feed.example.com:8443/v2?token=@TOKEN@"\n'})
    assert "FEED_URL = get_settings().FEED_URL.get_secret_value()\n" in after["a.py"]
    assert filled("FEED_URL='wss://feed.example.com:8443/v2?token=@TOKEN@'\n") in after[".env.development"]


def test_a_password_in_a_command_is_read_from_its_key(fix, filled):
    login = 'c = connect(host="@OTHER@", port=@PORT@, user="@USER@", password="@WORD@")\n'
    command = 'dump = Bash(bash_command="PGPASSWORD=@WORD@ pg_dump -h @OTHER@ shop > /tmp/x.sql")\n'
    twice = 'Bash(bash_command="PGPASSWORD=@WORD@ pg_dump shop; PGPASSWORD=@WORD@ pg_dump blog")\n'
    after = fix({"a.py": f"from psycopg2 import connect\n\n{login}{command}{twice}"})["a.py"]
    read = "{get_settings().DB_PASSWORD.get_secret_value()}"
    assert f'bash_command=f"PGPASSWORD={read} pg_dump -h {{get_settings().DB_HOST}} shop > /tmp/x.sql")' in after
    assert filled(twice) in after
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_a_host_that_a_url_holds_too_is_read_from_the_key_of_the_host(fix):
    urls = 'API_URL = "http://@OTHER@:8000"\nc = redis.Redis(host="@OTHER@", port=@REDIS@)\n'
    after = fix({"a.py": f"import redis\n\n{urls}COMMAND = \"psql -h @OTHER@ -c 'select 1'\"\n"})["a.py"]
    assert "COMMAND = f\"psql -h {get_settings().REDIS_HOST} -c 'select 1'\"\n" in after
