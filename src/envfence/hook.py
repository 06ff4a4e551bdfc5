"""The shell that all hooks share: file names in, exit code out. There is no argparse on the way of a commit."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from envfence import console
from envfence.check import Options, Report
from envfence.errors import FenceError

Part = Callable[[Sequence[str], Options], Report]

USAGE = """usage: {name} [--strict] [--ignore=RULE,...] [FILE...]

{what}
Without files, what is staged is checked. Warnings fail with --strict only.
"""


class Asked(NamedTuple):
    """The arguments of a hook."""

    names: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False
    help: bool = False


def run(argv: Sequence[str] | None, what: str | None, part: Part, *select: str) -> int:
    """Run one part of the guard, for the rules of ``select`` or for all; return 0, 1 for findings, 2 for an error."""
    arguments = sys.argv[1:] if argv is None else argv
    return console.guarded(lambda: _run(arguments, what, part, select))


def _run(argv: Sequence[str], what: str | None, part: Part, select: tuple[str, ...]) -> int:
    ask = asked(argv)
    if ask.help:
        print(USAGE.format(name=os.path.basename(sys.argv[0]), what=what), end="")
        return 0
    report = part(ask.names, Options(select, ask.ignore, lines=True))
    console.told(report)
    return console.exit_code(report.findings, strict=ask.strict)


def asked(argv: Sequence[str]) -> Asked:
    """Return what the arguments say. Options come first, since a file may be called `-x.py`.

    Raise FenceError for an option that does not exist.
    """
    ask = Asked()
    for at, argument in enumerate(argv):
        if argument == "--strict":
            ask = ask._replace(strict=True)
        elif argument in ("-h", "--help"):
            ask = ask._replace(help=True)
        elif argument.startswith("--ignore="):
            ask = ask._replace(ignore=(*ask.ignore, *argument.removeprefix("--ignore=").split(",")))
        elif argument == "--":
            return ask._replace(names=tuple(argv[at + 1 :]))
        elif argument.startswith("-") and not os.path.lexists(argument):
            raise FenceError(f"unknown option {argument.partition('=')[0]}; --help lists them")
        else:
            return ask._replace(names=tuple(argv[at:]))
    return ask
