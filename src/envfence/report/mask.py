"""Show a line without a value of it: what is shown is what is certainly structure, all else becomes `***`.

A name is shown where something is bound to it, called or read from it, and in a place that begins in no string,
comment, block scalar or here-document. In doubt the rest of the line is masked.
"""

import re
from bisect import bisect_right
from itertools import accumulate

from envfence.literals import languages
from envfence.report import inside

MASK = "***"
LONGEST = 1000  # characters of a line that anybody wrote

_NAME = r"[A-Za-z_][\w.-]{0,63}"
_YAML_KEY = re.compile(rf"\s*(?:-\s+)*(?:{_NAME}|\"{_NAME}\"|'{_NAME}')\s*:(?=\s|$)", re.ASCII)
_YAML_PAIR = re.compile(r"\s*-\s+[\"']?[A-Za-z_]\w{0,63}=(?=[^=\s])", re.ASCII)
_ASSIGNED = re.compile(rf"\s*(?:export\s+)?{_NAME}\s*(?:=(?!=)|:(?=\s))(?=\s*\S)", re.ASCII)
_SHELL_ASSIGNED = re.compile(
    r"\s*(?:(?:export|readonly|local|declare|set|ENV|ARG)\s+)?\$?(?:env:)?[A-Za-z_]\w{0,63}\s?(?:[:?+]?=)(?=\s*[^=\s])",
    re.ASCII,
)
_COMMANDS = re.compile(
    r"\s*(?:CMD|COPY|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|RUN|curl|docker|echo|exec|export|if|kubectl|mongosh?|mysql|nc|ping"
    r"|psql|python3?|redis-cli|scp|ssh|sudo|until|wget|while)\s",
)
_COMMENT = re.compile(r"\s*(?:#+|//+|--+|;+|%+|/\*+|<!--)")
_STARTS = {
    "yaml": (_YAML_KEY, _YAML_PAIR),
    "lines": (_ASSIGNED,),
    "shell": (_SHELL_ASSIGNED, _COMMANDS),
    "prose": (),
}
_WITH_HEREDOCS = (languages.RUBY, languages.PHP, languages.TERRAFORM)


def masked_lines(text: str, path: str, numbers: set[int]) -> dict[int, str]:
    """Return the lines of ``numbers``, which count from 1, masked by what the whole file says about them."""
    kind = languages.kind_of(path, text[: text.find("\n")] if text.startswith("#!") else "")
    lines = text.split("\n")
    wanted = {number: lines[number - 1] for number in numbers if number <= len(lines)}
    if kind == "code":
        return _code_lines(text, lines, languages.syntax_of(path), wanted)
    hidden = inside.continued(lines, kind)
    return {number: MASK if number in hidden else masked(line, kind) for number, line in wanted.items()}


def masked(line: str, kind: str, syntax: languages.Syntax = languages.PYTHON) -> str:
    """Return one line by itself, masked. ``kind`` is that of `languages.kind_of`, ``syntax`` counts for code."""
    if kind == "code":
        from envfence.report import code

        return code.masked(line, syntax)
    line = line.rstrip()
    if len(line) > LONGEST:
        return MASK
    if comment := _COMMENT.match(line):
        return f"{comment[0]} {MASK}"
    for start in _STARTS[kind]:
        if found := start.match(line):
            rest = line[found.end() :]
            return found[0] + (f"{rest[: len(rest) - len(rest.lstrip())]}{MASK}" if rest.strip() else "")
    return MASK


def _code_lines(text: str, lines: list[str], syntax: languages.Syntax, wanted: dict[int, str]) -> dict[int, str]:
    from envfence.literals import tokens
    from envfence.report import code

    found = tokens.spans(text, syntax)
    if found and code.is_open(text[slice(*found[-1])], syntax):
        return dict.fromkeys(wanted, MASK)  # a quote is missing, so the file may be inside out
    hidden = inside.heredocs(lines) if syntax in _WITH_HEREDOCS else set[int]()
    lengths = list(accumulate(map(len, lines), initial=0))  # of all lines before each, without their ends
    begins = [begin for begin, _ in found]
    result = dict.fromkeys(wanted, MASK)
    for number, line in wanted.items():
        start = lengths[number - 1] + number - 1
        end = start + len(line)
        first = bisect_right(begins, start - 1)
        if number not in hidden and not (first and found[first - 1][1] > start):
            here = found[first : bisect_right(begins, end)]
            result[number] = code.masked(line, syntax, [(a - start, min(b, end) - start) for a, b in here])
    return result
