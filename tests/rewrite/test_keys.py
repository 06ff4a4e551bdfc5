"""Which value gets which key, and how keys are written into env files."""

import pytest

from envfence.contract.readers import compose_reader, python_reader
from envfence.rewrite import Edit, applied, envfiles
from envfence.rewrite.held import key_name
from envfence.rewrite.keys import Keys

SECOND = ["DB2_HOST", "DB2_PORT", "DB2_USER", "DB2_PASSWORD"]
PARTS = dict(zip(("HOST", "PORT", "USER", "PASSWORD"), "abcd", strict=True))


def names(keys):
    return [key.name for key in keys.used]


def test_equal_connections_share_their_keys():
    keys = Keys()
    for _ in range(18):
        keys.group("DB", PARTS)
    keys.group("DB", {"HOST": "a"})
    assert names(keys) == ["DB_HOST", "DB_PORT", "DB_USER", "DB_PASSWORD"]


@pytest.mark.parametrize(
    ("others", "expected"),
    (
        pytest.param((), ["DB2_HOST", "DB2_PORT"], id="a number"),
        pytest.param(("analytics db",), ["ANALYTICS_DB_HOST", "ANALYTICS_DB_PORT"], id="a name of its own"),
    ),
)
def test_another_connection_gets_keys_of_its_own(others, expected):
    keys = Keys()
    keys.group("DB", {"HOST": "db.example.com", "PORT": "5435"})
    keys.group("DB", {"HOST": "db.example.com", "PORT": "5432"}, others)
    assert names(keys) == ["DB_HOST", "DB_PORT", *expected]


def test_an_env_file_that_is_there_keeps_its_values():
    keys = Keys(known={"DB_HOST": "db.example.com", "API_TOKEN": "first"})
    assert keys.one("DB_HOST", "db.example.com").name == "DB_HOST"
    assert keys.one("API_TOKEN", "second").name == "API_TOKEN_2"


def test_a_variable_of_the_system_is_no_key():
    keys = Keys()
    assert [keys.one(name, "x").name for name in ("HOME", "PORT")] == ["APP_HOME", "APP_PORT"]
    assert keys.group("GITHUB", {"HOST": "x"})["HOST"].name == "APP_GITHUB_HOST"


@pytest.mark.parametrize(
    ("name", "expected"),
    (
        pytest.param("dbHost", "DB_HOST", id="camel case"),
        pytest.param("db-host", "DB_HOST", id="hyphens"),
        pytest.param("db.host", "DB_HOST", id="dots"),
        pytest.param("S3_ENDPOINT", "S3_ENDPOINT", id="a digit in a constant"),
        pytest.param("NEO4J", "NEO4J", id="a digit in a word"),
        pytest.param("2nd_host", "ND_HOST", id="a digit first"),
        pytest.param("주소", "VALUE", id="no ASCII letter"),
    ),
)
def test_key_name(name, expected):
    assert key_name(name) == expected


@pytest.mark.parametrize(
    "value", ("plain", "a b", "a#b", "#a", "a'b", 'a"b', "a$b", "a\\b", "비밀 é", "`x`", "", "'q'")
)
def test_spelled_is_read_alike(value):
    text = f"KEY={envfiles.spelled(value)}\n"
    assert python_reader.resolve(python_reader.entries(text), {}) == {"KEY": value}
    assert [entry.value for entry in compose_reader.entries(text, {})] == [value]


def test_what_no_form_keeps_has_no_spelling():
    assert envfiles.spelled("a'$b") is None


def test_keys_go_beside_their_kind_and_all_else_stays():
    keys = Keys()
    keys.one("DB_PORT", "7")
    keys.one("API_URL", "x")
    old = "# the database\r\nDB_HOST=127.0.0.1  # local\r\n\r\nREDIS_HOST=127.0.0.1\r\n"
    assert envfiles.with_values(old, keys.used, "development") == (
        "# the database\r\nDB_HOST=127.0.0.1  # local\r\nDB_PORT=7\r\n\r\nREDIS_HOST=127.0.0.1\r\n\r\nAPI_URL=x\r\n"
    )
    assert envfiles.with_placeholders("", keys.used) == "DB_PORT=<DB_PORT>\n\nAPI_URL=<API_URL>\n"
    assert envfiles.with_values(old, keys.used, "production") == old


