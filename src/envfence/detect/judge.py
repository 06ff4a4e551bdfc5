"""Literals to findings: what a literal is for, and its value, decide."""

from collections.abc import Iterable

from envfence import anchors
from envfence.detect import credentials, endpoints, own_keys
from envfence.detect.scope import Scope
from envfence.finding import Finding, Rule
from envfence.literals import Literal


def findings(found: list[Literal], scope: Scope) -> list[Finding]:
    """Return what is hardcoded among the literals of a file, one finding for each, sorted by place."""
    decided = _once(
        scope.text,
        (*credentials.decided(found, scope), *endpoints.decided(found, scope), *own_keys.decided(found, scope)),
    )
    if not decided:
        return []
    at = Lines(scope.text)
    return [_finding(rule, scope, literal, at) for literal, rule in decided]


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


class Lines:
    """Turns offsets into lines and columns, by counting from the last offset that was asked for."""

    def __init__(self, text: str) -> None:
        self._text, self._offset = text, 0
        self._line, self._start = 1, 0

    def at(self, offset: int) -> tuple[int, int]:
        """Return line and column, both from 1."""
        between = self._text.count("\n", min(offset, self._offset), max(offset, self._offset))
        if between:
            self._line += between if offset > self._offset else -between
            self._start = self._text.rfind("\n", 0, offset) + 1
        self._offset = offset
        return self._line, offset - self._start + 1


def _finding(rule: Rule, scope: Scope, literal: Literal, lines: Lines) -> Finding:
    line, column = lines.at(literal.start)
    end_line, end_column = lines.at(literal.end)
    return Finding(
        rule.id, rule.family, rule.severity, scope.path, line, column, end_line, end_column,
        rule.message, rule.advice, rule.fixable, anchors.of(literal, scope.text),
    )  # fmt: skip
