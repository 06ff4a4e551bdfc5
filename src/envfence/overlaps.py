"""One finding for one place, whoever finds it."""

from bisect import bisect_left, insort

from envfence import files
from envfence.finding import Finding

LONGEST_LINE = files.LIMIT  # characters


def once(*detected: list[Finding]) -> list[Finding]:
    """Return the findings but for those that lie in, or around, one that another detector has found as well.

    Of two the more severe is kept, else the one that was found first.
    """
    kept: dict[int, list[Finding]] = {}
    for findings in detected:
        new = [one for one in findings if not _is_known(one, kept.get(one.line, []))]
        for one in new:
            others = kept.setdefault(one.line, [])
            others[:] = [other for other in others if not _is_more(one, other)]
        for one in new:
            insort(kept[one.line], one, key=_start)
    return [one for findings in kept.values() for one in findings]


def _is_known(one: Finding, others: list[Finding]) -> bool:
    """Return whether one of the others, which are in order, means the same characters and is no less severe."""
    at = bisect_left(others, _end(one), key=_start) - 1
    while at >= 0 and _end(others[at]) > _start(one):
        if one.severity >= others[at].severity:  # "error" comes before "warning"
            return True
        at -= 1
    return False


def _is_more(one: Finding, other: Finding) -> bool:
    """Return whether the one says the same of the same characters, and is more severe."""
    is_same = one.family == other.family and _start(one) < _end(other) and _start(other) < _end(one)
    return is_same and one.severity < other.severity


def _start(found: Finding) -> int:
    return found.column or 0


def _end(found: Finding) -> int:
    """Return the column where the finding ends on its first line."""
    return found.end_column or 0 if found.end_line == found.line else LONGEST_LINE
