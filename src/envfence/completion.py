"""`envfence completion`: print the script that lets a shell complete the commands, made from their parsers.

Each shell has a small script in `envfence/completions/`. All of them look up the same table: lines of a command, what
stands before the word to complete, a word to offer, and its help, with `|` between them. What stands before is an
option whose value it is, `-` if the word itself begins with a dash, else nothing.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from importlib.resources import files

from envfence import commands
from envfence.arguments import Parser
from envfence.config import STANDARD_ENVIRONMENTS
from envfence.rules import all_rules

SCRIPTS = {"bash": "envfence.bash", "zsh": "envfence.zsh", "fish": "envfence.fish", "powershell": "envfence.ps1"}
FILES, REVISIONS = "<files>", "<revisions>"  # the shell knows which there are
_QUOTE = {"bash": r"'\''", "zsh": r"'\''", "fish": r"\'", "powershell": "''"}
_NAMES_ENVIRONMENT = {"environment", "from_environment", "name", "names"}
EPILOG = """\
where the shells look for it; write it again after an upgrade:
  bash        ~/.local/share/bash-completion/completions/envfence
  zsh         a file _envfence in a folder of $fpath
  fish        ~/.config/fish/completions/envfence.fish
  PowerShell  a file that $PROFILE reads: . ~/envfence.ps1
"""

Offer = tuple[str, str]  # a word and its help


def main(argv: Sequence[str]) -> int:
    """Print the script of a shell; return 0."""
    args = command_parser().parse_args(argv)
    if sys.platform == "win32":
        sys.stdout.reconfigure(newline="\n")  # type: ignore[union-attr]  # bash takes no carriage return
    print(script(args.shell), end="")
    return 0


def command_parser() -> Parser:
    """Return the parser of the command."""
    made = Parser(
        prog="envfence completion",
        description="Print the script with which a shell completes commands, options and rules.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("shell", choices=tuple(SCRIPTS), metavar="SHELL", help=", ".join(SCRIPTS))
    return made


def script(shell: str) -> str:
    """Return the script for a shell, one of SCRIPTS."""
    text = files("envfence").joinpath("completions", SCRIPTS[shell]).read_text(encoding="utf-8")
    return text.replace("@TABLE@", "\n".join(table()).replace("'", _QUOTE[shell]))


def table() -> Iterator[str]:
    """Yield the lines that every script looks words up in."""
    for command, below in commands.parsers():
        options = [action for action in commands.actions(below) if action.option_strings]
        names = [(action.option_strings[-1], action.help or "") for action in options]
        arguments = [each for action in commands.actions(below) if action not in options for each in _offers(action)]
        for word, told in arguments or names:
            yield f"{command}||{word}|{told}"
        for word, told in names:
            yield f"{command}|-|{word}|{told}"
        for action in options:
            if action.nargs != 0:
                for word, told in _offers(action) or [("", "")]:
                    yield f"{command}|{action.option_strings[-1]}|{word}|{told}"


def _offers(action: argparse.Action) -> list[Offer]:
    """Return what an argument, or the value of an option, can be."""
    metavar = str(action.metavar)
    if below := commands.subcommands(action):
        return below
    if action.choices:
        return [(str(choice), "") for choice in action.choices]
    if metavar in {"ID", "RULE,..."}:
        return [(rule.id, rule.message) for rule in all_rules().values()]
    if metavar in {"REF", "REV"}:
        return [(REVISIONS, "")]
    if metavar in {"PATH", "FILE", "DIR"} or action.dest == "stdin_filename":
        return [(FILES, "")]
    return [(name, "") for name in STANDARD_ENVIRONMENTS] if action.dest in _NAMES_ENVIRONMENT else []
