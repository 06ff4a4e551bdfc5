"""What to look for in checked files: the values of the local env files, kept in memory and never shown."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from envfence.contract import files, kinds
from envfence.contract.readers.decode import decoded
from envfence.contract.readers.python_reader import entries
from envfence.detect import addresses, forms

_SHORTEST = 4
_NO_SECRETS = frozenset(
    "true false none null undefined change password passwd passphrase secret token test tests testing default"
    " local localhost development staging production public private string optional required".split()
)
# A placeholder, or a reference to where the value is kept.
_NO_VALUE = re.compile(
    r"<[^<>]+>|change[_-]?(?:me|this)|replace[_-]?me|^your[_-]|placeholder|^[*x]+$|^ENC\[|^(?:op|vault|sops|arn|awskms):",
    re.IGNORECASE,
)
# So many programs use these that equality says nothing.
_USUAL_PORTS = frozenset(
    "22 25 53 80 443 465 587 1433 1521 1883 2181 3000 3001 3306 4000 4200 4317 4318 5000 5001 5173 5432 5601 5672"
    " 6379 7000 8000 8001 8008 8080 8081 8086 8088 8089 8443 8500 8787 8888 9000 9090 9092 9093 9100 9200 9300 11211"
    " 15672 27017".split()
)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "host.docker.internal"})
_THIS_MACHINE = rb"(?:localhost|127\.0\.0\.1|\[?::1\]?|host\.docker\.internal)"
# From a name to its value: `port: int = `, `"DB_PORT", "`, `--port `, `${DB_PORT:-`, `process.env.PORT || `.
_BINDS = (
    rb"[\"'`\])}]{0,3}\s{0,4}(?::\s{0,3}[A-Za-z][\w.\[\]|]{0,30}\s{0,3})?"
    rb"(?::-|\?\?|\|\||=>|:=|[=:,(]|\bor\b|\s)\s{0,4}[\"'`(]{0,2}"
)
_PORT_NAME = rb"(?i:(?<!re)(?<!im)(?<!ex)(?<!pp)(?<!ss)port)" + _BINDS
_SECRET_NAME = rb"(?:(?i:pass(?:w(?:or)?d|phrase)?|pwd|secret|token)" + _BINDS + rb"|:(?=[^\s@]{1,100}@))"
_BETWEEN = rb"(?::|%3[Aa]|[\"']\s{0,3},\s{0,3}[\"']?)"  # host:port, and ("host", port)


class Needle(NamedTuple):
    """What to look for: ``anchor`` first, then ``pattern`` where the anchor stands. Its text never shows the value.

    ``core`` is set where base64 is looked for: the pattern then has to match what is decoded.
    """

    key: str
    source: str
    value: str
    anchor: bytes
    pattern: bytes
    core: forms.Core | None = None
    is_secret: bool = False
    is_of_this_machine: bool = False

    @property
    def is_word(self) -> bool:
        """Tell whether code may have a variable of this name."""
        return self.value.isidentifier() and self.value.replace("_", "").isalpha()

    @property
    def is_drawn(self) -> bool:
        """Tell whether it is a secret that nobody writes by chance, nor as an example."""
        return self.is_secret and _is_drawn(self.value)

    def __repr__(self) -> str:
        return f"Needle({self.key} of {self.source})"


Needles = tuple[Needle, ...]


def env_texts(root: str) -> dict[str, str]:
    """Return name to text of the env files in ``root``, and of the contract, where the user can read them."""
    names = files.env_files(root)
    if names and os.path.isfile(os.path.join(root, files.CONTRACT)):
        names.append(files.CONTRACT)
    return {name: decoded(name, data).text for name in names if (data := _bytes(os.path.join(root, name))) is not None}


def _bytes(file: str) -> bytes | None:
    try:
        with open(file, "rb") as stream:
            return stream.read()
    except OSError:  # what the user cannot read, nobody has copied here
        return None


def needles(env_texts: Mapping[str, str], allowed: Iterable[str] = ()) -> Needles:
    """Return what to look for, given the env files' texts by name.

    Defaults that the contract among them gives, placeholders and the hosts in ``allowed`` are left out.
    """
    ignored = {value for _, value in _values(env_texts.get(files.CONTRACT, ""))}.union(allowed)
    found: dict[tuple[bytes, forms.Core | None], Needle] = {}
    for source, text in env_texts.items():
        if source == files.CONTRACT:
            continue
        values = dict(_values(text))
        for key, value in values.items():
            for needle in _of_key(key, value, values, source) if value not in ignored else ():
                found.setdefault((needle.pattern, needle.core), needle)
    return tuple(needle for needle in found.values() if needle.value not in ignored)


def _values(text: str) -> Iterator[tuple[str, str]]:
    for entry in entries(text):
        value = (entry.value or "").strip()
        if entry.key and value and "${" not in value and "\n" not in value and not _NO_VALUE.search(value):
            yield entry.key, value


def _of_key(key: str, value: str, values: Mapping[str, str], source: str) -> Iterator[Needle]:
    kind = kinds.kind_of_name(key)
    if "://" in value:
        yield from _of_url(key, value, source)
    elif kind == kinds.SECRET:
        yield from _of_secret(key, value, source)
    elif kind == kinds.HOST or addresses.owner_of(value) in {addresses.LOCAL, addresses.OWN}:
        port = values.get(key.removesuffix("NAME").removesuffix("HOST") + "PORT", "")
        host, _, own_port = value.rpartition(":") if value.count(":") == 1 else (value, "", "")
        yield from _of_host(key, host, own_port or port, source)
    elif kind == kinds.PORT and value.isdigit() and len(value) >= 3 and value not in _USUAL_PORTS:
        pattern = _PORT_NAME + value.encode() + rb"(?![\w.])"
        yield Needle(key, source, value, value.encode(), pattern, is_of_this_machine=True)


def _of_url(key: str, value: str, source: str) -> Iterator[Needle]:
    address = addresses.url_in(value)
    if not address:
        return
    if address.password:
        yield from _of_secret(key, _unquoted(address.password), source)
    owner = addresses.owner_of(address.host)
    if owner != addresses.PUBLIC:
        yield from _of_host(key, address.host, address.port, source)
    elif value.partition("://")[2].strip("/"):
        yield Needle(
            key, source, value, forms.anchor(value), forms.token(value.rstrip("/")), None, bool(address.password)
        )


def _of_host(key: str, host: str, port: str, source: str) -> Iterator[Needle]:
    is_loopback = host.lower().strip("[]") in _LOOPBACK or host.startswith("127.")
    if not is_loopback and len(host) >= _SHORTEST and _is_distinct_host(host):
        pattern = forms.HOST_STARTS + forms.written(host) + forms.HOST_ENDS
        yield Needle(key, source, host, forms.anchor(host), pattern)
    elif host and port.isdigit() and port not in _USUAL_PORTS and addresses.owner_of(host) != addresses.BIND:
        name = _THIS_MACHINE if is_loopback else forms.written(host)
        pattern = forms.HOST_STARTS + name + _BETWEEN + port.encode() + rb"(?!\d)"
        yield Needle(key, source, f"{host}:{port}", port.encode(), pattern, is_of_this_machine=is_loopback)


def _is_distinct_host(host: str) -> bool:
    """Return whether a host's name alone tells it: `redis` may be anybody's, `db-1` and `db.corp` are somebody's."""
    if addresses.owner_of(host) in {addresses.BIND, addresses.UNKNOWN}:
        return False
    return not host.isalpha()


