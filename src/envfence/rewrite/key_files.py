"""The files that hold keys as they will be: the env files, the contract, and what keeps the former out of git."""

import os
from collections.abc import Iterable, Mapping, Sequence

from envfence import git
from envfence.contract.files import CONTRACT
from envfence.rewrite import envfiles
from envfence.rewrite.keys import Keys
from envfence.rewrite.plan import Change, current
from envfence.rewrite.project import Project

_IGNORE = ("# values of the environments", ".env*", "!.env.example")


def key_files(project: Project, env: Mapping[str, str], keys: Keys, *, asks_environment: bool) -> Iterable[Change]:
    """Yield the env files, the contract, and what keeps the former out of git."""
    if not keys.used:
        return
    contract = project.contract
    said = [("ENVIRONMENT", f"ENVIRONMENT=<{'|'.join(project.environments)}>")] if asks_environment else []
    contract = envfiles.with_lines(contract, said)
    contract = envfiles.with_placeholders(contract, keys.used, keys.environment)
    contract = envfiles.with_lines(contract, [(name, f"{name}=") for name in sorted(keys.optional)])
    yield _change(project, CONTRACT, contract)
    for stage, text in env.items():
        yield _change(
            project, f".env.{stage}", envfiles.with_lines(text, [(name, f"{name}={stage}") for name, _ in said])
        )
    ignored = _unignored(project.root, [f".env.{stage}" for stage in env])
    if ignored:
        old = current(project.root, ".gitignore") or b""
        newline = b"\r\n" if b"\r\n" in old else b"\n"
        gap = newline if old and not old.endswith(b"\n") else b""
        yield Change(".gitignore", old or None, old + gap + b"".join(line.encode() + newline for line in _IGNORE))


def _change(project: Project, path: str, text: str) -> Change:
    return Change(path, current(project.root, path), text.encode())


def _unignored(root: str, names: Sequence[str]) -> list[str]:
    """Return the env files that git would take in."""
    if git.top_above(root) is None:
        return []
    asked = b"\0".join(map(os.fsencode, names))
    answer = git.ask("check-ignore", "--no-index", "-z", "--stdin", cwd=root, stdin=asked, accept=(0, 1), own=False)
    return sorted(set(names) - set(git.names(answer)))
