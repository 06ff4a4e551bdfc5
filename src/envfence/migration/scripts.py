"""The commands of a text, wherever they stand: shell scripts, Makefiles, workflows, sessions, runbooks in Markdown.

Each script comes with what is told around it, and with what it runs on other hosts apart from what it runs here.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from envfence.workflow import script
from envfence.workflow.script import Call

if TYPE_CHECKING:
    from envfence.workflow.jobs import Step

_FENCE = re.compile(r"[ \t]*(?:[-*+]|\d+\.)?[ \t]*(`{3,}|~{3,})[ \t]*([\w+-]*)")
_SHELLS = frozenset({"", "sh", "bash", "shell", "zsh", "console", "shell-session", "text", "terminal"})
_HEADING = re.compile(r"(#{1,6})\s+(.+)")
_PROMPT = re.compile(r"^([ \t]*)\$ +", re.MULTILINE)
_LEAVES = frozenset({"exit", "logout"})
_NEAR = 3  # lines above a block that speak of it


class Part(NamedTuple):
    """A script: what is told of it, the commands that it runs here, and those that it runs on other hosts."""

    told: str
    here: tuple[Call, ...]
    there: tuple[Call, ...]


def groups_of(path: str, text: str) -> Iterator[list[Part]]:
    """Yield scripts that run one after the other: those of a job are one group, any other script is one of its own."""
    text = text.replace("\r\n", "\n")
    name = path.rpartition("/")[2].lower()
    if name.endswith(".md"):
        yield from _of_document(text)
    elif name.endswith((".yml", ".yaml")):
        yield from _of_workflow(path, text)
    elif name.endswith(".py"):
        yield from ([_part(told, body, line)] for told, line, body in _sessions(text))
    elif name.endswith(".mk") or "makefile" in name:
        yield from ([_part(told, body, line)] for told, line, body in _targets(text))
    else:
        yield [_part(name, text, 1)]


def _part(told: str, text: str, line: int, *, typed: bool = False) -> Part:
    here, there = _places(script.calls(text, line), typed=typed)
    return Part(told, tuple(here), tuple(there))


def _places(calls: Sequence[Call], *, typed: bool) -> tuple[list[Call], list[Call]]:
    """Return the commands of this machine, and of others; with ``typed``, `ssh HOST` alone goes there to stay."""
    here: list[Call] = []
    there: list[Call] = []
    is_there = False
    for call in calls:
        remote = next(script.remotes([call]), None) if call.name == "ssh" else None
        if remote and remote.script:
            there += script.calls(remote.script, remote.script_line)
        elif remote:
            is_there = typed
        elif is_there and call.name in _LEAVES:
            is_there = False
        else:
            (there if is_there else here).append(call)
    return here, there


def _of_document(text: str) -> Iterator[list[Part]]:
    for told, language, line, body in _blocks(text):
        if language in _SHELLS:
            yield [_part(told, _PROMPT.sub(r"\1", body) if "$ " in body else body, line, typed=True)]
        elif language in {"yaml", "yml"} and "run:" in body:
            yield from _of_workflow("", body, line - 1, told)


def _blocks(text: str) -> Iterator[tuple[str, str, int, str]]:
    """Yield what is told of each fenced block, its language, the number of its first line, and its lines."""
    headings: list[tuple[int, str]] = []
    near: list[str] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if fence := _FENCE.match(line):
            end = next((n for n in range(at, len(lines)) if lines[n].strip().startswith(fence[1])), len(lines))
            told = "\n".join([title for _, title in headings] + near[-_NEAR:])
            yield told, fence[2].lower(), at + 1, "\n".join(lines[at:end])
            near, at = [], end + 1
        elif heading := _HEADING.match(line):
            headings = [one for one in headings if one[0] < len(heading[1])] + [(len(heading[1]), heading[2])]
            near = []
        elif line.strip():
            near.append(line)


def _of_workflow(path: str, text: str, above: int = 0, told: str = "") -> Iterator[list[Part]]:
    from envfence.workflow import reader
    from envfence.workflow.jobs import Step, jobs_of

    tree = reader.read(path, text)
    title = f"{told}\n{path}\n{tree.at('name').text}"
    jobs = [(job.name, job.steps) for job in jobs_of(tree)]
    jobs = jobs or [("", [Step(step) for step in (tree.items or tree.at("steps").items) if step.mapping])]
    for name, steps in jobs:
        yield [_of_step(step, f"{title}\n{name}\n{step.name}", above) for step in steps]


def _of_step(step: "Step", told: str, above: int) -> Part:
    there = [call for one in step.remotes if one.script for call in script.calls(one.script, one.script_line)]
    here = [call for call in step.calls if not script.is_remote(call)]
    return Part(told, tuple(_lower(here, above)), tuple(_lower(there, above)))


def _lower(calls: Sequence[Call], lines: int) -> Iterator[Call]:
    return (call._replace(line=call.line + lines) for call in calls)


def _targets(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield the rules of a Makefile: the target, and its commands with the number of their first line."""
    target, start = "", 0
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n"), "end:"], 1):
        if line.startswith("\t"):
            start = start or number
            lines.append(line.lstrip("\t @-").replace("$$", "$"))
        elif line.strip() and not line.startswith("#"):
            if lines:
                yield target, start, "\n".join(lines)
            target, start, lines = line.partition(":")[0], 0, []
        elif lines:
            lines.append("")


def _sessions(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield the sessions of a noxfile, the commands of each on the lines where they are run."""
    import ast
    import shlex

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    for session in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        lines = [""] * ((session.end_lineno or session.lineno) - session.lineno + 1)
        for call in (node for node in ast.walk(session) if isinstance(node, ast.Call)):
            words = [word.value for word in call.args if isinstance(word, ast.Constant) and isinstance(word.value, str)]
            if isinstance(call.func, ast.Attribute) and call.func.attr.startswith("run") and words:
                lines[call.lineno - session.lineno] = shlex.join(words)
        yield f"{session.name}\n{ast.get_docstring(session) or ''}", session.lineno, "\n".join(lines)
