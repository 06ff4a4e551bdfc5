"""An argument parser that repeats no value: what was mistyped may have been a password."""

import argparse
import re
from typing import NoReturn

_UNKNOWN = "unrecognized arguments: "
_ASSIGNED = re.compile(r"(--?[\w-]+)=.*?(?= could match|$)", re.DOTALL)
_GIVEN = re.compile(r"(invalid choice|ignored explicit argument):? .*?(?= \(choose|$)", re.DOTALL)


class Parser(argparse.ArgumentParser):
    """Says which option is wrong, and not what it was given."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and the message, and exit with 2."""
        super().error(without_values(message))


def below_root() -> Parser:
    """Return the option that the commands on the env files of a folder share, to be given to their parsers."""
    parser = Parser(add_help=False)
    parser.add_argument("--root", default=".", metavar="DIR", help="the folder of .env.example and the env files")
    return parser


def without_values(message: str) -> str:
    """Return a message of argparse without the values that it repeats."""
    before, unknown, words = message.partition(_UNKNOWN)
    if unknown:
        return f"{before}{unknown}{' '.join(map(_option, words.split()))}"
    return _GIVEN.sub(r"\1", _ASSIGNED.sub(r"\1", message))


def _option(word: str) -> str:
    """Return the name of an option; a single dash may have its value right behind the letter."""
    if word.startswith("--"):
        return word.partition("=")[0]
    return word[:2] if word.startswith("-") else "***"
