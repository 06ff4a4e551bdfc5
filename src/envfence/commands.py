"""The parsers of all commands as one tree, which completion and docs/commands.md are made from."""

import argparse
import functools
from collections.abc import Iterator
from importlib import import_module
from typing import Any, cast

from envfence import cli

_INTRODUCTION = """\
# Commands

What every command and each of its options does: the text that `--help` prints.
This page is made by `python -m envfence.commands`.
"""
_MODULES = {**cli.COMMANDS, "stack lock": "envfence.stack.lock"}


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every command as it is typed behind `envfence`, "" for that itself, with its parser."""
    return _below("", cli.command_parser())


def _below(command: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield command, parser
    for action in actions(parser):
        for name in (each for each, _ in subcommands(action)):
            full = f"{command} {name}".lstrip()
            module = _MODULES.get(full)
            stub: argparse.ArgumentParser = cast("Any", action.choices)[name]
            yield from _below(full, import_module(module).command_parser() if module else stub)


# argparse has no public way to ask a parser for what it takes.
def actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return the options and arguments of a parser, in order."""
    return parser._actions  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def subcommands(action: argparse.Action) -> list[tuple[str, str]]:
    """Return (name, help) of each command that an argument can be; nothing if it is no command."""
    listed: list[argparse.Action] = getattr(action, "_choices_actions", [])
    return [(each.dest, each.help or "") for each in listed]


def markdown() -> str:
    """Return the help of every command as one page, 80 characters wide whatever the terminal is."""
    parts = [_INTRODUCTION]
    for command, parser in parsers():
        parser.formatter_class = functools.partial(cast("Any", parser.formatter_class), width=78)
        parts.append(f"## envfence {command}".rstrip() + f"\n\n```text\n{parser.format_help()}```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    print(markdown(), end="")
