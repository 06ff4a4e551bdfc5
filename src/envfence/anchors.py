"""What a literal is bound to, for telling a finding from others of its rule and file: never a value, never a line.

A name stays when lines move, when a file is formatted anew and when the value changes. Whatever does not plainly look
like a name is not shown: a broken quote makes names of a secret's own characters, and a key may be somebody's host.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache

from envfence.detect import addresses
from envfence.literals import Literal

HIDDEN = "*"  # stands for what is not shown, and for a literal that belongs to nothing
_LONGEST = 60  # characters of a name that a person gave
_LONGEST_SEARCHED = 8000  # characters of a line, before all line ends are listed
_MOST_DIGITS = 4
_MOST_DEFINITIONS = 200  # that lie between a literal and the one that it belongs to

# Compiled when a finding is made: most files have none.
_NAME = r"[A-Za-z_$][\w$-]*"
_WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+"
_DEFINITION = (
    r"^([ \t]*)(?:(?:export|default|async|pub|public|private|protected|static|abstract|final|local)[ \t]+)*"
    r"(?:def|class|func|function|fn|fun|sub|interface|module|namespace|resource)[ \t]+"
    r"(?:\([^()\n]*\)[ \t]*)?\"?([A-Za-z_]\w*)"
)
_BOUND = r"([A-Za-z_$][\w$.-]*)[\"'`\]]{0,2}[ \t]*(?:=>|:=|[:=])[ \t]*(?:\([ \t\r\n]*)?(?:[A-Za-z]{0,2}[\"'`])?$"
# A provider's pattern may take in the name.
_NAMED = r"([A-Za-z_][\w.-]*(?i:key|secret|token|password))[\"'`\]]{0,2}[ \t]*[:=]"
_HOST_ENDINGS = (".com", ".net", ".org", ".io", ".dev")


def of(literal: Literal, text: str) -> str:
    """Return the name that the literal is bound to, else the call and argument, else the scope that it stands in."""
    if literal.name:
        return joined((*literal.path, literal.name))
    if literal.call:
        argument = literal.argument if literal.argument.isdigit() else shown(literal.argument.lstrip("-"))
        return f"{shown(literal.call)}:{argument}"
    return joined(literal.path) if literal.path else scope_at(text, literal.start)


def before(text: str, start: int) -> str:
    """Return the name that is bound to what begins at ``start``, else the scope."""
    around = text[max(0, start - 2 * _LONGEST) : start + 2 * _LONGEST]
    at = min(start, 2 * _LONGEST)
    head = around[:at]
    is_bound = "=" in head or ":" in head  # else the search would be for nothing, a thousand times on a dense line
    bound = re.compile(_NAMED).match(around, at) or (re.search(_BOUND, head) if is_bound else None)
    return shown(bound[1]) if bound else scope_at(text, start)


def scope_at(text: str, start: int) -> str:
    """Return the name of the nearest function or class above that is indented less, or HIDDEN."""
    line_start = _line_start(text, start)
    depth = _indented(text[line_start : min(start, line_start + _LONGEST)])
    above = _definitions(text)
    last = bisect_left(above, (line_start,))
    nearest = reversed(above[max(0, last - _MOST_DEFINITIONS) : last])
    return next((shown(name) for _, indented, name in nearest if indented < depth), HIDDEN)


def _line_start(text: str, start: int) -> int:
    nearest = text.rfind("\n", max(0, start - _LONGEST_SEARCHED), start) + 1
    if nearest or start <= _LONGEST_SEARCHED:
        return nearest
    return _breaks(text)[bisect_left(_breaks(text), start) - 1] + 1


@lru_cache(maxsize=1)
def _breaks(text: str) -> list[int]:
    return [-1, *(end.start() for end in re.finditer("\n", text))]


@lru_cache(maxsize=1)  # the findings of a file are anchored one after the other
def _definitions(text: str) -> list[tuple[int, int, str]]:
    found = re.finditer(_DEFINITION, text, re.MULTILINE)
    return [(definition.start(), _indented(definition[1]), definition[2]) for definition in found]


def _indented(line: str) -> int:
    line = line.expandtabs(8)
    return len(line) - len(line.lstrip())


def joined(names: Iterable[str]) -> str:
    """Return enclosing names, outermost first, with dots between them."""
    parts = [shown(name) for name in names if name and name != "[]"]
    return ".".join(part for at, part in enumerate(parts) if part not in parts[at - 1 : at]) or HIDDEN


def shown(name: str) -> str:
    """Return a name, which may be dotted, or HIDDEN if it is not plainly one."""
    if addresses.owner_of(name) in (addresses.LOCAL, addresses.OWN) or name.lower().endswith(_HOST_ENDINGS):
        return HIDDEN
    return name if all(map(_is_plain, name.split("."))) else HIDDEN


def _is_plain(part: str) -> bool:
    if len(part) > _LONGEST or not part.isascii() or not re.fullmatch(_NAME, part):
        return False
    words = re.findall(_WORD, part)
    letters = sum(map(len, words))
    # Characters that were drawn at random change between cases and digits all the time.
    return sum(map(str.isdigit, part)) <= _MOST_DIGITS and (len(words) < 4 or letters >= 2.5 * len(words))
