"""Tokens and keys whose form tells the provider: detect-secrets' detectors, and formats that it does not know.

detect-secrets takes 50 ms to import, so it is asked only about files that hold a provider's mark. Without it our own
patterns stand in for its detectors. Nothing is ever verified at a provider: no token leaves the machine.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

from envfence.detect.marks import finder
from envfence.detect.providers import PROVIDERS, Provider
from envfence.finding import ERROR, WARNING, Finding, Rule
from envfence.literals.languages import kind_of

SECRET = Rule(
    "provider-secret",
    "credential",
    "a provider's token or key is written into the file",
    "revoke it at the provider, and read the new one from settings",
)
RULES = (SECRET,)

LONGEST_LINE = 8000  # characters; half of them are more than any token has

MARKS = tuple(mark.encode() for provider in PROVIDERS for mark in provider.marks)

# What everybody may know: documentation's keys, the Azure emulator's, jwt.io's, and masks.
_SAMPLE = (
    r"(?i:example)|Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq"
    r"|eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lI|\*\*\*|\.\.\.|([A-Za-z0-9])\1{7}"
)


class Detector(NamedTuple):
    """A provider's patterns, and what else a match has to be."""

    patterns: tuple[re.Pattern[str], ...]
    is_valid: Callable[[str], bool] | None = None


def held(data: bytes, *, many: bool = False) -> set[bytes]:
    """Return the providers' marks in the bytes: no mark, no token. ``many``: the file is one of thousands."""
    return finder(MARKS, many=many, keep=True)(data)


def findings(path: str, text: str, marks: set[bytes]) -> list[Finding]:
    """Return the tokens and keys in ``text``, which holds these ``marks``, each once, sorted by place."""
    from envfence import anchors

    places: list[tuple[int, int, Provider]] = []
    for provider in PROVIDERS:
        if not marks.isdisjoint(mark.encode() for mark in provider.marks) and _may_be_in(text, provider):
            places += ((*span, provider) for span in _spans(text, provider))
    found: list[Finding] = []
    line, at, begin = 1, 0, 0  # of the last: its line, where it stands, and where its line begins
    for start, end, provider in _outermost(places):
        line, begin, at = line + text.count("\n", at, start), max(begin, text.rfind("\n", at, start) + 1), start
        column = start - begin + 1
        place = line, column, line, column + end - start
        found.append(_finding(path, place, provider, anchors.before(text, start)))
    return found


def _may_be_in(text: str, provider: Provider) -> bool:
    return not provider.plugin or bool(re.search(provider.hint or provider.pattern, text))


def _spans(text: str, provider: Provider) -> Iterator[tuple[int, int]]:
    detector = _detector(provider)
    tail, sample = re.compile(provider.tail), re.compile(_SAMPLE)
    windows = list(_windows(text))
    for match in (match for pattern in detector.patterns for at in windows for match in pattern.finditer(text, *at)):
        rest = tail.match(text, match.end())
        if (
            rest
            and _stands_alone(text, match.start(), rest.end())
            and (not detector.is_valid or detector.is_valid(match[0]))
        ):
            end = rest.end() if "\n" not in rest[0] else match.end()
            if not sample.search(text, match.start(), end):
                yield match.start(), end


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Yield what to search at a time: on a very long line the patterns of detect-secrets take the square of it."""
    if max(map(len, text.split("\n"))) <= LONGEST_LINE:
        yield 0, len(text)
        return
    for start in range(0, len(text), LONGEST_LINE // 2):
        yield start, start + LONGEST_LINE


@cache
def _detector(provider: Provider) -> Detector:
    if provider.plugin:
        try:
            plugin = _plugin(*provider.plugin.split("."))
        except ImportError:  # the extra `secrets` is not installed
            pass
        else:
            return Detector(tuple(plugin.denylist), getattr(plugin, "is_formally_valid", None))
    return Detector((re.compile(provider.pattern),))


def _plugin(module: str, name: str) -> Any:
    """Return a detector's class, without the HTTP client that verifies tokens: 130 ms, and it could send them."""
    known = "requests" in sys.modules
    sys.modules.setdefault("requests", ModuleType("requests"))
    try:
        return getattr(import_module(f"detect_secrets.plugins.{module}"), name)
    finally:
        if not known:
            del sys.modules["requests"]


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Return whether no letter or digit is cut off: 20 characters amid a certificate are no key's id."""
    return not (_is_word(text[start - 1 : start]) and _is_word(text[start])) and not (
        _is_word(text[end - 1]) and _is_word(text[end : end + 1])
    )


def _is_word(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _outermost(places: Iterable[tuple[int, int, Provider]]) -> Iterator[tuple[int, int, Provider]]:
    stop = 0
    for start, end, provider in sorted(places, key=lambda place: (place[0], -place[1])):
        if end > stop:
            yield start, end, provider
            stop = end


def _finding(path: str, place: tuple[int, int, int, int], provider: Provider, anchor: str) -> Finding:
    severity = WARNING if provider.is_often_shown and kind_of(path, "") == "prose" else ERROR
    message = f"{provider.name} is written into the file"
    return Finding(
        SECRET.id, SECRET.family, severity, path, *place,
        message, SECRET.advice, SECRET.fixable, anchor,
    )  # fmt: skip
