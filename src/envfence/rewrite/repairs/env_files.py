"""Calls of `docker compose` in scripts: its files stop without their keys since a fix, so calls name the env file."""

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from envfence.contract.grammar import contract_of
from envfence.contract.stages import DEVELOPMENT, stage_of, stages_said
from envfence.rewrite import Edit, Left, applied
from envfence.rewrite.repairs.mending import Mended
from envfence.rewrite.repairs.workflow import Around, Workflow
from envfence.stack.commands import DEFAULT_FILES, Call, calls
from envfence.stack.rules import IGNORES_ENV_FILE
from envfence.workflow.check import is_workflow

MENDED = (IGNORES_ENV_FILE,)
NAMELESS = "nothing says which environment's file it needs: name it with --env-file"
UNSENT = "no env file is sent to where it runs: send that of its environment, and name it with --env-file"
NO_FILE = "the repository has no env file of its environment"
OTHERS_TOO = "it reads `.env` by itself, and would no longer: name both with --env-file"
UNFOLLOWED = "what it calls compose by cannot be followed"

_COMMAND = re.compile(
    r"(?<![\w-])docker[- ]compose(?=[ \t])(?![ \t]+(?:version|ls|help)\b)"
    r"(?P<options>(?:[ \t]+(?:(?:-f|-p|--file|--project-name|--profile|--env-file|--project-directory)(?:[ \t]+|=)\S+"
    r"|--?[a-z][\w=-]*))*)"
)
_FILE = re.compile(r"(?:-f|--file)(?:[ \t]+|=)[\"']?([^\s\"']+)")
_READS = re.compile(r"(?<!\$)\$\{?([A-Za-z_]\w*)")
_REQUIRES = re.compile(r"(?<!\$)\$(?:\{([A-Za-z_]\w*)(?:\}|:?\?)|([A-Za-z_]\w*))")
_SPEAKS_OF_PLAIN = re.compile(r"(?<![\w.])\.env(?![\w.-])")
_PLAIN = re.compile(r"[\w./-]*")
_SSH = re.compile(r"(?<![\w-])ssh(?![\w-])")
_DEPLOYS = re.compile(r"deploy|release|rollout|provision|publish|remote|server", re.IGNORECASE)
_TITLE = re.compile(r"^[\w.%/-][^\n:=]*:(?!=)", re.MULTILINE)  # of a target


class Told(NamedTuple):
    """Scripts whose calls name their env file now, path to text; what is mended, and what is left to people."""

    texts: Mapping[str, str]
    done: Sequence[Mended]
    left: Sequence[Left]


class Stacks(NamedTuple):
    """The compose files, with the keys that each must be given, and those of the env files, "" being `.env`."""

    texts: Mapping[str, str]
    needed: Mapping[str, Collection[str]]
    held: Mapping[str, Collection[str]]


def told(callers: Mapping[str, str], compose: Mapping[str, str], env: Mapping[str, str]) -> Told:
    """Return what becomes of scripts that start compose without the keys it needs. All are texts by path.

    ``env`` has the env files by environment, "" being `.env`.
    """
    held = {name: contract_of(text).keys() for name, text in env.items()}
    given = {key for name, keys in held.items() if name for key in keys} - {*held.get("", ())}
    needed = {path: given & _required(text) for path, text in compose.items()}
    stacks = Stacks(compose, {path: keys for path, keys in needed.items() if keys}, held)
    texts: dict[str, str] = {}
    done: list[Mended] = []
    left: list[Left] = []
    for path, text in callers.items() if stacks.needed else ():
        before = list(_untold(path, text, stacks))
        if before:
            edits, reasons = _answers(path, text, stacks)
            texts[path] = applied(text, edits)
            rest = {call.line for call in _untold(path, texts[path], stacks)}
            other = next(iter(reasons.values()), UNFOLLOWED)
            left += [Left(path, line, IGNORES_ENV_FILE.id, reasons.get(line, other)) for line in sorted(rest)]
            done += [Mended(path, call.line, IGNORES_ENV_FILE.id) for call in before if call.line not in rest]
    return Told(texts, done, left)


def _required(text: str) -> set[str]:
    """Return the keys without which compose stops, or goes on with nothing."""
    return {braced or bare for braced, bare in _REQUIRES.findall(text)}


def _untold(path: str, text: str, stacks: Stacks) -> Iterator[Call]:
    """Yield the calls that start something without the keys it needs; those of a workflow may be in its `env`."""
    set_here = set(re.findall(r"^\s+([A-Z]\w*):", text, re.MULTILINE)) if is_workflow(path) else set[str]()
    for one in calls(path, text):
        needed = {key for file in _meant(one.files, stacks) for key in stacks.needed[file]}
        if not one.is_told and needed - set_here:
            yield one


