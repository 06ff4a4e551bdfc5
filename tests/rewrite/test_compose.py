"""What becomes of a value in a compose file, byte for byte, and that compose reads what it read."""

import pytest

from envfence import check, cli
from envfence.config import Config
from envfence.contract.readers import python_reader
from envfence.contract.readers.template import substitute

yaml = pytest.importorskip("ruamel.yaml")
HEAD = "services:\n  db:\n    image: postgres\n  api:\n    environment:\n"
CASES = (
    pytest.param("      POSTGRES_PASSWORD: @WORD@  # note\n", "${DB_PASSWORD:?}  # note\n", id="map, comment"),
    pytest.param('      POSTGRES_PASSWORD: "@WORD@"\n', '"${DB_PASSWORD:?}"\n', id="double quotes"),
    pytest.param("      POSTGRES_PASSWORD: '@WORD@'\n", "'${DB_PASSWORD:?}'\n", id="single quotes"),
    pytest.param("      POSTGRES_PASSWORD: '@WORD@\\7'\n", "'${DB_PASSWORD:?}'\n", id="backslash"),
    pytest.param("      POSTGRES_PASSWORD: " + "'s3cr$$t!@WORD@'\n", "'${DB_PASSWORD:?}'\n", id="dollar"),
    pytest.param("      POSTGRES_PASSWORD: 'it''s-@WORD@'\n", "'${DB_PASSWORD:?}'\n", id="quote"),
    pytest.param("      - 'DB_PASSWORD=it''s-@WORD@'\n", "'DB_PASSWORD=${DB_PASSWORD:?}'\n", id="list, quote"),
    pytest.param("      POSTGRES_PASSWORD: &pw @WORD@\n", "&pw ${DB_PASSWORD:?}\n", id="anchor"),
    pytest.param("      - DB_PASSWORD=@WORD@\n", "DB_PASSWORD=${DB_PASSWORD:?}\n", id="list"),
    pytest.param('      - "DB_PASSWORD=@WORD@"\n', '"DB_PASSWORD=${DB_PASSWORD:?}"\n', id="list, quotes"),
    pytest.param("      DB_HOST: @OTHER@\n", "DB_HOST: ${DB_HOST:?}\n", id="host"),
    pytest.param("      PW: ${DB_PASSWORD:-@WORD@}\n", "PW: ${DB_PASSWORD:?}\n", id="default"),
    pytest.param('      PW: "${DB_PASSWORD-@WORD@}"\n', '"${DB_PASSWORD:?}"\n', id="default, quotes"),
    pytest.param(
        "      DATABASE_URL: postgresql://@LOGIN@@@OTHER@:@PORT@/@NAME@\n",
        "postgresql://${DB_USER:?}:${DB_PASSWORD:?}@${DB_HOST:?}:${DB_PORT:?}/${DB_NAME:?}\n",
        id="connection",
    ),
    pytest.param(
        "      DATABASE_URL: postgresql://@LOGIN@@db:5432/@NAME@\n",
        "postgresql://${DB_USER:?}:${DB_PASSWORD:?}@db:5432/${DB_NAME:?}\n",
        id="a service inside the network stays",
    ),
    pytest.param(
        "      DATABASE_URL: ${URL:-postgresql://@LOGIN@@@OTHER@:@PORT@/@NAME@}\n",
        "${URL:-postgresql://${DB_USER:?}:${DB_PASSWORD:?}@${DB_HOST:?}:${DB_PORT:?}/${DB_NAME:?}}\n",
        id="connection as default",
    ),
    pytest.param(
        "      DATABASE_URL: postgresql://@REPORT_LOGIN@@@OTHER@:@PORT@/@NAME@\n", "DATABASE_URL: ${DATABASE_URL:?}\n",
        id="percent-encoded, which compose cannot do",
    ),
    pytest.param("      API_URL: http://@OTHER@:8000/v1\r\n", "${API_URL:?}\r\n", id="URL, CRLF"),
    pytest.param("      {DB_PASSWORD: @WORD@}\n", '{DB_PASSWORD: "${DB_PASSWORD:?}"}\n', id="flow needs quotes"),
)  # fmt: skip


@pytest.fixture
def file(filled):
    def fill(lines):
        return filled(HEAD + lines.replace("@REPORT_LOGIN@", "scott:p%40ss-w0rd-77"))

    return fill


def plain(text, values):
    """Return what compose makes of a file under these values."""

    def walk(node):
        if isinstance(node, dict):
            return {key: walk(value) for key, value in node.items()}
        if isinstance(node, list):
            return [walk(one) for one in node]
        return substitute(node, values.get) if isinstance(node, str) else node

    return walk(yaml.YAML(typ="safe").load(text))


@pytest.mark.parametrize(("lines", "expected"), CASES)
def test_value_is_read_from_its_key(lines, expected, fix, file, filled):
    before = file(lines)
    after = fix({"compose.yaml": before})
    text = after["compose.yaml"]
    assert text.startswith(HEAD)
    assert text.endswith(filled(expected))
    values = python_reader.resolve(python_reader.entries(after[".env.development"]), {})
    assert plain(text, values) == plain(before, {})
    assert not check.findings_in("compose.yaml", text.encode(), Config())
    assert cli.main(["fix", "--allow-dirty"]) == 0


LEFT = (
    pytest.param('      DB_PASSWORD: "@WORD@\\x21"\n', "written with escapes", id="backslash"),
    pytest.param('      PW: "${A_PASSWORD:-s3cr$$t-@WORD@}"\n', "written with escapes", id="dollar in a default"),
    pytest.param("      PW: '${A_PASSWORD:-it''s-@WORD@}'\n", "written with escapes", id="quote in a default"),
    pytest.param("      URL: amqp://@LOGIN@$$7@@OTHER@:5672/x\n", "written with escapes", id="dollar in a URL"),
)


