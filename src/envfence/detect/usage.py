"""Whether a value that stands somewhere is really used there, or only shown: documentation, comments, data of a test.

To find out takes longer than to find the value, and hardly any file holds one.
"""

import re
from collections.abc import Sequence

from envfence.detect import places
from envfence.detect.excuses import is_excused
from envfence.detect.needles import Needle
from envfence.detect.scope import Scope
from envfence.finding import ERROR, WARNING
from envfence.literals import COMPARED, DOC, Literal
from envfence.literals import SHOWN as PRINTED
from envfence.literals.languages import is_documentation, kind_of
from envfence.literals.reading import literals_of

RUNS, SHOWN, TOLD, NAMED, PROBED, LISTED = "runs", "shown", "told", "named", "probed", "listed"
UNKNOWN = "unknown"

_IN_LIST = re.compile(r"\bin\s*[(\[{][^()\[\]{}]*\Z")  # if secret in ("change-me", …
_LONGEST_LIST = 300  # characters from its bracket to a value in it


def usages(path: str, text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """Return what the characters from each start to its end are.

    RUNS and SHOWN say it all; TOLD is printed, compared with or published, LISTED one of several that something is
    looked up in, NAMED a name of the code, PROBED what a container asks itself, UNKNOWN in a text of no known kind.
    """
    first_line = text.partition("\n")[0]
    kind = kind_of(path, first_line if first_line.startswith("#!") else "")
    if kind == "prose":
        return [SHOWN if is_documentation(path) else UNKNOWN] * len(spans)
    lines = sorted({_line(text, start) for start, _ in spans})
    found = literals_of(kind, path, text, lines)
    scope = Scope(path, text)
    of_services = scope.of_services(found)
    return [_usage(text, span, found, scope, of_services, is_code=kind == "code") for span in spans]


def _line(text: str, offset: int) -> tuple[int, int]:
    end = text.find("\n", offset)
    return text.rfind("\n", 0, offset) + 1, len(text) if end < 0 else end + 1


def _usage(
    text: str,
    span: tuple[int, int],
    found: Sequence[Literal],
    scope: Scope,
    of_services: frozenset[str],
    *,
    is_code: bool,
) -> str:
    last = span[1] - 1  # a name may stand before the value
    around = [literal for literal in found if literal.start <= last < literal.end]
    if not around:
        return NAMED if is_code and text[last : last + 1].isidentifier() else RUNS
    if places.is_yaml(scope.path) and all("ports" in (*one.path, one.name) for one in around):
        return TOLD  # where a container is published is told to the engine: nobody connects there
    if places.is_yaml(scope.path) and all("healthcheck" in literal.path for literal in around):
        return PROBED
    counted = [literal for literal in around if literal.role != DOC and scope.counts(literal)]
    used = [literal for literal in counted if literal.value not in of_services]
    if not used:
        return SHOWN
    if is_code and all(_is_in_list(text, literal) for literal in used):
        return LISTED
    is_told = all(literal.role in {PRINTED, COMPARED} for literal in used)
    return TOLD if is_told or (is_code and all(is_excused(literal, scope) for literal in used)) else RUNS


def _is_in_list(text: str, literal: Literal) -> bool:
    """Tell whether a literal is one of several values that something is looked up in."""
    return literal.role == COMPARED and bool(
        _IN_LIST.search(text[max(0, literal.start - _LONGEST_LIST) : literal.start])
    )


def severity(needle: Needle, used: str) -> str:
    """Return how much it matters that a value stands where it is used so, "" if not at all."""
    if needle.is_secret:
        is_example = used == LISTED or (used == SHOWN and not needle.is_drawn)
        return "" if used == NAMED and needle.is_word else WARNING if is_example else ERROR
    if used == PROBED:
        return "" if needle.is_of_this_machine else ERROR
    if used == UNKNOWN:
        return "" if needle.is_of_this_machine else WARNING
    return "" if used in {SHOWN, TOLD, LISTED} else ERROR
