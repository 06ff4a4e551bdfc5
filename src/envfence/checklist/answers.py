"""What was found out about the items of the checklists, counted and by list."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from envfence.checklist.items import Checklist, Item
from envfence.checklist.result import DONE, NEEDS_A_PERSON, NOT_DONE, Result

GLYPHS = {DONE: "✓", NOT_DONE: "✗", NEEDS_A_PERSON: "?"}


class Answer(NamedTuple):
    """One item of a list, and what was found out about it."""

    checklist: Checklist
    item: Item
    result: Result


def counted(answers: Sequence[Answer]) -> str:
    """Return `25 items: 22 done, 2 not done, 1 needs a person`."""
    states = [one.result.state for one in answers]
    counts = ((states.count(state), state) for state in GLYPHS if state in states)
    return f"{len(states)} items: {', '.join(f'{count} {_plural(state, count)}' for count, state in counts)}"


def _plural(state: str, count: int) -> str:
    return "need a person" if state == NEEDS_A_PERSON and count > 1 else state


def by_list(answers: Sequence[Answer]) -> list[tuple[Checklist, list[Answer]]]:
    """Return the lists, each with its answers."""
    return [(checklist, list(group)) for checklist, group in groupby(answers, key=lambda one: one.checklist)]