def _of_secret(key: str, value: str, source: str) -> Iterator[Needle]:
    if len(value) < _SHORTEST or value.lower() in _NO_SECRETS or _NO_VALUE.search(value):
        return
    if _is_word(value):  # `airflow` stands everywhere, but as a password only where it was copied
        pattern = _SECRET_NAME + forms.written(value) + forms.TOKEN_ENDS
        yield Needle(key, source, value, forms.anchor(value), pattern, is_secret=True)
        return
    pattern = forms.written(value) if _is_drawn(value) else forms.token(value)  # -pX7…, also amid a longer word
    yield Needle(key, source, value, forms.anchor(value), pattern, is_secret=True)
    for core in forms.base64_cores(value):
        yield Needle(key, source, value, core.text, pattern, core, is_secret=True)


def _is_word(value: str) -> bool:
    is_name = value.islower() and value.replace("_", "").isalpha()  # secret_key
    return (
        (is_name and len(value) < 16) or (value.isalpha() and len(value) < 12) or (value.isdigit() and len(value) < 8)
    )


def _is_drawn(value: str) -> bool:
    """Tell whether the value was drawn at random: many digits among many letters."""
    digits, letters = sum(map(str.isdigit, value)), sum(map(str.isalpha, value))
    is_mixed = value != value.lower() and value != value.upper()
    return digits >= 3 and letters >= 5 and len(value) >= (14 if is_mixed else 20)


def _unquoted(text: str) -> str:
    """Return ``text`` without percent-encoding; urllib costs the commit path 9 ms."""
    raw = re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes((int(match[1], 16),)), text.encode())
    return raw.decode("utf-8", "replace")
