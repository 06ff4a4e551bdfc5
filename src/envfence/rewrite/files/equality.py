"""Whether a text that reads keys is, once these are filled in, what it was."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from envfence.literals import HOLE
from envfence.rewrite.files.references import Reference


def is_equal(
    before: str, after: str, reference: re.Pattern[str], values: Mapping[str, str], encode: Callable[[str], str] = str
) -> bool:
    """Tell whether ``after``, its references filled from ``values``, is ``before``; ``reference`` has a group `key`."""

    def filled(match: re.Match[str]) -> str:
        value = values.get(match["key"], HOLE)
        return encode(value) if "encodeURIComponent(" in match[0] else value

    return reference.sub(filled, after) == before


def held(made: Sequence[Reference], environment: str) -> Iterator[tuple[str, str]]:
    """Yield the keys with their values."""
    for one in made:
        yield one.key.name, one.key.values.get(environment, "")
