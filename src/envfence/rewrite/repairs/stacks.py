"""Compose files: what has one repair, after which the same runs, or a health check asks the server that takes calls."""

import re
from collections.abc import Callable, Iterator, Mapping

from envfence.finding import Finding, Rule, finding
from envfence.rewrite import Edit, applied
from envfence.rewrite.repairs.mending import Mended
from envfence.rewrite.repairs.workflow import Around, Workflow
from envfence.stack.rules import VERSION_KEY, WEAK_HEALTHCHECK
from envfence.stack.tree import Node

MENDED = (VERSION_KEY, WEAK_HEALTHCHECK)
# A plain text on one line: nothing refers to it, so that without the line compose reads what it has read.
_VERSION = re.compile(r"""^version[ \t]*:[ \t]*["']?[\w.]+["']?[ \t]*(?:#[^\n]*)?\r?\n""", re.MULTILINE)
_BLANK = re.compile(r"[ \t]*\r?\n")
_SOCKET = re.compile(r"\bpg_isready\b(?![^\n|&;]*[ \t](?:-h|--host))")
_FIXED_USER = re.compile(r"(?<=\bpg_isready)([^\n|&;]*?[ \t](?:-U[ \t]*|--username[= ]))[\w.-]+")
_USER = "POSTGRES_USER"

_Repair = tuple[Rule, Edit]


def mended(texts: Mapping[str, str], is_told: Callable[[Finding], bool]) -> tuple[dict[str, str], list[Mended]]:
    """Return the compose files that change, path to text, and what is mended; ``is_told`` knows what is to stay."""
    stacks = [Workflow(path, text, Around({}.__contains__, (), dict)) for path, text in texts.items()]
    users = {name for one in stacks for name, service in _services(one).items() if _sets_user(service)}
    after: dict[str, str] = {}
    done: list[Mended] = []
    for one in stacks:
        found = [*_obsolete(one.text), *_checks(one, users)]
        lines = [one.text.count("\n", 0, edit.start) + 1 for _, edit in found]
        told = [
            (Mended(one.path, line, rule.id), edit)
            for (rule, edit), line in zip(found, lines, strict=True)
            if is_told(finding(rule, one.path, line)) and "envfence:" not in one.line(line)
        ]
        if told:
            after[one.path] = applied(one.text, [edit for _, edit in told])
            done += dict.fromkeys(line for line, _ in told)
    return after, done


def _obsolete(text: str) -> Iterator[_Repair]:
    """Yield the edit that takes out the version, with the gap below it where there is one above it, too."""
    for match in _VERSION.finditer(text):
        is_apart = not text[: match.start()].strip() or text[: match.start()].endswith(("\n\n", "\n\r\n"))
        gap = _BLANK.match(text, match.end()) if is_apart else None
        yield VERSION_KEY, Edit(match.start(), (gap or match).end(), "")


def _checks(stack: Workflow, users: set[str]) -> Iterator[_Repair]:
    """Yield the edits of checks that a shell runs: over TCP, which the server of the first start does not answer."""
    for name, service in _services(stack).items():
        test = service.at("healthcheck", "test")
        words = test.items
        if len(words) != 1 and [word.text for word in words[:1]] != ["CMD-SHELL"]:
            continue
        edits = stack.swapped(words[-1].line, _SOCKET, "pg_isready -h 127.0.0.1")
        if name in users:
            edits += stack.swapped(words[-1].line, _FIXED_USER, rf"\1$${_USER}")
        yield from ((WEAK_HEALTHCHECK, edit) for edit in edits)


def _services(stack: Workflow) -> Mapping[str, Node]:
    return stack.tree.at("services").mapping


def _sets_user(service: Node) -> bool:
    given = service.at("environment")
    return _USER in given.mapping or any(item.text.startswith(f"{_USER}=") for item in given.items)
