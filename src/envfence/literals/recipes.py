"""Literals of files whose lines go to a shell: Dockerfiles, makefiles, Procfiles, batch files and PowerShell."""

import re
from collections.abc import Callable, Iterator

from envfence.literals import DEFAULT, HOLE, VALUE, Literal
from envfence.literals.comments import comment
from envfence.literals.flow import read as read_flow
from envfence.literals.holes import filled
from envfence.literals.offsets import line_end, shifted
from envfence.literals.script import Script
from envfence.literals.words import argv, word

Path = tuple[str, ...]

_INSTRUCTION = re.compile(
    r"[ \t]*+(?:(?P<comment>\#)"
    r"|(?:ONBUILD[ \t]++)?(?P<name>FROM|RUN|CMD|ENTRYPOINT|HEALTHCHECK|ENV|ARG|EXPOSE|USER|ADD)[ \t]++)?",
    re.IGNORECASE,
)
_LOGICAL = re.compile(r"(?:[^\\\n]++|\\\r?\n(?:[ \t]*+\#[^\n]*+\n)*+|\\)*+")
_BEFORE_COMMAND = re.compile(r"(?:--\w[^\s]*+[ \t\r\n\\]++)*+(?:CMD\s++)?", re.IGNORECASE)
_HERE = re.compile(r"<<-?[\"']?([A-Za-z_]\w*+)")
_HERE_SCRIPT = re.compile(_HERE.pattern + r"[\"']?[ \t\r]*+\n")  # the here-document is all there is to run
_NAME_VALUE = re.compile(r"([A-Za-z_][\w.]*+)[ \t]++(?!=)(?=\S)")
_RUN_BY_SHELL = frozenset(("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"))

_MAKE = re.compile(
    r"(?:(?P<recipe>\t)[@+-]*+|[ ]*+(?:(?P<comment>\#)"
    r"|(?:(?:export|override|unexport|private)[ \t]++)*+(?P<name>[A-Za-z_][\w.-]*+)[ \t]*+(?P<mark>[:?+!]{0,3}=)[ \t]*+"
    r"|(?P<target>[^\s:=\#][^:=\#\n]*+):))?"
)

_BATCH = re.compile(
    r"[ \t]*+@?(?:(?P<comment>rem(?=\s)|::)"
    r"|setx?[ \t]++(?:/[ap][ \t]++)?(?P<quote>\"?)(?P<name>[A-Za-z_]\w*+)(?:=|[ \t]++))?",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"%[\w:~=,-]++%|![A-Za-z_]\w*+!")

_POWERSHELL = re.compile(
    r"[ \t]*+(?:(?P<comment>\#)"
    r"|(?P<type>(?:\[[^\]\n]*+\][ \t]*+)*+)\$(?:env:|script:|global:)?(?P<name>[A-Za-z_]\w*+)[ \t]*+=[ \t]*+"
    r"(?=[\"'\d]))?",
    re.IGNORECASE,
)
_STRING = re.compile(r"\"(?:[^\"`\n]++|`.)*+\"|'[^'\n]*+'|\d++")
_SUBEXPRESSION = re.compile(r"\$\([^()\n]*+\)|\$\{?(?:env:)?[A-Za-z_]\w*+\}?", re.IGNORECASE)


def dockerfile(text: str) -> list[Literal]:
    """Return ENV and ARG by name, the words of commands, images and ports, each below its instruction."""
    found: list[Literal] = []
    at, here_documents = 0, True
    while at < len(text):
        line = _INSTRUCTION.match(text, at)
        start = line.end() if line else at
        end = _end(text, start)
        if line and line["comment"]:
            at = line_end(text, start)
            found.append(comment(text, line.start("comment"), at))
        elif line and line["name"]:
            at = end
            if here_documents and (here := _HERE.search(text, start, end)):
                close = re.compile(rf"^[ \t]*{here[1]}[ \t\r]*$", re.MULTILINE).search(text, end)
                here_documents, at = close is not None, close.end() if close else end
            found += _instruction(text, line["name"].upper(), start, at)
        else:
            at = end
        at += 1
    return found


def _end(text: str, at: int) -> int:
    logical = _LOGICAL.match(text, at)
    return logical.end() if logical else at


