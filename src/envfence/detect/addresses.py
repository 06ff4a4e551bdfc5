"""Take addresses apart: URLs, connection strings, host:port, and whose a host is."""

import re
from typing import NamedTuple

from envfence.literals import HOLE

# Whose host it is.
LOCAL = "local"  # this machine or a private network
OWN = "own"  # a deployment of one's own
PUBLIC = "public"  # somebody else's, for everybody
SERVICE = "service"  # a single label: a compose or Kubernetes service
BIND = "bind"  # every interface
EXAMPLE = "example"  # reserved for documentation
UNKNOWN = "unknown"  # interpolated, or no host at all

_URL = re.compile(
    r"(?:jdbc:)?([A-Za-z][A-Za-z0-9+.-]{1,30})(?::[a-z]+:)?://"
    r"(?:([^\s/@'\"<>]*)@)?(\[[0-9a-fA-F:]+\]|[^\s/:@'\"<>,;?#)\]}\\`|]*)(?::([^\s/'\"<>?,;)\]}\\]*))?"
)
_NO_SCHEMES = frozenset("driver dialect scheme protocol proto".split())  # they stand for one
_GO_DSN = re.compile(r"([^\s:@/\"'(]{1,100})(?::([^\s@\"']{0,200}))?@tcp\(([^\s:()]{1,200})(?::(\d+))?\)/")
_IPV4 = re.compile(r"(?<![\d.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?")
_HOST_PORT = re.compile(rf"(?:[A-Z_]+://)?(localhost|[\w{HOLE}.-]+):(\d{{2,5}})(?:/\S*)?", re.I)
_KEY_VALUE = re.compile(r"(?i)(?:^|[\s;,])(host|hostaddr|server|data source|addr|address)\s*=\s*([^\s;,'\"]+)")

WEB_SCHEMES = frozenset("http https ws wss".split())
# Schemes that lead to no host, or that name a service by its role only.
_LOCAL_SCHEMES = frozenset(
    "file sqlite duckdb unix npipe data about blob chrome app capacitor ionic vscode android ios content res classpath lb"
    " discovery xds consul+srv git+file memory mem inmemory npm workspace vnd urn tag intent tauri electron asset jar"
    " s3 s3a gs gcs wasb abfs hdfs dbfs docker oci pkg runs models arn projects".split()
)


def leads_to_host(scheme: str) -> bool:
    """Return whether a URL of the scheme is a connection to the host that it names, other than a page of the web."""
    return scheme not in _LOCAL_SCHEMES and scheme not in WEB_SCHEMES


# Platforms where a team's own application gets its name: the part before is theirs.
PLATFORMS = (
    ".ondigitalocean.app .ondigitalocean.com .herokuapp.com .vercel.app .netlify.app .onrender.com .fly.dev .railway.app .azurewebsites.net"
    " .cloudapp.azure.com .database.windows.net .documents.azure.com .redis.cache.windows.net .rds.amazonaws.com .cache.amazonaws.com .elb.amazonaws.com .compute.amazonaws.com .awsapprunner.com .elasticbeanstalk.com .lambda-url.on.aws .run.app .appspot.com"
    " .cloudfunctions.net .web.app .firebaseio.com .firebaseapp.com .pages.dev .workers.dev .github.dev .gitpod.io .ngrok.io .ngrok-free.app"
    " .supabase.co .neon.tech .planetscale.com .mongodb.net .cloudapp.net .elephantsql.com .upstash.io .aivencloud.com .redislabs.com"
    " .deno.dev .glitch.me .repl.co .replit.app .koyeb.app .northflank.app .trycloudflare.com .duckdns.org .aliyuncs.com .myqcloud.com"
).split()  # fmt: skip
PRIVATE_ENDINGS = (
    ".local",
    ".internal",
    ".lan",
    ".corp",
    ".intranet",
    ".home",
    ".localdomain",
    ".private",
    ".svc",
    ".cluster.local",
)
EXAMPLE_ENDINGS = (
    "example.com",
    "example.org",
    "example.net",
    ".example",
    ".test",
    ".invalid",
    "domain.com",
    "mydomain.com",
    "yourdomain.com",
)


class Address(NamedTuple):
    """An address taken apart; parts that are absent are empty, interpolated ones hold HOLE."""

    scheme: str
    user: str
    password: str
    host: str
    port: str


def url_in(value: str) -> Address | None:
    """Return the first URL or DSN of ``value``."""
    match = _URL.search(value)
    if not match:
        return _go_dsn(value)
    scheme, userinfo, host, port = (part or "" for part in match.groups())
    if scheme in _NO_SCHEMES:
        return None
    user, _, password = userinfo.partition(":")
    return Address(scheme.lower(), user, password, host, port)


def _go_dsn(value: str) -> Address | None:
    """The form of Go's MySQL driver: `user:password@tcp(host:3306)/name`."""
    match = _GO_DSN.search(value) if "@" in value else None
    return Address("mysql", *(part or "" for part in match.groups())) if match else None


def owner_of(host: str) -> str:
    """Return whose host it is: one of the constants of this module."""
    name = host.lower().strip("[]").rstrip(".")
    if not name or HOLE in name or name.startswith(("$", "{", "<", "%")):
        return UNKNOWN
    if name in (
        "localhost",
        "::1",
        "host.docker.internal",
        "docker.for.mac.localhost",
        "gateway.docker.internal",
        "ip6-localhost",
    ):
        return LOCAL
    if numbers := _IPV4.fullmatch(name):
        return _owner_of_ip([int(number) for number in numbers.groups()])
    if not _HOST.fullmatch(name):
        return UNKNOWN
    if name.endswith(EXAMPLE_ENDINGS):
        return EXAMPLE
    if name.endswith(PRIVATE_ENDINGS):
        return LOCAL
    if name.endswith(tuple(PLATFORMS)):
        return OWN
    return PUBLIC if "." in name else SERVICE


def _owner_of_ip(numbers: list[int]) -> str:
    first, second, third, fourth = numbers
    if max(numbers) > 255:
        return UNKNOWN
    if numbers == [0, 0, 0, 0]:
        return BIND
    if (first, second, third) in ((192, 0, 2), (198, 51, 100), (203, 0, 113)):
        return EXAMPLE
    if first == 127 or first == 10 or (first, second) == (192, 168) or (first == 172 and 16 <= second <= 31):
        return LOCAL
    if (
        first == 0
        or first >= 224
        or (first, second) == (169, 254)
        or numbers in ([8, 8, 8, 8], [8, 8, 4, 4], [1, 1, 1, 1])
    ):
        return UNKNOWN  # netmasks, multicast, metadata and well-known resolvers
    return OWN


def host_port(value: str) -> tuple[str, str] | None:
    """Return host and port of a value that is `host:port` and nothing else."""
    match = _HOST_PORT.fullmatch(value.strip())
    return (match[1], match[2]) if match and 10 <= int(match[2]) <= 65535 else None


def key_value_host(value: str) -> str:
    """Return the host of a `host=… port=…` connection string, or ""."""
    match = _KEY_VALUE.search(value)
    return match[2] if match else ""


def ipv4_in(value: str) -> str:
    """Return the first IPv4 address of ``value``, or ""."""
    match = _IPV4.search(value)
    return match[0] if match else ""


def is_loopback(value: str) -> bool:
    """Return whether the value names this machine and nothing else."""
    return "localhost" in value or "127.0.0.1" in value
