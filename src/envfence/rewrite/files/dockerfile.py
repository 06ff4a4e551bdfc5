"""Dockerfiles: an image keeps what its build was given, so compose gives its containers the values when they start.

A value goes out of the Dockerfile only if services are built from it, and all of them have its variable afterwards.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from envfence.contract.readers.template import substitute
from envfence.rewrite import Edit, Left, Rewritten, Spot, applied
from envfence.rewrite.files.building import Builder, inserted
from envfence.rewrite.files.equality import held
from envfence.rewrite.files.references import references
from envfence.rewrite.files.values import Value, value_of
from envfence.rewrite.keys import Keys

KEPT = "the image would keep it: drop it here and pass it when the container starts"
READ = "the build reads it: hand it over as a build secret, RUN --mount=type=secret"
ARGUMENT = "the image's history would keep it: drop the default, and hand over a build secret"
UNKNOWN = "what its services are given cannot be told: drop it here and pass it when the container starts"
UNPROVED = "compose would give the container something else"

_HOLES = re.compile(r"\$\{[^{}]*\}|\$[A-Za-z_]\w*")
_INSTRUCTION = re.compile(r"^[ \t]*(ENV|ARG)[ \t]+((?:[^\\\n]|\\\r?\n|\\.)*)\n?", re.MULTILINE | re.IGNORECASE)
_PAIR = re.compile(r"""([A-Za-z_]\w*)(?:=("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s\\]|\\.)*))?""")
_OLD = re.compile(r"([A-Za-z_]\w*)[ \t]+(?!=)")  # ENV NAME and the rest is its value
_STARTS = re.compile(r"^[ \t]*(?:CMD|ENTRYPOINT|HEALTHCHECK)\b(?:[^\\\n]|\\\r?\n|\\.)*", re.MULTILINE | re.IGNORECASE)


class Pair(NamedTuple):
    """A variable of an instruction: its name, its place, and where its name ends."""

    name: str
    start: int
    end: int
    name_end: int


class Instruction(NamedTuple):
    """An ENV or ARG with its line end."""

    word: str
    start: int
    end: int
    pairs: Sequence[Pair]


def rewrite(path: str, text: str, spots: Sequence[Spot], keys: Keys) -> Rewritten:
    """Leave everything alone: without its compose files nothing can be told."""
    return Rewritten((), [spot.left(KEPT) for spot in spots])


def moved(text: str, spots: Sequence[Spot], keys: Keys, builders: Sequence[Builder]) -> Mapping[str, Rewritten]:
    """Return what becomes of a Dockerfile, under "", and of the compose files of its ``builders``, by path."""
    values = [value_of(text, spot, _HOLES) for spot in spots]
    instructions = list(_instructions(text))
    gone: set[Pair] = set()
    edits: list[Edit] = []
    left: list[Left] = []
    given: dict[str, str] = {}
    for value in values:
        instruction, pair = _around(instructions, value)
        if instruction is None or pair is None:
            left.append(value.spot.left(READ))
        elif instruction.word == "ARG":
            passed = builders and all(pair.name in one.arguments for one in builders)
            edits += [Edit(pair.name_end, pair.end, "")] if passed else []
            left += [] if passed else [value.spot.left(ARGUMENT)]
        else:
            made = _given(text, value, values, pair, keys, builders)
            if isinstance(made, Left):
                left.append(made)
            else:
                gone.add(pair)
                given |= made
    edits += [edit for one in instructions for edit in _cuts(one, gone)]
    return {"": Rewritten(edits, left)} | dict(inserted(builders, given))


def _instructions(text: str) -> Iterator[Instruction]:
    for match in _INSTRUCTION.finditer(text):
        word, (start, end) = match[1].upper(), match.span(2)
        old = _OLD.match(text, start) if word == "ENV" else None
        if old:
            pairs = [Pair(old[1], start, start + len(match[2].rstrip()), old.end(1))]
        else:
            pairs = [Pair(one[1], *one.span(), one.end(1)) for one in _PAIR.finditer(text, start, end)]
        yield Instruction(word, *match.span(), pairs)


def _around(instructions: Iterable[Instruction], value: Value) -> tuple[Instruction | None, Pair | None]:
    """Return the instruction and the variable that a value stands in."""
    return next(
        ((one, pair) for one in instructions for pair in one.pairs if pair.start <= value.spot.start < pair.end),
        (None, None),
    )


def _given(
    text: str, value: Value, others: Sequence[Value], pair: Pair, keys: Keys, builders: Sequence[Builder]
) -> dict[str, str] | Left:
    """Return what the services that lack a variable are to be given, or why the value is left where it is."""
    if not builders:
        return value.spot.left(KEPT)
    if re.search(rf"\$\{{?{pair.name}\b", _STARTS.sub("", text)):
        return value.spot.left(READ)
    if all(pair.name in one.given for one in builders):
        return {}
    if any(one.is_open and pair.name not in one.given for one in builders):
        return value.spot.left(UNKNOWN)
    stays = frozenset(name for one in builders for name in one.services)
    found = references(value, others, keys, stays=stays)
    if isinstance(found, str):
        return value.spot.left(found)
    before = text[value.start : value.end]
    reads = [Edit(one.start - value.start, one.end - value.start, f"${{{one.key.name}:?}}") for one in found]
    after = applied(before, reads)
    names = dict(held(found, keys.environment))
    is_whole = (
        value.spot.end == pair.end
        and set(before).isdisjoint("'\"")
        and substitute(after, lambda name: names.get(name, "")) == before
    )
    return {pair.name: after} if is_whole else value.spot.left(UNPROVED)


def _cuts(instruction: Instruction, gone: set[Pair]) -> Iterator[Edit]:
    """Yield the edits that take variables out of an instruction: each with the space that parts it from another."""
    pairs = instruction.pairs
    if pairs and gone.issuperset(pairs):
        yield Edit(instruction.start, instruction.end, "")
        return
    for index, pair in enumerate(pairs):
        if pair in gone:
            follows = any(one not in gone for one in pairs[:index])
            yield Edit(pairs[index - 1].end, pair.end, "") if follows else Edit(pair.start, pairs[index + 1].start, "")
