"""Copies for semgrep: a commit is not what lies on the disk, and neither ignore files nor unknown names have a say."""

import os
import tempfile
from collections.abc import Iterable, Sequence

from envfence.flows import semgrep
from envfence.flows.candidate import Candidate
from envfence.flows.languages import suffix_of


def matches(candidates: Sequence[Candidate], command: str) -> dict[str, list[semgrep.Match]]:
    """Return where the rules of the candidates match, by the path of the file."""
    found: dict[str, list[semgrep.Match]] = {}
    with tempfile.TemporaryDirectory(prefix="envfence-", ignore_cleanup_errors=True) as folder:
        paths = _copied(candidates, folder)
        configs = {rule.file for candidate in candidates for rule in candidate.rules.values()}
        for match in semgrep.matches(command, folder, configs):
            if path := paths.get(os.path.normpath(match.path)):
                found.setdefault(path, []).append(match)
    return found


def _copied(candidates: Iterable[Candidate], folder: str) -> dict[str, str]:
    """Copy the files into the folder, each below its own path; return the path of each copy."""
    paths: dict[str, str] = {}
    for number, candidate in enumerate(candidates):
        path = candidate.path
        is_plain = path.isascii() and path.isprintable() and not (path.startswith("..") or os.path.isabs(path))
        name = os.path.normpath(path if is_plain else f"other-{number}{os.path.splitext(path)[1]}")
        name += suffix_of(name, candidate.text[:200].encode())
        paths[name] = path
        copy = os.path.join(folder, name)
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        with open(copy, "w", encoding="utf-8", newline="") as stream:
            stream.write(candidate.text)
    with open(os.path.join(folder, ".semgrepignore"), "w", encoding="utf-8"):
        pass  # an empty one, or semgrep leaves out tests
    return paths
