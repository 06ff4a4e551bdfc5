"""Addresses taken apart, and whose they are."""

import pytest

from envfence.detect import addresses as a
from envfence.literals import HOLE
from envfence.literals.candidates import PATTERNS, likely_lines


@pytest.mark.parametrize(
    ("value", "expected"),
    (
        pytest.param("http://localhost:8000/x", ("http", "", "", "localhost", "8000"), id="port and path"),
        pytest.param("HTTPS://Example.COM", ("https", "", "", "Example.COM", ""), id="capitals"),
        pytest.param("redis://:s3cr3t@cache/0", ("redis", "", "s3cr3t", "cache", ""), id="password without user"),
        pytest.param("amqp://guest:guest@mq:5672//", ("amqp", "guest", "guest", "mq", "5672"), id="user and password"),
        pytest.param("postgresql+psycopg://u@h/d", ("postgresql+psycopg", "u", "", "h", ""), id="driver"),
        pytest.param("jdbc:mysql://db:3306/x?y=z", ("mysql", "", "", "db", "3306"), id="JDBC"),
        pytest.param("http://[::1]:8000/", ("http", "", "", "[::1]", "8000"), id="IPv6"),
        pytest.param(f"http://{HOLE}:8000", ("http", "", "", HOLE, "8000"), id="interpolated host"),
        pytest.param("u:p@tcp(db:3306)/x", ("mysql", "u", "p", "db", "3306"), id="Go's MySQL driver"),
        pytest.param("u@tcp(db)/x", ("mysql", "u", "", "db", ""), id="Go's MySQL driver, the least"),
        pytest.param("jdbc:oracle:thin:@db:1521:XE", ("oracle", "", "", "db", "1521"), id="Oracle"),
        pytest.param("jdbc:oracle:thin:u/p@//db:1521/X", ("oracle", "u", "p", "db", "1521"), id="Oracle with a user"),
        pytest.param("curl http://10.0.3.17/up", ("http", "", "", "10.0.3.17", ""), id="inside a command"),
        pytest.param("driver://user:pass@localhost/dbname", None, id="a scheme that stands for one"),
        pytest.param("me@example.com", None, id="mail"),
        pytest.param("localhost:8000", None, id="no scheme"),
    ),
)
def test_url_in(value, expected):
    assert a.url_in(value) == expected


def test_urls_in_finds_all():
    assert [address.host for address in a.urls_in("amqp://one,amqp://two:5672")] == ["one", "two"]


