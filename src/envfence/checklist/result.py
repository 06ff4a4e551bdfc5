"""What is found out about one item: a state, the reason for it, and what to do."""

from collections.abc import Sequence
from typing import NamedTuple

from envfence.finding import Finding

DONE, NOT_DONE, NEEDS_A_PERSON = "done", "not done", "needs a person"


class Result(NamedTuple):
    """``reason`` says what was seen, ``advice`` what to do, "" where nothing is left to do. Neither holds a value."""

    state: str
    reason: str = ""
    advice: str = ""


def done(reason: str = "") -> Result:
    """Return that nothing is left to do."""
    return Result(DONE, reason)


def not_done(reason: str, advice: str = "") -> Result:
    """Return that something is left to do."""
    return Result(NOT_DONE, reason, advice)


def needs_a_person(reason: str, advice: str) -> Result:
    """Return that no program can know."""
    return Result(NEEDS_A_PERSON, reason, advice)


def broken(findings: Sequence[Finding]) -> Result:
    """Return that findings are in the way: how many, and the first of them."""
    first = findings[0]
    more = f" and {len(findings) - 1} more" if len(findings) > 1 else ""
    return not_done(f"{first.path}:{first.line}: {first.rule}: {first.message}{more}", first.advice)