def test_edits_that_overlap_are_refused():
    assert applied("abcdef", [Edit(4, 5, "E"), Edit(1, 3, "")]) == "adEf"
    with pytest.raises(ValueError, match="overlap"):
        applied("abcdef", [Edit(0, 3, ""), Edit(2, 4, "")])


def test_a_key_stays_as_it_is_written():
    assert [key_name(name) for name in ("DB3_PORT", "DB3", "dbHost", "S3_URL", "PGHOST")] == [
        "DB3_PORT",
        "DB3",
        "DB_HOST",
        "S3_URL",
        "PG_HOST",
    ]


@pytest.mark.parametrize(
    ("more", "expected"),
    (
        pytest.param({}, ["DB2_HOST"], id="another name of the machine"),
        pytest.param(
            {"HOST": "db.example.com"}, ["DB2_HOST", "DB2_PORT", "DB2_USER", "DB2_PASSWORD"], id="another machine"
        ),
        pytest.param({"PORT": "2"}, ["DB2_HOST", "DB2_PORT", "DB2_USER", "DB2_PASSWORD"], id="another port"),
        pytest.param({"USER": "x"}, ["DB2_HOST", "DB2_PORT", "DB2_USER", "DB2_PASSWORD"], id="another login"),
    ),
)
def test_a_server_of_this_machine_has_one_port_and_login(more, expected):
    keys = Keys()
    keys.group("DB", {**PARTS, "HOST": "localhost"})
    for _ in range(2):
        keys.group("DB", {**PARTS, "HOST": "127.0.0.1"} | more)
    assert names(keys)[4:] == expected


def test_the_plain_name_is_kept_for_the_server_of_most():
    keys = Keys()
    keys.mains = {"DB": "localhost:1"}
    keys.group("DB", {"HOST": "127.0.0.1", "PORT": "2"}, ["QUOTES_DB"])
    keys.group("DB", {"HOST": "127.0.0.1", "PORT": "1"})
    assert names(keys) == ["QUOTES_DB_HOST", "QUOTES_DB_PORT", "DB_HOST", "DB_PORT"]


@pytest.mark.parametrize(
    ("held", "parts", "expected"),
    (
        pytest.param({"HOST": "a", "PORT": "1"}, {"HOST": "a"}, "DB", id="a host"),
        pytest.param({"HOST": "localhost", "PORT": "1"}, {"HOST": "localhost", "PORT": "1"}, "DB", id="a server here"),
        pytest.param({"HOST": "localhost", "PORT": "1"}, {"HOST": "localhost"}, "", id="everybody's host"),
        pytest.param({"HOST": "localhost"}, {"HOST": "localhost", "PORT": "1"}, "", id="a host without its port"),
        pytest.param({"USER": "a"}, {"USER": "a"}, "", id="a name that many have"),
    ),
)
def test_tables_share_the_keys_of_their_server(held, parts, expected):
    keys = Keys()
    keys.group("DB", held)
    assert keys.prefix_of({part: {"development": one, "production": "z"} for part, one in parts.items()}) == expected


def test_two_logins_of_one_server_share_its_address():
    keys = Keys()
    keys.group("DB", {"HOST": "localhost", "PORT": "5435", "USER": "a", "PASSWORD": "fake-a"})
    given = keys.group("DB", {"HOST": "localhost", "PORT": "5435", "USER": "b", "PASSWORD": "fake-b"}, ["REPORT_DB"])
    assert [key.name for key in given.values()] == ["DB_HOST", "DB_PORT", "REPORT_DB_USER", "REPORT_DB_PASSWORD"]


def test_a_host_alone_is_that_of_a_server_unless_it_is_everybodys():
    keys = Keys()
    keys.group("SHOP", {"HOST": "10.1.2.3", "PORT": "3307"})
    keys.group("CACHE", {"HOST": "localhost", "PORT": "6380"})
    assert [keys.group("DB", {"HOST": host})["HOST"].name for host in ("10.1.2.3", "localhost")] == [
        "SHOP_HOST",
        "DB_HOST",
    ]


def test_a_host_with_its_password_is_that_of_a_server():
    keys = Keys()
    keys.group("ORDERS", PARTS)
    assert keys.group("DB", {"HOST": "a", "PASSWORD": "d"})["PASSWORD"].name == "ORDERS_PASSWORD"
    assert keys.group("DB", {"HOST": "a", "PASSWORD": "e"})["PASSWORD"].name == "DB_PASSWORD"


