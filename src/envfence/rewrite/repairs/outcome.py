"""How a deployment tells whether it worked: checks that ask until a deadline, and messages that say what happened."""

import re
from collections.abc import Sequence

from envfence.finding import Finding
from envfence.rewrite import Edit
from envfence.rewrite.repairs.workflow import LAYOUT, Workflow
from envfence.workflow.jobs import Job
from envfence.workflow.rules import FAILING_NOTIFICATION, SUCCESS_ALWAYS, WEAK_HEALTH_CHECK

_CURL = re.compile(r"\bcurl\b(?=[ \t])")
_FAILS = re.compile(r"\s(?:--fail\b|--fail-with-body\b|-[a-zA-Z]*f[a-zA-Z]*(?=\s))")
_ENDS = re.compile(r"\s(?:--max-time\b|-[a-zA-Z]*m\s*\d)")
_AGAIN = "--retry 20 --retry-all-errors --retry-max-time 120"
_SUCCESS = r"(?:completed?|succe(?:ss(?:ful(?:ly)?)?|eded)|deployed|finished|done|live)\b"
_TOLD = re.compile(rf"\b(?:(?:is|was|has been)[ ])?{_SUCCESS}(?:[ ]+{_SUCCESS})*|완료|성공", re.IGNORECASE)
_BEGINS = re.compile(r"[\"':]")  # a text, of JSON or of YAML
_ENDING = re.compile(r"[!.~]*(?=[ ]*[\"'}]|\s*(?:#.*)?$)")


def _asks_again(workflow: Workflow, finding: Finding) -> Sequence[Edit] | str:
    """Ask until a deadline, and take an error page for what it is."""
    line = workflow.line(finding.line)
    options = ["--fail"] if not _FAILS.search(line) else []
    options += ["--max-time 5"] if not _ENDS.search(line) else []
    options += [_AGAIN] if "--retry" not in line else []
    return workflow.swapped(finding.line, _CURL, f"curl {' '.join(options)}") or LAYOUT


def _says_result(workflow: Workflow, finding: Finding) -> Sequence[Edit] | str:
    """Say what happened where a message says that all went well."""
    job = workflow.job(finding)
    result = _result(workflow, job)
    step = workflow.step(finding)
    last = step.node.at("run").line + step.node.at("run").text.count("\n") + 1 if step and step.calls else finding.line
    for number in range(finding.line, min(last, len(workflow.lines)) + 1):
        line = workflow.line(number)
        told = _TOLD.search(line, _value_at(line) if number == finding.line else 0)
        if told:
            return [_said(workflow, number, told, result)]
    return LAYOUT


def _said(workflow: Workflow, number: int, told: re.Match[str], result: str) -> Edit:
    """Return the edit of the words that tell of success: `Deployment completed!` tells the result instead."""
    line = workflow.line(number)
    before = line[: told.start()].rstrip()
    ending = _ENDING.match(line, told.end())
    if ending is None or not _BEGINS.split(before)[-1].strip(" -{"):
        return workflow.at(number, *told.span(), f"deployment ({result})")
    is_quoted = line[_value_at(line) : _value_at(line) + 1] in {'"', "'"}  # a bare text holds no colon
    return workflow.at(number, len(before), ending.end(), f": {result}" if is_quoted else f" ({result})")


def _value_at(line: str) -> int:
    """Return where the value on a line begins."""
    match = re.match(r"\s*(?:-\s+)?[\w.-]+:\s", line)
    return match.end() if match else 0


def _result(workflow: Workflow, job: Job) -> str:
    """Return what tells how the deployment went: that of the job, or of those it waits for."""
    awaited = [name for name in job.needs for one in workflow.jobs if one.name == name and one.deploys]
    if job.deploys or not awaited:
        return "${{ job.status }}"
    return ", ".join(f"${{{{ needs.{name}.result }}}}" for name in awaited)


def _may_be_lost(workflow: Workflow, finding: Finding) -> Sequence[Edit] | str:
    """Let a deployment that worked be one, also where its message is lost."""
    step = workflow.step(finding)
    if step is None or step.node.line > finding.line:
        return LAYOUT
    first = step.node.at("uses") if step.uses else step.node.at("run")
    margin = workflow.column(first.line)
    if workflow.line(first.line).lstrip(" ").startswith("- "):
        at = len(margin)
        return [workflow.at(first.line, at, at, f"continue-on-error: true{workflow.newline}{margin}")]
    return [workflow.above(first.line, [f"{margin}continue-on-error: true"])]


REPAIRS = {
    WEAK_HEALTH_CHECK.id: _asks_again,
    SUCCESS_ALWAYS.id: _says_result,
    FAILING_NOTIFICATION.id: _may_be_lost,
}
