"""Tables of environments whose entries read the same keys now: what chose among them decides nothing any more."""

import re
from collections.abc import Iterable, Iterator

from envfence.contract.environment import names_the_environment
from envfence.rewrite import Edit, Rewritten
from envfence.rewrite.code.decision import Module

_ENVIRONMENT = "ENVIRONMENT decides"
_SWITCH = re.compile(r"(?:environ(?:\.get)?[\[(]|getenv\()\s*[\"'](\w+)[\"']")


def told(module: Module, result: Rewritten) -> Iterator[str]:
    """Yield a note for each table, or set of classes, of which all environments read the same since ``result``."""
    by_table: dict[int, dict[str, set[str]]] = {}
    lines: dict[int, int] = {}
    for site in module.sites:
        frame, spot = site.place.frame, site.spots[0]
        if frame and (made := _made(result.edits, spot.start, spot.end)):
            by_table.setdefault(frame.group, {}).setdefault(frame.stage, set()).add(made)
            lines[frame.group] = min(spot.finding.line, lines.get(frame.group, spot.finding.line))
    for group, read in by_table.items():
        common = {one for each in read.values() for one in each if all(one in other for other in read.values())}
        place = f"{module.path}:{lines[group]}"
        if len(read) > 1 and len({frozenset(one) for one in read.values()}) == 1:
            yield f"{place}: every environment reads the same keys here now: {_decides(module)}"
        elif len(read) > 1 and common:
            yield f"{place}: environments read some of the same keys here now: {_ENVIRONMENT} on them"


def _made(edits: Iterable[Edit], start: int, end: int) -> str:
    """Return what stands in the place of a value, "" if it has stayed."""
    return "".join(one.replacement for one in edits if one.start < end and start < one.end)


def _decides(module: Module) -> str:
    named = dict.fromkeys(name for name in _SWITCH.findall(module.source.text) if names_the_environment(None, name))
    others = [name for name in named if name != "ENVIRONMENT"]
    does = f"{_ENVIRONMENT}, by the env file that it names"
    return f"{does}, and {' and '.join(others)} no longer {'do' if len(others) > 1 else 'does'}" if others else does
