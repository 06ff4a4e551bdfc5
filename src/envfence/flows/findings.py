"""Candidates to findings: run semgrep over copies, find the literals that it means, leave out what is known."""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence

from envfence import anchors
from envfence.config import Config
from envfence.detect import credentials, endpoints
from envfence.detect.judge import Lines
from envfence.detect.scope import Scope
from envfence.finding import ERROR, WARNING, Finding
from envfence.flows import places, semgrep
from envfence.flows.check import Candidate
from envfence.flows.languages import suffix_of
from envfence.flows.rules import FlowRule
from envfence.literals import Literal

RULES = (*credentials.RULES, *endpoints.RULES)
FAMILIES = {rule.id: rule.family for rule in RULES}
PROBLEMS = frozenset((rule.id, rule.family) for rule in RULES)  # a fallback may be of either family
_HOST_IN = re.compile(r"[\w.-]+")


def of(
    candidates: Sequence[Candidate], command: str, known: Iterable[Finding]
) -> Iterator[tuple[Candidate, list[Finding]]]:
    """Yield each candidate with its flows, without those that ``known`` findings already tell of."""
    known_at: dict[tuple[str, int], list[Finding]] = {}
    for one in known:
        known_at.setdefault((one.path, one.line), []).append(one)
    found = _matches(candidates, command)
    for candidate in candidates:
        if matches := found.get(candidate.path):
            yield candidate, _of_file(candidate, matches, known_at)


def _matches(candidates: Sequence[Candidate], command: str) -> dict[str, list[semgrep.Match]]:
    """Return the matches by path. semgrep reads copies: a commit is not what lies on the disk, nor in its names.

    So neither an ignore file nor an unknown suffix has a say.
    """
    found: dict[str, list[semgrep.Match]] = {}
    with tempfile.TemporaryDirectory(prefix="envfence-", ignore_cleanup_errors=True) as folder:
        paths = _copied(candidates, folder)
        configs = {rule.file for candidate in candidates for rule in candidate.rules.values()}
        for match in semgrep.matches(command, folder, configs):
            if path := paths.get(os.path.normpath(match.path)):
                found.setdefault(path, []).append(match)
    return found


def _copied(candidates: Iterable[Candidate], folder: str) -> dict[str, str]:
    """Copy the files into the folder, each below its own path; return the path of each copy."""
    paths: dict[str, str] = {}
    for number, candidate in enumerate(candidates):
        path = candidate.path
        is_plain = path.isascii() and path.isprintable() and not (path.startswith("..") or os.path.isabs(path))
        name = os.path.normpath(path if is_plain else f"other-{number}{os.path.splitext(path)[1]}")
        name += suffix_of(name, candidate.text[:200].encode())
        paths[name] = path
        copy = os.path.join(folder, name)
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        with open(copy, "w", encoding="utf-8", newline="") as stream:
            stream.write(candidate.text)
    with open(os.path.join(folder, ".semgrepignore"), "w", encoding="utf-8"):
        pass  # an empty one, or semgrep leaves out tests
    return paths


def _of_file(
    candidate: Candidate, matches: Sequence[semgrep.Match], known_at: dict[tuple[str, int], list[Finding]]
) -> list[Finding]:
    path, text, config = candidate.path, candidate.text, candidate.config
    literals = places.literals_in(path, text)
    scope = Scope(path, text, config.domains, config.allowed_hosts, config.key_names)
    lines, offsets, ignored = Lines(text), _Offsets(text), _ignored(text, path)
    found: list[Finding] = []
    for match in matches:
        rule = candidate.rules.get(match.rule)
        start, end = offsets.at(match.start), offsets.at(match.end)
        literal = places.literal_at(literals, text, start, end)
        if rule is None or (literal and _is_allowed(literal, config)):
            continue
        severity = _severity(rule, literal, scope)
        start, end = (literal.start, literal.end) if literal else (start, end)
        anchor = anchors.of(literal, text) if literal else anchors.scope_at(text, start)
        one = _finding(rule, path, severity, (*lines.at(start), *lines.at(end)), anchor)
        others = known_at.setdefault((path, one.line), [])
        if severity and not _is_known(one, rule, others) and not _is_ignored(one, rule, ignored):
            others.append(one)
            found.append(one)
    return config.reported(found, path)


def _finding(rule: FlowRule, path: str, severity: str, place: tuple[int, int, int, int], anchor: str) -> Finding:
    return Finding(rule.id, "flow", severity, path, *place, rule.message, rule.advice, anchor=anchor)


def _severity(rule: FlowRule, literal: Literal | None, scope: Scope) -> str:
    """Return "" for an endpoint that a test only pretends to reach; a credential in one is a warning."""
    is_endpoint = FAMILIES.get(rule.problem) == "endpoint"
    # That a host is connected to is what the rule has found out.
    if literal is None or scope.counts(literal._replace(call="connect") if is_endpoint else literal):
        return WARNING if rule.is_warning else ERROR
    return "" if is_endpoint else WARNING


def _is_known(one: Finding, rule: FlowRule, others: Iterable[Finding]) -> bool:
    """Return whether another finding on the line is about the same characters, or the same problem, and as severe."""
    family = FAMILIES.get(rule.problem, "flow")
    return any(
        one.severity >= other.severity and (other.family == family or _overlap(one, other))  # "error" < "warning"
        for other in others
    )


def _overlap(one: Finding, other: Finding) -> bool:
    if one.column is None or other.column is None:
        return False
    ends = [found.end_column or 0 if found.end_line == found.line else 1 << 30 for found in (one, other)]
    return one.column < ends[1] and other.column < ends[0]


def _is_allowed(literal: Literal, config: Config) -> bool:
    return bool(config.allowed_hosts) and not {*_HOST_IN.findall(literal.value.lower())}.isdisjoint(
        config.allowed_hosts
    )


def _ignored(text: str, path: str) -> set[tuple[int, str]]:
    """Return line and rule of what comments ignore."""
    if "envfence:" not in text:
        return set()
    from envfence.suppress import suppressions

    return {(one.line, rule) for one in suppressions(text, path) for rule in one.rules}


def _is_ignored(one: Finding, rule: FlowRule, ignored: set[tuple[int, str]]) -> bool:
    """Return whether a comment ignores the rule, or its problem under the name that the library gives it."""
    family = FAMILIES.get(rule.problem, "flow")
    return any(
        line in (one.line, one.end_line) and (name == rule.id or (name, family) in PROBLEMS) for line, name in ignored
    )


class _Offsets:
    """Turns semgrep's offsets, in bytes, into code points."""

    def __init__(self, text: str) -> None:
        self._bytes = b"" if text.isascii() else text.encode()

    def at(self, offset: int) -> int:
        return len(self._bytes[:offset].decode(errors="ignore")) if self._bytes else offset
