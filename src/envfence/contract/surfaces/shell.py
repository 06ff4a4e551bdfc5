"""Variables that shell scripts take from the environment: those that they, or a script beside them, do not set."""

import re
from collections.abc import Iterable, Iterator

from envfence.contract.surfaces import FALLS_BACK, REQUIRES, SHELL, STOPS, Use

SUFFIXES = (".sh", ".bash", ".zsh", ".ksh", ".envrc")
_KEPT = r'"(?:[^"\\]|\\.)*"|\\.'
_TEXT = r"'[^']*'"  # nothing is put into it
_COMMENT = r"(?:^|(?<=\s))\#[^\n]*"
_HERE = r"<<-?\s*(?P<quote>['\"\\])(?P<end>\w+)['\"]?[^\n]*\n.*?^\s*(?P=end)$"  # its text goes elsewhere as it is
_UNREAD = re.compile(f"({_KEPT})|{_HERE}|{_TEXT}|{_COMMENT}", re.DOTALL | re.MULTILINE)
_READ = re.compile(r"\$(?:([A-Z][A-Z0-9_]{2,})|\{([A-Z][A-Z0-9_]{2,})(?:(:?[-=?+])([^}]*))?[^}]*\})")
_SET = re.compile(
    r"(?<![\w$.{/-])([A-Za-z_]\w*)(?:\[[^\]]*\])?\+?=(?!=)"
    r"|\b(?:for|select)\s+([A-Za-z_]\w*)|\bprintf\s+-v\s+(\w+)|\bgetopts\s+\S+\s+(\w+)"
    r"|\b(?:read|mapfile|readarray|local|declare|typeset|readonly|export|unset)\b((?:[ \t]+(?:\"[^\"]*\"|\$?[-\w]+))+)"
    r"|\(\(\s*(\w+)"
)
# Programs that are told names: their texts are in single quotes, so that the shell itself leaves them alone.
_TOLD = re.compile(r"""\b(?:printenv[ \t]+(?P<one>[A-Z]\w{2,})|envsubst[ \t]+'(?P<several>[^'\n]*)')""")
_OF_THE_SHELL = frozenset(
    """RANDOM SECONDS LINENO OPTARG OPTIND OPTERR IFS PPID PIPESTATUS REPLY MACHTYPE OSTYPE HOSTTYPE SHLVL DIRSTACK
    FUNCNAME GROUPS MAPFILE COPROC EPOCHSECONDS EPOCHREALTIME SRANDOM BASH BASHPID BASHOPTS SHELLOPTS PS1 PS2 PS4
    PROMPT_COMMAND HISTFILE HISTSIZE DBUS_SESSION_BUS_ADDRESS MAKEFLAGS PREFIX SUFFIX CURRENT PGDATA""".split()
)
_FAMILIES = ("BASH_", "ZSH_", "COMP_")


def names_set(text: str) -> set[str]:
    """Return the names that a script sets, declares or reads in."""
    groups = (group for match in _SET.finditer(_unmasked(text)) for group in match.groups() if group)
    return {name for group in groups for name in group.split()}


def uses(path: str, text: str, known: Iterable[str]) -> list[Use]:
    """Return what a script takes from its environment; ``known`` are names that scripts set."""
    passed = _OF_THE_SHELL.union(known)
    found = (*_reads(path, _unmasked(text)), *_told(path, text))
    return list(dict.fromkeys(use for use in found if use.key not in passed))


def is_script(path: str) -> bool:
    """Tell whether a file is a script of the repository; those of tools lie in hidden folders."""
    folder, _, name = path.rpartition("/")
    is_hidden = "/." in f"/{folder}" or (name.startswith(".") and name != ".envrc")
    return path.endswith(SUFFIXES) and not is_hidden


def _told(path: str, text: str) -> Iterator[Use]:
    """Yield the names that `printenv` and `envsubst` are told."""
    for match in _TOLD.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if "#" not in before:
            names = [match["one"]] if match["one"] else re.findall(r"\$\{?([A-Z]\w{2,})", match["several"])
            yield from (Use(name, path, line, SHELL) for name in names)


def _reads(path: str, text: str) -> Iterator[Use]:
    for match in _READ.finditer(text):
        if text[match.start() - 1 : match.start()] == "\\" or (match[1] or match[2]).startswith(_FAMILIES):
            continue
        operator = (match[3] or "").removeprefix(":")
        way = {"": REQUIRES, "?": STOPS}.get(operator, FALLS_BACK)
        has_literal = operator in {"-", "="} and bool(match[4]) and "$" not in match[4]
        yield Use(match[1] or match[2], path, text.count("\n", 0, match.start()) + 1, SHELL, way, has_literal)


def _unmasked(text: str) -> str:
    """Return a script without its comments, and without texts that nothing is put into; lines stay lines."""
    return _UNREAD.sub(lambda match: match[1] or re.sub(r"[^\n]", " ", match[0]), text)