@pytest.mark.parametrize(
    ("host", "expected"),
    (
        pytest.param("localhost", a.LOCAL, id="localhost"),
        pytest.param("LOCALHOST.", a.LOCAL, id="localhost, absolute"),
        pytest.param("[::1]", a.LOCAL, id="IPv6 loopback"),
        pytest.param("host.docker.internal", a.LOCAL, id="the machine below the container"),
        pytest.param("127.0.1.1", a.LOCAL, id="loopback"),
        pytest.param("10.255.0.1", a.LOCAL, id="10/8"),
        pytest.param("172.16.0.1", a.LOCAL, id="172.16/12, first"),
        pytest.param("172.31.255.1", a.LOCAL, id="172.16/12, last"),
        pytest.param("192.168.7.20", a.LOCAL, id="192.168/16"),
        pytest.param("printer.lan", a.LOCAL, id="a local network"),
        pytest.param("db.prod.internal", a.LOCAL, id="an internal name"),
        pytest.param("172.32.0.1", a.OWN, id="behind 172.16/12"),
        pytest.param("52.14.88.20", a.OWN, id="a public address"),
        pytest.param("orders.herokuapp.com", a.OWN, id="an application of one's own"),
        pytest.param("x.c9ak.eu-west-1.rds.amazonaws.com", a.OWN, id="a managed database"),
        pytest.param("api.telegram.org", a.PUBLIC, id="somebody's API"),
        pytest.param("s3.amazonaws.com", a.PUBLIC, id="a cloud's API"),
        pytest.param("redis", a.SERVICE, id="a service"),
        pytest.param("my_db", a.SERVICE, id="a service with an underscore"),
        pytest.param("redis.default.svc.cluster.local", a.SERVICE, id="a service of Kubernetes"),
        pytest.param("0.0.0.0", a.BIND, id="every interface"),
        pytest.param("api.example.com", a.EXAMPLE, id="a reserved domain"),
        pytest.param("orders.test", a.EXAMPLE, id="a reserved top-level domain"),
        pytest.param("192.0.2.17", a.EXAMPLE, id="TEST-NET-1"),
        pytest.param("198.51.100.1", a.EXAMPLE, id="TEST-NET-2"),
        pytest.param("203.0.113.9", a.EXAMPLE, id="TEST-NET-3"),
        pytest.param("", a.UNKNOWN, id="none"),
        pytest.param(HOLE, a.UNKNOWN, id="interpolated"),
        pytest.param(f"{HOLE}.internal", a.UNKNOWN, id="partly interpolated"),
        pytest.param("300.1.1.1", a.UNKNOWN, id="no octet"),
        pytest.param("255.255.255.0", a.UNKNOWN, id="a netmask"),
        pytest.param("239.1.2.3", a.UNKNOWN, id="multicast"),
        pytest.param("0.1.2.3", a.UNKNOWN, id="this network"),
        pytest.param("169.254.169.254", a.UNKNOWN, id="metadata of a cloud"),
        pytest.param("metadata.google.internal", a.UNKNOWN, id="metadata by name"),
        pytest.param("8.8.8.8", a.UNKNOWN, id="a public resolver"),
        pytest.param("<host>", a.UNKNOWN, id="a placeholder"),
        pytest.param("-x-", a.UNKNOWN, id="no name"),
    ),
)
def test_owner_of(host, expected):
    assert a.owner_of(host) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    (
        pytest.param("localhost:9092", ("localhost", "9092"), id="a name"),
        pytest.param(" 10.0.3.17:80 ", ("10.0.3.17", "80"), id="an address among blanks"),
        pytest.param("localhost:9000/bucket", ("localhost", "9000"), id="a path behind"),
        pytest.param("PLAINTEXT://broker:9092", ("broker", "9092"), id="a listener of Kafka"),
        pytest.param(f"{HOLE}:9092", (HOLE, "9092"), id="an interpolated host"),
        pytest.param("5432:5432", None, id="published ports"),
        pytest.param("12:30", None, id="a time"),
        pytest.param("localhost:99999", None, id="no port"),
        pytest.param("localhost:00", None, id="port 0"),
        pytest.param("main:app", None, id="an import"),
        pytest.param("postgres:16", ("postgres", "16"), id="an image, which is a service's name to us"),
    ),
)
def test_host_port(value, expected):
    assert a.host_port(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    (
        pytest.param("host=localhost port=5432", "localhost", id="libpq"),
        pytest.param("Server=10.0.3.17;Database=x", "10.0.3.17", id="ADO.NET"),
        pytest.param("User Id=x;Data Source=db", "db", id="data source"),
        pytest.param("localhost=1", "", id="another name"),
        pytest.param("ghost=localhost", "", id="the end of another name"),
    ),
)
def test_key_value_host(value, expected):
    assert a.key_value_host(value) == expected


@pytest.mark.parametrize(
    ("scheme", "leads", "database"),
    (
        pytest.param("redis", True, True, id="redis"),
        pytest.param("mqtt", True, False, id="mqtt"),
        pytest.param("nacos", True, False, id="a scheme that nobody lists"),
        pytest.param("https", False, False, id="https"),
        pytest.param("sqlite", False, False, id="sqlite"),
        pytest.param("lb", False, False, id="a load balancer's name"),
    ),
)
def test_schemes(scheme, leads, database):
    assert (a.leads_to_host(scheme), a.is_database(scheme)) == (leads, database)


@pytest.mark.parametrize("kind", sorted(PATTERNS.keys() - {"prose"}))  # documentation may hold endpoints
def test_candidates_let_every_platform_through(kind):
    missed = [
        ending for ending in (*a.PLATFORMS, *a.PRIVATE_ENDINGS) if not likely_lines(f"'//x{ending}'", PATTERNS[kind])
    ]
    assert missed == []
