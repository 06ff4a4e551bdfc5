"""Literals to findings: what a literal is for, and its value, decide."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from importlib import import_module
from itertools import accumulate

from envfence.detect import credentials, endpoints
from envfence.finding import WARNING, Finding, Rule
from envfence.literals import DOC, Literal, languages

DETECTORS: tuple[Callable[[Literal], Rule | None], ...] = (credentials.rule_for, endpoints.rule_for)


def literals_of(path: str, text: str) -> list[Literal]:
    """Return the literals of a file, read as its name says."""
    kind = languages.kind_of(path, text[: text.find("\n")] if text.startswith("#!") else "")
    reader = import_module(f"envfence.literals.{kind}")
    found: list[Literal] = reader.literals(text, path)
    return found


def findings(path: str, text: str) -> list[Finding]:
    """Return what is hardcoded in ``text``, one finding for each rule and literal, sorted by place."""
    places = {}
    for literal, rule in _decided(literals_of(path, text)):
        places.setdefault((literal.start, rule.id), (literal, rule))
    if not places:
        return []
    lines = Lines(text)
    return [_finding(rule, path, literal, lines) for _, (literal, rule) in sorted(places.items())]


def _decided(found: Iterable[Literal]) -> Iterable[tuple[Literal, Rule]]:
    for literal in found:
        for rule_for in DETECTORS:
            if rule := rule_for(literal):
                yield literal, rule
                break


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
    severity = WARNING if literal.role == DOC else rule.severity
    anchor = literal.name or f"{literal.call}:{literal.argument}"
    return Finding(
        rule.id, rule.family, severity, path, line, column, end_line, end_column,
        rule.message, rule.advice, rule.fixable, anchor,
    )  # fmt: skip
