"""Matches to findings: find the literals that semgrep means, heed comments and settings, leave out what is known."""

import re
from collections.abc import Iterable, Iterator, Sequence

from envfence import anchors, pragmas
from envfence.config import Config
from envfence.detect import credentials, endpoints
from envfence.detect.judge import Lines
from envfence.detect.scope import Scope
from envfence.finding import ERROR, WARNING, Finding, finding
from envfence.flows import copies, places
from envfence.flows.candidate import Candidate
from envfence.flows.rules import FlowRule
from envfence.flows.semgrep import Match
from envfence.literals import Literal
from envfence.suppress import UNUSED, suppressions

RULES = (*credentials.RULES, *endpoints.RULES)
FAMILIES = {rule.id: rule.family for rule in RULES}
PROBLEMS = frozenset((rule.id, rule.family) for rule in RULES)  # a fallback may be of either family
_HOST_IN = re.compile(r"[\w.-]+")

Known = dict[tuple[str, int], list[Finding]]


def of(
    candidates: Sequence[Candidate], command: str, known: Iterable[Finding]
) -> Iterator[tuple[Candidate, list[Finding]]]:
    """Yield each candidate with its flows, without those that ``known`` findings already tell of."""
    known_at: Known = {}
    for one in known:
        known_at.setdefault((one.path, one.line), []).append(one)
    found = copies.matches(candidates, command)
    for candidate in candidates:
        flows = list(_flows(candidate, found.get(candidate.path, ())))
        left, unused = _heeded(candidate, flows)
        left = pragmas.applied([one for one in left if not _is_known(one, known_at)], candidate.text, candidate.path)
        reported = [*(one._replace(family="flow") for one in left), *unused]
        yield candidate, candidate.config.reported(reported, candidate.path)


def _flows(candidate: Candidate, matches: Sequence[Match]) -> Iterator[Finding]:
    """Yield the flows of a file: until they are reported, each has the family of its problem."""
    if not matches:
        return
    path, text, config = candidate.path, candidate.text, candidate.config
    literals = places.literals_in(path, text)
    scope = Scope(path, text, config.domains, config.allowed_hosts, config.key_names)
    lines, offsets = Lines(text), _Offsets(text)
    for match in matches:
        rule = candidate.rules.get(match.rule)
        start, end = offsets.at(match.start), offsets.at(match.end)
        literal = places.literal_at(literals, text, start, end)
        if rule is None or (literal and _is_allowed(literal, config)):
            continue
        start, end = (literal.start, literal.end) if literal else (start, end)
        anchor = anchors.of(literal, text) if literal else anchors.scope_at(text, start)
        if severity := _severity(rule, literal, scope):
            family = FAMILIES.get(rule.problem, "flow")
            place = (*lines.at(start), *lines.at(end))
            yield Finding(rule.id, family, severity, path, *place, rule.message, rule.advice, anchor=anchor)


def _severity(rule: FlowRule, literal: Literal | None, scope: Scope) -> str:
    """Return "" for an endpoint that a test only pretends to reach; a credential in one is a warning."""
    is_endpoint = FAMILIES.get(rule.problem) == "endpoint"
    # That a host is connected to is what the rule has found out.
    if literal is None or scope.counts(literal._replace(call="connect") if is_endpoint else literal):
        return WARNING if rule.is_warning else ERROR
    return "" if is_endpoint else WARNING


def _is_allowed(literal: Literal, config: Config) -> bool:
    return not {*_HOST_IN.findall(literal.value.lower())}.isdisjoint(config.allowed_hosts)


def _heeded(candidate: Candidate, flows: list[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Return the flows that no comment ignores, and the comments that ignore a rule of this file in vain.

    A comment may also name the problem, as the library does.
    """
    if "envfence:" not in candidate.text:
        return flows, []
    comments = {(one.line, rule) for one in suppressions(candidate.text, candidate.path) for rule in one.rules}
    used: set[tuple[int, str]] = set()
    left: list[Finding] = []
    for flow in flows:
        matching = {
            (line, name)
            for line, name in comments
            if line in (flow.line, flow.end_line) and (name == flow.rule or (name, flow.family) in PROBLEMS)
        }
        used |= matching
        left += [] if matching else [flow]
    in_vain = sorted((line, name) for line, name in comments - used if name in candidate.rules)
    return left, [finding(UNUSED, candidate.path, line, anchor=name) for line, name in in_vain]


def _is_known(one: Finding, known_at: Known) -> bool:
    """Return whether another finding on the line is as severe, and about the same problem or the same characters.

    If not, the next ones know of this one.
    """
    others = known_at.setdefault((one.path, one.line), [])
    if any(
        one.severity >= other.severity and (other.family == one.family or _overlap(one, other)) for other in others
    ):  # "error" comes before "warning"
        return True
    others.append(one)
    return False


def _overlap(one: Finding, other: Finding) -> bool:
    if one.column is None or other.column is None:
        return False
    ends = [found.end_column or 0 if found.end_line == found.line else 1 << 30 for found in (one, other)]
    return one.column < ends[1] and other.column < ends[0]


class _Offsets:
    """Turns semgrep's offsets, in bytes, into code points."""

    def __init__(self, text: str) -> None:
        self._bytes = b"" if text.isascii() else text.encode()

    def at(self, offset: int) -> int:
        return len(self._bytes[:offset].decode(errors="ignore")) if self._bytes else offset
