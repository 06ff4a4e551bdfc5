"""Literals of Clojure and EDN: a name and its value only stand next to each other, `:host "…"`, `(def host "…")`."""

import re
from collections.abc import Iterator

from envfence.literals import COMPARED, DEFAULT, DOC, SHOWN, VALUE, Literal, callees, embedded
from envfence.literals.candidates import Spans, is_likely
from envfence.literals.comments import comment

LONGEST_BEFORE = 300  # characters left of a string that say what it is for

_TOKEN = re.compile(
    r"(?P<comment>;[^\n]*+)|(?P<text>\"(?:[^\"\\]++|\\[\s\S])*+\")|\\[\s\S]"
    r"|(?<=\s)(?P<number>\d{4,5})(?=[\s)}\]])"
)
_SYMBOL = r"[\w.*+!?<>=/-]+"
_DEFINES = re.compile(rf"\((?:def|defonce)\s+(?:\^\S+\s+)*({_SYMBOL})\s+\Z")
_DESCRIBES = re.compile(rf"\((?:defn-?|defmacro|defmulti|defprotocol|ns)\s+(?:\^\S+\s+)*{_SYMBOL}\s+\Z")
_KEY = re.compile(rf":({_SYMBOL})\s+(\[[^\[\]]*)?\Z")
_TRIED = re.compile(r"(?::([\w/.-]+)\s+)?\(or\s+\([\w./-]+\s+[:\"]([\w.-]+)\"?\)\s+\Z")
_READS = re.compile(r"\((?:env|[\w.-]+/get|get\s+\(System/getenv\))\s+[:\"]([\w.-]+)\"?\s+\Z")
_CALL = re.compile(rf"\(({_SYMBOL})((?:\s+:?{_SYMBOL}){{0,5}})\s+\Z")
_HOST = re.compile(r":[\w/.-]*host\b")
_COMPARES = frozenset("= not= is case re-find re-matches".split())


def on_lines(text: str, path: str, lines: Spans, wanted: object) -> list[Literal]:
    """Return the literals on these lines."""
    found = list(_read(text, lines))
    return [*found, *embedded.inner(text, found)]


def _read(text: str, lines: Spans) -> Iterator[Literal]:
    for token in _TOKEN.finditer(text):
        start, end = token.span(token.lastgroup or 0)
        if not is_likely(lines, start, end):
            continue
        if token["comment"]:
            yield comment(text, start, end)
        elif token["text"]:
            yield _placed(Literal(text[start + 1 : end - 1], start, end), text)
        elif token["number"]:
            number = _placed(Literal(token["number"], start, end, quoted=False), text)
            if number.name.lower().endswith("port") and (number.name != "port" or _has_host(text, start)):
                yield number


def _has_host(text: str, at: int) -> bool:
    """Whether the map around a place names a host: the port of another may be our own."""
    first, last = max(0, at - LONGEST_BEFORE), at + LONGEST_BEFORE
    opens, closes = text.rfind("{", first, at), text.find("}", at, last)
    return bool(_HOST.search(text, max(first, opens), closes if closes >= 0 else last))


def _placed(one: Literal, text: str) -> Literal:
    """Return a string, or a number, with what stands left of it."""
    before = text[max(0, one.start - LONGEST_BEFORE) : one.start]
    if tried := _TRIED.search(before):
        return one._replace(name=tried[2], role=DEFAULT, path=(tried[1],) if tried[1] else ())
    if read := _READS.search(before):
        return one._replace(name=read[1], role=DEFAULT)
    if _DESCRIBES.search(before):
        return one._replace(role=DOC)
    if defined := _DEFINES.search(before):
        is_value = text[one.end : one.end + LONGEST_BEFORE].lstrip().startswith(")")
        return one._replace(name=defined[1].strip("*"), role=VALUE if is_value else DOC)
    if key := _KEY.search(before):
        return one._replace(name=key[1], path=("[]",) if key[2] else ())
    if call := _CALL.search(before):
        name = call[1].replace("/", ".")
        role = COMPARED if name in _COMPARES or name.endswith("?") else SHOWN if callees.shows(name) else VALUE
        return one._replace(call=name, argument=str(len(call[2].split())), role=role)
    return one
