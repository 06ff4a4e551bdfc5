"""The services that a value names: scheme, user, password, host, port and path of each URL in it."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_HOST_ENDS = "/?# \t\"'<>)]},;|"
_LOOPBACK = frozenset(
    "localhost localhost.localdomain ip6-localhost ip6-loopback host.docker.internal gateway.docker.internal "
    "kubernetes.docker.internal host.containers.internal host.lima.internal".split()
)
_DEFAULT_PORTS = {
    "http": "80", "https": "443", "ws": "80", "wss": "443", "postgresql": "5432", "postgres": "5432", "mysql": "3306",
    "redis": "6379", "rediss": "6379", "amqp": "5672", "amqps": "5671", "mongodb": "27017",
}  # fmt: skip


class Endpoint(NamedTuple):
    """One service. ``port`` is as written, "" where it is left out; ``path`` is without the slash before it."""

    scheme: str
    user: str
    password: str
    host: str
    port: str
    path: str

    @property
    def dialled(self) -> str:
        """The port that is dialled, the scheme's own where none is written."""
        return self.port or _DEFAULT_PORTS.get(self.scheme.partition("+")[0], "")

    @property
    def origin(self) -> str:
        """What a browser sends as Origin for a page of this service."""
        port = f":{self.port}" if self.port and self.port != _DEFAULT_PORTS.get(self.scheme) else ""
        return f"{self.scheme}://{self.host}{port}"


@cache
def endpoints(value: str) -> tuple[Endpoint, ...]:
    """Return every URL with a host in ``value``; one with several hosts gives each."""
    found: list[Endpoint] = []
    value = f":{value}" if value.startswith("//") else value  # of the scheme of whoever asks
    position = 0
    while (mark := value.find("://", position)) >= 0:
        start = mark
        while start > 0 and (value[start - 1].isalnum() or value[start - 1] in "+-."):
            start -= 1
        found += _of_url(value[start:mark].lower(), value[mark + 3 :])
        position = mark + 3
    return tuple(found)


def _of_url(scheme: str, rest: str) -> Iterator[Endpoint]:
    end = _authority_end(rest)
    login, _, hosts = rest[:end].rpartition("@")
    user, _, password = login.partition(":")
    path = _until(rest[end + 1 :], " ,;\"'?#") if rest[end : end + 1] == "/" else ""
    if not hosts and "host=" in rest:  # libpq takes it as a parameter too
        hosts = _until(rest.partition("host=")[2], "& \"'")
    for host in hosts.split(","):
        name, port = split_port(host)
        if name:
            yield Endpoint(scheme, user, password, name.lower().removesuffix("."), port, path)


def split_port(host: str) -> tuple[str, str]:
    """Return host and port of ``host:port``, of ``[::1]:port`` and of a host alone."""
    if host.startswith("["):
        name, _, port = host[1:].partition("]")
        return name, port.removeprefix(":")
    if host.count(":") == 1:
        name, _, port = host.partition(":")
        return name, port
    return host, ""


def is_loopback(host: str) -> bool:
    """Tell whether ``host`` is the machine itself. 0.0.0.0 is not: servers bind it, nobody dials it."""
    host = host.lower().strip("[]").removesuffix(".")
    octets = host.removeprefix("::ffff:").split(".")
    by_number = octets[0] == "127" and all(octet.isdigit() for octet in octets)
    by_number |= host.isdecimal() and int(host) >> 24 == 127  # 2130706433
    *zeros, last = host.split(":")
    by_number |= len(zeros) > 1 and not any(part.strip("0") for part in zeros) and last.lstrip("0") == "1"
    return host in _LOOPBACK or by_number or host.endswith(".localhost")


def is_address(host: str) -> bool:
    """Tell whether ``host`` is an IP address."""
    return host.count(":") > 1 or (host.count(".") == 3 and host.replace(".", "").isdigit())


def is_relative(host: str) -> bool:
    """Tell whether ``host`` means another machine in each network: loopback, or one word, as compose names services."""
    return is_loopback(host) or ("." not in host and ":" not in host)


def _authority_end(rest: str) -> int:
    at = rest.find("@")
    slash = rest.find("/")
    start = at + 1 if at >= 0 and (slash < 0 or at < slash) else 0
    bracket = rest.find("]", start) + 1 if rest.startswith("[", start) else start
    position = bracket
    while position < len(rest) and (rest[position] not in _HOST_ENDS or _goes_on(rest, position)):
        position += 1
    return position


def _goes_on(rest: str, comma: int) -> bool:
    """Tell whether a comma separates two hosts of one URL, and not two URLs."""
    following = _until(rest[comma + 1 :], ",/ ")
    return rest[comma] == "," and bool(following) and "://" not in rest[comma : comma + len(following) + 4]


def _until(text: str, ends: str) -> str:
    for index, character in enumerate(text):
        if character in ends:
            return text[:index]
    return text
