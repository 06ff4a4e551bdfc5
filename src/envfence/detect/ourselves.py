"""Whether what stands around a host or a port says that it is where our own server is, or a name of this machine."""

import re
from functools import lru_cache

from envfence.detect import addresses, calls, places
from envfence.detect.scope import Scope
from envfence.literals import HOLE, Literal

_HOST_HEADER = re.compile(
    r"headers?(?:\.get\(|\[|\.)[\"']?host[\"']?[\])]?\s{0,9}(?:,|\|\||\?\?|\bor\b)\s{0,9}[\"'`]?\Z", re.IGNORECASE
)
_SAME_HOST = re.compile(r"[\"'`](?:localhost|127\.0\.0\.1)[\"'`]\s{0,9}\?\s{0,30}\Z")
_OURSELVES = frozenset("localhost 127.0.0.1 ::1".split())
_ONE_MORE = r"[\"'`](?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[?::1\]?)[\"'`]"
_ONE_MORE_BEHIND = re.compile(r"\s{0,30},\s{0,30}" + _ONE_MORE)
_ONE_MORE_BEFORE = re.compile(_ONE_MORE + r"\s{0,30},\s{0,30}\Z")
_OF_SERVER = frozenset("host hostname port addr address".split())  # what a function that starts one is given
_IN_BRACKETS = re.compile(r"\(([^()]{0,300})\Z")
_TO_BRACKET = re.compile(r"[^()]{0,300}")
_OF_SERVERS = re.compile(
    r"\b(?:debug|reload|use_reloader|threaded)\s{0,3}[=:]|help\s{0,3}=[^\"'\n]{0,9}"
    r"[\"'][^\"'\n]{0,100}\b(?:listen|bind|serve\b|start on|run on)"
)
_ANY_PORT = re.compile(  # chosen by the system
    r"[\"'](?:127\.0\.0\.1|localhost|)[\"'],\s{0,3}0\s{0,3}\)|[\"'](?:127\.0\.0\.1|localhost|):0[\"']"
    r"|(?:free|unused|available)_?port",
    re.IGNORECASE,
)
_LISTED = re.compile(r"\[([^\[\]]{0,300})\Z")
_WORDS = re.compile(r"[\"']([\w.-]{2,40})[\"']")
_DEFINED = re.compile(r"\b(?:def|func|function|fun|fn)\s{1,9}(\w{1,60})\s{0,9}\([^()\n]{0,200}\Z")
_NEAR = 300  # characters
_EVERYWHERE = re.compile(r"(?:[=!]=|\bin)\s*[(\[{]?\s*[\"'](?:0\.0\.0\.0|::)[\"']")


def is_ours(use: Literal, scope: Scope) -> bool:
    """Return whether what stands around the value says that it is where we are."""
    if addresses.is_loopback(use.value) and _reaches_ourselves(use, scope):
        return True
    if use.value in _OURSELVES and _is_one_of_many(use, scope.text):
        return True
    if _is_started_here(use, scope):
        return True
    return use.name in _OF_SERVER and not calls.connects(use.call) and _is_of_server(use, scope.text)


@lru_cache(maxsize=1)  # the literals of a file are judged one after the other
def _takes_any_port(text: str) -> bool:
    return bool(_ANY_PORT.search(text))


def _is_started_here(use: Literal, scope: Scope) -> bool:
    """Tell whether it leads to a server that this file starts: on any port, or by a command that is listed."""
    is_computed = f":{HOLE}" in use.value or places.is_test(scope.path)
    if is_computed and addresses.is_loopback(use.value) and _takes_any_port(scope.text):
        return True
    if use.value not in _OURSELVES and not use.value.isdecimal():
        return False
    listed = _LISTED.search(scope.text, max(0, use.start - _NEAR), use.start)
    return listed is not None and any(calls.listens(word) for word in _WORDS.findall(listed[1]))


def _reaches_ourselves(use: Literal, scope: Scope) -> bool:
    """Tell whether it is how a server that listens everywhere is reached: `"127.0.0.1" if host == "0.0.0.0" else …`.

    Or what stands for the host that a request has asked for: `headers.host || "localhost"`.
    """
    if _HOST_HEADER.search(scope.text, max(0, use.start - _NEAR), use.start):
        return True
    first, last = max(0, use.start - _NEAR), use.end + _NEAR  # on its own line, or on the one before
    start = scope.text.rfind("\n", first, max(first, scope.text.rfind("\n", first, use.start))) + 1
    end = scope.text.find("\n", use.end, last)
    return bool(_EVERYWHERE.search(scope.text, max(first, start), end if end >= 0 else last))


def _is_one_of_many(use: Literal, text: str) -> bool:
    """Tell whether names of this machine are listed, for a host to be looked up in: `["localhost", "127.0.0.1"]`.

    Or whether one of them only stands for another: `host === "localhost" ? "127.0.0.1" : host`.
    """
    first = max(0, use.start - _NEAR)
    before = _ONE_MORE_BEFORE.search(text, first, use.start) or _SAME_HOST.search(text, first, use.start)
    return use.quoted and bool(before or _ONE_MORE_BEHIND.match(text, use.end))


def _is_of_server(use: Literal, text: str) -> bool:
    """Tell whether it is a default of a function that starts a server: `function startServer({ host = "…" })`.

    Or stands in brackets with what only a server is told, `host="…", debug=False`, or is said to be listened on.
    """
    first = max(0, use.start - _NEAR)
    defined = _DEFINED.search(text, first, use.start)
    if defined is not None and calls.listens(defined[1]):
        return True
    before, behind = _IN_BRACKETS.search(text, first, use.start), _TO_BRACKET.match(text, use.end)
    return bool(before and behind and _OF_SERVERS.search(f"{before[1]} … {behind[0]}"))
