"""What a workflow runs on servers: commands that cannot work, that take anything, or that pass a failure over."""

import re
from collections.abc import Sequence

from envfence.finding import Finding, Rule
from envfence.rewrite import Edit
from envfence.rewrite.repairs.workflow import LAYOUT, Workflow
from envfence.workflow import remote, script
from envfence.workflow.rules import (
    CHOWN_CHECKOUT,
    COPY_ONTO_ITSELF,
    GIT_ON_SERVER,
    MISSING_FOLDER,
    RESTART_AS_DEPLOYMENT,
    SHARED_ENV_FILE,
    UNCHECKED_SCRIPT,
)
from envfence.workflow.script import Call, Remote

_NO_FOLDER = "no folder of the repository has that name"
_BESIDE = "other commands stand on its line"
_WRITES = "whether the container writes there is not known"
_NO_COMPOSE = (
    "compose is not called in the folder that its script is in, so nothing says which files made the container"
)
_NO_SERVICE = "no compose file of the repository names that container, and it cannot be asked there"
_OTHER_GIT = "what it takes cannot be told from what was tested"
_OTHER_OWNER = "the checkout gets another owner below: mend that first"
_MAY_FAIL = "a command in it may fail where nothing is wrong: say which, with `|| true`"
_COMMIT = "${{ github.sha }}"
# What fails where there is nothing to stop, to remove or to find; and shells' ways to say that a failure is wanted.
_PICKY = frozenset(
    "stop rm rmi kill pkill killall pgrep pidof fuser grep diff cmp rmdir unlink test [ [[ which crontab disable "
    "delete deluser userdel umount status is-active expr let read useradd adduser groupadd createdb createuser".split()
)
_PICKY_WITHOUT = {"mkdir": ("-p", "--parents"), "ln": ("-sf", "-sfn", "-f", "-nsf", "-fs")}  # where it is there already
_CREATES = (("network", "create"), ("volume", "create"))
_CHOWN = re.compile(r"\bchown((?:[ \t]+-R|[ \t]+--recursive)+)[ \t]+[\w.$:{}-]+(?=[ \t])")
_ONLY_READ = re.compile(r"\b(?:dags|templates)\b")  # a folder of configuration may hold what not everybody may read
_RESTART = re.compile(
    r"\bdocker(?:[ \t]+container)?[ \t]+restart(?:[ \t]+(?:-t|--time|--timeout)[ =]\d+)?[ \t]+([\w.-]+)"
    r"(?=[ \t]*(?:$|[;&|#'\"]))"
)
_ENTERS = re.compile(r"(?:\bcd|working-directory:)[ \t]+[\"']?(?:\./)?([\w.-]+(?:/[\w.-]+)*)")
_COMPOSE = r"\b(docker-compose|docker[ \t]+compose)((?:[ \t]+(?:-f|-p|--file|--project-name|--env-file)[ =]\S+)*)[ \t]+"
_CD = re.compile(r"(?:^|[\s;&])cd[ \t]+[\"']?([^\s;&\"']+)")
_COMPOSE_RESTART = re.compile(rf"{_COMPOSE}restart\b")
_COMPOSE_CALL = re.compile(_COMPOSE)
_LABEL = '{{index .Config.Labels "com.docker.compose.service"}}'
_QUOTED_END = re.compile(r"<<-?[ \t]*(?:\\|['\"])\w")
_PULL = re.compile(r"((?:sudo[ \t]+(?:-u[ \t]+\S+[ \t]+)?)?git(?:[ \t]+-[Cc][ \t]+\S+)*)[ \t]+pull\b([^\n;&|#'\"]*)")
_RESET = re.compile(r"((?:reset[ \t]+--hard|checkout(?:[ \t]+-f)?)[ \t]+)origin/([\w./-]+)")
_PLAIN_OPTIONS = frozenset("-q --quiet --ff-only -p --prune --tags --no-edit --no-rebase -v --verbose".split())


