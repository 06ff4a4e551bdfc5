"""What jobs run on servers: scripts that go on after a failure, and commands that deploy nothing."""

import posixpath
from collections.abc import Iterator, Sequence

from envfence.contract.rules import found
from envfence.finding import Finding, Rule
from envfence.workflow import script
from envfence.workflow.jobs import Job
from envfence.workflow.rules import (
    CHOWN_CHECKOUT,
    COPY_ONTO_ITSELF,
    GIT_ON_SERVER,
    RESTART_AS_DEPLOYMENT,
    UNCHECKED_SCRIPT,
)
from envfence.workflow.script import Call

_TAKES_CODE = frozenset({"pull", "fetch", "clone"})
_TELLS = frozenset("echo printf export source . set : true sleep exit".split())
_LEAVES = frozenset({"exit", "return", "false"})
_KEYWORDS = frozenset("if then else elif fi for while until do done case esac { } function".split())
_PROXIES = ("nginx", "traefik", "caddy", "haproxy", "proxy")
_CHAINED = frozenset({"&&", "||", "|", "|&"})


def findings(job: Job) -> Iterator[Finding]:
    """Yield what is wrong with what a job runs on servers, or copies there and here."""
    path = job.node.path
    for remote, calls in job.remote_calls():
        if not remote.stops and not script.stops_itself(calls) and _goes_on(calls):
            yield found(UNCHECKED_SCRIPT, path, remote.line, job.name)
        for rule, line in _in_script(calls):
            yield found(rule, path, line, job.name)
    for step in job.steps:
        for call, folder in _with_folders(step.calls):
            if _copies_onto_itself(call, folder):
                yield found(COPY_ONTO_ITSELF, path, call.line, job.name)


def _goes_on(calls: Sequence[Call]) -> bool:
    """Tell whether the failure of a command would be passed over: it stands alone, and is not the last."""
    chains: list[list[Call]] = []
    for call in calls:
        if call.before in _CHAINED and chains:
            chains[-1].append(call)
        else:
            chains.append([call])
    return any(_may_fail(chain) for chain in chains[:-1])


def _may_fail(chain: Sequence[Call]) -> bool:
    if any(call.name in _LEAVES or call.before == "||" for call in chain):
        return False  # its author has thought of it
    return any(call.name not in _TELLS and call.name not in _KEYWORDS for call in chain)


def _in_script(calls: Sequence[Call]) -> Iterator[tuple[Rule, int]]:
    is_chosen = any(call.name == "git" and _names_revision(call) for call in calls)
    taken = None if is_chosen else next((call for call in calls if _takes_code(call)), None)
    if taken:
        yield GIT_ON_SERVER, taken.line
    for call, folder in _with_folders(calls):
        if _copies_onto_itself(call, folder):
            yield COPY_ONTO_ITSELF, call.line
        if taken and call.name == "chown" and _is_recursive(call) and _is_below(call.words[-1], folder):
            yield CHOWN_CHECKOUT, call.line
    if not any(_recreates(call) for call in calls):
        yield from ((RESTART_AS_DEPLOYMENT, call.line) for call in calls if _restarts(call))


def _takes_code(call: Call) -> bool:
    return call.name == "git" and script.git_verb(call) in _TAKES_CODE


def _names_revision(call: Call) -> bool:
    """Tell whether git is told the very commit, or tag, by a variable."""
    return script.git_verb(call) in {"checkout", "reset", "switch"} and any("$" in word for word in call.words)


def _with_folders(calls: Sequence[Call]) -> Iterator[tuple[Call, str]]:
    """Yield each command with the folder that `cd` went to, "" if that is not known."""
    folder = ""
    for call in calls:
        yield call, folder
        if call.name in {"cd", "pushd"} and len(call.words) > 1:
            folder = posixpath.normpath(posixpath.join(folder, call.words[1]))


def _is_recursive(call: Call) -> bool:
    return call.has("--recursive") or any(word.startswith("-") and "R" in word for word in call.words[1:])


def _is_below(place: str, folder: str) -> bool:
    full = posixpath.normpath(posixpath.join(folder, place))
    return bool(folder) and (full == folder or full.startswith(f"{folder}/"))


def _copies_onto_itself(call: Call, folder: str) -> bool:
    if call.name not in {"cp", "rsync"}:
        return False
    places = [word for word in call.words[1:] if not word.startswith("-") and ":" not in word]
    if len(places) < 2:
        return False
    *sources, target = places
    into = posixpath.normpath(posixpath.join(folder, target))
    return any(into in _lands_at(source, folder) for source in sources)


def _lands_at(source: str, folder: str) -> tuple[str, ...]:
    """Return the targets at which a source would be copied onto itself."""
    full = posixpath.join(folder, source)
    if source.endswith(("/*", "/.")):
        return (posixpath.normpath(full[:-2]),)
    if source.endswith("/"):
        return (posixpath.normpath(full),)
    whole = posixpath.normpath(full)
    return whole, posixpath.dirname(whole) or "."


def _recreates(call: Call) -> bool:
    is_compose = call.name == "docker-compose" or (call.name == "docker" and call.has("compose"))
    return (is_compose and call.has("up", "run")) or (call.name == "docker" and call.words[1:2] == ("run",))


def _restarts(call: Call) -> bool:
    if call.name not in {"docker", "docker-compose", "podman"} or "restart" not in call.words:
        return False
    at = call.words.index("restart")
    is_verb = at == 1 or call.name == "docker-compose" or call.has("compose", "container")
    return is_verb and not any(proxy in word for word in call.words[at + 1 :] for proxy in _PROXIES)
