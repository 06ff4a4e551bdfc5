"""`.dockerignore` as docker's builder reads it: patterns are of paths below the context, and the last match decides."""

import posixpath
import re
from functools import cache

from envfence.globs import one_of


def is_excluded(patterns: str, path: str) -> bool:
    """Tell whether the text of a `.dockerignore` keeps ``path``, relative to the context, out of the build."""
    excluded = False
    for line in patterns.removeprefix("\ufeff").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        pattern = line.strip()
        again = pattern.startswith("!")
        pattern = posixpath.normpath(pattern.removeprefix("!").strip()).lstrip("/")
        if excluded is again and _is_matched(pattern, path):
            excluded = not again
    return excluded


def _is_matched(pattern: str, path: str) -> bool:
    """Tell whether a pattern matches a path or one of the folders it is in."""
    parts = path.split("/")
    compiled = _compiled(pattern)
    return any(compiled.fullmatch("/".join(parts[:length])) for length in range(1, len(parts) + 1))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    expression, position = "", 0
    while position < len(pattern):
        if pattern.startswith("**", position):
            position += 3 if pattern.startswith("**/", position) else 2
            expression += "(?:.*/)?" if pattern[:position].endswith("/") else ".*"
            continue
        piece, position = _piece(pattern, position)
        expression += piece
    return re.compile(expression, re.DOTALL)


def _piece(pattern: str, position: int) -> tuple[str, int]:
    """Return the expression of one character of a pattern, or of one `[...]`, and where the next begins."""
    character = pattern[position]
    if character in "*?":
        return ("[^/]*" if character == "*" else "[^/]"), position + 1
    if character == "\\" and position + 1 < len(pattern):
        return re.escape(pattern[position + 1]), position + 2
    close = pattern.find("]", position + 2)
    if character == "[" and close > 0:
        return one_of(pattern[position + 1 : close], "^"), close + 1
    return re.escape(character), position + 1
