"""The answers as text, as JSON for other programs, and as one page for a browser."""

import json
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from envfence.checklist.items import Checklist, Item
from envfence.checklist.result import DONE, NEEDS_A_PERSON, NOT_DONE, Result

FORMATS = ("text", "json", "html")
GLYPHS = {DONE: "✓", NOT_DONE: "✗", NEEDS_A_PERSON: "?"}


class Answer(NamedTuple):
    """One item of a list, and what was found out about it."""

    checklist: Checklist
    item: Item
    result: Result


def rendered(answers: Sequence[Answer], output_format: str, root: str) -> str:
    """Return the answers in one of FORMATS."""
    if output_format == "json":
        return _json(answers)
    if output_format == "html":
        from envfence.checklist.page import page

        return page(answers, root)
    return _text(answers)


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


def _text(answers: Sequence[Answer]) -> str:
    lines: list[str] = []
    for checklist, group in by_list(answers):
        ready = sum(one.result.state == DONE for one in group)
        lines.append(f"{checklist.korean} / {checklist.english}: {ready} of {len(group)}")
        for one in group:
            lines.append(f"  {GLYPHS[one.result.state]} {one.item.korean} / {one.item.english} ({one.item.id})")
            told = filter(None, (one.result.reason, one.result.advice and f"→ {one.result.advice}"))
            lines += [f"      {line}" for text in told for line in text.splitlines()]
        lines.append("")
    return "\n".join([*lines, counted(answers), ""])


def _json(answers: Sequence[Answer]) -> str:
    rows = [
        {
            "id": one.item.id,
            "checklist": one.checklist.english,
            "korean": one.item.korean,
            "english": one.item.english,
            **one.result._asdict(),
        }
        for one in answers
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"
