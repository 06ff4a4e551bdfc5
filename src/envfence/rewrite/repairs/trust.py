"""Whom a workflow trusts: a token that may only read, and that no checkout leaves on disk."""

import re
from collections.abc import Sequence

from envfence.finding import Finding
from envfence.rewrite import Edit
from envfence.rewrite.repairs.workflow import LAYOUT, Workflow
from envfence.workflow import script
from envfence.workflow.jobs import Step
from envfence.workflow.rules import BROAD_TOKEN, PERSISTED_CREDENTIALS, UNPINNED_ACTION

_MAY_NEED = "whether one of its actions needs more than to read is not known"
_USES_GIT = "a later step asks git for more"
_TOKEN = re.compile(r"GITHUB_TOKEN|github\.token|\bgh\s+\w")
# Actions that take no token, or read the repository with it.
_READS = (
    "actions/checkout", "actions/setup-", "actions/cache", "actions/upload-artifact", "actions/download-artifact",
    "webfactory/ssh-agent", "shimataro/ssh-key-action", "appleboy/", "burnett01/rsync-deployments", "docker/setup-",
    "easingthemes/ssh-deploy", "docker/login-action", "docker/build-push-action", "astral-sh/setup-uv",
    "8398a7/action-slack", "slackapi/slack-github-action", "rtcamp/action-slack-notify", "pnpm/action-setup",
)  # fmt: skip


def _only_reads(workflow: Workflow, finding: Finding) -> Sequence[Edit] | str:
    """Give the token no more than a checkout needs, where nothing else takes it."""
    steps = [step for job in workflow.jobs for step in job.steps]
    is_reading = all(not step.uses or step.uses.startswith(_READS) for step in steps)
    if not is_reading or any("uses" in job.node.mapping for job in workflow.jobs) or _TOKEN.search(workflow.text):
        return _MAY_NEED
    if "write-all" in workflow.line(finding.line):
        return workflow.swapped(finding.line, re.compile(r"\bwrite-all\b"), "{contents: read}") or LAYOUT
    jobs = workflow.tree.at("jobs")
    margin = workflow.margin(jobs.line)
    gap = [] if workflow.line(jobs.line - 1).strip() else [""]
    return [workflow.above(jobs.line, [f"{margin}permissions:", f"{margin}  contents: read", *gap])]


def _forgets(workflow: Workflow, _: Finding) -> Sequence[Edit] | str:
    """Let each checkout take its token along, unless a step of its job goes to the repository again."""
    edits: list[Edit] = []
    for job in workflow.jobs:
        if any(_asks_git(step) for step in job.steps):
            return _USES_GIT
        for step in job.steps:
            if step.uses == "actions/checkout" and "persist-credentials" not in step.node.at("with").mapping:
                made = _without_token(workflow, step)
                if not made:
                    return LAYOUT
                edits += made
    return edits or LAYOUT


def _asks_git(step: Step) -> bool:
    asked = {"push", "fetch", "pull", "submodule", "ls-remote", "clone", "lfs"}
    return any(call.name == "git" and script.git_verb(call) in asked for call in step.calls)


def _without_token(workflow: Workflow, step: Step) -> list[Edit]:
    given, uses = step.node.at("with"), step.node.at("uses")
    said = "persist-credentials: false"
    if given.value is not None:
        return workflow.extended(given, [said])
    margin = workflow.column(uses.line)
    return [workflow.below(uses.line, [f"{margin}with:", f"{margin}  {said}"])]


REPAIRS = {BROAD_TOKEN.id: _only_reads, PERSISTED_CREDENTIALS.id: _forgets}
PEOPLES = {UNPINNED_ACTION.id: "its commit is not known here: let the bot that updates actions pin it"}