def _folder(workflow: Workflow, finding: Finding) -> Sequence[Edit] | str:
    """Leave out the folders at the beginning that the repository itself stands for, in all steps of the job."""
    entered = _ENTERS.search(workflow.line(finding.line))
    parts = entered[1].split("/") if entered else []
    found = ("/".join(parts[at:]) for at in range(1, len(parts)))
    inner = next(filter(workflow.around.has_folder, found), "")
    if not entered or not inner:
        return _NO_FOLDER
    own = range(finding.line, workflow.end(workflow.job(finding)))
    places = [(number, match) for number in own if (match := _ENTERS.search(workflow.line(number)))]
    return [workflow.at(number, *match.span(1), inner) for number, match in places if match[1] == entered[1]]


def _copy(workflow: Workflow, finding: Finding) -> Sequence[Edit] | str:
    """Take out a copy that always fails, and does nothing else."""
    said = re.match(r"\s*(?:sudo[ \t]+)?(?:cp|rsync)\b[^;&|<>]*$", workflow.line(finding.line))
    return [workflow.without(finding.line)] if said else _BESIDE


def _chown(workflow: Workflow, finding: Finding) -> Sequence[Edit] | str:
    """Let everybody read what a container was given to read; git goes on to own it."""
    line = workflow.line(finding.line)
    return (workflow.swapped(finding.line, _CHOWN, r"chmod\1 a+rX") or LAYOUT) if _ONLY_READ.search(line) else _WRITES


def _restart(workflow: Workflow, finding: Finding) -> Sequence[Edit] | str:
    """Make the container anew, as compose would; what else is mounted into it is as new as after a restart."""
    if edits := workflow.swapped(finding.line, _COMPOSE_RESTART, r"\1\2 up --detach --force-recreate --no-deps"):
        return edits
    match = _RESTART.search(workflow.line(finding.line))
    if match is None:
        return LAYOUT
    called = _called_there(workflow, finding)
    if called is None:
        return _NO_COMPOSE
    service = workflow.around.containers().get(match[1]) or _by_label(workflow, finding, match[1])
    new = f"{called[1]}{called[2]} up --detach --force-recreate --no-deps {service}"
    return [workflow.at(finding.line, *match.span(), new)] if service else _NO_SERVICE


def _called_there(workflow: Workflow, finding: Finding) -> re.Match[str] | None:
    """Return a call of compose in the script of a finding, or in another one that enters the same folder."""
    remotes = [one for job in workflow.jobs for one in job.remotes]
    own = next((one.script for one in remotes if _holds(one, finding.line)), "")
    entered = _CD.search(own)
    others = [one.script for one in remotes if entered and (there := _CD.search(one.script)) and there[1] == entered[1]]
    return next(filter(None, map(_COMPOSE_CALL.search, (own, *others))), None)


def _by_label(workflow: Workflow, finding: Finding, container: str) -> str:
    """Return what asks a container on the server for its service, "" where a shell here would run it."""
    step = workflow.step(finding)
    there = next((one for one in workflow.job(finding).remotes if _holds(one, finding.line)), None)
    if step is None or there is None or not (step.uses or _QUOTED_END.search(workflow.line(there.line))):
        return ""
    return f"\"$(docker inspect --format '{_LABEL}' {container})\""


