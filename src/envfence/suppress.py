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
_NAME_ONE = "name the rule, and say why: envfence: ignore[RULE] REASON"

FILE_FAMILIES = ("endpoint", "credential")  # what is looked for in each file; other families have other passes

# Without a bracket, or with one that holds no names, it names no rule.
_WORDS = r"[ \t]*+envfence:[ \t]*+ignore(?:\[|\b(?![\[\w:-]))((?<=\[)[\w\s,-]*+\]|)"
_REASON = r"([^\r\n]*+)\r?$"
_CLOSED_REASON = r"([^\r\n]{0,500}?)"
COMMENTS = {
    "yaml": ("#",),
    "shell": ("#", "rem", "::"),
    "lines": ("#", ";", "!", "//"),
    "prose": (),
    "html": ("//",),  # in its scripts
    "clojure": (";",),
}
_BLOCKS = (("/*", "*/"), ("<!--", "-->"), ("{#", "#}"))


class Suppression(NamedTuple):
    """A comment that ignores rules on its line."""

    line: int
    rules: tuple[str, ...]
    has_reason: bool


def suppressions(text: str, path: str) -> list[Suppression]:
    """Return the suppressing comments of a file."""
    kind = languages.kind_of(path, text[: text.find("\n")] if text.startswith("#!") else "")
    starts = languages.syntax_of(path).line_comments if kind == "code" else _comments(path, kind)
    to_the_end = [rf"(?:{'|'.join(map(re.escape, starts))}){_WORDS}{_REASON}"] if starts else []
    closed = [f"{re.escape(start)}{_WORDS}{_CLOSED_REASON}{re.escape(end)}" for start, end in _BLOCKS]
    # A block comment is tried first: its end is no reason.
    pattern = re.compile("|".join([*closed, *to_the_end]), re.MULTILINE | re.IGNORECASE)
    code = tokens.read(text, languages.syntax_of(path)) if kind == "code" else None
    found: list[Suppression] = []
    line, at = 1, 0
    for match in pattern.finditer(text):
        if code and (token := code.token_at(match.start())) and not token.is_comment:
            continue  # a program that writes about such comments
        line, at = line + text.count("\n", at, match.start()), match.start()
        rules, reason = (group for group in match.groups() if group is not None)
        names = rules.removesuffix("]").replace(",", " ").split()
        found.append(Suppression(line, tuple(names), bool(reason.strip())))
    return found


def _comments(path: str, kind: str) -> tuple[str, ...]:
    return COMMENTS.get(languages.reader_of(path, kind), COMMENTS[kind])


def applied(findings: list[Finding], text: str, path: str, config: Config) -> list[Finding]:
    """Return the findings that no comment of ``text`` ignores, and those about the comments themselves."""
    ignoring = suppressions(text, path)
    ignored = {(one.line, rule) for one in ignoring for rule in one.rules}
    used: set[tuple[int, str]] = set()
    left: list[Finding] = []
    for found in findings:
        matching = ignored.intersection(((found.line, found.rule), (found.end_line, found.rule)))
        used |= matching
        if not matching:
            left.append(found)
    for one in ignoring:
        if not one.rules:
            left.append(finding(UNUSED, path, one.line)._replace(advice=_NAME_ONE))
        elif not one.has_reason:
            left.append(finding(NO_REASON, path, one.line, anchor=" ".join(one.rules)))
        left += (
            _unused(path, one.line, rule)
            for rule in one.rules
            if (one.line, rule) not in used and config.wants(rule) and _is_looked_for(rule)
        )
    return left


def _unused(path: str, line: int, rule: str) -> Finding:
    from envfence.rules import all_rules, nearest

    found = finding(UNUSED, path, line, anchor=rule)
    return found if rule in all_rules() else found._replace(advice=f"there is no such rule; {nearest(rule)}")


def _is_looked_for(rule: str) -> bool:
    """Return whether a file is always searched for it; an id that nobody knows is a slip of the pen.

    What is copied from an env file is seen only where that file is.
    """
    from envfence.rules import all_rules

    known = all_rules().get(rule)
    return known.family in FILE_FAMILIES and rule != "copied-value" if known else not rule.startswith("flow-")
