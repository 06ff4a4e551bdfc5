"""Which secrets git has: they have been seen, so moving them is not enough."""

import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from envfence import git
from envfence.rewrite.held import Key

_MARK = b"\0commit "
_SHORTEST = 4  # bytes; a shorter value stands everywhere


def committed(root: str, paths: Sequence[str], keys: Iterable[Key]) -> dict[str, str]:
    """Return key to the first commit of ``paths``, with its day, that has the value of the key.

    Values are looked for here, in what git prints: as arguments every user of the machine could read them.
    """
    wanted = {key.name: needles for key in keys if key.is_secret and (needles := _needles(key.values))}
    if not wanted or not paths or git.top_above(root) is None:
        return {}
    command = ("git", "--literal-pathspecs", "log", "--all", "--reverse", "-p", "--unified=0", "--no-color",
               "--no-ext-diff", "--no-textconv", "--format=%x00commit %h of %as", "--", *paths)  # fmt: skip
    env = {key: value for key, value in os.environ.items() if key not in git.ABOUT_ONE_REPOSITORY}
    found: dict[str, str] = {}
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env) as process:
        commit = ""
        for line in process.stdout or ():
            if line.startswith(_MARK):
                commit = line[len(_MARK) :].decode().strip()
            elif line.startswith(b"+"):
                found.update({name: commit for name in wanted if any(one in line for one in wanted[name])})
                wanted = {name: needles for name, needles in wanted.items() if name not in found}
                if not wanted:
                    process.kill()
                    break
    return found


def _needles(values: Mapping[str, str]) -> list[bytes]:
    """Return the forms of a key's values that code may hold."""
    forms = {form for value in values.values() for form in (value, quote(value, safe=""))}
    return [form.encode() for form in forms if len(form) >= _SHORTEST]
