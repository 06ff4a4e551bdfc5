"""Invented data: the program's own module `seed`, run in its environment."""

import os
from collections.abc import Sequence

from envfence import console
from envfence.errors import FenceError
from envfence.operate.database.program import program_of


def seed(root: str, environment: str, arguments: Sequence[str]) -> int:
    """Run the module; return its exit code. Raise FenceError for production, and where there is no such module."""
    program = program_of(root, environment)
    if program.target.is_production:
        raise FenceError("invented data is not for production")
    program.require_database()
    console.say(f"{program.target.environment}: {program.database}: fill with invented data")
    return program.show("-m", module_in(program.folder), *arguments)


def module_in(folder: str) -> str:
    """Return the name of the module that seeds: `seed`, or that of a package. Raise FenceError if there is none."""
    if os.path.isfile(os.path.join(folder, "seed.py")):
        return "seed"
    found = sorted(name for name in os.listdir(folder) if os.path.isfile(os.path.join(folder, name, "seed.py")))
    if not found:
        raise FenceError(f"{folder}: no package has a module seed.py")
    return f"{found[0]}.seed"
