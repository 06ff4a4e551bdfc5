"""The answers as text, as JSON for other programs, and as one page for a browser."""

import json
from collections.abc import Sequence

from envfence.checklist.answers import GLYPHS, Answer, by_list, counted
from envfence.checklist.result import DONE

FORMATS = ("text", "json", "html")


def rendered(answers: Sequence[Answer], output_format: str, root: str) -> str:
    """Return the answers in one of FORMATS."""
    if output_format == "json":
        return _json(answers)
    if output_format == "html":
        from envfence.checklist.page import page

        return page(answers, root)
    return _text(answers)


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
