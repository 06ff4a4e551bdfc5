"""Calls of `docker compose` in workflows and scripts: the services that they name, and where they get values from."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from envfence.contract.rules import found
from envfence.contract.stages import is_known
from envfence.contract.surfaces.compose import interpolations
from envfence.finding import Finding
from envfence.stack import spelling
from envfence.stack.env_files import is_of_another
from envfence.stack.render import Stack
from envfence.stack.rules import IGNORES_ENV_FILE, UNKNOWN_SERVICE, WRONG_ENV_FILE

SUFFIXES = (
    *(".sh", ".bash", ".ps1", ".bat", ".mk", "Makefile", "justfile", "Justfile", "Taskfile.yml", "Taskfile.yaml"),
    *("package.json", ".gitlab-ci.yml"),
)
# Only its head is taken, so that what another one follows on the same line is seen too.
_CALL = re.compile(r"(?<![\w-])docker[- ]compose[ \t]+(?=((?:[^\n\\]|\\.|\\\n)*))")
_PROFILES = re.compile(r"\bCOMPOSE_PROFILES[=:][ \t]*[\"']?([\w.,*-]+)")
# What may stand before a call on its line: elsewhere somebody only speaks of one.
_BEFORE = re.compile(
    r"""(?:^|[;&|({@]|\b(?:run|script|sudo|then|do|else|exec|time|nohup):?|\bssh\s.*|^-|[A-Z_]+=\S*)\s*["'-]?\s*\Z"""
)
_SPEAKS = re.compile(r"\b(?:echo|printf?|log|info|warn|error|die)\b[^;&|]*\Z")
_UNKNOWN = re.compile(r"\$\{\{.*?\}\}|\$\([^)]*\)|`[^`]*`")
_END = re.compile(r"\s(?:&&|\|\|?|;|>|2>|<|#|\))|[;&|)\n]")
_TAKES_SERVICES = frozenset("up restart start stop pull push build logs rm kill create pause unpause".split())
# Options that a value follows, before the verb and behind it; every other one stands alone.
_GLOBAL = frozenset(
    "-f --file -p --project-name --env-file --profile --project-directory --ansi --parallel --progress".split()
)
_OF_VERBS = frozenset(
    "-t --timeout -n --tail --since --until -s --signal --scale --pull --exit-code-from --attach --no-attach "
    "--wait-timeout --build-arg -m --memory --ssh --builder --index".split()
)
_TAKES_ONE = frozenset({"exec", "run"})
_STARTS = frozenset({"up", "run", "create"})
_OF_RUN = frozenset(
    "-e --env -u --user -w --workdir --name --entrypoint -v --volume -p --publish -l --label --env-from-file --cap-add "
    "--cap-drop".split()
)
DEFAULT_FILES = frozenset(
    f"{name}{override}.{suffix}"
    for name in ("compose", "docker-compose")
    for override in ("", ".override")
    for suffix in ("yml", "yaml")
)
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*\Z")


class Call(NamedTuple):
    """One call: where it is, the compose files that it names, the services, and the env files that it reads."""

    path: str
    line: int
    files: tuple[str, ...]
    services: tuple[str, ...]
    env_files: tuple[str, ...] = ()
    starts: bool = True  # the services, and what they depend on
    is_told: bool = True  # the values of its environment, in one way or another
    told_at: int = 0  # the line that names the env file, where that is another
    profiles: tuple[str, ...] = ()  # that are on
    is_whole: bool = False  # it starts every service without a profile


def calls(path: str, text: str) -> Iterator[Call]:
    """Yield the calls of a script or a workflow that name services or an env file.

    Variables of the script are followed where they hold a call, or options of one; others are not known.
    """
    is_told = spelling.is_told(text)
    text = spelling.spelt_out(text) if "compose" in text else ""
    profiles = tuple(name for match in _PROFILES.finditer(text) for name in match[1].split(","))
    for match in _CALL.finditer(text):
        before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
        if not _BEFORE.search(before) or _SPEAKS.search(before) or before.startswith("#"):
            continue
        line = _UNKNOWN.sub("$", match[1].replace("\\\n", " ")).replace('"', " ").replace("'", " ")
        words = _END.split(line, maxsplit=1)[0].split()
        options, words = _parted(words, _GLOBAL, until_word=True)
        env_files = tuple(value for option, value in options if option == "--env-file")
        if words and (words[0] in _TAKES_SERVICES | _TAKES_ONE or env_files):
            files = tuple(value for option, value in options if option in {"-f", "--file"})
            starts = words[0] in _STARTS and "--no-deps" not in words
            is_given = is_told or bool(env_files) or words[0] not in _STARTS or "=" in before
            at = _line(text, match.start())
            told_at = at
            for sourced in spelling.SOURCED.finditer(text, 0, match.start()) if not env_files else ():
                env_files, told_at = (sourced[1],), _line(text, sourced.start(1))
            on = tuple(value for option, value in options if option == "--profile") + profiles
            is_whole = words[0] == "up" and not _parted(words[1:], _OF_VERBS)[1]
            yield Call(path, at, files, _services(words), env_files, starts, is_given, told_at, on, is_whole)


def _services(words: Sequence[str]) -> tuple[str, ...]:
    """Return the services that a verb is about; what `exec` and `run` name after theirs is a command."""
    if words[0] in _TAKES_ONE:
        rest = _parted(words[1:], _OF_VERBS | _OF_RUN, until_word=True)[1][:1]
    else:
        rest = _parted(words[1:], _OF_VERBS)[1] if words[0] in _TAKES_SERVICES else []
    return tuple(word for word in rest if _NAME.match(word))


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def findings(made: Iterable[Call], stacks: Sequence[Stack], given: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Yield the services of calls that no stack of the files that they name, or no stack at all, defines.

    And the calls that start the stack of one environment with the env file of another, or with none of the values that
    its files need: those of ``given``, the keys that the env files of environments hold.
    """
    defined = {name for stack in stacks for name in stack.services}
    if not defined:
        return
    for call in made:
        named = [stack for stack in stacks if _files(stack) == {_base(file) for file in call.files}]
        known = {name for stack in named for name in stack.services} or defined
        for name in call.services:
            if name not in known:
                yield found(UNKNOWN_SERVICE, call.path, call.line, name)
        for stack in named:
            if is_known(stack.environment) and any(is_of_another(stack, file) for file in call.env_files):
                detail = f"in the stack of {stack.environment}"
                yield found(WRONG_ENV_FILE, call.path, call.told_at or call.line, _base(call.env_files[0]), detail)
        meant = named or [stack for stack in stacks if not call.files and _files(stack) <= DEFAULT_FILES]
        if not call.is_told and any(_needed(stack) & given for stack in meant):
            yield found(IGNORES_ENV_FILE, call.path, call.line, "docker compose", "this call names no env file")


def _parted(
    words: Sequence[str], valued: frozenset[str], *, until_word: bool = False
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the options that have a value, and the words that are no option; options may end at the first."""
    options: list[tuple[str, str]] = []
    rest: list[str] = []
    left = iter(words)
    for word in left:
        option, equals, value = word.partition("=")
        if not word.startswith("-"):
            rest += [word, *left] if until_word else [word]
        elif option in valued:
            options.append((option, value if equals else next(left, "")))
    return options, rest


def _needed(stack: Stack) -> frozenset[str]:
    return frozenset(use.key for layer in stack.layers for use in interpolations(layer))


def _files(stack: Stack) -> set[str]:
    return {_base(layer.path) for layer in stack.layers}


def _base(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
