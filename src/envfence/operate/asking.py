"""Questions to the person at the terminal; where there is none, an option answers."""

import sys

from envfence.errors import FenceError


def is_terminal() -> bool:
    """Tell whether somebody can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def agreed(question: str, *, default: bool) -> bool:
    """Return the answer to a question of yes or no."""
    print(f"{question} [{'Y/n' if default else 'y/N'}] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip().lower()
    return answer.startswith("y") if answer else default


def confirmed(what: str, name: str, *, yes: bool) -> None:
    """Go on only if that is wanted: the name has to be typed, or --yes was given. Raise FenceError otherwise."""
    if yes:
        return
    if not is_terminal():
        raise FenceError(f"{what}; nobody can be asked here, so say --yes if that is meant")
    print(f"{what}; type {name} to go on: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip() != name:
        raise FenceError("not confirmed, so nothing was done")
