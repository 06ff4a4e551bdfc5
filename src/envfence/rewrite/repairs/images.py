"""Images that are given modules one by one: they get the settings that a module imports since, too."""

import posixpath
import re
from collections.abc import Iterator, Mapping

_COPY = re.compile(
    r"^[ \t]*(?:COPY|ADD)[ \t]+(?P<flags>(?:--[^\s=]+=\S+[ \t]+)*)(?P<paths>[^-\[\s][^\n\\]*?)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)


def copying(path: str, text: str, readers: Mapping[str, str]) -> str:
    """Return a Dockerfile that copies a new module behind the line that copies one which imports it, from beside it.

    ``readers`` are modules that import a new one, with the path of that. The build starts in the file's folder, or in
    one above it.
    """
    for line in reversed(list(_COPY.finditer(text))):
        *sources, target = line["paths"].split()
        if "--from=" in line["flags"] or "$" in line["paths"]:
            continue
        new = dict.fromkeys(one for source in sources for one in _beside(path, source, readers))
        lines = [f"\nCOPY {line['flags']}{one} {_place(one, sources, target)}" for one in new]
        text = text[: line.end()] + "".join(lines) + text[line.end() :]
    return text


def _beside(path: str, source: str, readers: Mapping[str, str]) -> Iterator[str]:
    """Yield the new module beside a module that is copied, as the line would name it."""
    context = posixpath.dirname(path)
    while True:
        reader = posixpath.normpath(posixpath.join(context, source))
        new = readers.get(reader, "")
        if new and posixpath.dirname(new) == posixpath.dirname(reader):
            yield posixpath.join(posixpath.dirname(source), posixpath.basename(new))
            return
        if not context:
            return
        context = posixpath.dirname(context)


def _place(new: str, sources: list[str], target: str) -> str:
    """Return where the new module goes: into the folder that the line copies to, or the one of the file it makes."""
    is_file = len(sources) == 1 and target.endswith(".py")
    return posixpath.join(posixpath.dirname(target), posixpath.basename(new)) if is_file else target
