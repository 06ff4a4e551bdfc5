"""Names that a Python file gives to what reads its environment: `from os import environ as E`, `ev = os.getenv`."""

import re
from functools import lru_cache

_READER = r"(getenv|environ|config)"
_IMPORTED = re.compile(rf"\b{_READER} as (\w+)")
_BOUND = re.compile(rf"^[ \t]*(\w+) = (?:\w+\.)?{_READER}(?:\.get)?[ \t\r]*$", re.MULTILINE)


def resolved(callee: str, text: str) -> str:
    """Return the callee under the name that its module has for it: `environ.get` for `E.get`."""
    first, dot, rest = callee.partition(".")
    if f"{first} = " not in text and f" as {first}" not in text:  # to read the file for all of them takes longer
        return callee
    return _readers(text).get(first, first) + dot + rest


@lru_cache(maxsize=1)  # the literals of a file are placed one after the other
def _readers(text: str) -> dict[str, str]:
    """Return the names that the file has of its own, each with what it stands for."""
    if "environ" not in text and "getenv" not in text and "config" not in text:
        return {}
    bound = {match[1]: match[2] for match in _BOUND.finditer(text)}
    return bound | {match[2]: match[1] for match in _IMPORTED.finditer(text)}
