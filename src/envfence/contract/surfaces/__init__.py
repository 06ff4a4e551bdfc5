"""The places that name keys, one module each: Settings classes, code, scripts, compose files, workflows, images."""

from typing import NamedTuple

# How a place uses a key: it needs a value, it stops and says so without one, it has something to fall back on, or it
# gives the key a value itself.
REQUIRES, STOPS, FALLS_BACK, SETS = "requires", "stops", "falls back", "sets"
SETTINGS, CODE, COMPOSE, WORKFLOW, DOCKERFILE = "settings", "code", "compose", "workflow", "dockerfile"
SHELL = "shell"
ARGUMENT = "argument"  # of make, or of a container: somebody may give it for one run


class Use(NamedTuple):
    """One place that names a key. ``has_literal``: the default written beside it is a text that is not empty."""

    key: str
    path: str
    line: int
    surface: str
    way: str = REQUIRES
    has_literal: bool = False
