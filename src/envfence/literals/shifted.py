"""Literals of a text inside a text."""

from collections.abc import Iterable

from envfence.literals import Literal


def shifted(literals: Iterable[Literal], by: int, path: tuple[str, ...] = ()) -> list[Literal]:
    """Return the literals of an inner text with the offsets of the outer, below a path."""
    return [
        Literal(value, start + by, end + by, name, path + inner, call, argument, role, quoted)
        for value, start, end, name, inner, call, argument, role, quoted in literals
    ]
