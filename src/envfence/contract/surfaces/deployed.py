"""Keys that servers and pipelines give programs: units of systemd, supervisor, PM2, Kubernetes and Helm, GitLab."""

import re
from collections.abc import Callable, Iterator

from envfence.contract.surfaces import SETS, WORKFLOW, Use

_KEY = r"[A-Za-z_]\w*"
_UNIT = re.compile(r"^[ \t]*Environment[ \t]*=[ \t]*(.+)$", re.MULTILINE)
_SUPERVISED = re.compile(r"^[ \t]*environment[ \t]*=(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
_PAIR = re.compile(rf"(?<![\w-])[\"']?({_KEY})=")
_NAMED = re.compile(rf"^[ \t]*-[ \t]+name:[ \t]*[\"']?({_KEY})[\"']?[ \t]*\n[ \t]+value(?:From)?:", re.MULTILINE)
_BLOCK = re.compile(
    r"^([ \t]*)(?:data|stringData|variables|env\w*)[ \t]*:[ \t]*\{?[ \t]*\n((?:\1[ \t]+.*\n?|[ \t]*\n)+)", re.MULTILINE
)
_ENTRY = re.compile(r"^([ \t]+)[\"']?([A-Z][A-Z0-9_]*)[\"']?[ \t]*:", re.MULTILINE)


def _unit(text: str) -> Iterator[tuple[str, int]]:
    for line in _UNIT.finditer(text):
        yield from ((match[1], line.start(1) + match.start(1)) for match in _PAIR.finditer(line[1]))


def _supervised(text: str) -> Iterator[tuple[str, int]]:
    for block in _SUPERVISED.finditer(text) if "[program:" in text else ():
        yield from ((match[1], block.start(1) + match.start(1)) for match in _PAIR.finditer(block[1]))


def _blocks(text: str) -> Iterator[tuple[str, int]]:
    """Yield the keys of each block of variables, the names of its first level."""
    for block in _BLOCK.finditer(text):
        entries = list(_ENTRY.finditer(block[2]))
        first = min((len(entry[1]) for entry in entries), default=0)
        yield from ((entry[2], block.start(2) + entry.start(2)) for entry in entries if len(entry[1]) == first)


def _manifest(text: str) -> Iterator[tuple[str, int]]:
    if "apiVersion:" in text and "kind:" in text:
        yield from ((match[1], match.start(1)) for match in _NAMED.finditer(text))
        yield from _blocks(text)


def _reader(path: str) -> Callable[[str], Iterator[tuple[str, int]]] | None:
    name = path.rpartition("/")[2]
    if name.endswith(".service"):
        return _unit
    if name.endswith((".conf", ".ini")) and "supervisor" in path:
        return _supervised
    if name.startswith("ecosystem.config.") or name in {".gitlab-ci.yml", ".gitlab-ci.yaml"}:
        return _blocks
    return _manifest if name.endswith((".yml", ".yaml")) else None


def is_deployed(path: str) -> bool:
    """Tell whether a file may give programs keys."""
    return _reader(path) is not None


def uses(path: str, text: str) -> list[Use]:
    """Return the keys that a file gives the programs that it starts, in order."""
    read = _reader(path)
    text = re.sub(r"^[ \t]*(?:#|//)[^\n]*", "", text, flags=re.MULTILINE)
    given = sorted(read(text), key=lambda one: one[1]) if read else []
    return list(dict.fromkeys(Use(key, path, text.count("\n", 0, at) + 1, WORKFLOW, SETS) for key, at in given))
