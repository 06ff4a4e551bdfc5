"""Findings as a person reads them: where, what, the line without its values, and what to do."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence

from envfence.finding import ERROR, Finding

BOLD, RED, YELLOW, BLUE, RESET = "\033[1m", "\033[31m", "\033[33m", "\033[34m", "\033[0m"


def rendered(findings: Sequence[Finding], lines: Mapping[tuple[str, int], str], *, colour: bool | None = None) -> str:
    """Return the report; ``lines`` holds masked lines by path and number. Colours are asked of the environment."""
    paint = _painted if (is_coloured() if colour is None else colour) else _plain
    return "".join(_one(found, lines.get((found.path, found.line)), paint) for found in findings)


def is_coloured() -> bool:
    """Return whether colours are wanted: NO_COLOR and FORCE_COLOR decide, else whether a terminal listens."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def place(found: Finding) -> str:
    """Return `path:line:column`."""
    return f"{path_shown(found.path)}:{found.line}" + (f":{found.column}" if found.column else "")


def path_shown(path: str) -> str:
    """Return a path that cannot break out of its line, nor steer the terminal."""
    if path.isprintable():
        return path
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in path)


def _one(found: Finding, line: str | None, paint: Callable[[str, str], str]) -> str:
    is_error = found.severity == ERROR
    head = f"{paint(place(found), BOLD)}: {paint(found.rule, RED if is_error else YELLOW)} {found.message}"
    parts = [head + ("" if is_error else " (warning)")]
    gutter = " " * len(str(found.line))
    if line is not None:
        bar = paint(f"{gutter} |", BLUE)
        parts += [bar, f"{paint(f'{found.line} |', BLUE)} {line.strip()}", bar]
    parts.append(f"{paint(f'{gutter} =', BLUE)} {paint('help', BOLD)}: {found.advice}")
    return "\n".join(parts) + "\n\n"


def _painted(text: str, colour: str) -> str:
    return f"{colour}{text}{RESET}"


def _plain(text: str, _: str) -> str:
    return text
