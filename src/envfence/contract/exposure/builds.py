"""Which folders are sent to docker to build which Dockerfiles: by where they lie, and by what compose files say."""

import os
from collections.abc import Iterator

from envfence.contract.surfaces.dockerfile import is_dockerfile

_COMPOSE = ("compose", "docker-compose")


def builds(root: str) -> list[tuple[str, str]]:
    """Return context and Dockerfile of each build of ``root``, both as paths.

    A Dockerfile is built in its own folder, and in the one that a compose file of ``root`` gives it.
    """
    entries = sorted(os.scandir(root), key=lambda entry: entry.name)
    found = [(root, entry.path) for entry in entries if entry.is_file() and is_dockerfile(entry.name)]
    for entry in entries:
        if entry.is_dir() and not entry.name.startswith("."):
            found += ((entry.path, file) for file in _dockerfiles(entry.path))
        elif entry.name.startswith(_COMPOSE) and entry.name.endswith((".yml", ".yaml")):
            named = _of_compose(text_of(entry.path))
            pairs = ((os.path.join(root, context), os.path.join(root, context, file)) for context, file in named)
            found += (pair for pair in pairs if "\0" not in pair[1])
    known = {os.path.realpath(context) + "\0" + os.path.realpath(file): (context, file) for context, file in found}
    return [(context, file) for context, file in known.values() if os.path.isfile(file)]


def _dockerfiles(folder: str) -> list[str]:
    try:
        return [one.path for one in os.scandir(folder) if one.is_file() and is_dockerfile(one.name)]
    except PermissionError:  # as of a database's data: docker could not send it either
        return []


def text_of(file: str) -> str:
    """Return the text of a file; what is no UTF-8 in it does not matter here."""
    with open(file, encoding="utf-8", errors="replace") as stream:
        return stream.read()


def _of_compose(text: str) -> Iterator[tuple[str, str]]:
    """Yield context and Dockerfile, relative, of each `build:` in block style; by lines, as YAML is no dependency."""
    block: dict[str, str] = {}
    depth = -1
    for line in (*text.splitlines(), "end:"):
        plain = line.partition(" #")[0].strip()
        indent = len(line) - len(line.lstrip())
        if not plain or plain.startswith("#"):
            continue
        if depth >= 0 and indent <= depth:
            yield block.get("context", "."), block.get("dockerfile", "Dockerfile")
            block, depth = {}, -1
        key, _, value = plain.partition(":")
        value = value.strip().strip("\"'")
        if key == "build" and value:
            yield value, "Dockerfile"
        elif key == "build":
            depth = indent
        elif depth >= 0:
            block[key] = value
