"""The services of a compose file: hosts that it names itself, so that they are the same in every environment."""

import re

_SECTION = re.compile(r"^services:[^\n]*\n((?:[ \t#][^\n]*\n|\r?\n)*)", re.MULTILINE)
_ENTRY = re.compile(r"^( +)([\w.-]+):", re.MULTILINE)
_CONTAINER = re.compile(r"^ +container_name:[ \t]+([\"']?)([\w.-]+)\1[ \t]*\r?$", re.MULTILINE)


def services(text: str) -> frozenset[str]:
    """Return the names of a file's services and their containers: hosts inside the network."""
    names: set[str] = set()
    for section in _SECTION.finditer(text + "\n"):
        entries = [(len(one[1]), one[2]) for one in _ENTRY.finditer(section[1])]
        first = min((indent for indent, _ in entries), default=0)
        names |= {name for indent, name in entries if indent == first}
        names |= {match[2] for match in _CONTAINER.finditer(section[1])}
    return frozenset(names)
