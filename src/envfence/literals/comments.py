"""Comments as literals."""

from envfence.literals import DOC, Literal

_MARKERS = "#;/*- \t"


def comment(text: str, start: int, end: int) -> Literal:
    """Return the comment at text[start:end], marker included."""
    if end > start and text[end - 1] == "\r":
        end -= 1
    return Literal(text[start:end].lstrip(_MARKERS), start, end, "", (), "", "", DOC)
