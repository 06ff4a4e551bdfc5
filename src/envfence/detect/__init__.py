"""Literals to findings: what a literal is for, and its value, decide."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import accumulate
from typing import TYPE_CHECKING

from envfence import files
from envfence.detect import credentials, endpoints
from envfence.detect.scope import Scope
from envfence.finding import Finding, Rule
from envfence.literals import DOC, Literal, candidates, code, embedded, languages, prose
from envfence.literals.candidates import Spans

if TYPE_CHECKING:
    from envfence.config import Config


def findings(path: str, data: bytes, config: "Config | None" = None, *, many: bool = False) -> list[Finding]:
    """Return what is hardcoded in a file, one finding for each literal, sorted by place.

    ``many`` says that the file is one of thousands, so that loading a faster search pays.
    """
    kind = languages.kind_of(path, _first_line(data))
    domains = config.domains if config else ()
    names = (*candidates.NAMES[kind], *(re.escape(domain.lower()) for domain in domains))
    text, lines = _candidates(data, names, many=many)
    if not lines:
        return []
    found = literals_of(kind, path, text, lines)
    scope = Scope(path, text, domains, config.allowed_hosts if config else ())
    decided = _once(text, (*credentials.decided(found, scope), *endpoints.decided(found, scope)))
    if not decided:
        return []
    at = Lines(text)
    return [_finding(rule, path, literal, at) for literal, rule in decided]


def _once(text: str, decided: Iterable[tuple[Literal, Rule]]) -> list[tuple[Literal, Rule]]:
    """Return one decision for each place, by place: the first, and the outer of two that say the same on one line."""
    places: dict[int, tuple[Literal, Rule]] = {}
    for literal, rule in decided:
        places.setdefault(literal.start, (literal, rule))
    kept: list[tuple[Literal, Rule]] = []
    for _, (literal, rule) in sorted(places.items()):
        if not kept or not _covers(*kept[-1], literal, rule) or "\n" in text[kept[-1][0].start : literal.start]:
            kept.append((literal, rule))
    return kept


def _covers(around: Literal, outer: Rule, literal: Literal, inner: Rule) -> bool:
    if literal.end > around.end:
        return False
    return outer.family in (inner.family, "credential") and outer.severity <= inner.severity  # "error" < "warning"


def _first_line(data: bytes) -> str:
    return data[: data.find(b"\n")].decode("ascii", "replace") if data.startswith(b"#!") else ""


def _candidates(data: bytes, names: tuple[str, ...], *, many: bool) -> tuple[str, Spans]:
    if many:
        from envfence.literals import multi

        return multi.candidate_lines(data, names)
    text = files.decoded(data)
    return text, candidates.likely_lines(text, names)


def literals_of(kind: str, path: str, text: str, lines: Spans) -> list[Literal]:
    """Return the literals on the candidate lines of a file of this kind."""
    if kind == "prose":
        return [literal for start, end in lines for literal in _of_prose(text, start, end)]
    if kind == "code":
        found = code.literals(text, path, lines)
        inside = embedded.inner(text, found)
        return [*found, *inside, *embedded.evident(text, found)] if path.endswith(".sql") else [*found, *inside]
    reader = import_module(f"envfence.literals.{kind}")
    read: list[Literal] = reader.literals(text, path)
    found = [literal for literal in read if candidates.is_likely(lines, literal.start, literal.end)]
    return [*found, *embedded.inner(text, found), *embedded.evident(text, found)]


def _of_prose(text: str, start: int, end: int) -> Iterator[Literal]:
    yield from prose.within(text, start, end)
    yield from embedded.on_line(text, start, end, len(text), DOC)


class Lines:
    """Turns offsets into lines and columns."""

    def __init__(self, text: str) -> None:
        self.ends = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]

    def at(self, offset: int) -> tuple[int, int]:
        """Return line and column, both from 1."""
        line = bisect_right(self.ends, offset)
        return line, offset - self.ends[line - 1] + 1


def _finding(rule: Rule, path: str, literal: Literal, lines: Lines) -> Finding:
    line, column = lines.at(literal.start)
    end_line, end_column = lines.at(literal.end)
    anchor = literal.name or f"{literal.call}:{literal.argument}"
    return Finding(
        rule.id, rule.family, rule.severity, path, line, column, end_line, end_column,
        rule.message, rule.advice, rule.fixable, anchor,
    )  # fmt: skip
