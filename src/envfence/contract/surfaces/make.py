"""Variables of Makefiles: what recipes take from the environment, and what `?=` falls back to."""

import re
from collections.abc import Iterable, Iterator

from envfence.contract.surfaces import ARGUMENT, FALLS_BACK, REQUIRES, SHELL, Use

_ENV_FILE = re.compile(r"^\s*[-s]?include\s+[^\n]*\.env\b", re.MULTILINE)
_SET = re.compile(
    r"^ *(?:(?:export|override|private|unexport)\s+)*([A-Za-z_]\w*)\s*(?P<how>\?|:{1,3}|\+|!)?=[ \t]*(?P<value>[^\n#]*)"
    r"|^[^\t\n:=]+:\s*(?:export\s+)?([A-Za-z_]\w*)\s*[?:+]?=|^ *define\s+(\w+)",
    re.MULTILINE,
)
_OR = re.compile(r"\$\(or\s+\$\(\w+\)\s*,[^$(),]+\)\Z")
_IN_RECIPE = re.compile(r"(?:^|[\s;&|(\"'])(?:export\s+)?([A-Za-z_]\w*)=|\bfor\s+(\w+)\s+in|\bread\s+(?:-\w+\s+)*(\w+)")
_OF_SHELL = re.compile(r"\$\$\{?([A-Z][A-Z0-9_]{2,})\b(:?[-=?+])?")
_OF_MAKE = re.compile(r"(?<!\$)\$[({]([A-Z][A-Z0-9_]{2,})[)}]")
_OWN = frozenset(
    "MAKE MAKEFLAGS MAKEFILE_LIST MAKECMDGOALS MAKELEVEL MAKEOVERRIDES CURDIR SHELL SUFFIXES VPATH ARFLAGS CFLAGS "
    "CXXFLAGS CPPFLAGS LDFLAGS LDLIBS FFLAGS CXX CPP FC LEX YACC ARGS DESTDIR PREFIX RM".split()
)


def is_makefile(path: str) -> bool:
    """Tell whether make reads a file of this name."""
    name = path.rpartition("/")[2]
    return name in {"Makefile", "makefile", "GNUmakefile"} or name.endswith(".mk")


def uses(path: str, text: str, known: Iterable[str] = ()) -> list[Use]:
    """Return what a Makefile takes from its environment; ``known`` are names that other Makefiles set.

    `$(NAME)` may be an argument of one call, `make release NAME=1.2`, unless the Makefile includes an env file.
    """
    text = re.sub(r"^[ \t]*#[^\n]*", "", text, flags=re.MULTILINE)
    own = {name for match in _SET.finditer(text) for name in (match[1], match[4], match[5]) if name}
    own |= {name for match in _IN_RECIPE.finditer(text) for name in match.groups() if name}
    passed = own.union(known, _OWN)
    found = [*_defaults(path, text), *_reads(path, text, passed)]
    return list(dict.fromkeys(sorted(found, key=lambda use: use.line)))


def _defaults(path: str, text: str) -> Iterator[Use]:
    for match in _SET.finditer(text):
        value = (match["value"] or "").strip()
        falls_back = match["how"] == "?" and "$" not in value
        if value and (falls_back or _OR.match(value)):
            yield Use(match[1], path, _line(text, match.start(1)), ARGUMENT, FALLS_BACK, has_literal=True)


def _reads(path: str, text: str, passed: frozenset[str] | set[str]) -> Iterator[Use]:
    of_make = SHELL if _ENV_FILE.search(text) else ARGUMENT
    for pattern, surface in ((_OF_SHELL, SHELL), (_OF_MAKE, of_make)):
        for match in pattern.finditer(text):
            if match[1] not in passed:
                way = FALLS_BACK if pattern is _OF_SHELL and match[2] and not match[2].endswith("?") else REQUIRES
                yield Use(match[1], path, _line(text, match.start()), surface, way)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
