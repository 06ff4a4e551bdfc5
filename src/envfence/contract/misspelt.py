"""Names of environments that are written a letter or two wrong: a file of such a name would belong to nothing."""

from collections.abc import Iterable
from difflib import get_close_matches

_ALIKE = 0.83  # as difflib counts: stgng for staging, not testing


def meant(name: str, known: Iterable[str]) -> str:
    """Return the environment that a name is a slip of the pen for, "" if it is known or far from all that are.

    What holds another name, or more than letters, is a name of its own: preproduction, staging2.
    """
    names = tuple(known)
    if not name.isalpha() or any(one in name for one in names):
        return ""
    return next(iter(get_close_matches(name.lower(), names, n=1, cutoff=_ALIKE)), "")
