"""Names of environments that are written a letter or two wrong: a file of such a name would belong to nothing."""

from collections.abc import Iterable
from difflib import get_close_matches

_SLIPS = 2  # letters too many
_ALIKE = 0.83  # as difflib counts: stgng for staging, not testing


def meant(name: str, known: Iterable[str]) -> str:
    """Return the environment that a name is a slip of the pen for, "" if it is known or far from all that are.

    What holds that name and three letters more, or more than letters, is a name of its own: preproduction, staging2.
    """
    names = tuple(known)
    if name in names or not name.isalpha():
        return ""
    close = next(iter(get_close_matches(name.lower(), names, n=1, cutoff=_ALIKE)), "")
    return "" if close in name and len(name) - len(close) > _SLIPS else close
