"""Results as an SVG of horizontal bars, made by hand: a chart needs no library."""

from html import escape
from math import log10
from typing import Any, NamedTuple

WIDTH, LABEL, BAR, GAP = 760, 190, 16, 6
COLOURS = {"envfence": "#1f7a4d"}
OTHER = "#9aa5b1"


class Group(NamedTuple):
    """A title and its bars: name and value, in milliseconds."""

    title: str
    bars: list[tuple[str, float]]


def of(results: dict[str, Any]) -> str:
    """Return the chart of all parts that were measured."""
    groups = [
        Group(f"One file, {case}", [(name, row["median_ms"]) for name, row in table.items()])
        for case, table in results.get("hook", {}).items()
    ]
    groups += [
        Group(f"git commit under {runner}", [("envfence", row["envfence_ms"]), ("usual hooks", row["usual_ms"])])
        for runner, row in results.get("commit", {}).items()
    ]
    if large := results.get("large"):
        bars = [(name, row["median_ms"]) for name, row in large["tools"].items()]
        groups.append(Group(f"{large['files']:,} files, {large['megabytes']:.0f} MB", bars))
    return svg(groups)


def svg(groups: list[Group]) -> str:
    """Return the groups below each other; every group has a logarithmic scale of its own."""
    y = 10
    parts: list[str] = []
    for group in groups:
        parts.append(f'<text x="10" y="{y + 14}" font-weight="bold">{escape(group.title)}</text>')
        y += 24
        for name, value in group.bars:
            parts.append(_bar(name, value, y, group))
            y += BAR + GAP
        y += 14
    parts.append(f'<text x="10" y="{y + 4}" fill="#52606d">Medians; the bars are logarithmic within each group.</text>')
    y += 16
    style = 'font-family="system-ui, sans-serif" font-size="13" fill="#1b2733"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" {style}>'
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>", ""])


def _bar(name: str, value: float, y: int, group: Group) -> str:
    lowest = min(value for _, value in group.bars)
    highest = max(value for _, value in group.bars)
    full = WIDTH - LABEL - 90
    width = full * (0.1 + 0.9 * log10(value / lowest) / log10(highest / lowest)) if highest > lowest else full
    colour = COLOURS.get(name, OTHER)
    shown = f"{value / 1000:.1f} s" if value >= 1000 else f"{value:.0f} ms"
    return (
        f'<text x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{LABEL}" y="{y}" width="{width:.0f}" height="{BAR}" fill="{colour}" rx="2"/>'
        f'<text x="{LABEL + width + 6:.0f}" y="{y + 13}">{shown}</text>'
    )
