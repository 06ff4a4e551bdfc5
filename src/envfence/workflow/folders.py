"""Folders that a job goes into: whether the repository has them."""

import posixpath
import re
from collections.abc import Callable, Iterator

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.workflow.jobs import Job, Step
from envfence.workflow.rules import MISSING_FOLDER

_CHECKOUT = "actions/checkout"
_PLAIN = re.compile(r"[\w.][\w.-]*(?:/[\w.-]+)*/?$")
# Below these a job may go into what it has made before: whoever makes a folder names it, or says so by what it is.
_MADE = re.compile(r"(?:build|dist|out|target|tmp|temp|artifacts?|public|site|node_modules|_\w+|\..*)$", re.IGNORECASE)


def findings(job: Job, has_folder: Callable[[str], bool]) -> Iterator[Finding]:
    """Yield the steps that go into a folder which the repository does not have and nothing before them names."""
    if not any(step.uses == _CHECKOUT for step in job.steps) or any(_brings_more(step) for step in job.steps):
        return
    named = ""
    for step in job.steps:
        for folder, line in _entered(step, job):
            first = folder.partition("/")[0]
            if not has_folder(folder) and not _MADE.match(first) and first not in named:
                yield found(MISSING_FOLDER, job.node.path, line, job.name)
                return
        named += "\n".join(scalar.text for scalar in step.node.scalars())


def _brings_more(step: Step) -> bool:
    """Tell whether a step puts files elsewhere than a plain checkout does, or makes what is not known here."""
    if step.uses == _CHECKOUT:
        given = step.node.at("with")
        return any(given.at(name).value is not None for name in ("path", "repository", "submodules"))
    return bool(step.uses) and not step.uses.startswith(("actions/setup-", "actions/cache", "docker/"))


def _entered(step: Step, job: Job) -> Iterator[tuple[str, int]]:
    """Yield the folders below the checkout that a step goes into first, with their lines."""
    inside = step.node.at("working-directory")
    default = job.node.at("defaults", "run", "working-directory")
    start = inside.text or default.text
    if inside.text and _PLAIN.match(inside.text):
        yield posixpath.normpath(inside.text), inside.line
    first = step.calls[0] if step.calls and not start else None
    if first and first.name == "cd" and len(first.words) == 2 and _PLAIN.match(first.words[1]):
        yield posixpath.normpath(first.words[1]), first.line
