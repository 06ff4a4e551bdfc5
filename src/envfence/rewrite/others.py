"""Files that are no Python: which module rewrites which."""

from collections.abc import Callable, Sequence
from importlib import import_module

from envfence.rewrite import Rewritten, Spot
from envfence.rewrite.keys import Keys

Rewrite = Callable[[str, str, Sequence[Spot], Keys], Rewritten]  # path, text, spots, keys

# What tells a file by its path, and the module whose `rewrite` rewrites it.
MODULES: tuple[tuple[Callable[[str], bool], str], ...] = ()


def rewriter_of(path: str) -> Rewrite | None:
    """Return the function that rewrites files such as this, None if there is none."""
    for is_such, module in MODULES:
        if is_such(path):
            rewrite: Rewrite = import_module(module).rewrite
            return rewrite
    return None
