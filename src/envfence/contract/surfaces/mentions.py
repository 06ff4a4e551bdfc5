"""Keys that any other file names, in whatever language, outside comments and prose: enough not to call them unused."""

import re

_PROSE = (".md", ".rst", ".txt", ".adoc", ".ipynb", ".svg", ".csv", ".lock", ".po")
_COMMENT_LINE = re.compile(r"(?:^|(?<=\s))(?:#|//|-- |; ?)[^\n]*|^\s*\*[^\n]*", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_]\w+")


def is_prose(path: str) -> bool:
    """Tell whether a file only speaks about the program."""
    return path.lower().endswith(_PROSE)


def mentioned(text: str, keys: frozenset[str]) -> set[str]:
    """Return those of ``keys`` that ``text`` names, in any case, outside comments."""
    if not keys or not text:
        return set()
    words = {word.upper() for word in _WORD.findall(_COMMENT_LINE.sub("", text))}
    return {key for key in keys if key.upper() in words}
