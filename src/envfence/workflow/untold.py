"""Jobs that run tests of a program which does not start without settings, and that give it none."""

import re
from collections.abc import Collection, Iterator

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.workflow.jobs import Job, jobs_of
from envfence.workflow.reader import read
from envfence.workflow.rules import TESTS_WITHOUT_SETTINGS
from envfence.workflow.script import Call

_RUNNERS = frozenset("uv poetry pdm hatch rye pipenv run coverage python python3 -m".split())
# Whatever may bring values: files, containers, another program.
_MAY_GIVE = re.compile(r"\.env\b|GITHUB_ENV|compose|docker (?:run|exec)|dotenv|doppler|vault|\bsops\b|op run")


def findings(path: str, text: str, needed: Collection[str]) -> Iterator[Finding]:
    """Yield the jobs that run pytest where nothing in the workflow names one of the keys that are ``needed``."""
    if "pytest" not in text or any(key in text.upper() for key in needed):
        return
    for job in jobs_of(read(path, text)):
        call = next((call for step in job.steps for call in step.calls if is_pytest(call)), None)
        if call and not may_be_given(job):
            detail = f"{len(needed)} keys, {min(needed)} among them" if len(needed) > 1 else min(needed)
            yield found(TESTS_WITHOUT_SETTINGS, path, call.line, job.name, detail)


def is_pytest(call: Call) -> bool:
    """Tell whether a command runs tests of Python."""
    words = [word for word in call.words if word not in _RUNNERS]
    return words[:1] == ["pytest"]


def may_be_given(job: Job) -> bool:
    """Tell whether something in a job may bring values that nobody sees here."""
    is_inside = bool(job.node.at("container").mapping)
    return is_inside or bool(_MAY_GIVE.search(job.text)) or any(step.uses.startswith("./") for step in job.steps)