OPTIONAL = (
    pytest.param("DB_HOST=\n", "DB_HOST=<DB_HOST>\n", id="empty"),
    pytest.param("A=1\nDB_HOST=  # where\nB=2\n", "A=1\nDB_HOST=<DB_HOST>  # where\nB=2\n", id="with a comment"),
    pytest.param("export DB_HOST=\r\n", "export DB_HOST=<DB_HOST>\r\n", id="exported, CRLF"),
    pytest.param("DB_HOST=db\nOLD_DB_HOST=\n", "DB_HOST=db\nOLD_DB_HOST=\n", id="with a value"),
)


@pytest.mark.parametrize(("before", "after"), OPTIONAL)
def test_a_key_that_was_optional_gets_a_placeholder_in_place(before, after):
    keys = Keys()
    keys.one("DB_HOST", "db")
    assert envfiles.with_placeholders(before, keys.used) == after


def test_another_server_of_a_service_is_the_same_wherever_it_is_said():
    keys = Keys()
    for host, others in (("queue.example.com", ()), ("queue", ()), ("queue", ("publish",))):
        keys.group("RABBITMQ", {"HOST": host}, others)
    assert names(keys) == ["RABBITMQ_HOST", "RABBITMQ2_HOST"]
    for others in (("jobs",), ("web", "jobs")):
        keys.group("RABBITMQ", {"HOST": "mail"}, others)
    assert names(keys)[2:] == ["JOBS_HOST"]


SHOP = {"HOST": "db-1", "PORT": "5432", "NAME": "shop", "USER": "u", "PASSWORD": "fake-1"}
LOGIN = {one: SHOP[one] for one in ("USER", "PASSWORD", "NAME")}
LOGINS = (
    pytest.param("SHOP_DB", LOGIN, ["SHOP_DB_NAME", "SHOP_DB_USER", "SHOP_DB_PASSWORD"], id="without its server"),
    pytest.param("SHOP_DB", {"PASSWORD": "fake-1"}, ["SHOP_DB_PASSWORD"], id="a password"),
    pytest.param("SHOP_DB", LOGIN | {"NAME": "blog"}, ["DB_NAME", "DB_USER", "DB_PASSWORD"], id="another database"),
    pytest.param("SHOP_DB", {"PASSWORD": "fake-2"}, ["DB_PASSWORD"], id="another password"),
    pytest.param("SHOP", {"PASSWORD": "fake-1"}, ["DB_PASSWORD"], id="another service"),
)


@pytest.mark.parametrize(("held", "parts", "expected"), LOGINS)
def test_a_login_has_the_keys_of_its_service(held, parts, expected):
    keys = Keys()
    keys.group(held, SHOP)
    assert [key.name for key in keys.group("DB", parts).values()] == expected


def test_a_default_that_a_program_falls_back_to_is_its_key():
    keys = Keys(claims={"DB_NAME": "shop"})
    keys.group("DB", {"HOST": "db-1", "PORT": "5432", "PASSWORD": "fake-1"})
    given = keys.group("DB", {one: SHOP[one] for one in ("HOST", "PORT", "NAME", "PASSWORD")})
    assert sorted(key.name for key in given.values()) == ["DB_HOST", "DB_NAME", "DB_PASSWORD", "DB_PORT"]


NAMED = (
    pytest.param(("POSTGRES_DB", "POSTGRES_USER"), "POSTGRES_DB", id="as the image says"),
    pytest.param(("PG_DATABASE",), "PG_DATABASE", id="in full"),
    pytest.param(("POSTGRES_USER",), "POSTGRES_NAME", id="not at all"),
)


@pytest.mark.parametrize(("promised", "expected"), NAMED)
def test_the_name_of_a_database_has_the_key_that_is_there(promised, expected):
    assert Keys(promised=promised).group("DB", SHOP)["NAME"].name == expected


def test_another_database_is_no_part_of_a_server_that_programs_name():
    keys = Keys(promised=("PG_HOST",), claims={"PG_HOST": "db-1"})
    keys.group("PG", {"HOST": "db-1", "USER": "u", "PASSWORD": "fake-1"})
    assert keys.group("DB", {"NAME": "blog", "USER": "u", "PASSWORD": "fake-1"})["NAME"].name == "DB_NAME"