def _git(workflow: Workflow, finding: Finding) -> Sequence[Edit] | str:
    """Take the commit that this run is about, not what the branch holds by then."""
    if _also(workflow, finding, CHOWN_CHECKOUT):
        return _OTHER_OWNER
    if workflow.events - {"push", "workflow_dispatch", "pull_request"}:
        return _OTHER_GIT
    branches = [item.text for item in workflow.tree.at("on", "push", "branches").items]
    line = workflow.line(finding.line)
    match = _PULL.search(line)
    if match is None:
        return _reset(workflow, finding, branches)
    words = match[2].split()
    operands = [word for word in words if not word.startswith("-")]
    options = set(words) - set(operands)
    if len(branches) != 1 or not options <= _PLAIN_OPTIONS or operands not in ([], ["origin"], ["origin", *branches]):
        return _OTHER_GIT
    blank = match[2][len(match[2].rstrip()) :]
    made = [f"{match[1]} fetch origin", f"{match[1]} checkout --detach {_COMMIT}"]
    between = _between(line, match, workflow.newline)
    return [workflow.at(finding.line, *match.span(), between.join(made) + blank)]


def _between(line: str, match: re.Match[str], newline: str) -> str:
    """Return what parts two commands that take the place of one."""
    before, behind = line[: match.start()].rstrip(), line[match.end() :].lstrip()
    if not before and (not behind or behind.startswith("#")):
        return newline + line[: match.start()]
    is_chained = before.endswith(("&&", "||")) or behind.startswith(("&&", "||"))
    return " && " if is_chained else "; "


def _reset(workflow: Workflow, finding: Finding, branches: Sequence[str]) -> Sequence[Edit] | str:
    """Return the edit of a `git reset --hard origin/main` behind the fetch."""
    there = next((one for one in workflow.job(finding).remotes if _holds(one, finding.line)), None)
    last = there.script_line + there.script.count("\n") if there else finding.line
    for number in range(finding.line, last + 1):
        match = _RESET.search(workflow.line(number))
        if match and [match[2]] == branches:
            return workflow.swapped(number, _RESET, rf"\g<1>{_COMMIT}")
    return _OTHER_GIT


def _also(workflow: Workflow, finding: Finding, rule: Rule) -> bool:
    """Tell whether the job of a finding has another."""
    return any(one.rule == rule.id for one in remote.findings(workflow.job(finding)))


def _holds(there: Remote, line: int) -> bool:
    return there.script_line <= line <= there.script_line + there.script.count("\n")


def _stops(workflow: Workflow, finding: Finding) -> Sequence[Edit] | str:
    """Let a script stop at the first command that fails, if each of them fails only when something is wrong."""
    there = next((one for one in workflow.job(finding).remotes if one.line == finding.line and one.script), None)
    if there is None:
        return LAYOUT
    if _also(workflow, finding, COPY_ONTO_ITSELF) or any(map(_may_fail, script.calls(there.script, 1))):
        return _MAY_FAIL
    if there.script_line > there.line or workflow.line(there.script_line).strip() == there.script.split("\n")[0]:
        return [workflow.above(there.script_line, [f"{workflow.margin(there.script_line)}set -e"])]
    return _stops_inline(workflow, there)


def _stops_inline(workflow: Workflow, there: Remote) -> Sequence[Edit] | str:
    """Return the edit of a script between quotes, `ssh HOST 'cd /opt/app; docker compose up'`."""
    first = re.escape(there.script.split("\n")[0])
    return workflow.swapped(there.line, re.compile(rf"(?<=['\"])(?={first})"), "set -e; ") or LAYOUT


def _may_fail(call: Call) -> bool:
    if call.after in {"||", "|"} or call.before == "||" or (call.name == "rm" and call.has("-f", "-rf", "-fr")):
        return False
    forced = _PICKY_WITHOUT.get(call.name)
    if forced and not call.has(*forced):
        return True
    return call.words[1:3] in _CREATES or not _PICKY.isdisjoint(call.words[:2])


REPAIRS = {
    MISSING_FOLDER.id: _folder,
    COPY_ONTO_ITSELF.id: _copy,
    CHOWN_CHECKOUT.id: _chown,
    RESTART_AS_DEPLOYMENT.id: _restart,
    GIT_ON_SERVER.id: _git,
    UNCHECKED_SCRIPT.id: _stops,
}
PEOPLES = {SHARED_ENV_FILE.id: "which keys a server needs is not written down"}