def _instruction(text: str, name: str, start: int, end: int) -> list[Literal]:
    path = (name,)
    if name in _RUN_BY_SHELL:
        before = _BEFORE_COMMAND.match(text, start, end)
        start = before.end() if before else start
        if script := _HERE_SCRIPT.match(text, start, end):
            start, end = script.end(), max(script.end(), text.rfind("\n", start, end))
        if text.startswith("[", start):
            array = text[start:end]
            items, _ = read_flow(array, 0)
            return shifted(argv(array, [word(array, item.start, item.end) for item in items], path), start)
        return shifted(Script(text[start:end], path).read(), start)
    if name in ("ENV", "ARG"):
        role = DEFAULT if name == "ARG" else VALUE
        if name == "ENV" and (pair := _NAME_VALUE.match(text, start, end)):
            stop = start + len(text[start:end].rstrip())
            one = word(text, pair.end(), stop)
            return [Literal(one.value, one.start, one.end, pair[1], path, quoted=one.quoted)]
        found = shifted(Script(text[start:end], path).read(), start)
        return [literal._replace(role=role) if literal.role == VALUE else literal for literal in found]
    return [
        Literal(filled(text, *part.span())[0], *part.span(), "", path, quoted=False)
        for part in re.compile(r"[^\s\\]++").finditer(text, start, end)
    ]


def makefile(text: str) -> list[Literal]:
    """Return variables, and the words of recipes below their target."""
    found: list[Literal] = []
    path: Path = ()
    for line, end in _lines(text, _MAKE):
        start = line.end()
        if line["comment"]:
            found.append(comment(text, line.start("comment"), end))
        elif line["recipe"]:
            found += shifted(Script(text[start:end], path).read(), start)
        elif line["name"]:
            role = DEFAULT if line["mark"][:1] == "?" else VALUE
            found += _assigned(text, start, end, line["name"], role)
        elif line["target"]:
            path = (line["target"].strip(),)
    return found


def _lines(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[re.Match[str], int]]:
    """Yield logical lines: what the pattern finds at the beginning of each, and where it ends."""
    at = 0
    while at < len(text) and (line := pattern.match(text, at)):
        end = _end(text, line.end())
        yield line, end
        at = end + 1


def _assigned(text: str, start: int, end: int, name: str, role: str = VALUE) -> list[Literal]:
    mark = text.find(" #", start, end)
    stop = start + len(text[start : mark if mark >= 0 else end].rstrip())
    found = [comment(text, mark + 1, end)] if mark >= 0 else []
    if stop <= start:
        return found
    value, defaults = filled(text, start, stop, name)
    quoted = stop - start > 1 and text[start] in "\"'" and text[start] == text[stop - 1]
    value = value[1:-1] if quoted else value
    return [*found, Literal(value, start, stop, name, (), "", "", role, quoted), *defaults]


def procfile(text: str) -> list[Literal]:
    """Return the words of each process's command."""
    return Script(re.sub(r"(?m)^[\w-]+:", lambda name: " " * len(name[0]), text)).read()


def batch(text: str) -> list[Literal]:
    """Return what `set` sets, and the words of the other commands."""
    found: list[Literal] = []
    at = 0
    while at < len(text):
        line = _BATCH.match(text, at)
        start = line.end() if line else at
        end = line_end(text, start)
        stop = start + len(text[start:end].rstrip())
        if line and line["comment"]:
            found.append(comment(text, line.start("comment"), end))
        elif line and line["name"]:
            stop -= stop > start and bool(line["quote"]) and text[stop - 1] == '"'
            value = _PERCENT.sub(HOLE, text[start:stop])
            found += [Literal(value, start, stop, line["name"], quoted=False)] if value else []
        elif stop > start:
            body = _PERCENT.sub(lambda name: "$" + "_" * (len(name[0]) - 1), text[start:stop]).replace("\\", "/")
            found += shifted(Script(body).read(), start)
        at = end + 1
    return found


def powershell(text: str) -> list[Literal]:
    """Return variables, parameters with their defaults, and the words of commands."""
    found: list[Literal] = []
    at = 0
    while at < len(text):
        line = _POWERSHELL.match(text, at)
        start = line.end() if line else at
        end = line_end(text, start)
        string = _STRING.match(text, start, end) if line and line["name"] else None
        if line and line["comment"]:
            found.append(comment(text, line.start("comment"), end))
        elif line and string:
            quoted = not string[0].isdigit()
            inner = string[0][1:-1] if quoted else string[0]
            value = inner if string[0][0] == "'" else _SUBEXPRESSION.sub(HOLE, inner)
            role = DEFAULT if line["type"] else VALUE
            found.append(Literal(value, *string.span(), line["name"], (), "", "", role, quoted))
        elif end > start:
            found += shifted(Script(text[start:end].replace("`", "\\")).read(), start)
        at = end + 1
    return found


def _plain(text: str) -> list[Literal]:
    return Script(text).read()


_READERS = {
    "dockerfile": dockerfile,
    "containerfile": dockerfile,
    "makefile": makefile,
    ".mk": makefile,
    "procfile": procfile,
    ".bat": batch,
    ".cmd": batch,
    ".ps1": powershell,
}


def reader_of(name: str) -> Callable[[str], list[Literal]]:
    """Return the function that reads a file of this name, given in lower case; a script is read as one."""
    return next((reader for part, reader in _READERS.items() if part in name), _plain)
