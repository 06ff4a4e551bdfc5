"""Jobs that run tests of a program which does not start without settings, and that give it none."""

import re
from collections.abc import Collection, Iterator

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.stack.tree import Node
from envfence.workflow.jobs import Job, Step, jobs_of
from envfence.workflow.reader import read
from envfence.workflow.rules import TESTS_WITHOUT_SETTINGS
from envfence.workflow.script import Call

_WORD = re.compile(r"\w+")
_RUNNERS = frozenset("uv poetry pdm hatch rye pipenv run coverage python python3 -m".split())
# Whatever may bring values: files, containers, another program.
_MAY_GIVE = re.compile(r"\.env\b|GITHUB_ENV|compose|docker (?:run|exec)|dotenv|doppler|vault|\bsops\b|op run")


def findings(path: str, text: str, needed: Collection[str]) -> Iterator[Finding]:
    """Yield the jobs that run pytest without all of the keys that are ``needed``."""
    if "pytest" not in text:
        return
    tree = read(path, text)
    for job in jobs_of(tree):
        tests = ((step, call) for step in job.steps for call in step.calls if is_pytest(call))
        step, call = next(tests, (None, None))
        if step is None or call is None or may_be_given(job):
            continue
        given = _given(tree, job, step)
        missing = [key for key in needed if key not in given]
        if missing:
            detail = f"{len(missing)} keys, {min(missing)} among them" if len(missing) > 1 else min(missing)
            yield found(TESTS_WITHOUT_SETTINGS, path, call.line, job.name, detail)


def _given(tree: Node, job: Job, step: Step) -> set[str]:
    """Return the words, in capitals, that may be keys which a step has: of its `env`, of what the job's steps run."""
    keys = (key for scope in (tree, job.node, step.node) for key in scope.at("env").mapping)
    said = " ".join((*keys, *(one.node.at("run").text for one in job.steps)))
    return set(_WORD.findall(said.upper()))


def is_pytest(call: Call) -> bool:
    """Tell whether a command runs tests of Python."""
    words = [word for word in call.words if word not in _RUNNERS]
    return words[:1] == ["pytest"]


def may_be_given(job: Job) -> bool:
    """Tell whether something in a job may bring values that nobody sees here."""
    is_inside = bool(job.node.at("container").mapping)
    return is_inside or bool(_MAY_GIVE.search(job.text)) or any(step.uses.startswith("./") for step in job.steps)
