"""When a deployment runs: the keys that its job, or the trigger of its workflow, lacks."""

import posixpath
import re
from collections.abc import Sequence

from envfence.contract.stages import PRODUCTION, TEST, stage_of, stages_said
from envfence.finding import Finding
from envfence.rewrite import Edit
from envfence.rewrite.repairs.workflow import LAYOUT, Workflow
from envfence.workflow.jobs import Job
from envfence.workflow.rules import (
    ANY_PUSH_DEPLOYS,
    CANCELLED_DEPLOYMENT,
    NO_CONCURRENCY,
    NO_ENVIRONMENT,
    NO_MANUAL_RUN,
    NO_ROLLBACK,
    NO_TIMEOUT,
)

_NAMELESS = "nothing says which environment it deploys"
_DOCUMENTS = "documents may be what it publishes"
_MINUTES = 30
_TRUE = re.compile(r"(?<=cancel-in-progress:)([ \t]*[\"']?)true\b", re.IGNORECASE)
_PUBLISHES = re.compile(r"\b(?:docs?|mkdocs|sphinx|jekyll|hugo|docusaurus|(?:gh|github|deploy)-pages)\b", re.IGNORECASE)
_ON = re.compile(r"^([\"']?on[\"']?:[ \t]*)(.*?)([ \t]*(?:#.*)?)$")


def environment_of(workflow: Workflow, job: Job) -> str:
    """Return the environment that a job deploys, "" if nothing says it."""
    title = f"{workflow.path.rpartition('/')[2]} {workflow.tree.at('name').text}"
    for said in (f"{job.name} {job.node.at('name').text}", title):
        stages = stages_said(said) - {TEST}
        if len(stages) == 1:
            return _called(workflow, stages.pop())
    branches = {item.text for item in workflow.tree.at("on", "push", "branches").items}
    return _called(workflow, PRODUCTION) if branches and branches <= {"main", "master"} else ""


def _called(workflow: Workflow, stage: str) -> str:
    """Return what the repository calls an environment."""
    return next((name for name in workflow.around.environments if stage_of(name) == stage), stage)


def _in_job(workflow: Workflow, job: Job, new: Sequence[str]) -> list[Edit] | str:
    """Return the edit that gives a job more keys, below what it runs on."""
    runs_on, steps = job.node.at("runs-on"), job.node.at("steps")
    if job.node.line in {runs_on.line, steps.line}:
        return LAYOUT
    place = workflow.below(runs_on.line, _keys(workflow, runs_on.line, new)) if runs_on.text else None
    return [place or workflow.above(steps.line, _keys(workflow, steps.line, new))]


def _keys(workflow: Workflow, number: int, new: Sequence[str]) -> list[str]:
    return [f"{workflow.margin(number)}{line}" for line in new]


def _concurrency(workflow: Workflow, finding: Finding) -> list[Edit] | str:
    job = workflow.job(finding)
    name = environment_of(workflow, job) or posixpath.splitext(posixpath.basename(workflow.path))[0]
    several = sum(one.deploys for one in workflow.jobs) > 1
    group = f"{job.name}-{name}" if several and name not in job.name else job.name if several else f"deploy-{name}"
    if job.node.at("strategy").mapping:
        group += "-${{ strategy.job-index }}"  # else they would push each other out of the queue
    return _in_job(workflow, job, ["concurrency:", f"  group: {group}", "  cancel-in-progress: false"])


def _environment(workflow: Workflow, finding: Finding) -> list[Edit] | str:
    job = workflow.job(finding)
    name = environment_of(workflow, job)
    return _in_job(workflow, job, [f"environment: {name}"]) if name else _NAMELESS


def _timeout(workflow: Workflow, finding: Finding) -> list[Edit] | str:
    return _in_job(workflow, workflow.job(finding), [f"timeout-minutes: {_MINUTES}"])


def _not_cancelled(workflow: Workflow, finding: Finding) -> list[Edit] | str:
    return workflow.swapped(finding.line, _TRUE, r"\1false") or LAYOUT


def _by_hand(workflow: Workflow, _: Finding) -> list[Edit] | str:
    on = workflow.tree.at("on")
    match = _ON.match(workflow.line(on.line))
    if match and match[2].startswith("["):
        end = match.end(2) - 1
        is_closed = match[2].endswith("]")
        return [workflow.at(on.line, end, end, ", workflow_dispatch")] if is_closed else LAYOUT
    if match and re.fullmatch(r"\w+", match[2]):
        return [workflow.at(on.line, *match.span(2), f"[{match[2]}, workflow_dispatch]")]
    if isinstance(on.value, list):
        first = on.items[0].line
        return [workflow.above(first, [f"{workflow.margin(first)}- workflow_dispatch"])]
    return workflow.extended(on, ["workflow_dispatch:"]) or LAYOUT


def _no_documents(workflow: Workflow, _: Finding) -> list[Edit] | str:
    if _PUBLISHES.search(workflow.text):
        return _DOCUMENTS
    push = workflow.tree.at("on", "push")
    said = ['paths-ignore: ["**.md", "docs/**"]']
    if push.mapping:
        return workflow.extended(push, said) or LAYOUT
    if push.value is None and re.fullmatch(r"\s*push:\s*", workflow.line(push.line)):
        return [workflow.below(push.line, [f"{workflow.margin(push.line)}  {said[0]}"])]
    return LAYOUT


REPAIRS = {
    CANCELLED_DEPLOYMENT.id: _not_cancelled,
    NO_CONCURRENCY.id: _concurrency,
    NO_ENVIRONMENT.id: _environment,
    NO_TIMEOUT.id: _timeout,
    NO_MANUAL_RUN.id: _by_hand,
    ANY_PUSH_DEPLOYS.id: _no_documents,
}
PEOPLES = {NO_ROLLBACK.id: "what ran before is not written down: `envfence rollout` puts servers back by itself"}
