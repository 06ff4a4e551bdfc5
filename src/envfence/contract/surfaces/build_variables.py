"""Variables that the `ENV` of a Dockerfile takes and that nothing above it gives: docker puts an empty text in."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from envfence.contract.surfaces.dockerfile import image_and_name, instructions, pairs

_QUOTED = re.compile(r"'[^']*'")
_TAKEN = re.compile(r"(?<![\\$])\$(?:(\w+)|\{(\w+)\})")  # what has a fallback is no empty text
# Docker gives these by itself: the first to any build, the others to one that asks for them by ARG.
_ALWAYS = re.compile(r"(?:https?|ftp|no|all)_proxy\Z", re.IGNORECASE)
_ON_ASKING = frozenset(
    f"{which}{what}" for which in ("TARGET", "BUILD") for what in ("PLATFORM", "OS", "ARCH", "VARIANT")
)
# Base images whose own variables are known, and those: what is for their language, and lists that may be empty.
_OFFICIAL = frozenset(
    "python node golang debian ubuntu alpine nginx rust ruby php openjdk eclipse-temurin amazoncorretto busybox "
    "scratch postgres redis httpd caddy".split()
)
_OF_BASES = re.compile(
    r"(?:HOME|USER|HOSTNAME|LANG|LC_\w+|TERM|SHELL|GPG_KEYS?|PKG_RELEASE|DEBIAN_FRONTEND|\w*(?:PATH|PATHS|DIR|DIRS|FLAGS|"
    r"OPTS|OPTIONS|VERSION|HOME|ROOT|SHA256|URL|KEYS)|(?:PYTHON|NODE|YARN|GO|RUST|CARGO|NGINX|NJS|JAVA|PHP|RUBY|GEM|"
    r"BUNDLE|PG|REDIS|HTTPD|CADDY|APACHE|XDG)\w*)\Z"
)


class Unset(NamedTuple):
    """A variable that an `ENV` takes for nothing. ``is_meant``: something says that it was to be a build argument."""

    key: str
    line: int
    why: str
    is_meant: bool


def unset(text: str, given: Collection[str] = ()) -> Iterator[Unset]:
    """Yield what each `ENV` takes for nothing; ``given`` are names that are known to be build arguments or keys."""
    declared: dict[str, int] = {}  # by ARG anywhere, with the line of the first
    for line, instruction in instructions(text):
        word, _, rest = instruction.partition(" ")
        if word.upper() == "ARG":
            declared = {key: line for key, _ in pairs(word, rest)} | declared
    stages: dict[str, tuple[set[str], str]] = {}  # what each has, and the image below all of them
    name, has, base = "", set[str](), ""
    for line, instruction in instructions(text):
        word, _, rest = instruction.partition(" ")
        if word.upper() == "FROM":
            image, own = image_and_name(rest.lower())
            below, base = stages.get(image, (set[str](), image))
            name, has = own or str(line), set(below)
            stages[name] = (has, base)
        elif word.upper() in {"ARG", "ENV"} and name:
            entries = pairs(word, _QUOTED.sub("''", rest))  # nothing is put into these
            if word.upper() == "ENV":
                for key in dict.fromkeys(_taken(entries) - has):
                    yield from _judged(key, line, declared, given, base)
            has |= {key for key, _ in entries}


def _taken(entries: list[tuple[str, str | None]]) -> set[str]:
    """Return what the values of an instruction take; one that adds to itself, `PATH=/x:$PATH`, may be given below."""
    return {
        one
        for key, value in entries
        for match in _TAKEN.finditer(value or "")
        if (one := match[1] or match[2]) != key or value in {f"${key}", f"${{{key}}}"}
    }


def _judged(key: str, line: int, declared: dict[str, int], given: Collection[str], base: str) -> Iterator[Unset]:
    if _ALWAYS.match(key):
        return
    if key in declared:
        place = "below it" if declared[key] > line else "in another stage, or before FROM"
        yield Unset(key, line, f"its ARG stands {place}", True)
    elif key in _ON_ASKING or key in given:
        yield Unset(key, line, "no ARG asks for it", True)
    elif base.partition(":")[0].rpartition("/")[2] in _OFFICIAL and not _OF_BASES.match(key):
        yield Unset(key, line, "no ARG or ENV above gives it", False)
