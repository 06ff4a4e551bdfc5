"""`# envfence: ignore[rule-id] reason` on a line, in the comment syntax of its file."""

import re
from typing import NamedTuple

from envfence.config import Config
from envfence.finding import WARNING, Finding, Rule, finding
from envfence.literals import languages, tokens

NO_REASON = Rule(
    "suppression-without-reason",
    "check",
    "a finding is ignored without a reason",
    "say behind the bracket why the value may stay",
    WARNING,
)
UNUSED = Rule(
    "unused-suppression",
    "check",
    "nothing is found here that the comment ignores",
    "remove the comment, or the rule that it names in vain",
    WARNING,
)
RULES = (NO_REASON, UNUSED)

MARK = b"envfence:"
FILE_FAMILIES = ("endpoint", "credential")  # what is looked for in each file; other families have other passes

_WORDS = r"\s*envfence:\s*ignore\[([\w\s,-]*)\]([^\r\n]*?)"
_COMMENTS = {"yaml": ("#",), "shell": ("#", "rem", "::"), "lines": ("#", ";", "!", "//"), "prose": ()}
_BLOCKS = (("/*", "*/"), ("<!--", "-->"), ("{#", "#}"))


class Suppression(NamedTuple):
    """A comment that ignores rules on its line."""

    line: int
    rules: tuple[str, ...]
    has_reason: bool


def suppressions(text: str, path: str) -> list[Suppression]:
    """Return the suppressing comments of a file."""
    kind = languages.kind_of(path)
    starts = languages.syntax_of(path).line_comments if kind == "code" else _COMMENTS[kind]
    to_the_end = [rf"(?:{'|'.join(map(re.escape, starts))}){_WORDS}\r?$"] if starts else []
    closed = [f"{re.escape(start)}{_WORDS}{re.escape(end)}" for start, end in _BLOCKS]
    # A block comment is tried first: its end is no reason.
    pattern = re.compile("|".join([*closed, *to_the_end]), re.MULTILINE | re.IGNORECASE)
    found = pattern.finditer(text)
    if kind == "code":
        strings = _strings(text, path)
        found = (match for match in found if not any(start < match.start() < end for start, end in strings))
    return [_suppression(match, text) for match in found]


def _strings(text: str, path: str) -> list[tuple[int, int]]:
    """Return where a program writes about such comments instead of writing one."""
    read = tokens.read(text, languages.syntax_of(path)).tokens
    return [(token.start, token.end) for token in read if not token.is_comment]


def _suppression(match: re.Match[str], text: str) -> Suppression:
    rules, reason = (group for group in match.groups() if group is not None)
    line = text.count("\n", 0, match.start()) + 1
    return Suppression(line, tuple(rules.replace(",", " ").split()), bool(reason.strip()))


def applied(findings: list[Finding], text: str, path: str, config: Config) -> list[Finding]:
    """Return the findings that no comment of ``text`` ignores, and those about the comments themselves."""
    ignoring = suppressions(text, path)
    used: set[tuple[int, str]] = set()
    left: list[Finding] = []
    for found in findings:
        lines = {found.line, found.end_line}
        matching = {(one.line, found.rule) for one in ignoring if one.line in lines and found.rule in one.rules}
        used |= matching
        if not matching:
            left.append(found)
    for one in ignoring:
        if not one.has_reason:
            left.append(finding(NO_REASON, path, one.line, anchor=" ".join(one.rules)))
        left += (
            finding(UNUSED, path, one.line, anchor=rule)
            for rule in one.rules
            if (one.line, rule) not in used and config.wants(rule) and _is_looked_for(rule)
        )
    return left


def _is_looked_for(rule: str) -> bool:
    """Return whether a file is always searched for it; an id that nobody knows is a slip of the pen."""
    from envfence.rules import all_rules

    known = all_rules().get(rule)
    return known.family in FILE_FAMILIES if known else not rule.startswith("flow-")
