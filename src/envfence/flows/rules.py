"""The flow rules: semgrep's YAML, read just far enough to know which files they could match, and what they say."""

import os
import re
from collections.abc import Iterator
from functools import cache
from textwrap import dedent
from typing import NamedTuple

from envfence.errors import FenceError
from envfence.flows.languages import is_written_in

SUFFIXES = (".yaml", ".yml")
# What a message of semgrep is filled with may be the very value, so a message with a gap in it is never shown.
GAP = "$"
MESSAGE = "a literal reaches a connection"
ADVICE = "read it from settings and name its key in .env.example"

_FIRST = re.compile(r"^rules:[^\n]*\n(?:\s*(?:#[^\n]*)?\n)*( *)- ", re.MULTILINE)
_QUOTES = "\"'"


class FlowRule(NamedTuple):
    """One rule: its id, its file, the languages it reads, the words of which one must stand in a file, its YAML."""

    id: str
    file: str
    languages: tuple[str, ...]
    needs: tuple[bytes, ...]
    text: str

    def could_match(self, path: str, data: bytes) -> bool:
        """Return whether a file could break the rule, by its name and its words alone."""
        if self.needs and not any(word in data for word in self.needs):
            return False
        return any(is_written_in(language, path, data) for language in self.languages)

    @property
    def problem(self) -> str:
        """The rule of the library that names the same problem, "" if the flow is a problem of its own."""
        return _scalar(self.text, "rule")

    @property
    def message(self) -> str:
        """What is wrong, in the rule's own words."""
        message = _scalar(self.text, "message")
        return MESSAGE if not message or GAP in message else message[0].lower() + message[1:].rstrip(".")

    @property
    def advice(self) -> str:
        """What to do, in the rule's own words."""
        advice = _scalar(self.text, "advice")
        return ADVICE if not advice or GAP in advice else advice

    def part(self, key: str) -> str:
        """Return one text of the rule on a line, "" for an absent one."""
        return _scalar(self.text, key)

    def block(self, key: str) -> str:
        """Return one text of the rule as it is written below its key, "" for an absent one."""
        return dedent(_value(self.text, key).partition("\n")[2]).strip("\n")

    @property
    def is_warning(self) -> bool:
        """Whether the rule only warns."""
        return _scalar(self.text, "severity").upper() not in ("ERROR", "HIGH", "CRITICAL")


@cache
def bundled() -> tuple[FlowRule, ...]:
    """Return the rules that come with the package."""
    import envfence_rules

    return tuple(rule for folder in envfence_rules.__path__ for rule in _below(folder))


def in_folder(folder: str) -> tuple[FlowRule, ...]:
    """Return a team's own rules: of a file, or of a folder and what is below it. Raise FenceError without any."""
    files = [folder] if os.path.isfile(folder) else []
    files += (os.path.join(at, name) for at, _, names in os.walk(folder) for name in sorted(names))
    found = tuple(rule for file in files if _holds_rules(file) for rule in in_text(_read(file), file))
    if not found:
        raise FenceError(f"{folder}: flow-rules names it, and it holds no rule of semgrep")
    return found


def in_text(text: str, file: str) -> Iterator[FlowRule]:
    """Yield the rules of one YAML file, each with its part of the text; raise FenceError for one without an id."""
    text = text.replace("\r\n", "\n")
    first = _FIRST.search(text)
    if first is None:
        return
    listed = text[first.start(1) :]
    starts = [match.start() for match in re.finditer(rf"^{first[1]}- ", listed, re.MULTILINE)]
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        item = listed[start:end].replace("- ", "  ", 1)
        name = _scalar(item, "id")
        if not name:
            raise FenceError(f"{file}: a rule without an id; write each key of a rule on a line of its own")
        words = tuple(word.encode() for word in _list(item, "needs"))
        yield FlowRule(name, file, tuple(_list(item, "languages")), words, item)


def _below(folder: str) -> Iterator[FlowRule]:
    for name in sorted(os.listdir(folder)):
        if _holds_rules(name):
            file = os.path.join(folder, name)
            yield from in_text(_read(file), file)


def _holds_rules(name: str) -> bool:
    return name.endswith(SUFFIXES) and not name.endswith(tuple(f".test{suffix}" for suffix in SUFFIXES))


def _read(file: str) -> str:
    with open(file, encoding="utf-8") as stream:
        return stream.read()


def _value(text: str, key: str) -> str:
    """Return what stands behind the first ``key``, with the lines below it that are indented deeper."""
    match = re.search(rf"^( *){key}:(.*(?:\n(?:\1 +[^ \n].*|[ ]*(?=\n)))*)", text, re.MULTILINE)
    return match[2] if match else ""


def _scalar(text: str, key: str) -> str:
    """Return one text, folded to a line; "" for an absent one."""
    words = _value(text, key).split()
    if words and words[0][0] in ">|":
        words = words[1:]
    value = " ".join(words)
    return value[1:-1] if len(value) > 1 and value[0] in _QUOTES and value[-1] == value[0] else value


def _list(text: str, key: str) -> list[str]:
    """Return the items of a list, written in a line or one below the other."""
    value = _value(text, key).strip()
    parts = value.strip("[]").split(",") if value.startswith("[") else re.split(r"(?:^|\n)\s*- ", value)
    return [item for part in parts if (item := part.strip().strip(_QUOTES))]
