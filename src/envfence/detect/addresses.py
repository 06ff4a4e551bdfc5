"""Take addresses apart: URLs, connection strings, host:port, and whose a host is."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from envfence.literals import HOLE

# Whose host it is.
LOCAL = "local"  # this machine or a private network
OWN = "own"  # a deployment of one's own
PUBLIC = "public"  # somebody else's, for everybody
SERVICE = "service"  # a compose or Kubernetes service
BIND = "bind"  # every interface
EXAMPLE = "example"  # reserved for documentation
UNKNOWN = "unknown"  # interpolated, the same everywhere, or no host at all

_URL = re.compile(
    r"(?:jdbc:)?([A-Za-z][A-Za-z0-9+.-]{1,30}+)://"
    r"(?:([^\s/@'\"<>]*)@)?(\[[0-9a-fA-F:]+\]|[^\s/:@'\"<>,;?#)\]}\\`|]*)(?::([^\s/'\"<>?,;)\]}\\]*))?"
)
_PAGE = re.compile(r"https?://0\.0\.0\.0:\d{2,5}/\w")
# Go's MySQL driver says user:password@tcp(host:3306)/name, Oracle's jdbc:oracle:thin:user/password@host:1521:name.
_GO_DSN = re.compile(r"([^\s:@/\"'(]{1,100}+)(?::([^\s@\"']{0,200}+))?@tcp\(([^\s:()]{1,200})(?::(\d+))?\)/")
_ORACLE = re.compile(r"oracle:[a-z]+:(?:([^\s/@]{1,100})/([^\s@]{1,200}))?@(?://)?([\w.-]{1,200}):(\d+)[:/]")
_IPV4 = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?)*")
_HOST_PORT = re.compile(
    rf"(?:[A-Z_]+://|@)?([A-Za-z_{HOLE}][\w{HOLE}.-]*|\d+\.\d+\.\d+\.\d+):(\d{{2,5}}|{HOLE})(?:/\S*)?"
)
_SQL_SERVER = re.compile(r"(?:tcp:)?([A-Za-z][\w.-]*|\d+\.\d+\.\d+\.\d+),(\d{4,5})")  # host,port
_KEY_VALUE = re.compile(
    r"(?:^|[\s;,:\"])(?:host|hostaddr|server|data source|addr|address)\s*=\s*(?:tcp:)?([^\s;,:'\"\\]+)", re.IGNORECASE
)

WEB_SCHEMES = frozenset("http https ws wss".split())
_NO_SCHEMES = frozenset("driver dialect scheme protocol proto".split())  # they stand for one
# Schemes that lead to no host, or that name a service by its role only.
_LOCAL_SCHEMES = frozenset(
    "file sqlite duckdb unix npipe data about blob chrome app capacitor ionic vscode android ios content res"
    " classpath lb discovery xds consul+srv git+file memory mem inmemory npm workspace vnd urn tag intent tauri"
    " electron asset jar s3 s3a gs gcs wasb abfs hdfs dbfs docker oci pkg runs models arn projects".split()
)
_DATABASES = re.compile(
    r"(?:postgres|mysql|maria|mssql|sqlserver|oracle|mongodb|redis|rediss|amqp|clickhouse|cassandra)"
)

LOCAL_NAMES = frozenset(
    "localhost ::1 ip6-localhost host.docker.internal docker.for.mac.localhost gateway.docker.internal".split()
)
PRIVATE_ENDINGS = (".local", ".internal", ".lan", ".corp", ".intranet", ".localdomain")
SERVICE_ENDINGS = (".svc", "cluster.local")
EXAMPLE_ENDINGS = (
    *("example.com", "example.org", "example.net", ".example", ".test", ".invalid"),  # RFC 2606
    *("domain.com", "mydomain.com", "yourdomain.com", "chart-example.local"),  # the last is of `helm create`
)
# Platforms where a team's own application gets its name: the part before is theirs.
PLATFORMS = tuple(
    (
        ".ondigitalocean.app .ondigitalocean.com .herokuapp.com .vercel.app .netlify.app .onrender.com .fly.dev"
        " .railway.app .azurewebsites.net .cloudapp.azure.com .cloudapp.net .database.windows.net"
        " .documents.azure.com .redis.cache.windows.net .database.azure.com .servicebus.windows.net"
        " .rds.amazonaws.com .cache.amazonaws.com .elb.amazonaws.com .compute.amazonaws.com .run.app .appspot.com"
        " .cloudfunctions.net .web.app .firebaseio.com .firebaseapp.com .pages.dev .workers.dev .github.dev"
        " .gitpod.io .ngrok.io .ngrok-free.app .supabase.co .neon.tech .planetscale.com .mongodb.net"
        " .elephantsql.com .upstash.io .aivencloud.com .redislabs.com .deno.dev .glitch.me .repl.co .replit.app"
        " .koyeb.app .northflank.app .trycloudflare.com .duckdns.org .aliyuncs.com .myqcloud.com"
    ).split()
)
_CLOUDS = (".aliyuncs.com", ".myqcloud.com")  # what stands directly below is a product, and below that a customer's
_FOR_EVERYBODY = frozenset("hacker-news.firebaseio.com dinosaur-facts.firebaseio.com ip-ranges.amazonaws.com".split())
_THE_SAME_EVERYWHERE = frozenset(  # resolvers and clouds' metadata
    "8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 114.114.114.114 223.5.5.5 223.6.6.6 208.67.222.222 208.67.220.220"
    " metadata.google.internal kubernetes.default.svc".split()
)


class Address(NamedTuple):
    """An address taken apart; parts that are absent are empty, interpolated ones hold HOLE."""

    scheme: str
    user: str
    password: str
    host: str
    port: str


def url_in(value: str) -> Address | None:
    """Return the first URL or connection string of ``value``."""
    return next(urls_in(value), None)


def urls_in(value: str) -> Iterator[Address]:
    """Yield the URLs and connection strings of ``value``."""
    if "://" in value:
        for match in _URL.finditer(value):
            scheme, userinfo, host, port = (part or "" for part in match.groups())
            user, _, password = userinfo.partition(":")
            if scheme.lower() not in _NO_SCHEMES:
                yield Address(scheme.lower(), user, password, host, port)
    elif "@" in value:
        for scheme, mark, pattern in (("mysql", "@tcp(", _GO_DSN), ("oracle", "oracle:", _ORACLE)):
            for match in pattern.finditer(value) if mark in value else ():
                yield Address(scheme, *(part or "" for part in match.groups()))


def is_page_of_every_interface(value: str) -> bool:
    """Return whether the value is `http://0.0.0.0:…/path`: who listens there names no path."""
    return bool(_PAGE.match(value))


def places_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the URLs of ``text`` begin and end."""
    return (match.span() for match in _URL.finditer(text))


