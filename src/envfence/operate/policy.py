"""`envfence stack check`: the part of `envfence env check` about compose files: every stack, every environment."""

import os

from envfence.config import Nearest
from envfence.contract import command, files
from envfence.contract.surfaces.compose import is_compose
from envfence.finding import Finding
from envfence.stack import pairs


def findings(root: str) -> list[Finding]:
    """Return what is wrong with the stacks, and with keys and values where a compose file uses them."""
    config = Nearest(strict=True).of(os.path.join(root, files.CONTRACT))
    declared = {path for _, paths in pairs.declared(config.stacks, config.root.replace(os.sep, "/")) for path in paths}
    every = command.checked(root, None, "port")
    return [one for one in every if one.family == "stack" or one.path in declared or is_compose(one.path)]
