"""What makes a finding the same one tomorrow: its file, its rule, what it is bound to, and which of several it is."""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

from envfence.finding import Finding


class Identity(NamedTuple):
    """Of several findings alike in all else ``number`` tells the first, 1, from the second, 2."""

    path: str
    rule: str
    anchor: str
    number: int

    @property
    def fingerprint(self) -> str:
        """A digest for other programs; no value and no line is part of it."""
        return sha256(
            repr((self.rule, self.path, self.anchor, self.number)).encode("utf-8", "surrogateescape")
        ).hexdigest()


def identified(findings: Iterable[Finding]) -> Iterator[Identity]:
    """Yield the identity of each finding; those of a file come in the order of their places."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for found in findings:
        alike = (found.path, found.rule, found.anchor)
        seen[alike] += 1
        yield Identity(*alike, seen[alike])
