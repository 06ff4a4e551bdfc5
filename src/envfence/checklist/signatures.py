"""What persons have signed for, in a file that git keeps: one line for an item, good for a year.

team-trained 2026-11-23 Kim Minji
"""

import os
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from envfence import atomic, git
from envfence.checklist.result import NEEDS_A_PERSON, Result, done
from envfence.errors import FenceError

NAME = "envfence-checklist.txt"
_HEAD = "# Signed with `envfence checklist --sign ITEM`; what a person knows and a program cannot find out.\n"
_GOOD_FOR = timedelta(days=365)


class Signature(NamedTuple):
    """Who signed for an item, and when."""

    item: str
    day: date
    person: str


def signatures(text: str, path: str) -> dict[str, Signature]:
    """Return the last signature of each item. Raise FenceError, naming ``path``, for a line that is none."""
    found: dict[str, Signature] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            found |= {one.item: one for one in [_signature(line, f"{path}:{number}")]}
    return found


def _signature(line: str, place: str) -> Signature:
    item, day, person = (*line.split(maxsplit=2), "", "", "")[:3]
    try:
        return Signature(item, date.fromisoformat(day), person.strip())
    except ValueError as error:
        raise FenceError(f"{place}: no signature; write ITEM YYYY-MM-DD NAME") from error


def signed(result: Result, item: str, known: Mapping[str, Signature], today: date) -> Result:
    """Return the result with the signature of a person heeded, where only a person knows."""
    if result.state != NEEDS_A_PERSON:
        return result
    one = known.get(item)
    unsigned = result._replace(advice=f"{result.advice}, then sign: `envfence checklist --sign {item}`")
    if one is None or one.day > today:
        return unsigned
    if today - one.day > _GOOD_FOR:
        return unsigned._replace(reason=f"{one.person} signed on {one.day}, more than a year ago")
    return done(f"signed by {one.person} on {one.day}")


def read(root: str) -> dict[str, Signature]:
    """Return the signatures of a repository."""
    file = os.path.join(root, NAME)
    if not os.path.isfile(file):
        return {}
    with open(file, encoding="utf-8") as stream:
        return signatures(stream.read(), NAME)


def sign(root: str, item: str, today: date) -> Signature:
    """Add a signature of the person that git knows. Raise FenceError if git knows nobody."""
    person = git.ask("config", "user.name", cwd=root, accept=(0, 1), own=False).decode("utf-8", "replace").strip()
    if not person:
        raise FenceError("git does not know who you are; run `git config user.name NAME`")
    one = Signature(item, today, " ".join(person.split()))
    file = os.path.join(root, NAME)
    lines = _HEAD
    if os.path.isfile(file):
        with open(file, encoding="utf-8") as stream:
            lines = stream.read()
    atomic.write(file, f"{lines}{one.item} {one.day} {one.person}\n".encode(), private=False)
    return one
