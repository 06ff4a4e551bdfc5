"""The checklists as one self-contained HTML page."""

import os
from collections.abc import Sequence
from html import escape
from importlib.resources import files

from envfence import pages
from envfence.checklist.answers import GLYPHS, Answer, by_list, counted
from envfence.checklist.items import Checklist
from envfence.checklist.result import DONE


def page(answers: Sequence[Answer], root: str) -> str:
    """Return the page of the repository at ``root``."""
    title = os.path.basename(os.path.abspath(root))
    parts = {
        "title": escape(title),
        "summary": escape(f"{title}: {counted(answers)}"),
        "lists": "\n".join(_list(checklist, group) for checklist, group in by_list(answers)),
    }
    return pages.filled(files("envfence.checklist").joinpath("page.html"), parts)


def _list(checklist: Checklist, group: Sequence[Answer]) -> str:
    ready = sum(one.result.state == DONE for one in group)
    heading = f'<span lang="ko">{escape(checklist.korean)}</span> <small>{escape(checklist.english)}</small>'
    meter = f'<meter min="0" max="{len(group)}" value="{ready}" aria-hidden="true"></meter>'
    items = "\n".join(map(_item, group))
    count = f"<output>{ready} of {len(group)}</output>"
    return f"<section>\n<h2>{heading} {count}</h2>\n{meter}\n<ul>\n{items}\n</ul>\n</section>"


def _item(one: Answer) -> str:
    state = one.result.state
    glyph = f'<span title="{state}">{GLYPHS[state]}<span class="word">{state}</span></span>'
    names = f'<b lang="ko">{_code(one.item.korean)}</b><br>{_code(one.item.english)} <code>{one.item.id}</code>'
    told = "".join(f"<small>{_code(text)}</small>" for text in (one.result.reason, one.result.advice) if text)
    return f'<li class="{state.replace(" ", "-")}">{glyph}<div>{names}{told}</div></li>'


def _code(text: str) -> str:
    """Return a text of ours with what stands between backticks as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))
