"""Dockerfiles: nothing is moved, since an image keeps whatever its build was given."""

from collections.abc import Sequence

from envfence.rewrite import Rewritten, Spot
from envfence.rewrite.keys import Keys

KEPT = "the image would keep it: drop it here and pass it when the container starts"


def rewrite(path: str, text: str, spots: Sequence[Spot], keys: Keys) -> Rewritten:
    """Leave everything alone."""
    return Rewritten((), [spot.left(KEPT) for spot in spots])
