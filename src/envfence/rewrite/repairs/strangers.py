"""Hosts that are talked to without being known, or that cannot be reached: variables tell their keys and a runner."""

import re
from collections.abc import Sequence

from envfence.finding import Finding
from envfence.rewrite import Edit
from envfence.rewrite.repairs.workflow import LAYOUT, Workflow
from envfence.workflow.jobs import Job, Step
from envfence.workflow.rules import EXPOSED_PRIVATE_KEY, UNPINNED_HOST_KEYS, UNREACHABLE_HOST

VARIABLE, FINGERPRINT, RUNNER = "SSH_KNOWN_HOSTS", "SSH_HOST_FINGERPRINT", "DEPLOY_RUNNER"

_SEVERAL = "the hosts have keys of their own: give each its fingerprint"
_WRITES = re.compile(r">>?[ \t]*[\"']?[^\s\"']*known_hosts")
_SCAN = re.compile(r"\bssh-keyscan\b[^|;&\n>]*(?=>>?[ \t]*[\"']?[^\s\"']*known_hosts)")
_OFF = (
    (re.compile(r"(StrictHostKeyChecking[= \t\"']+)(?:no|off|false|accept-new)\b", re.IGNORECASE), r"\1yes"),
    (re.compile(r"(UserKnownHostsFile[= \t\"']+)/dev/null\b", re.IGNORECASE), r"\1~/.ssh/known_hosts"),
    (re.compile(r"(ANSIBLE_HOST_KEY_CHECKING[=: \t\"']+)false\b", re.IGNORECASE), r"\1true"),
)
_STEP = (
    "- name: Know the servers by their keys",
    "  run: |",
    "    install -d -m 700 ~/.ssh",
    f"    printf '%s\\n' \"${{{VARIABLE}:?}}\" >> ~/.ssh/known_hosts",
    "  env:",
    f"    {VARIABLE}: ${{{{ vars.{VARIABLE} }}}}",
)


def _known(workflow: Workflow, finding: Finding) -> Sequence[Edit] | str:
    """Pin the keys: instead of asking the host, of asking nobody, or of trusting whoever answers."""
    job, step = workflow.job(finding), workflow.step(finding)
    if step is None:
        return LAYOUT
    if step.uses:
        return _fingerprint(workflow, job, step)
    if scanned := workflow.swapped(finding.line, _SCAN, f"printf '%s\\\\n' \"${{{VARIABLE}:?}}\" "):
        is_given = VARIABLE in step.node.at("env").mapping
        given = [] if is_given else workflow.with_env(step, [_STEP[-1].strip()])
        return [*scanned, *given] if given or is_given else LAYOUT
    edits = [edit for pattern, new in _OFF for edit in workflow.swapped(finding.line, pattern, new)]
    return [*edits, *_step_before(workflow, job, step)] or LAYOUT


def _step_before(workflow: Workflow, job: Job, step: Step) -> list[Edit]:
    """Return the edit that makes the hosts known ahead of a step, none if another step does."""
    if any(_WRITES.search(one.node.at("run").text) for one in job.steps):
        return []
    number = step.node.line
    if not workflow.line(number).lstrip(" ").startswith("- "):
        return []
    while workflow.line(number - 1).lstrip(" ").startswith("#"):
        number -= 1
    margin = workflow.margin(step.node.line)
    gap = [] if workflow.line(number - 1).strip() else [""]
    return [workflow.above(number, [*(f"{margin}{line}" for line in _STEP), *gap])]


def _fingerprint(workflow: Workflow, job: Job, step: Step) -> Sequence[Edit] | str:
    """Return the edit that gives an action the host's fingerprint."""
    given = [one.node.at("with", "host").text for one in job.steps if "fingerprint" not in one.node.at("with").mapping]
    hosts = {host for host in given if host}
    host = step.node.at("with", "host").text
    if len(hosts) > 1 or "," in host:
        return _SEVERAL
    return workflow.extended(step.node.at("with"), [f"fingerprint: ${{{{ vars.{FINGERPRINT} }}}}"]) or LAYOUT


def _near(workflow: Workflow, finding: Finding) -> Sequence[Edit] | str:
    """Let a variable name the runner in the network of the servers; without it all is as it was."""
    runs_on = workflow.job(finding).node.at("runs-on")
    label = re.compile(rf"(?<=runs-on:)([ \t]+)[\"']?{re.escape(runs_on.text)}[\"']?(?=[ \t]*(?:#|$))")
    return workflow.swapped(runs_on.line, label, rf"\1${{{{ vars.{RUNNER} || '{runs_on.text}' }}}}") or LAYOUT


def to_register(texts: Sequence[str]) -> list[str]:
    """Return what to tell of mended workflows: the variables that they read for it."""
    asked = (
        (VARIABLE, "lines of known_hosts, compared with the keys on the servers"),
        (RUNNER, "the label of a runner in the network of the servers"),
        (FINGERPRINT, "what `ssh-keygen -l -f /etc/ssh/ssh_host_ed25519_key.pub` says on the server"),
    )
    return [
        f"register with GitHub: gh variable set {name} ({what})"
        for name, what in asked
        if any(f"vars.{name} " in text for text in texts)
    ]


# A runner of one's own may know the hosts, so what GitHub's machines do not know is looked for before.
REPAIRS = {UNPINNED_HOST_KEYS.id: _known, UNREACHABLE_HOST.id: _near}
PEOPLES = {EXPOSED_PRIVATE_KEY.id: "the key has been seen: make another one, off the server"}