def leads_to_host(scheme: str) -> bool:
    """Return whether a URL of the scheme is a connection to the host that it names, other than a page of the web."""
    return scheme not in _LOCAL_SCHEMES and scheme not in WEB_SCHEMES


def is_database(scheme: str) -> bool:
    """Return whether a URL of the scheme leads to a database or a broker: nobody offers one to everybody."""
    return bool(_DATABASES.match(scheme))


def owner_of(host: str) -> str:
    """Return whose host it is: one of the constants of this module."""
    name = host.lower().strip("[]").rstrip(".")
    if not name or HOLE in name or name in _THE_SAME_EVERYWHERE:
        return UNKNOWN
    if name in LOCAL_NAMES:
        return LOCAL
    if numbers := _IPV4.fullmatch(name):
        return _owner_of_ip([int(number) for number in numbers.groups()])
    if not _HOST.fullmatch(name):
        return UNKNOWN
    return _owner_of_name(name)


def _owner_of_name(name: str) -> str:
    endings = (
        (EXAMPLE, EXAMPLE_ENDINGS),
        (SERVICE, SERVICE_ENDINGS),
        (LOCAL, PRIVATE_ENDINGS),
        (OWN, PLATFORMS),
    )
    if name in _FOR_EVERYBODY or (name.endswith(_CLOUDS) and name.count(".") < 3):
        return PUBLIC
    for owner, known in endings:
        if name.endswith(known):
            return owner
    return PUBLIC if "." in name else SERVICE


def _owner_of_ip(numbers: list[int]) -> str:
    first, second, third = numbers[:3]
    if max(numbers) > 255:
        return UNKNOWN
    if not any(numbers):
        return BIND
    if not numbers[3]:
        return UNKNOWN  # a network
    if (first, second, third) in {(192, 0, 2), (198, 51, 100), (203, 0, 113)}:
        return EXAMPLE
    if first in {10, 127} or (first, second) == (192, 168) or (first == 172 and 16 <= second <= 31):
        return LOCAL
    if first == 0 or first >= 224 or (first, second) == (169, 254):
        return UNKNOWN  # netmasks, multicast, metadata
    return OWN


def host_port(value: str) -> tuple[str, str] | None:
    """Return host and port of a value that is `host:port`, maybe with a path behind, and nothing else.

    An `@` may stand before it, where what is put together before is a user and a password.
    """
    match = _HOST_PORT.fullmatch(value.strip()) or _SQL_SERVER.fullmatch(value.strip())
    return (match[1], match[2]) if match and (match[2] == HOLE or 10 <= int(match[2]) <= 65535) else None


def key_value_host(value: str) -> str:
    """Return the host of a `host=… port=…` connection string, or ""."""
    match = _KEY_VALUE.search(value)
    return match[1] if match else ""


def is_loopback(value: str) -> bool:
    """Return whether the value names this machine."""
    return "localhost" in value or "127.0.0.1" in value
