"""Env files that a workflow sends to servers: whether several get the same one."""

import posixpath
import re
from collections.abc import Iterator, Sequence

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.workflow import script
from envfence.workflow.jobs import Job
from envfence.workflow.rules import SHARED_ENV_FILE

_ENV_FILE = re.compile(r"\.env(?:\.(?!example|sample|template|dist)[\w-]+)?$")
_SECRET = re.compile(r"secrets\.(\w*(?:ENV_FILE|DOTENV|ENVFILE)\w*)")


def findings(path: str, jobs: Sequence[Job]) -> Iterator[Finding]:
    """Yield the place where an env file is sent to a second server."""
    hosts: dict[str, set[str]] = {}
    for job in jobs:
        for name, host, line, is_repeated in _sent(job):
            known = hosts.setdefault(name, set())
            is_second = is_repeated or bool(known - {host})
            if is_second and len(known) < 2:
                yield found(SHARED_ENV_FILE, path, line, job.name)
            known.update((host, f"{host} again") if is_repeated else (host,))


def _sent(job: Job) -> Iterator[tuple[str, str, int, bool]]:
    """Yield each env file, or secret that holds one, with the server, the line, and whether it is sent in a loop."""
    for step in job.steps:
        for call in step.calls:
            remote = next(script.remotes([call]), None)
            words = script.operands(call.words[1:]) if remote and not remote.script else ()
            for name in {posixpath.basename(word) for word in words if ":" not in word}:
                if remote and _ENV_FILE.match(name):
                    yield name, remote.host, call.line, call.repeated and "$" in remote.host
        for remote in step.remotes:
            for name in set(_SECRET.findall(remote.script)):
                yield name, remote.host, remote.line, False
