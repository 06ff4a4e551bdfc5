"""The matrix as one self-contained HTML page: no request, no font, no value."""

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files

from envfence import pages
from envfence.contract.comparison.table import EMPTY, EXTRA, MISSING, NEEDED, OPEN, SET, Cell, Column, Row, Table
from envfence.finding import ERROR, WARNING, Finding

# Word -> the class of its cell, and the glyph that stands for it.
_GLYPHS = {
    NEEDED: ("needed", "\u25cf"),
    OPEN: ("optional", "\u25cb"),
    SET: ("set", "\u2713"),
    EMPTY: ("empty", "\u2205"),
    MISSING: ("missing", "\u2717"),
    EXTRA: ("extra", "+"),
    "": ("nothing", "\u00b7"),
}

_SAID = {ERROR: "", WARNING: " warning"}


def page(whole: Table, title: str) -> str:
    """Return the page of a matrix; ``title`` says whose it is."""
    findings = [*(finding for row in whole.rows for finding in row.findings), *whole.others]
    errors = sum(finding.severity == ERROR for finding in findings)
    starts = _starts(whole.columns)
    parts = {
        "title": escape(title),
        "summary": escape(
            f"{title}: {len(whole.rows)} keys on {len(whole.columns)} surfaces, "
            f"{errors} errors, {len(findings) - errors} warnings"
        ),
        "count": f"{len(whole.rows)} of {len(whole.rows)} keys",
        "heads": "".join(_head(column, is_first=at in starts) for at, column in enumerate(whole.columns)),
        "rows": "\n".join(_row(row, starts) for row in whole.rows),
        "legend": _legend(),
        "others": f"<h2>Problems of no single key</h2>\n{_list(whole.others)}" if whole.others else "",
    }
    return pages.filled(files("envfence.contract.comparison").joinpath("page.html"), parts)


def _starts(columns: Iterable[Column]) -> set[int]:
    """Return the columns that begin a group."""
    groups = [column.group for column in columns]
    return {at for at, group in enumerate(groups) if at == 0 or groups[at - 1] != group}


def _head(column: Column, *, is_first: bool) -> str:
    return f'<th scope="col"{_first(is_first)}><span>{escape(column.title)}</span></th>'


def _first(is_first: object) -> str:
    return ' class="first"' if is_first else ""


def _row(row: Row, starts: set[int]) -> str:
    said = " \u00b7 ".join(filter(None, (row.kind, row.description)))
    head = f'<th scope="row"><code>{escape(row.key)}</code>{f"<small>{escape(said)}</small>" if said else ""}</th>'
    cells = "".join(_cell(cell, is_first=at in starts) for at, cell in enumerate(row.cells))
    wrong = ' data-wrong="1"' if row.findings else ""
    return f"<tr{wrong}>{head}{cells}<td class=first>{_list(row.findings, f'{row.key}: ')}</td></tr>"


def _cell(cell: Cell, *, is_first: bool) -> str:
    name, glyph = _GLYPHS[cell.word]
    word = f"{cell.word or 'nothing'}{', see the problem' if cell.is_wrong else ''}"
    classes = " ".join(filter(None, (name, "wrong" if cell.is_wrong else "", "first" if is_first else "")))
    glyph = "!" if cell.is_wrong and not cell.word else glyph
    return f'<td class="{classes}" title="{word}">{glyph}<span class="word">{word}</span></td>'


def _list(findings: Sequence[Finding], prefix: str = "") -> str:
    """Return the findings as a list, their messages without ``prefix``, which is said beside them."""
    if not findings:
        return ""
    items = (
        f'<li class="{finding.severity}"><b>{escape(finding.rule)}</b> {escape(finding.message.removeprefix(prefix))} '
        f"<small><code>{escape(finding.path)}:{finding.line}</code>{_SAID[finding.severity]}</small></li>"
        for finding in findings
    )
    return f"<ul>{''.join(items)}</ul>"


def _legend() -> str:
    return "".join(
        f'<span><span class="{name}">{glyph}</span> {escape(word or "nothing")}</span>'
        for word, (name, glyph) in _GLYPHS.items()
    )
