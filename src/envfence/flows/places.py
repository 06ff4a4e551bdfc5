"""From the place that semgrep reports, where a literal arrives, to the literal itself."""

import re
from collections.abc import Sequence

from envfence.literals import COMPARED, DOC, HOLE, Literal, languages
from envfence.literals.reading import literals_of

_LAST_NAME = re.compile(r"([A-Za-z_]\w*)[\"'\])}]*\s*$")


def literals_in(path: str, text: str) -> list[Literal]:
    """Return every literal of a file, in order: not what its comments say, nor what is nothing but filled in."""
    first_line = text[: text.find("\n")] if text.startswith("#!") else ""
    found = literals_of(languages.kind_of(path, first_line), path, text, [(0, len(text))])
    return sorted((one for one in found if one.role != DOC and one.value.strip(HOLE)), key=lambda one: one.start)


def literal_at(found: Sequence[Literal], text: str, start: int, end: int) -> Literal | None:
    """Return the literal that stands in the place, else the one that is bound to the name there, the nearest above."""
    inside = [one for one in found if one.start < end and start < one.end and one.role != COMPARED]
    if inside:
        return max(inside, key=lambda one: min(one.end, end) - max(one.start, start))
    name = _LAST_NAME.search(text, start, end)
    if name is None:
        return None
    bound = [one for one in found if one.name == name[1] and one.value]
    above = [one for one in bound if one.start < start]
    return above[-1] if above else next(iter(bound), None)
