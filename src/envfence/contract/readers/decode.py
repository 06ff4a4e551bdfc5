"""Bytes of an env file to text, and what is wrong with the bytes."""

from collections.abc import Container, Iterable
from typing import NamedTuple

from envfence.contract.readers.entry import Entry
from envfence.contract.rules import LOOKALIKE_CHARACTER, WRONG_ENCODING, found, warned
from envfence.finding import Finding

_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_QUOTES = frozenset("\u2018\u2019\u201c\u201d\u300c\u300d\uff02\uff07")
# Hyphens, dashes and the minus sign; what looks like a dot, a comma, a colon, a semicolon, a slash.
_MARKS = frozenset(
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2024\u3002\uff61\u3001\uff64\u2236\ua789\u037e\u2044\u2215\u29f8"
)
# Cyrillic and Greek letters that look like Latin ones.
_TWINS = frozenset(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"
)
# Zero-width space, word joiner, soft hyphen, blanks of other scripts, line separators, and the marks that turn the
# direction of a text.
_INVISIBLE = frozenset(
    "\u200b\u2060\u00ad\u3164\u115f\u1160\uffa0\u2800\u180e\u2061\u2062\u2063\u2028\u2029"
    "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_BOM = b"\xef\xbb\xbf"


class Decoded(NamedTuple):
    """The text, as well as it can be read, and what is wrong with the bytes."""

    text: str
    findings: list[Finding]


def decoded(path: str, data: bytes) -> Decoded:
    """Return the text of ``data``. What is no UTF-8 is still read as far as it goes, so that the rest is checked."""
    utf16 = _UTF16.get(data[:2]) or _utf16_without_mark(data)
    if utf16:
        detail = "UTF-16, as PowerShell 5 writes with `>`: both readers refuse it; there use Set-Content -Encoding utf8"
        text = data.decode(utf16, "replace").removeprefix("\ufeff")
        return Decoded(text, [found(WRONG_ENCODING, path, 1, detail=detail)])
    findings = _of_marks(path, data)
    try:
        return Decoded(data.decode(), findings)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        detail = f"{_code_page(data)}: Python stops with UnicodeDecodeError where compose goes on"
        return Decoded(data.decode(errors="replace"), [*findings, found(WRONG_ENCODING, path, line, detail=detail)])


def lookalikes(path: str, text: str, statements: Iterable[Entry] = (), plain: Container[str] = ()) -> list[Finding]:
    """Return the lines whose name, equals sign or quotes are full-width or typographic.

    ``plain`` are keys whose value is no prose, so that such a character anywhere in it is meant as ASCII.
    """
    if text.isascii():
        return []
    meant = {entry.line for entry in statements if _is_meant_as_ascii(entry.value or "", (entry.key or "") in plain)}
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if not _is_plain(line)]
    unseen = [number for number, line in lines if not _INVISIBLE.isdisjoint(line)]
    return [
        *(
            found(LOOKALIKE_CHARACTER, path, number)
            for number, line in lines
            if number in meant or _has_lookalike(line)
        ),
        *(found(LOOKALIKE_CHARACTER, path, number, detail="an invisible one") for number in unseen),
    ]


def _is_plain(line: str) -> bool:
    return line.isascii() or line.lstrip().startswith("#")


def _has_lookalike(line: str) -> bool:
    name, equals, value = line.partition("=")
    if not equals:
        return "\uff1d" in line or "\uff1a" in line
    value = value.strip(" \t\r")
    ends = (value[:1], value[-1:])
    return any(map(_is_full_width, name)) or any(map(str.isspace, ends)) or not _QUOTES.isdisjoint(ends)


def _is_meant_as_ascii(value: str, is_plain: bool) -> bool:
    """Tell whether a value has a full-width or typographic character for ASCII, or a word of two alphabets."""
    if value.isascii():
        return False
    is_plain |= "://" in value and " " not in value
    if is_plain and any(_is_full_width(character) or character in _MARKS | _QUOTES for character in value):
        return True
    words = "".join(character if character.isalnum() else " " for character in value).split()
    return any(_is_mixed(word) for word in words)


def _is_mixed(word: str) -> bool:
    """Tell whether a word has Latin letters next to Greek or Cyrillic ones that look like them."""
    has_latin = any(character.isascii() and character.isalpha() for character in word)
    return has_latin and not _TWINS.isdisjoint(word)


def _is_full_width(character: str) -> bool:
    return "\uff01" <= character <= "\uff5e" or character == "\u3000"


def _utf16_without_mark(data: bytes) -> str:
    head = data[:64]
    if len(head) < 4 or head.count(0) < len(head) // 3:
        return ""
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _of_marks(path: str, data: bytes) -> list[Finding]:
    findings: list[Finding] = []
    if data.startswith(_BOM):
        detail = "a byte order mark: python-dotenv before 1.2.3, node and the shell take it for part of the first name"
        findings.append(warned(WRONG_ENCODING, path, 1, detail=detail))
    if (joined := data.find(_BOM, 1)) >= 0:
        line = data.count(b"\n", 0, joined) + 1
        detail = "a byte order mark inside the file: compose refuses it and python-dotenv makes it part of a name"
        findings.append(found(WRONG_ENCODING, path, line, detail=detail))
    if (nul := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, nul) + 1
        detail = "a NUL byte: no process environment can hold it"
        findings.append(found(WRONG_ENCODING, path, line, detail=detail))
    if b"\r" in data:
        line = data.count(b"\n", 0, data.find(b"\r")) + 1
        detail = "CR line ends: the shell and docker run --env-file make them part of the value"
        findings.append(warned(WRONG_ENCODING, path, line, detail=detail))
    return findings


def _code_page(data: bytes) -> str:
    """Return what the bytes probably are, to say it in a message: Korean Windows saves CP949."""
    try:
        text = data.decode("cp949")
    except UnicodeDecodeError:
        return "an ANSI code page"
    return (
        "CP949 (Korean Windows)"
        if any("\uac00" <= character <= "\ud7a3" for character in text)
        else "an ANSI code page"
    )
