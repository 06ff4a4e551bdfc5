"""What people do themselves: steps that only a POSIX shell runs, and merges that no check has seen.

It reads what developers are told to run: documents, sessions of nox, scripts of npm.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from envfence.contract.rules import found
from envfence.contract.stages import THROWAWAY, stage_of
from envfence.finding import Finding
from envfence.migration.scripts import groups_of
from envfence.workflow import script
from envfence.workflow.rules import MERGED_BY_HAND, SHELL_ONLY_STEP
from envfence.workflow.script import Call

_SESSIONS, _SCRIPTS = "noxfile.py", "package.json"
_SHELL = frozenset("bash sh zsh sed awk grep find cp mv rm ln cat touch chmod chown xargs which kill".split())
_BUILT_IN = frozenset({"export", "source", "."})
_KNOWS_WINDOWS = re.compile(
    r"sys\.platform|os\.name|platform\.system|shutil\.which|\bwin32\b|\bwindows\b", re.IGNORECASE
)
_OTHER_SHELL = re.compile(r"powershell|\$env:|\bwsl ?2?\b|git bash|cmd\.exe|^\s*set \w+=", re.IGNORECASE | re.MULTILINE)
# yarn from 2 on and bun bring a shell of their own.
_OWN_SHELL = re.compile(r'"packageManager"\s*:\s*"(?:yarn@[2-9]|bun@)|"os"\s*:\s*\[(?![^\]]*"win32")')
_OF_NPM = re.compile(r'"scripts"\s*:\s*\{((?:[^"{}]|"(?:[^"\\]|\\.)*")*)\}')
_SCRIPT = re.compile(r'"([^"]+)"\s*:\s*"((?:[^"\\]|\\.)*)"')
_ELSEWHERE = re.compile(r"prod|deploy|release|publish|docker|heroku|vercel|\bci\b|^start$|^(?:pre|post)start$")
_NAMES_ENVIRONMENT = re.compile(r"((?:\w+_)?ENV(?:IRONMENT)?)=(\w+)$")
_MAIN = frozenset({"main", "master"})
_HOTFIX = re.compile(r"(?:\w+/)?hot-?fix", re.IGNORECASE)

_Hit = tuple[int, str]


def findings(path: str, text: str) -> list[Finding]:
    """Return the steps of a document, of sessions or of a package.json that are no good, at most one of a kind."""
    if path.endswith(_SCRIPTS):
        hits, merges = list(_of_npm(text)), []
    else:
        parts = [part for group in groups_of(path, text) for part in group]
        hits = [hit for part in parts for hit in (_of_nox if path.endswith(_SESSIONS) else _typed)(part.here)]
        merges = list(_merges(call for part in parts for call in (*part.here, *part.there)))
        if (_KNOWS_WINDOWS if path.endswith(_SESSIONS) else _OTHER_SHELL).search(text):
            hits = []
    more = f"in {len(hits)} places" if len(hits) > 1 else ""
    steps = [found(SHELL_ONLY_STEP, path, line, what, more) for line, what in hits[:1]]
    return [*steps, *(found(MERGED_BY_HAND, path, line, what) for line, what in merges[:1])]


def _of_nox(calls: Sequence[Call]) -> Iterator[_Hit]:
    """Yield the programs of a POSIX system that sessions run."""
    return ((call.line, call.name) for call in calls if call.name in _SHELL)


def _typed(calls: Sequence[Call]) -> Iterator[_Hit]:
    """Yield the commands that are told to run in development, with the environment's name set for them alone."""
    for call in calls:
        for name, value in (match.groups() for word in call.assigned if (match := _NAMES_ENVIRONMENT.match(word))):
            if stage_of(value) in THROWAWAY:
                yield call.line, name


def _of_npm(text: str) -> Iterator[_Hit]:
    """Yield the scripts for developers that set variables as a POSIX shell does; npm runs them with cmd on Windows."""
    block = _OF_NPM.search(text)
    if block is None or _OWN_SHELL.search(text):
        return
    for one in _SCRIPT.finditer(text, block.start(1), block.end(1)):
        calls = script.calls(one[2].replace('\\"', '"'), 1)
        if not _ELSEWHERE.search(one[1]) and any(call.assigned or call.name in _BUILT_IN for call in calls):
            yield text.count("\n", 0, one.start()) + 1, one[1]


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
    yield from hits
