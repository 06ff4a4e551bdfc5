"""Values of the local env files that stand in a checked file as well: hosts, ports with context, and secrets.

No finding holds a value: it names the key, and the file that the value was copied from.
"""

import re
from collections.abc import Iterator

from envfence import files as contents
from envfence.contract import files
from envfence.detect import forms
from envfence.detect.marks import finder
from envfence.detect.needles import Needle, Needles
from envfence.finding import Finding, Rule

SECRET = Rule(
    "copied-value",
    "credential",
    "a secret of a local env file is copied here",
    "read it from settings, and change it: it has been seen",
)
ENDPOINT = Rule(
    "copied-value",
    "endpoint",
    "a host or port of a local env file is copied here",
    "read it from settings",
)
RULES = (SECRET, ENDPOINT)

Place = tuple[int, int, int, int]  # a finding's lines and columns

BOM = b"\xef\xbb\xbf"
CONTEXT = 120  # bytes around a value that tell what it is
FORM = 12  # bytes that one character takes at most: two \\uXXXX


def findings(path: str, data: bytes, needles: Needles, *, many: bool = False) -> list[Finding]:
    """Return where a value stands in ``data``, the outermost where several overlap. Env files hold values by right.

    ``many`` says that the file is one of thousands, so that loading a faster search pays.
    """
    name = path.replace("\\", "/").rpartition("/")[2]
    if not needles or name == files.CONTRACT or files.environment_of(name) is not None:
        return []
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    if not finder(tuple(needle.anchor for needle in needles), many=many)(data):
        return []
    places = [(span, needle) for needle in needles if needle.anchor in data for span in _spans(data, needle)]
    found: list[tuple[Needle, Place]] = []
    at, place = len(BOM) if data.startswith(BOM) else 0, (1, 1)
    for (start, end), needle in _outermost(places):
        at, place = start, _behind(data[at:start], *place)
        found.append((needle, (*place, *_behind(data[start:end], *place))))
    return list(_judged(path, data, found)) if found else []


def _judged(path: str, data: bytes, found: list[tuple[Needle, Place]]) -> Iterator[Finding]:
    """Yield the findings. Documentation, comments and test data may name endpoints, and a chosen secret warns."""
    from envfence.detect import places, usage  # hardly any file holds a value
    from envfence.detect.services import services

    text = contents.decoded(data)
    own = services(text) if places.is_yaml(path) else ()
    found = [(needle, place) for needle, place in found if needle.is_secret or needle.value not in own]
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    spans = [(starts[place[0] - 1] + place[1] - 1, starts[place[2] - 1] + place[3] - 1) for _, place in found]
    for (needle, place), used in zip(found, usage.usages(path, text, spans), strict=True):
        if severity := usage.severity(needle, used):
            yield _finding(path, place, needle, severity)


def _spans(data: bytes, needle: Needle) -> Iterator[tuple[int, int]]:
    pattern = re.compile(needle.pattern)
    reach = CONTEXT + FORM * len(needle.value)
    at = data.find(needle.anchor)
    while at >= 0:
        end = at + len(needle.anchor)
        if needle.core:
            if pattern.search(forms.decoded_around(data, needle.core, at)):
                yield at, end
        else:
            near = pattern.finditer(data, max(0, at - reach), end + reach)
            yield from (match.span() for match in near if match.start() <= at < match.end())
        at = data.find(needle.anchor, end)


def _outermost(places: list[tuple[tuple[int, int], Needle]]) -> Iterator[tuple[tuple[int, int], Needle]]:
    end = 0
    for span, needle in sorted(places, key=lambda place: (place[0][0], -place[0][1])):
        if span[1] > end:
            yield span, needle
            end = span[1]


def _finding(path: str, place: Place, needle: Needle, severity: str) -> Finding:
    rule = SECRET if needle.is_secret else ENDPOINT
    message = f"the value of {needle.key} in {needle.source} is copied here"
    advice = f"read {needle.key} from settings" + ("; change its value: it has been seen" if needle.is_secret else "")
    return Finding(
        rule.id, rule.family, severity, path, *place,
        message, advice, rule.fixable, needle.key,
    )  # fmt: skip


def _behind(passed: bytes, line: int, column: int) -> tuple[int, int]:
    """Return the line and column behind some bytes, which begin at a line and column."""
    breaks = passed.count(b"\n")
    last = passed[passed.rfind(b"\n") + 1 :]
    return line + breaks, (1 if breaks else column) + len(last.decode("utf-8", "replace"))
