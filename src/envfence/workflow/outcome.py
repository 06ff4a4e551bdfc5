"""How a deployment tells whether it worked: checks of health, and messages."""

import re
from collections.abc import Iterator, Sequence

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.stack.tree import Node
from envfence.workflow.jobs import Job, Step
from envfence.workflow.rules import FAILING_NOTIFICATION, SUCCESS_ALWAYS, WEAK_HEALTH_CHECK
from envfence.workflow.script import Call

_HEALTH = re.compile(
    r"https?://\S*/[\w/-]*(?:health|ready|live|ping|status|up)[\w-]*(?:[/?]\S*)?$|://[^/\s]+/?$", re.IGNORECASE
)
_CHECK = ("health", "ready", "smoke", "verify", "alive", "헬스", "확인")
_FAILS = re.compile(r"--fail|-[a-zA-Z]*f[a-zA-Z]*$")
_ENDS = re.compile(r"--max-time|--connect-timeout|--retry-max-time|-[a-zA-Z]*m\d*$")
_ALWAYS = re.compile(r"\balways\(\)|!\s*cancelled\(\)")
_SUCCESS = re.compile(
    r"\b(?:completed?|succe(?:ss|ssful|ssfully|eded)|deployed|finished|done|live)\b|완료|성공", re.IGNORECASE
)
_RESULT = ("job.status", ".result", ".outcome", ".conclusion", "success()", "failure()", "STATUS", "RESULT", "OUTCOME")
_MESSENGER = (
    "slack", "discord", "telegram", "teams", "mattermost", "google-chat", "notify", "notification", "webhook",
)  # fmt: skip
_HOOK = ("webhook", "api.telegram.org", "slack", "discord")
_NO_MESSAGE = frozenset({"status", "if", "uses", "webhook_url", "webhook-url", "fields", "if_mention", "author_name"})


def findings(jobs: Sequence[Job]) -> Iterator[Finding]:
    """Yield what is wrong with how the deployments among ``jobs`` tell of their outcome."""
    deployments = {job.name for job in jobs if job.deploys}
    for job in jobs:
        if job.name in deployments or deployments.intersection(job.needs):
            yield from _checks(job)
        for step in job.steps:
            if _sends(step):
                yield from _message(step, job, in_deployment=job.name in deployments)


def _checks(job: Job) -> Iterator[Finding]:
    for step in job.steps:
        has_deadline = bool(job.node.at("timeout-minutes").text or step.node.at("timeout-minutes").text)
        yield from _weak(step.calls, job, _has(step.name, _CHECK), has_deadline=has_deadline)
    for _, calls in job.remote_calls():
        yield from _weak(calls, job, named=False, has_deadline=bool(job.node.at("timeout-minutes").text))


def _weak(calls: Sequence[Call], job: Job, named: bool, *, has_deadline: bool) -> Iterator[Finding]:
    slept = False
    for call in calls:
        slept = slept or call.name == "sleep"
        if call.name == "curl" and not call.repeated and _is_check(call, named=named):
            faults = [*_faults(call, slept=slept, has_deadline=has_deadline)]
            if faults:
                yield found(WEAK_HEALTH_CHECK, job.node.path, call.line, job.name, "; ".join(faults))


def _is_check(call: Call, *, named: bool) -> bool:
    plain = not call.has("-o", "-O", "-X", "-d", "--data", "--request", "-T") and call.after != "|"
    if not named and any(word.startswith(("-w", "--write-out")) for word in call.words):
        return False
    urls = [word for word in call.words[1:] if "://" in word or word.startswith(("localhost", "$"))]
    return plain and any(_HEALTH.search(url) and (named or _has(url, _CHECK)) for url in urls)


def _faults(call: Call, *, slept: bool, has_deadline: bool) -> Iterator[str]:
    options = [word for word in call.words[1:] if word.startswith("-")]
    retries = any(word.startswith("--retry") for word in options)
    if slept and not retries:
        yield "it asks once, after a fixed pause"
    if not any(_FAILS.match(word) for word in options):
        yield "without --fail an error page passes"
    if not has_deadline and not retries and not any(_ENDS.match(word) for word in options):
        yield "without --max-time it may hang"


def _has(text: str, words: Sequence[str]) -> bool:
    low = text.lower()
    return any(word in low for word in words)


def _says_result(text: str) -> bool:
    return any(word in text for word in _RESULT)


def _sends(step: Step) -> bool:
    if step.uses:
        return _has(step.uses, _MESSENGER)
    return any(call.name in {"curl", "wget"} and _has(" ".join(call.words), _HOOK) for call in step.calls)


def _message(step: Step, job: Job, *, in_deployment: bool) -> Iterator[Finding]:
    if _ALWAYS.search(step.condition) and not _says_result(step.condition):
        for text in _texts(step):
            if _SUCCESS.search(text.text) and not _says_result(text.text):
                yield found(SUCCESS_ALWAYS, job.node.path, text.line, job.name)
                break
    is_checked = step.node.at("continue-on-error").value is not None or any(call.after == "||" for call in step.calls)
    if in_deployment and not is_checked:
        yield found(FAILING_NOTIFICATION, job.node.path, step.line, job.name)


def _texts(step: Step) -> Iterator[Node]:
    """Yield the texts of a message: of a script the script, else what the action is given."""
    if step.calls:
        told = "\n".join(scalar.text for scalar in step.node.scalars())
        yield step.node.at("run").holding(told)
        return
    for block in ("with", "env"):
        for name, value in step.node.at(block).mapping.items():
            if name.lower() not in _NO_MESSAGE:
                yield value
