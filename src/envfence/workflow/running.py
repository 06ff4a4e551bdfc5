"""When a deployment runs: one at a time, approved, by hand too, and with a deadline."""

from collections.abc import Iterator, Sequence

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.stack.tree import Node
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

_BY_HAND = frozenset({"workflow_dispatch", "workflow_call", "repository_dispatch", "release", "workflow_run"})
_FILTERS = ("paths-filter", "changed-files", "path-filter")


def findings(tree: Node, jobs: Sequence[Job]) -> Iterator[Finding]:
    """Yield what is wrong with how the deployments of a workflow run."""
    deployments = [job for job in jobs if job.deploys]
    if not deployments:
        return
    triggers = tree.at("on")
    events = {item.text for item in triggers.items} | triggers.mapping.keys()
    for job in deployments:
        yield from _of_job(job, tree, is_called=events == {"workflow_call"})
    push = triggers.at("push")
    if "push" in events and not (push.at("tags").items and not push.at("branches").items):
        if not events & _BY_HAND:
            yield found(NO_MANUAL_RUN, tree.path, triggers.line, "on")
        if not _is_filtered(push, jobs) and not all(job.by_session for job in deployments):
            yield found(ANY_PUSH_DEPLOYS, tree.path, push.line if triggers.mapping else triggers.line, "on.push")
    yield from _not_put_back(tree, jobs)


def _of_job(job: Job, tree: Node, *, is_called: bool) -> Iterator[Finding]:
    path, line = tree.path, job.node.line
    groups = {name: node.at("concurrency") for name, node in ((job.name, job.node), ("concurrency", tree))}
    if not is_called and all(group.value is None for group in groups.values()):
        yield found(NO_CONCURRENCY, path, line, job.name)
    for name, group in groups.items():
        if group.at("cancel-in-progress").text == "true":
            yield found(CANCELLED_DEPLOYMENT, path, group.at("cancel-in-progress").line, name)
    if job.node.at("environment").value is None:
        yield found(NO_ENVIRONMENT, path, line, job.name)
    has_deadline = job.node.at("timeout-minutes").value is not None
    if not has_deadline and not all(step.node.at("timeout-minutes").text for step in job.steps):
        yield found(NO_TIMEOUT, path, line, job.name)


def _is_filtered(push: Node, jobs: Sequence[Job]) -> bool:
    if push.at("paths").items or push.at("paths-ignore").items:
        return True
    return any(name in step.uses for job in jobs for step in job.steps for name in _FILTERS)


def _not_put_back(tree: Node, jobs: Sequence[Job]) -> Iterator[Finding]:
    if any("failure()" in scalar.text or "rollback" in scalar.text.lower() for scalar in tree.scalars()):
        return
    for job in jobs:
        hosts = list(dict.fromkeys(remote.host for remote in job.remotes if remote.script))
        if len(hosts) > 1 and not job.by_session:
            line = next(remote.line for remote in job.remotes if remote.host == hosts[1])
            yield found(NO_ROLLBACK, tree.path, line, job.name)
