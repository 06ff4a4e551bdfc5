"""Literals to findings: what a literal is for, and its value, decide."""

from bisect import bisect_right
from importlib import import_module
from itertools import accumulate
from typing import TYPE_CHECKING

from envfence.detect import credentials, endpoints
from envfence.detect.scope import Scope
from envfence.finding import Finding, Rule
from envfence.literals import Literal, embedded, languages

if TYPE_CHECKING:
    from envfence.config import Config


def literals_of(path: str, text: str) -> list[Literal]:
    """Return the literals of a file, read as its name says."""
    kind = languages.kind_of(path, text[: text.find("\n")] if text.startswith("#!") else "")
    reader = import_module(f"envfence.literals.{kind}")
    found: list[Literal] = reader.literals(text, path)
    if kind == "prose":
        return [*found, *embedded.within(text, 0, len(text))]
    inside = embedded.inner(text, found)
    return [*found, *inside] if kind == "code" else [*found, *inside, *embedded.evident(text, found)]


def findings(path: str, text: str, config: "Config | None" = None) -> list[Finding]:
    """Return what is hardcoded in ``text``, one finding for each literal, sorted by place."""
    scope = Scope(path, text, config.domains, config.allowed_hosts) if config else Scope(path, text)
    found = literals_of(path, text)
    places: dict[int, tuple[Literal, Rule]] = {}
    for literal, rule in (*credentials.decided(found, scope), *endpoints.decided(found, scope)):
        places.setdefault(literal.start, (literal, rule))
    if not places:
        return []
    lines = Lines(text)
    return [_finding(rule, path, literal, lines) for _, (literal, rule) in sorted(places.items())]


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
