"""Variables that code reads with a fallback and that no contract names: they may be missing, and it says so now."""

import os
from collections.abc import Collection, Mapping

from envfence.config import Nearest
from envfence.contract import surroundings
from envfence.contract.comparison.matrix import near
from envfence.contract.files import CONTRACT
from envfence.contract.rules import HIDDEN, shown
from envfence.contract.surfaces import CODE, FALLS_BACK, SETS
from envfence.contract.surfaces.known import is_given
from envfence.rewrite.project import Project


def optional(project: Project, contract: Collection[str], after: Mapping[str, str]) -> set[str]:
    """Return the keys to add to a ``contract`` that will have these; ``after`` has the texts that change, by path.

    What may be a slip of the pen for a key of the contract is left to people.
    """
    config = Nearest(strict=True).of(os.path.join(project.root, CONTRACT))
    uses = surroundings.read(project.root, config, os.environ).survey.uses
    known = {use.key for use in uses if use.way == SETS} | {*contract}
    found: set[str] = set()
    for use in uses:
        path = os.path.relpath(use.path, project.root).replace(os.sep, "/")
        is_read = use.key in after.get(path, project.python.get(path, ""))
        if use.surface == CODE and use.way == FALLS_BACK and is_read and use.key not in known:
            is_name = shown(use.key) != HIDDEN and not is_given(use.key)
            found |= {use.key} if is_name and not near(use.key, contract) else set()
    return found
