"""The files that a repository keeps for its tools, with what envfence needs in them: text in, text out.

Every function returns its text unchanged where nothing is missing, keeps the line ends, and adds only.
"""

import re
from collections.abc import Iterable, Sequence

from envfence.contract.environment import ENVIRONMENT_KEYS
from envfence.errors import FenceError
from envfence.init.pin import REPOSITORY

CONTRACT = ".env.example"
IGNORED = (".env*", f"!{CONTRACT}", "*.local")
KEPT_OUT = (".env*", "**/.env*", ".git")
LINE_ENDS = (".env* text eol=lf", "*.sh text eol=lf")
HOOKS = ".pre-commit-config.yaml"
_REPOS = re.compile(r"^([ \t]*)repos:[ \t]*(?:\[[ \t]*\])?[ \t]*(?:#[^\r\n]*)?(?=\r?$)", re.MULTILINE)
_ITEM = re.compile(r"^([ \t]*)- ", re.MULTILINE)
_NOXFILE = '''\
# /// script
# dependencies = ["nox", "{requirement}"]
# ///
"""The commands of the workflow; `nox -l` lists them, arguments go after `--`."""

from envfence.sessions import {names}

__all__ = [{quoted}]
'''


def with_lines(text: str, lines: Sequence[str]) -> str:
    """Return ``text`` with each of ``lines`` that it lacks at its end, in the order given."""
    there = [line.rstrip() for line in text.splitlines()]
    missing = [line for line in lines if line not in there]
    return _joined(text, missing) if missing else text


def ignoring(text: str) -> str:
    """Return a `.gitignore` that ignores env files, local files and their backups, but not the contract."""
    lines = [line.rstrip() for line in text.splitlines()]
    last = {line: number for number, line in enumerate(lines)}
    is_let_in = last.get(IGNORED[1], -1) > last.get(IGNORED[0], len(lines))  # only behind what ignores it
    missing = [line for line in IGNORED if line not in last or (line == IGNORED[1] and not is_let_in)]
    return _joined(text, missing) if missing else text


def with_hook(text: str, revision: str) -> str:
    """Return a configuration of pre-commit with the hook `envfence` of a revision.

    Raise FenceError if it has no list of repos.
    """
    if re.search(r"\bid: *[\"']?envfence\b", text):
        return text
    hook = (f"- repo: {REPOSITORY}", f"  rev: {revision}", "  hooks:", "    - id: envfence")
    if not text.strip():
        return _joined(text, ["repos:", *(f"  {line}" for line in hook)])
    head = _REPOS.search(text)
    if head is None:
        raise FenceError(f"{HOOKS} has no line `repos:`: write it, or move the file away")
    newline = _newline(text)
    body = text[head.end() :]
    item = _ITEM.search(body)
    indent = item[1] if item else f"{head[1]}  "
    end = re.search(rf"^{head[1]}[^\s#-]", body, re.MULTILINE)
    place = head.end() + (end.start() if end else len(body))
    before, after = text[:place].rstrip(), text[place:]
    before = before.replace(head[0].rstrip(), f"{head[1]}repos:", 1) if "[" in head[0] else before
    block = newline.join(f"{indent}{line}" for line in hook)
    return f"{before}{newline}{block}{newline}{newline if after else ''}{after}"


def with_table(text: str, environments: Iterable[str], *, table: str) -> str:
    """Return a TOML file with the settings of envfence: ``table`` is `[tool.envfence]`, "" for a file of its own."""
    if re.search(r"^\[tool\.envfence\b", text, re.MULTILINE) or (text.strip() and not table):
        return text
    named = ", ".join(f'"{name}"' for name in environments)
    lines = [table] if table else []
    return _joined(text, [*([""] if text.strip() else []), *lines, f"environments = [{named}]"])


def noxfile(names: Sequence[str], requirement: str) -> str:
    """Return a noxfile of these sessions of the library, which an installer knows as ``requirement``."""
    return _NOXFILE.format(
        requirement=requirement, names=", ".join(names), quoted=", ".join(f'"{name}"' for name in names)
    )


def contract(keys: Sequence[Sequence[str]], environments: Sequence[str]) -> str:
    """Return a contract of the keys that env files have, given by file: one that every file has is required."""
    names = list(dict.fromkeys(key for one in keys for key in one))
    return "".join(f"{name}={_promise(name, keys, environments)}\n" for name in names)


def _promise(name: str, keys: Sequence[Sequence[str]], environments: Sequence[str]) -> str:
    if name in ENVIRONMENT_KEYS:
        return f"<{'|'.join(environments)}>"
    return f"<{name}>" if all(name in one for one in keys) else ""


def _joined(text: str, lines: Sequence[str]) -> str:
    newline = _newline(text)
    start = text if not text or text.endswith("\n") else text + newline
    return start + "".join(line + newline for line in lines)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
