"""Patterns of paths, as .gitignore writes them."""

import re
from functools import lru_cache


def matches(pattern: str, path: str) -> bool:
    """Return whether ``path``, with "/" between folders, or a folder that it is in matches.

    ``*`` and ``?`` stay within a name, ``**`` is any folders; a pattern without "/" matches a name at any depth.
    """
    return _compiled(pattern).match(path) is not None


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    inner = pattern.rstrip("/")
    anywhere = "" if "/" in inner else "(?:.*/)?"
    return re.compile(anywhere + _translated(inner.lstrip("/")) + r"(?:/.*)?\Z", re.DOTALL)


def _translated(pattern: str) -> str:
    parts = re.split(r"(/?\*\*/?|\*|\?|\[!?[^\]/]+\])", pattern)
    return "".join(_part(part) for part in parts)


def _part(part: str) -> str:
    if "**" in part:
        before, after = part.startswith("/"), part.endswith("/")
        return {(True, True): "/(?:.*/)?", (False, True): "(?:.*/)?", (True, False): "/.*"}.get((before, after), ".*")
    if part == "*":
        return "[^/]*"
    if part == "?":
        return "[^/]"
    if part.startswith("[") and part.endswith("]"):
        return one_of(part[1:-1], "!")
    return re.escape(part)


def one_of(characters: str, negation: str) -> str:
    """Return the expression for what stands in brackets: characters, ranges, and maybe first what turns it round.

    A range that runs backwards holds no character.
    """
    is_negated = characters.startswith(negation) and len(characters) > 1
    pairs: list[tuple[str, str]] = re.findall(r"\\?(.)(?:-\\?(.))?", characters[is_negated:], re.DOTALL)
    ranges = (f"{re.escape(low)}-{re.escape(high or low)}" for low, high in pairs if low <= (high or low))
    inside = "".join(ranges)
    return f"[^{inside}/]" if is_negated else f"[{inside}]" if inside else "(?!)"