def _meant(files: Sequence[str], stacks: Stacks) -> dict[str, str]:
    """Return the compose files that a call means, each with the way from the call's folder to the root."""
    if not files:
        found = [path for path in stacks.needed if posixpath.basename(path) in DEFAULT_FILES]
        nearest = min((path.count("/") for path in found), default=0)
        return {path: "../" * nearest for path in found if path.count("/") == nearest}
    return {
        path: way
        for file in files
        for path in stacks.needed
        if (way := _way(posixpath.normpath(file), path)) is not None
    }


def _way(file: str, path: str) -> str | None:
    """Return the way to the root from where ``file`` is the name of the compose file ``path``, None if it is not."""
    if f"/{file}".endswith(f"/{path}"):
        return file.removesuffix(path)
    return "../" * (path.count("/") - file.count("/")) if path.endswith(f"/{file}") else None


def _answers(path: str, text: str, stacks: Stacks) -> tuple[list[Edit], dict[int, str]]:
    """Return the edits that name env files in a script, and by line why a call gets none."""
    edits: list[Edit] = []
    reasons: dict[int, str] = {}
    for match in _COMMAND.finditer(text):
        files = _FILE.findall(match["options"])
        meant = _meant(files, stacks)
        if not meant or "--env-file" in match["options"] or not _is_command(path, text, match.start()):
            continue
        answer = _env_file(path, text, match.start(), files, meant, stacks)
        if answer.startswith("--env-file "):
            edits.append(Edit(match.start("options"), match.start("options"), f" {answer}"))
        else:
            reasons[text.count("\n", 0, match.start()) + 1] = answer
    return edits, reasons


def _is_command(path: str, text: str, at: int) -> bool:
    """Tell whether compose is called there: others only speak of it."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return any(calls(path, f"{line}docker compose up"))


def _env_file(path: str, text: str, at: int, files: Sequence[str], meant: Mapping[str, str], stacks: Stacks) -> str:
    """Return the option for a call, or why there is none."""
    stage = _stage(path, text, at, files)
    environment = next((name for name in stacks.held if name and stage_of(name) == stage), "")
    if not stage:
        return NAMELESS
    if not environment:
        return UNSENT if is_workflow(path) else NO_FILE
    name = f".env.{environment}"
    is_elsewhere = is_workflow(path) or bool(_SSH.search(text, 0, at)) or any(file.startswith("/") for file in files)
    if is_elsewhere and name not in text:
        return UNSENT
    if _reads_plain(text, [stacks.texts[one] for one in meant], stacks, environment):
        return OTHERS_TOO
    ways = set(meant.values())
    way = ways.pop() if len(ways) == 1 else "$"
    return f"--env-file {way}{name}" if _PLAIN.fullmatch(way) else NAMELESS


def _reads_plain(script: str, compose: Sequence[str], stacks: Stacks, environment: str) -> bool:
    """Tell whether compose has keys from `.env` that the file of an environment does not give it."""
    if "" not in stacks.held:  # others may have one
        return any(_SPEAKS_OF_PLAIN.search(text) for text in (script, *compose))
    read = {key for text in compose for key in _READS.findall(text)}
    return bool(read & {*stacks.held[""]} - {*stacks.held[environment]})


def _stage(path: str, text: str, at: int, files: Sequence[str]) -> str:
    """Return what kind of environment a call is for, "" if nothing says it."""
    said = [stages_said(" ".join(map(posixpath.basename, files)))]
    if is_workflow(path):
        workflow = Workflow(path, text, Around({}.__contains__, (), dict))
        line = text.count("\n", 0, at) + 1
        job = next((one for one in reversed(workflow.jobs) if one.node.line <= line), None)
        node = job.node.at("environment") if job else workflow.tree.at("")
        return _one([*said, stages_said(node.text or node.at("name").text)])
    title = [match[0] for match in _TITLE.finditer(text, 0, at)][-1:] if path.endswith((".mk", "akefile")) else []
    own = text[text.rfind("\n", 0, at) + 1 : at] if path.endswith(".json") else ""
    said.append(stages_said(" ".join((path, *title, own))))
    if any(said):
        return _one(said)
    is_deployed = _DEPLOYS.search(" ".join((path, *title, own))) or _SSH.search(text, 0, at)
    return "" if is_deployed else DEVELOPMENT


def _one(said: Sequence[set[str]]) -> str:
    every = set[str]().union(*said)
    return every.pop() if len(every) == 1 else ""
