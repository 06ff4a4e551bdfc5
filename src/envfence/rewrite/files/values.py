"""Values in files that are no Python: what they are, and what the file says of them."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from envfence.contract import kinds
from envfence.finding import ERROR
from envfence.literals import HOLE
from envfence.rewrite import Edit, Left, Rewritten, Spot, naming
from envfence.rewrite.envfiles import spelled
from envfence.rewrite.held import key_name
from envfence.rewrite.keys import Keys
from envfence.rewrite.shapes import DSN, PAIRS, shapes

ESCAPED = "it is written with escapes"
HALF = "only a part of the value stands there"
LINES = "the value goes over several lines"
NO_FORM = "python-dotenv and docker compose would read the value differently: change it first"
OTHER_VALUE = "its key has another value already"
STAYS = "it is the address of a service inside the network"

_DEFAULT = re.compile(r"\$\{([A-Za-z_]\w*)(:?[-=])")
_NAMED_PORT = re.compile(r"[A-Za-z_]\w*\W{1,5}(\d{2,5})[\"']?")
_LONGEST_NAME = 100
_FRAMES = frozenset("env environment with credentials jobs steps services ENV".split())  # say nothing of a value


class Value(NamedTuple):
    """A finding's characters without their quotes: ``text`` has HOLEs where something is filled in, same in length.

    ``name`` is what it is bound to, ``names`` those around it, ``call`` the command or function that it is given to.
    Values of one ``group`` may be parts of one connection; ``block`` is the mapping that they stand in. One that
    ``shares`` its key takes that of a secret with the same value, whatever it is called. ``text`` of one that
    ``is_joined`` is what a shell makes of several pieces in quotes: it is not as long as they are.
    """

    spot: Spot
    start: int
    text: str
    quote: str
    name: str
    names: tuple[str, ...]
    call: str
    group: str
    block: str = ""
    shares: bool = False
    is_joined: bool = False

    @property
    def end(self) -> int:
        """Where its characters end in the file."""
        return self.start + len(self.text)

    @property
    def part(self) -> str:
        """Which part of a connection it is, "" for another value."""
        finding = self.spot.finding
        if self.call and finding.rule == "hardcoded-credential":
            return "PASSWORD"
        return naming.part_of(self.name, finding.rule, finding.family, self.text)

    @property
    def prefix(self) -> str:
        """What its name says that it is a part of."""
        return naming.prefix_in(self.name, self.part) if self.name and self.part else ""


def rewritten(values: Sequence[Value], edits_of: Callable[[Value], Sequence[Edit] | str]) -> Rewritten:
    """Return the edits of ``values``, and those that are left alone because there is a reason instead."""
    edits: list[Edit] = []
    left: list[Left] = []
    for value in values:
        made = edits_of(value)
        if isinstance(made, str):
            left.append(value.spot.left(made))
        else:
            edits += made
    return Rewritten(edits, left)


def value_of(text: str, spot: Spot, holes: re.Pattern[str]) -> Value:
    """Return the value at a spot."""
    spot = _narrowed(text, spot)
    raw = text[spot.start : spot.end]
    mark = raw[0] if len(raw) > 1 and raw[0] in "\"'`" and raw[0] == raw[-1] else ""
    inner = raw[1:-1] if mark else raw
    masked = holes.sub(lambda match: HOLE * len(match[0]), inner) if mark != "'" else inner
    anchor = spot.finding.anchor
    call, colon, _ = anchor.partition(":")
    *around, name = [""] if colon or anchor == "*" else anchor.split(".")
    group = str(spot.finding.line) if colon or naming.LIBPQ.match(name) else ".".join(around)
    name = naming.LIBPQ.sub(r"PG_\1", name).removeprefix("DOCKER_")
    names = tuple(one for one in reversed(around) if one not in _FRAMES)
    block = around[-1] if around else ""
    return Value(spot, spot.start + bool(mark), masked, mark, name, names, call if colon else "", group, block)


def _narrowed(text: str, spot: Spot) -> Spot:
    """Return the spot of a value alone, with its quotes: that of a copied port has its name, others lack the quotes."""
    raw = text[spot.start : spot.end]
    if raw.endswith("}") and "{" not in raw and _default_before(text, spot):
        return spot._replace(end=spot.end - 1)  # the brace that closes `${NAME:-`
    if spot.finding.rule != "copied-value":
        return spot
    if port := _NAMED_PORT.fullmatch(text[spot.start : spot.end]):
        spot = spot._replace(start=spot.start + port.start(1), end=spot.start + port.end(1))
    around = text[max(0, spot.start - 1) : spot.start], text[spot.end : spot.end + 1]
    if around[0] and around[0] == around[1] and around[0] in "\"'`":
        return spot._replace(start=spot.start - 1, end=spot.end + 1)
    return spot


def worth_moving(values: Sequence[Value]) -> list[Value]:
    """Return the values without user names that stand alone."""
    groups = {one.group for one in values if one.spot.finding.severity == ERROR}
    return [one for one in values if one.spot.finding.severity == ERROR or one.group in groups]


def default_of(text: str, value: Value) -> re.Match[str] | None:
    """Return what stands before a value that is the default in `${NAME:-value}`, None if it is no such default."""
    is_closed = text[value.spot.end : value.spot.end + 1] == "}"
    return _default_before(text, value.spot) if is_closed else None


def _default_before(text: str, spot: Spot) -> re.Match[str] | None:
    """Return the `${NAME:-` that ends where a spot begins."""
    found = _DEFAULT.finditer(text, max(0, spot.start - _LONGEST_NAME), spot.start)
    return next((match for match in found if match.end() == spot.start), None)


def without_default(value: Value, default: re.Match[str], keys: Keys) -> Edit | str | None:
    """Return the edit to `${NAME:?}`; why there is none; or None for a connection, which is read from its parts."""
    name, text = default[1], value.text
    if any(one.form in {DSN, PAIRS} for one in shapes(text)):
        keys.optional.add(name)
        return None
    if HOLE in text or spelled(text) is None:
        return HALF if HOLE in text else NO_FORM
    if not keys.fits(name, {keys.environment: text}) or key_name(name) != name:
        return OTHER_VALUE
    keys.one(name, text, kinds.SECRET if value.spot.finding.family == "credential" else "")
    return Edit(default.start(2), value.spot.end, ":?")
