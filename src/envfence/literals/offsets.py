"""Where things are: ends of lines, and the literals of a text inside a text."""

from collections.abc import Iterable

from envfence.literals import Literal


def line_end(text: str, at: int) -> int:
    """Return the offset of the newline at or behind a position, or of the text's end."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def shifted(literals: Iterable[Literal], by: int, path: tuple[str, ...] = ()) -> list[Literal]:
    """Return the literals of an inner text with the offsets of the outer, below a path."""
    return [
        Literal(value, start + by, end + by, name, path + inner, call, argument, role, quoted)
        for value, start, end, name, inner, call, argument, role, quoted in literals
    ]
