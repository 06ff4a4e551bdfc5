"""Whom a workflow that deploys trusts: actions whose code may change, and a token that may do too much.

zizmor asks this of every workflow, and more. Here it is asked where it costs most: beside a deployment's secrets.
"""

import re
from collections.abc import Iterator, Sequence

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.stack.tree import Node
from envfence.workflow import script
from envfence.workflow.jobs import Job, Step
from envfence.workflow.rules import BROAD_TOKEN, PERSISTED_CREDENTIALS, UNPINNED_ACTION

_PINNED = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?$", re.IGNORECASE)
_HERE = ("./", "../", "docker://")
_OF_GITHUB = ("actions/", "github/")
# The first major versions that are not for Node 16 or older: runners refuse some of those, and warn of the rest.
_CURRENT = {
    "actions/cache": 4, "actions/checkout": 4, "actions/download-artifact": 4, "actions/github-script": 7,
    "actions/setup-dotnet": 4, "actions/setup-go": 5, "actions/setup-java": 4, "actions/setup-node": 4,
    "actions/setup-python": 5, "actions/upload-artifact": 4,
}  # fmt: skip
_MAJOR = re.compile(r"v(\d+)(?:\.|$)")
# Repositories that are read-only: nobody mends them any more.
_ARCHIVED = ("8398a7/action-slack", "actions/create-release", "actions/upload-release-asset", "actions-rs/")
_COMMITS = ("git-auto-commit-action", "github-push-action", "create-pull-request", "actions-gh-pages")


def findings(tree: Node, jobs: Sequence[Job]) -> Iterator[Finding]:
    """Yield whom a workflow trusts without need, if it deploys."""
    if any(job.deploys for job in jobs):
        yield from _unpinned(tree, jobs)
        yield from _broad(tree, jobs)
        yield from _persisted(tree, jobs)


def _unpinned(tree: Node, jobs: Sequence[Job]) -> Iterator[Finding]:
    """Yield each action by its first use; those of GitHub, which runs the machine, count as one."""
    told: set[str] = set()
    uses = (node for job in jobs for node in (job.node.at("uses"), *(step.node.at("uses") for step in job.steps)))
    for node in uses:
        name, _, ref = node.text.partition("@")
        detail = _ended(name, ref)
        whose = "actions" if name.startswith(_OF_GITHUB) and not detail else name
        if ref and not name.startswith(_HERE) and not _PINNED.match(ref) and whose not in told:
            told.add(whose)
            yield found(UNPINNED_ACTION, tree.path, node.line, name, detail)._replace(anchor=whose)


def _ended(name: str, ref: str) -> str:
    """Return why nobody mends an action any more at this version, "" if somebody does."""
    if name.startswith(_ARCHIVED):
        return "its repository is archived"
    major = _MAJOR.match(ref)
    return (
        "that version is for Node 16 or older, which has ended"
        if major and int(major[1]) < _CURRENT.get(name, 0)
        else ""
    )


def _broad(tree: Node, jobs: Sequence[Job]) -> Iterator[Finding]:
    """Yield a token that may do all, or write for every job, and one that may do what the repository's settings say."""
    given = [(name, node.at("permissions")) for name, node in (("", tree), *((job.name, job.node) for job in jobs))]
    for name, permissions in given:
        if permissions.text == "write-all":
            yield found(BROAD_TOKEN, tree.path, permissions.line, name)
    writes = [node for node in tree.at("permissions").mapping.values() if node.text == "write"]
    if writes and len(jobs) > 1:
        yield found(
            BROAD_TOKEN, tree.path, writes[0].line, "permissions", "every job may write, which one of them needs"
        )
    if not _is_said(tree) and not _is_only_called(tree):
        left = next((job for job in jobs if not _is_said(job.node)), None)
        if left:
            yield found(BROAD_TOKEN, tree.path, left.node.line, left.name, "nothing says what it may do")


def _is_said(node: Node) -> bool:
    return "permissions" in node.mapping


def _is_only_called(tree: Node) -> bool:
    triggers = tree.at("on")  # the workflow that calls gives the token
    return {item.text for item in triggers.items} | triggers.mapping.keys() == {"workflow_call"}


def _persisted(tree: Node, jobs: Sequence[Job]) -> Iterator[Finding]:
    """Yield the first checkout that leaves its token on disk, and how many there are; a job may push with it."""
    every = [(job, step) for job in jobs if not any(map(_pushes, job.steps)) for step in job.steps if _keeps(step)]
    for job, step in every[:1]:
        detail = f"in {len(every)} steps" if len(every) > 1 else ""
        yield found(PERSISTED_CREDENTIALS, tree.path, step.line, job.name, detail)


def _keeps(step: Step) -> bool:
    """Tell whether a checkout keeps the token only because nobody has said what it shall do."""
    return step.uses == "actions/checkout" and not step.node.at("with", "persist-credentials").text


def _pushes(step: Step) -> bool:
    uses_git = any(call.name == "git" and script.git_verb(call) == "push" for call in step.calls)
    return uses_git or any(name in step.uses for name in _COMMITS)
