"""Names of environments that are written a letter or two wrong: a file of such a name would belong to nothing."""

from collections.abc import Iterable

_FEW, _SOME = 4, 7  # letters of a name in which one is wrong, and in which two may be


def meant(name: str, known: Iterable[str]) -> str:
    """Return the environment that a name is a slip of the pen for, "" if it is known or far from all that are.

    A digit or a hyphen more makes another name: staging2.
    """
    names = tuple(known)
    if name in names or not name.isalpha():
        return ""
    apart = {one: _letters_apart(name.lower(), one.lower()) for one in names if len(one) >= _FEW}
    near = [one for one, letters in apart.items() if letters <= (2 if len(one) >= _SOME else 1)]
    return min(near, key=apart.__getitem__, default="")


def _letters_apart(one: str, other: str) -> int:
    """How many letters are left out, added or other: the distance of Levenshtein."""
    row = list(range(len(other) + 1))
    for above, letter in enumerate(one, 1):
        left, row[0] = row[0], above
        for at, theirs in enumerate(other, 1):
            left, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, left + (letter != theirs))
    return row[-1]
