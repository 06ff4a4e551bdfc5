"""Literals of documentation and comments: what looks like a setting, a command line or an address in running text."""

import re
from collections.abc import Iterator

from envfence.literals import DOC, Literal
from envfence.literals.candidates import Spans
from envfence.literals.holes import filled

_BOUND = re.compile(
    r"(?P<address>[A-Za-z][A-Za-z0-9+.-]{1,40}+://[^\s\"'`<>|]{1,500}+)"
    r"|(?<![\w\"'./$-])(?:-{1,2}(?P<option>[A-Za-z][\w.-]*+)(?:=|[ \t]++)"
    r"|[\"'`]?(?P<name>[A-Za-z_][\w.-]*+)[\"'`]?[ \t]*+(?::=|=>|[:=])[ \t]*+)"
    r"(?:(?P<quote>[\"'`])(?P<text>(?:[^\"'`\\\n]|\\.){0,500}+)(?P=quote)"
    r"|(?P<word>(?![A-Za-z_][\w.-]*+=)[^\s\"'`,;|()\]}#][^\s\"'`,;|()\]}]{0,499}+)"
    r"(?=[ \t]*(?:[\r\n\"'`|;&#\\<]|--?\w|//|\Z)))"
    r"|(?<![\w\\])(?P<mark>[\"'`])(?P<alone>[^\"'`\\\n\s]{4,200}+)(?P=mark)"
)
_COMMAND = re.compile(  # mysql -psecret, docker login -p secret, curl -u user:password
    r"\b(?P<call>(?P<curl>curl)|redis-cli|sshpass|login|(?:mysql|mariadb)[\w-]{0,8}(?=[^\n`]{0,100}?\s-p\S))(?=[ \t])"
    r"[^\n`]{0,120}?[ \t](?P<argument>(?(curl)-u|-[ap]))[ \t]*+[\"']?"
    r"(?P<word>[^\s\"'`<>|&;()\[\]{}$-][^\s\"'`<>|&;()]{2,100}+)"
)


def literals(text: str, path: str = "") -> list[Literal]:
    """Return the settings, options, addresses and quoted words of a text. The role of all is DOC."""
    return list(within(text, 0, len(text)))


def on_lines(text: str, path: str, lines: Spans, wanted: object) -> list[Literal]:
    """Return what these lines of documentation hold."""
    return [literal for start, end in lines for literal in everything(text, start, end, DOC)]


def everything(text: str, start: int, end: int, role: str) -> Iterator[Literal]:
    """Yield the literals of ``text[start:end]``, and the credentials embedded there."""
    from envfence.literals import inline

    yield from (literal._replace(role=role) for literal in within(text, start, end))
    yield from inline.on_line(text, start, end, len(text), role)
    yield from (
        Literal(one["word"], *one.span("word"), call=one["call"], argument=one["argument"], role=role, quoted=False)
        for one in _COMMAND.finditer(text, start, end)
    )


def within(text: str, start: int, end: int) -> Iterator[Literal]:
    """Yield the literals of ``text[start:end]``."""
    return (_literal(text, match) for match in _BOUND.finditer(text, start, end))


def _literal(text: str, match: re.Match[str]) -> Literal:
    kind = next(name for name in ("address", "word", "text", "alone") if match[name] is not None)
    start, end = match.span(kind)
    if kind in ("address", "word"):
        end = start + len(match[kind].rstrip(".,;:!?)"))
    value, _ = filled(text, start, end)
    quoted = kind in ("text", "alone")
    name = match["option"] or match["name"] or ""
    argument = match[0][: match.end("option") - match.start()] if match["option"] else ""
    return Literal(value, start - quoted, end + quoted, name, (), "", argument, DOC, quoted)
