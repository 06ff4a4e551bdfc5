"""Comments by which other tools are told that a line holds no secret: they count for credentials.

Those tools judge secrets, so their word says nothing of hosts and ports. A linter judges a password by its name alone:
what it lets pass may still be a provider's token. And no tool but this one knows that a value is copied from an env
file of this machine, so nothing but our own comment allows that.
"""

import re
from collections.abc import Iterable

from envfence.finding import Finding
from envfence.literals import languages, tokens
from envfence.suppress import COMMENTS

_MARKS = (b"pragma:", b"gitleaks:allow", b"trufflehog:ignore", b"ggignore", b"nosec", b"noqa:", b"nosonar")
_LONGEST = 4000  # characters of a line on which somebody wrote a comment

_SCANNERS = r"\bpragma: ?(?:allow|white)list[ -]secret\b|\bgitleaks:allow\b|\btrufflehog:ignore\b|\bggignore\b"
_NEXT_LINE = r"\bpragma: ?(?:allow|white)list[ -]nextline[ -]secret\b"
_SONAR = r"\bNOSONAR\b"
# Alone `nosec` is about every check, with a list about those of the list; a bare `noqa` is mostly about a long line.
_PYTHON = r"\bnosec\b(?![: ]+(?=B\d)(?![^\n#]*\bB10[567]\b))|\bnoqa:[^\n#]*\bS10[567]\b"
_BLOCK_STARTS = ("/*", "<!--", "{#")
_NOT_A_LINTERS = ("provider-secret",)
_NEVER = ("copied-value",)


def are_in(data: bytes) -> bool:
    """Return whether a file may hold such a comment."""
    low = data.lower()
    return any(mark in low for mark in _MARKS)


def applied(findings: list[Finding], text: str, path: str) -> list[Finding]:
    """Return the findings but for those that a comment of another tool allows, on their first line or their last."""
    lines = {line for found in findings if found.is_of_login for line in (found.line, found.end_line)}
    if not lines:
        return findings
    by_scanners, by_linters = _allowed(text, path, lines)
    return [found for found in findings if not _is_allowed(found, by_scanners, by_linters)]


def _is_allowed(found: Finding, by_scanners: set[int], by_linters: set[int]) -> bool:
    if not found.is_of_login or found.rule in _NEVER:
        return False
    lines = {found.line, found.end_line}
    return not lines.isdisjoint(by_scanners) or (found.rule not in _NOT_A_LINTERS and not lines.isdisjoint(by_linters))


def _allowed(text: str, path: str, wanted: Iterable[int]) -> tuple[set[int], set[int]]:
    """Return which of the ``wanted`` lines scanners for secrets let pass, and which linters do."""
    kind = languages.kind_of(path, text[: text.find("\n")] if text.startswith("#!") else "")
    syntax = languages.syntax_of(path)
    python = f"|{_PYTHON}" if syntax is languages.PYTHON and kind == "code" else ""
    pattern = re.compile(
        rf"(?P<next>{_NEXT_LINE})|(?P<scanner>{_SCANNERS})|(?P<linter>{_SONAR}{python})", re.IGNORECASE
    )
    lines = set(wanted) | {line - 1 for line in wanted}
    by_scanners: set[int] = set()
    by_linters: set[int] = set()
    starts = () if kind == "code" else COMMENTS[kind]
    code = tokens.read(text, syntax) if kind == "code" else None
    at = 0
    for number, line in enumerate(text.split("\n"), 1):
        for mark in pattern.finditer(line) if number in lines and len(line) < _LONGEST else ():
            token = code.token_at(at + mark.start()) if code else None
            if token.is_comment if token else _is_in_comment(line, mark.start(), starts):
                (by_linters if mark["linter"] else by_scanners).add(number + bool(mark["next"]))
        at += len(line) + 1
    return by_scanners, by_linters


def _is_in_comment(line: str, at: int, starts: Iterable[str]) -> bool:
    """Return whether a comment begins on the line before ``at``: at its start, or behind a blank."""
    begins = "|".join(map(re.escape, (*starts, *_BLOCK_STARTS)))
    return re.search(rf"(?:^|[ \t])(?:{begins})", line[:at]) is not None