@pytest.mark.parametrize(("lines", "reason"), LEFT)
def test_what_is_unsure_is_left_alone(lines, reason, fix, file, capsys):
    before = file(lines)
    assert fix({"compose.yaml": before}, expected=0)["compose.yaml"] == before
    assert reason in capsys.readouterr().err


def test_published_ports_stay(fix, file):
    before = file("      DB_PASSWORD: @WORD@\n") + '    ports:\n      - "5435:5432"\n'
    assert fix({"compose.yaml": before})["compose.yaml"].endswith('      - "5435:5432"\n')


def test_a_service_and_its_client_share_their_keys(fix, filled):
    lines = "      POSTGRES_USER: @USER@\n      POSTGRES_PASSWORD: @WORD@\n  web:\n    environment:\n"
    client = "      DB_URL: postgresql://@LOGIN@@db:5432/@NAME@\n"
    after = fix({"compose.yaml": filled(HEAD + lines + client)})
    assert after["compose.yaml"].endswith("postgresql://${DB_USER:?}:${DB_PASSWORD:?}@db:5432/${DB_NAME:?}\n")
    assert "DB2" not in after[".env.development"]


def test_what_an_image_asks_for_is_the_login_of_its_clients(fix):
    server = "services:\n  mq:\n    image: rabbitmq\n    environment:\n"
    login = "      RABBITMQ_DEFAULT_USER: @USER@\n      RABBITMQ_DEFAULT_PASS: @WORD@\n"
    after = fix({"a.py": 'U = "amqp://@LOGIN@@@HOST@:5672/x"\n', "compose.yaml": server + login})
    assert "RABBITMQ_DEFAULT_USER: ${RABBITMQ_USER:?}\n" in after["compose.yaml"]
    assert "RABBITMQ_DEFAULT_PASS: ${RABBITMQ_PASSWORD:?}\n" in after["compose.yaml"]


FALLBACKS = (
    pytest.param('U = os.getenv("QUEUE_URL") or "redis://@HOST@:@REDIS@/0"\n', id="or"),
    pytest.param(
        'U = os.environ["QUEUE_URL"] if "QUEUE_URL" in os.environ else "redis://@HOST@:@REDIS@/0"\n', id="else"
    ),
    pytest.param(
        '@click.option("--q", default="redis://@HOST@:@REDIS@/0", envvar="QUEUE_URL")\ndef f(q): ...\n', id="click"
    ),
    pytest.param(
        '@click.option("--q", envvar="QUEUE_URL", default="redis://@HOST@:@REDIS@/0")\ndef f(q): ...\n', id="first"
    ),
)


@pytest.mark.parametrize("code", FALLBACKS)
def test_what_a_container_is_given_is_not_what_a_script_falls_back_to(code, fix):
    stack = "services:\n  q:\n    image: redis\n  a:\n    environment:\n      QUEUE_URL: redis://:@REPORT@@q:6379/0\n"
    after = fix({"a.py": f"import os\n\nimport click\n\n{code}", "compose.yaml": stack}, "--verify")
    assert "QUEUE_URL: ${QUEUE_URL_2:?}\n" in after["compose.yaml"]
    assert "\nQUEUE_URL=" not in after[".env.development"]


SERVER = "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: @WORD@\n      {}\n"
CLIENT = "  api:\n    environment:\n      URL: postgresql://@LOGIN@@db/@NAME@\n"


@pytest.mark.parametrize(
    ("before", "after"),
    (
        ("POSTGRES_DB: @NAME@", "POSTGRES_DB: ${DB_NAME:?}"),
        ("POSTGRES_DB: another", "POSTGRES_DB: another"),
        ("OTHER_DB: @NAME@", "OTHER_DB: @NAME@"),
    ),
)
def test_database_of_a_server_follows_its_clients(before, after, fix, filled):
    text = fix({"compose.yml": SERVER.format(before) + CLIENT})["compose.yml"]
    assert filled(f"      {after}\n") in text


def test_a_secret_of_the_code_is_that_of_its_server(fix):
    drawn = f"infl-{4471}-9c2e"
    lines = f"services:\n  influx:\n    environment:\n      - DOCKER_INFLUXDB_INIT_ADMIN_TOKEN={drawn}\n"
    after = fix({"compose.yml": lines, "a.py": f'INFLUX_TOKEN = "{drawn}"\n'})
    assert "      - DOCKER_INFLUXDB_INIT_ADMIN_TOKEN=${INFLUX_TOKEN:?}\n" in after["compose.yml"]


def test_an_override_has_the_values_of_its_environment(fix, filled):
    remote = "postgresql://@USER@:@PROD@@@OTHER@:5432/@NAME@"
    override = f"services:\n  a:\n    environment:\n      URL: {remote}\n"
    base = "services:\n  a:\n    environment:\n      URL: @DSN@\n"
    after = fix({"compose.yml": base, "compose.dev.yml": base, "compose.prod.yml": override})
    read = "postgresql://${DB_USER:?}:${DB_PASSWORD:?}@${DB_HOST:?}:${DB_PORT:?}/${DB_NAME:?}"
    assert {name: after[name].splitlines()[-1] for name in ("compose.yml", "compose.dev.yml", "compose.prod.yml")} == (
        dict.fromkeys(("compose.yml", "compose.dev.yml", "compose.prod.yml"), f"      URL: {read}")
    )
    assert filled("DB_HOST=@OTHER@\n") in after[".env.production"]
    assert filled("DB_HOST=@HOST@\n") in after[".env.development"]
    assert cli.main(["fix", "--allow-dirty"]) == 0
