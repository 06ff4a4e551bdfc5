"""Whether two runs of a module hand out the same."""

from __future__ import annotations

from collections import Counter
from typing import Any

Call = tuple[str, ...]
Marks = set[tuple[str, int]]  # calls and the places in them


def difference(before: dict[str, Any], after: dict[str, Any], again: dict[str, Any], imported: dict[str, Any]) -> str:
    """Return the call or name that gets another value, and how; "" if there is none.

    ``again`` is a second run of what was: what these two hand out differently is chance, a time or an address, and is
    not compared. ``imported`` is what importing the settings hands out, as that may come in addition.
    """
    if before["ends"] != after["ends"]:
        return "" if before["ends"] != again["ends"] else f"it ends with {after['ends'] or 'no error'}"
    chance = _chance(before["seen"], again["seen"])
    were, are, brought = (Counter(_calls(one["seen"], chance)) for one in (before, after, imported))
    for call in [*(were - are), *(are - were - brought)]:
        return f"{call[0]} is given something else"
    for name, value in before["names"].items():
        if again["names"].get(name) == value != after["names"].get(name):
            return f"{name} is something else"
    return ""


def _chance(one: list[list[str]], other: list[list[str]]) -> Marks:
    """Return the places at which two runs of the same hand out something else."""
    if [(call[0], len(call)) for call in one] != [(call[0], len(call)) for call in other]:
        return {(call[0], place) for call in (*one, *other) for place in range(1, len(call))}
    pairs = zip(one, other)  # noqa: B905 Python 3.9 knows no `strict`
    return {(call[0], place) for call, twin in pairs for place in range(1, len(call)) if call[place] != twin[place]}


def _calls(seen: list[list[str]], chance: Marks) -> list[Call]:
    return [tuple("" if (call[0], place) in chance else text for place, text in enumerate(call)) for call in seen]
