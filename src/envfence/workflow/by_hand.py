"""What documents, scripts and sessions have people do by hand.

Steps that only a POSIX shell runs, hotfixes that only the main branch gets, env files that are copied to servers, and
keys that are made there.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence

from envfence.contract.files import environment_of
from envfence.contract.rules import warned
from envfence.contract.stages import THROWAWAY, stage_of
from envfence.finding import Finding, Rule
from envfence.migration.scripts import Part, groups_of
from envfence.workflow import script
from envfence.workflow.rules import ENV_FILE_BY_HAND, EXPOSED_PRIVATE_KEY, MERGED_BY_HAND, SHELL_ONLY_STEP
from envfence.workflow.script import Call

_SESSIONS, _DOCUMENT = "noxfile.py", ".md"
_SHELL = frozenset("bash sh zsh sed awk grep find cp mv rm ln cat touch chmod chown xargs which kill".split())
_KNOWS_WINDOWS = re.compile(
    r"sys\.platform|os\.name|platform\.system|shutil\.which|\bwin32\b|\bwindows\b", re.IGNORECASE
)
_OTHER_SHELL = re.compile(r"powershell|\$env:|\bwsl ?2?\b|git bash|cmd\.exe|^\s*set \w+=", re.IGNORECASE | re.MULTILINE)
_NAMES_ENVIRONMENT = re.compile(r"((?:\w+_)?ENV(?:IRONMENT)?)=(\w+)$")
_MAIN = frozenset({"main", "master"})
_HOTFIX = re.compile(r"(?:\w+/)?hot-?fix", re.IGNORECASE)
_KEY = re.compile(r"\.ssh/(?!known_hosts|config|authorized_keys)[\w-]+$")

_Hit = tuple[int, str]


def findings(path: str, text: str) -> list[Finding]:
    """Return what is wrong with the commands of a document, a script or sessions, the first of each kind."""
    parts = [part for group in groups_of(path, text) for part in group]
    steps: list[_Hit] = []
    if path.endswith(_SESSIONS) and not _KNOWS_WINDOWS.search(text):
        steps = [hit for part in parts for hit in _of_nox(part.here)]
    if path.endswith(_DOCUMENT) and not _OTHER_SHELL.search(text):
        steps = [hit for part in parts for hit in _typed(part.here)]
    every: Iterable[tuple[Rule, list[_Hit]]] = (
        (SHELL_ONLY_STEP, steps),
        (MERGED_BY_HAND, list(_merges(call for part in parts for call in (*part.here, *part.there)))),
        (ENV_FILE_BY_HAND, [hit for part in parts for hit in _copied(part.here)]),
        (EXPOSED_PRIVATE_KEY, [hit for part in parts for hit in _made_there(part)]),
    )
    return [first(rule, path, hits) for rule, hits in every if hits]


def first(rule: Rule, path: str, hits: Sequence[_Hit]) -> Finding:
    """Return a finding at the first of some places, which says how many there are."""
    (line, what), *others = hits
    return warned(rule, path, line, what, f"in {len(hits)} places" if others else "")


def _of_nox(calls: Sequence[Call]) -> Iterator[_Hit]:
    """Yield the programs of a POSIX system that sessions run."""
    return ((call.line, call.name) for call in calls if call.name in _SHELL)


def _typed(calls: Sequence[Call]) -> Iterator[_Hit]:
    """Yield the commands that are told to run in development, with the environment's name set for them alone."""
    for call in calls:
        for name, value in (match.groups() for word in call.assigned if (match := _NAMES_ENVIRONMENT.match(word))):
            if stage_of(value) in THROWAWAY:
                yield call.line, name


def _merges(calls: Iterable[Call]) -> Iterator[_Hit]:
    """Yield a hotfix that is merged into the main branch and pushed, where nothing is merged into another branch."""
    on, merged = "", 0
    hits: list[_Hit] = []
    for call in calls:
        verb = script.git_verb(call) if call.name == "git" else ""
        names = [word for word in call.words[2:] if not word.startswith("-")]
        if verb in {"checkout", "switch"} and names:
            on, merged = names[0], 0
        elif verb == "merge" and any(_HOTFIX.match(name) or name in _MAIN for name in names):
            if on and on not in _MAIN:
                return
            merged = call.line if on else 0
        elif verb == "push" and merged and not _MAIN.isdisjoint(names):
            hits.append((merged, "git merge"))
            merged = 0
    yield from hits


def _copied(calls: Sequence[Call]) -> Iterator[_Hit]:
    """Yield the env files that are copied to a server, the contract under the name of one too."""
    for call in calls:
        remote = next(script.remotes([call]), None) if call.name in {"scp", "rsync"} else None
        *sources, target = script.operands(call.words[1:]) if remote else ("",)
        is_sent = remote is not None and target.partition(":")[0] == remote.host
        names = [posixpath.basename(word) for word in (*sources, target.partition(":")[2])]
        if is_sent and any(environment_of(name) is not None for name in names):
            yield call.line, call.name


def _made_there(part: Part) -> Iterator[_Hit]:
    """Yield a key pair that is made on the machine which it opens, and the private half shown there."""
    for calls, is_server in ((part.there, True), (part.here, False)):
        made = next((call for call in calls if call.name == "ssh-keygen" and call.has("-t")), None)
        opens = any("authorized_keys" in word for call in calls for word in call.words)
        shown = any(call.name == "cat" and not call.has(">", ">>") and _shows_key(call) for call in calls)
        if made and ((opens and shown) or (is_server and (opens or shown))):
            yield made.line, "ssh-keygen"


def _shows_key(call: Call) -> bool:
    return call.after != "|" and len(call.words) > 1 and bool(_KEY.search(call.words[-1]))
