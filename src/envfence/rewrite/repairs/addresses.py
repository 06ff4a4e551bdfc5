"""The servers that a workflow's commands spell out: they are hosts like others, and move as those do."""

import re
from collections.abc import Collection, Iterator

from envfence.detect.endpoints import HOST
from envfence.finding import Finding
from envfence.overlaps import once
from envfence.workflow.jobs import jobs_of
from envfence.workflow.reader import read
from envfence.workflow.rules import LITERAL_HOST

_ANCHOR = "ssh:0"  # the first argument of a command that goes there


def with_hosts(path: str, text: str, known: list[Finding]) -> list[Finding]:
    """Return findings with the hosts that commands go to, as values with their places, where one says that they do."""
    lines = {one.line for one in known if one.rule == LITERAL_HOST.id}
    return once(list(_hosts(path, text, lines)), known) if lines else known


def _hosts(path: str, text: str, lines: Collection[int]) -> Iterator[Finding]:
    said = text.split("\n")
    remotes = (one for job in jobs_of(read(path, text)) for step in job.steps if step.calls for one in step.remotes)
    for line, host in dict.fromkeys((one.line, one.host.rpartition("@")[2]) for one in remotes if one.line in lines):
        found = list(re.finditer(rf"(?<![\w.-]){re.escape(host)}(?![\w.-])", said[line - 1]))
        for match in found if len(found) == 1 else ():
            yield Finding(
                HOST.id, HOST.family, HOST.severity, path, line, match.start() + 1, line, match.end() + 1,
                HOST.message, HOST.advice, HOST.fixable, _ANCHOR,
            )  # fmt: skip
