"""Scripts of a package.json that only a POSIX shell runs: npm gives them to cmd on Windows."""

import re
from collections.abc import Iterator

from envfence.finding import Finding
from envfence.workflow import by_hand, script
from envfence.workflow.rules import SHELL_ONLY_STEP

# yarn from 2 on and bun bring a shell of their own.
_OTHER = re.compile(r'"packageManager"\s*:\s*"(?:yarn@[2-9]|bun@)|"os"\s*:\s*\[(?![^\]]*"win32")')
_SCRIPTS = re.compile(r'"scripts"\s*:\s*\{((?:[^"{}]|"(?:[^"\\]|\\.)*")*)\}')
_SCRIPT = re.compile(r'"([^"]+)"\s*:\s*"((?:[^"\\]|\\.)*)"')
_ELSEWHERE = re.compile(r"prod|deploy|release|publish|docker|heroku|vercel|\bci\b|^start$|^(?:pre|post)start$")
_BUILT_IN = frozenset({"export", "source", "."})


def findings(path: str, text: str) -> list[Finding]:
    """Return the first script for developers that sets variables as a POSIX shell does, and how many there are."""
    block = _SCRIPTS.search(text)
    hits = list(_steps(text, block.start(1), block.end(1))) if block and not _OTHER.search(text) else []
    return [by_hand.first(SHELL_ONLY_STEP, path, hits)] if hits else []


def _steps(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    for one in _SCRIPT.finditer(text, start, end):
        calls = script.calls(one[2].replace('\\"', '"'), 1)
        if not _ELSEWHERE.search(one[1]) and any(call.assigned or call.name in _BUILT_IN for call in calls):
            yield text.count("\n", 0, one.start()) + 1, one[1]
