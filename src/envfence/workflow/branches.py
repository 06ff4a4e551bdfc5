"""Branches that people push to: whether a workflow runs for each."""

from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatchcase

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.stack.tree import Node
from envfence.workflow.jobs import jobs_of
from envfence.workflow.rules import UNSERVED_BRANCH

_COLLECTS = ("develop", "development", "dev")  # what the next release is made of
_EVENTS = ("push", "pull_request", "pull_request_target", "merge_group")


def findings(workflows: Sequence[Node], branches: Collection[str]) -> Iterator[Finding]:
    """Yield the ``branches`` that collect what is released next and that no workflow serves, where some deploys."""
    deploying = next((tree for tree in workflows if any(job.deploys for job in jobs_of(tree))), None)
    for branch in _COLLECTS if deploying else ():
        if deploying and branch in branches and not any(_serves(tree, branch) for tree in workflows):
            yield found(UNSERVED_BRANCH, deploying.path, deploying.at("on").line, branch)


def _serves(tree: Node, branch: str) -> bool:
    """Tell whether a push to a branch, or a pull request into it, starts a workflow."""
    triggers = tree.at("on")
    named = {item.text for item in triggers.items} | triggers.mapping.keys()
    return any(event in named and _takes(triggers.at(event), branch) for event in _EVENTS)


def _takes(event: Node, branch: str) -> bool:
    if wanted := event.at("branches").items:
        return _is_among(branch, wanted)
    if left_out := event.at("branches-ignore").items:
        return not _is_among(branch, left_out)
    return not event.at("tags").items


def _is_among(branch: str, patterns: Sequence[Node]) -> bool:
    """Tell whether a pattern matches; what begins with `!` takes out what those before it have matched."""
    is_in = False
    for pattern in (one.text for one in patterns):
        if fnmatchcase(branch, pattern.removeprefix("!")):
            is_in = not pattern.startswith("!")
    return is_in
