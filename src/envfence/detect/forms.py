"""The forms in which a value is written into a file: as it is, escaped, percent-encoded, inside base64; on bytes."""

import re
from binascii import a2b_base64, b2a_base64
from typing import NamedTuple

_ENTITIES = {"&": b"&amp;", "<": b"&lt;", ">": b"&gt;", '"': b"&quot;", "'": b"&#39;", " ": rb"\+"}
_DOUBLED = frozenset("$%'\\{}")  # compose, printf and INI, SQL and YAML, C, f-strings
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # nobody encodes these
_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_SHORTEST_CORE = 5

# A percent sign and two digits end a token too: `%40` before a host is an `@`.
TOKEN_STARTS = rb"(?:(?<![A-Za-z0-9_])|(?<=%[0-9A-Fa-f]{2}))"
TOKEN_ENDS = rb"(?![A-Za-z0-9_])"
HOST_STARTS = rb"(?:(?<![\w.-])|(?<=%[0-9A-Fa-f]{2}))"
HOST_ENDS = rb"(?![\w-]|\.\w)"


class Core(NamedTuple):
    """What base64 makes of a value whatever stands around it, ``shift`` bytes before it in its group of three."""

    text: bytes
    shift: int

    def __repr__(self) -> str:
        return "Core()"


def written(value: str) -> bytes:
    """Return a pattern of the value in plain text, each character as it is, escaped, doubled or percent-encoded."""
    return b"".join(_written(char) for char in value)


def token(value: str) -> bytes:
    """Return ``written`` between boundaries: `admin123` does not stand in `xadmin1234`."""
    starts = TOKEN_STARTS if _is_word(value[0]) else b""
    return starts + written(value) + (TOKEN_ENDS if _is_word(value[-1]) else b"")


def anchor(value: str) -> bytes:
    """Return the longest part of the value that every plain form holds, for a first search."""
    return max(re.findall(rb"[A-Za-z0-9._~-]+", value.encode()), key=len, default=value.encode())


def base64_cores(value: str) -> list[Core]:
    """Return what base64 makes of the value at each of the three places in a group, in both alphabets."""
    data = value.encode()
    cores: dict[Core, None] = {}
    for shift in range(3):
        encoded = b2a_base64(b"\0" * shift + data, newline=False)
        core = encoded[_first(shift) : (shift + len(data)) * 8 // 6]
        if len(core) >= _SHORTEST_CORE:
            cores[Core(core, shift)] = None
            cores[Core(core.translate(bytes.maketrans(b"+/", b"-_")), shift)] = None
    return list(cores)


def decoded_around(data: bytes, core: Core, at: int) -> bytes:
    """Return the base64 text around a core at offset ``at``, decoded, with one group more on either side."""
    start = at - _first(core.shift)
    if start < 0 or not _is_base64(data[start:at]):
        return b""
    if start >= 4 and _is_base64(data[start - 4 : start]):
        start -= 4
    stop = at + len(core.text)
    limit = stop + 8
    while stop < limit and data[stop : stop + 1] and _is_base64(data[stop : stop + 1]):
        stop += 1
    text = data[start:stop].translate(_URL_SAFE)
    text = text[: len(text) - 1] if len(text) % 4 == 1 else text
    return a2b_base64(text + b"=" * (-len(text) % 4))


def _first(shift: int) -> int:
    return (shift * 8 + 5) // 6


def _is_base64(text: bytes) -> bool:
    return _BASE64.issuperset(text)


def _is_word(char: str) -> bool:
    return char == "_" or (char.isascii() and char.isalnum())


def _written(char: str) -> bytes:
    raw = char.encode()
    plain = re.escape(raw)
    if char in _UNRESERVED:
        return plain
    forms = [rb"\\" + plain, plain, b"(?i:" + b"".join(b"%%%02X" % byte for byte in raw) + b")"]
    if char in _DOUBLED:
        forms.insert(0, plain * 2)
    if char in _ENTITIES:
        forms.insert(0, _ENTITIES[char])
    if not char.isascii():
        units = char.encode("utf-16-be").hex()
        forms.append(b"(?i:" + b"".join(rb"\\u" + units[i : i + 4].encode() for i in range(0, len(units), 4)) + b")")
    return b"(?:" + b"|".join(forms) + b")"
