"""What a text is made of: which of its characters are the host, the port, the user, the password of a connection."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, unquote

from envfence.detect import addresses
from envfence.literals import HOLE

PARTS = ("HOSTS", "HOST", "PORT", "NAME", "USER", "PASSWORD")
LIBPQ = "libpq"  # the scheme of pairs that are separated by space
DSN, WEB, PAIRS, ADDRESS, REMOTE = "dsn", "web", "pairs", "address", "remote"
UNRESERVED = "!$&'()*+,;="  # what RFC 3986 lets stand in user and password besides letters and digits

_USERINFO = r"(?:(?P<user>[^\s:@/?#\[\]'\"<>]*)(?P<colon>:(?P<password>[^\s@/?#\[\]'\"<>]*))?@)?"
_URL = re.compile(
    rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{{1,30}})://(?P<authority>{_USERINFO}"
    r"(?P<hosts>(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:@/?#\[\]'\"<>,;)}\\`|&]+)(?::(?P<port>[^\s:@/?#\[\]'\"<>,;)}\\`|&]+))?"
    r"(?P<more>(?:,[\w.-]+(?::\d+)?)*)))"
    r"(?P<rest>(?:/(?P<path>[^\s?#'\"<>]*))?[^\s'\"<>]*)"
)
_ADDRESS = re.compile(
    rf"(?P<host>[A-Za-z_{HOLE}][\w{HOLE}.-]*|\d+\.\d+\.\d+\.\d+|\[[0-9A-Fa-f:]+\]):(?P<port>\d{{2,5}}|{HOLE})"
)
_KEY, _QUOTED = r"(?P<key>[A-Za-z][A-Za-z _-]*?)\s*=\s*", r"'(?:[^'\\]|\\.)*'"
_PAIR = re.compile(rf"{_KEY}(?P<value>{_QUOTED}|\{{[^}}]*\}}|[^\s;,'\"{{}}]*)", re.DOTALL)
_LIBPQ_PAIR = re.compile(rf"{_KEY}(?P<value>{_QUOTED}|[^\s,'\"]*)", re.DOTALL)  # to which braces are nothing special
_SAID = ("host hostaddr server datasource address addr", "port", "dbname database initialcatalog",
         "user userid uid username", "password pwd")  # fmt: skip
_PAIR_KEYS = {word: part for part, words in zip(PARTS[1:], _SAID, strict=True) for word in words.split()}
_REMOTE = re.compile(  # what ssh calls a machine, user@host, and scp and rsync a folder of it, user@host:/path
    r"(?<!\S)[\w.-]+@(?P<host>\d+\.\d+\.\d+\.\d+|[A-Za-z][\w.-]*(?=:))(?::[/~.]\S*)?(?!\S)"
)
_SQL = re.compile(r"postgres|mysql|maria|mssql|oracle|cockroach|redshift|timescale")
_NAME = re.compile(r"[A-Za-z0-9_][\w.-]*")
_PORT = re.compile(r"[1-9]\d{0,4}")


class Part(NamedTuple):
    """A piece of a connection: HOST, PORT, NAME, USER or PASSWORD, where it stands, and its value decoded.

    HOSTS are several servers, each with its port.
    """

    name: str
    start: int
    end: int
    value: str


class Shape(NamedTuple):
    """A connection in a text: its form, where it stands, and its parts in order, but for those that are interpolated.

    ``authority`` is where user, password, host and port stand together. ``safe`` are the characters that are not
    percent-encoded in user and password.
    """

    form: str
    start: int
    end: int
    scheme: str
    parts: tuple[Part, ...]
    authority: tuple[int, int] = (0, 0)
    safe: str = ""

    @property
    def values(self) -> dict[str, str]:
        """The value of each part."""
        return {part.name: part.value for part in self.parts}


def is_sql(scheme: str) -> bool:
    """Tell whether the path of such a URL is the name of a database."""
    return bool(_SQL.match(scheme))


def shapes(text: str) -> Iterator[Shape]:
    """Yield the connections in a text, in which HOLE stands for what is interpolated."""
    found = [shape for match in _URL.finditer(text) if (shape := _of_url(match))]
    if found:
        yield from found
    elif "://" not in text:
        pairs = _of_pairs(text)
        remotes = [] if pairs else [_of_remote(match) for match in _REMOTE.finditer(text)]
        yield from remotes or filter(None, (pairs or _of_address(text),))


def _of_url(match: re.Match[str]) -> Shape | None:
    scheme = match["scheme"].lower()
    is_web = scheme in addresses.WEB_SCHEMES and match["user"] is None
    if not is_web and "@" in match["rest"]:
        return None  # an `@` or `/` in the password that is not percent-encoded
    if not (is_web or match["user"] is not None or addresses.leads_to_host(scheme) or addresses.is_database(scheme)):
        return None
    parts: list[Part] = []
    safe = _safe(match["user"], match["password"])
    servers = (("hosts", "HOSTS"),) if match["more"] else (("host", "HOST"), ("port", "PORT"))
    for group, name in (("user", "USER"), ("password", "PASSWORD"), *servers, ("path", "NAME")):
        raw = match[group]
        if raw and HOLE not in raw and (name != "NAME" or (is_sql(scheme) and _NAME.fullmatch(raw))):
            value = unquote(raw) if name in {"USER", "PASSWORD"} else raw.strip("[]") if name == "HOST" else raw
            parts.append(Part(name, *match.span(group), value))
    if safe is None or (match["port"] and HOLE not in match["port"] and not _PORT.fullmatch(match["port"])):
        return None  # put together from its parts it would be another text
    end = match.end()
    while not is_web and end > match.end("authority") and match.string[end - 1] in ".,;)":
        end -= 1  # of the sentence around it
    return Shape(
        WEB if is_web else DSN, match.start(), end, match["scheme"], tuple(parts), match.span("authority"), safe
    )


def _safe(*encoded: str | None) -> str | None:
    """Return the characters to leave alone so that quoting what was decoded gives the same texts again."""
    given = [text for text in encoded if text and HOLE not in text]
    for safe in ("", UNRESERVED):
        if all(quote(unquote(text), safe=safe) == text for text in given):
            return safe
    return None


def _of_pairs(text: str) -> Shape | None:
    """Return the connection of a text such as `host=… port=… user=…` or `Server=…;Uid=…;Pwd=…`."""
    parts: dict[str, Part] = {}
    is_libpq = ";" not in text
    for match in (_LIBPQ_PAIR if is_libpq else _PAIR).finditer(text):
        name = _PAIR_KEYS.get(re.sub(r"[ _-]", "", match["key"].lower()), "")
        value = match["value"]
        if not name or not value or name in parts:
            continue
        if HOLE in value:
            continue
        if value[0] == "'" or (value[0] == "{" and not is_libpq) or "\\" in value:
            return None  # quoted: put together it would be another text
        start, end = match.span("value")
        parts[name] = Part(name, start, end, value)
        if name == "HOST" and text[end : end + 1] == "," and (port := _PORT.match(text, end + 1)):
            parts["PORT"] = Part("PORT", *port.span(), port[0])  # SERVER=host,1433
    if "HOST" not in parts or len(parts) < 2:
        return None
    ordered = tuple(sorted(parts.values(), key=lambda part: part.start))
    return Shape(PAIRS, 0, len(text), LIBPQ if is_libpq else "", ordered)


def _of_remote(match: re.Match[str]) -> Shape:
    start, end = match.span("host")
    return Shape(REMOTE, start, end, "", (Part("HOST", start, end, match["host"]),), (start, end))


def _of_address(text: str) -> Shape | None:
    match = _ADDRESS.fullmatch(text.strip())
    if not match or len(text.strip()) != len(text):
        return None
    parts = [
        Part(name, *match.span(group), match[group].strip("[]"))
        for group, name in (("host", "HOST"), ("port", "PORT"))
        if HOLE not in match[group]
    ]
    return Shape(ADDRESS, 0, len(text), "", tuple(parts), match.span())
