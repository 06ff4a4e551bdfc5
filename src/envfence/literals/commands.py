"""The words of one command as literals: assignments, options, arguments, operands of a test, what is printed."""

import re
from typing import NamedTuple

from envfence.literals import COMPARED, SHOWN, VALUE, Literal

Path = tuple[str, ...]


class Word(NamedTuple):
    """One word: its text with holes, its span with quotes, and where its text begins (behind an opening quote)."""

    value: str
    start: int
    end: int
    inner: int
    quoted: bool


_ASSIGNS = re.compile(r"([A-Za-z_]\w*+)\+?=")
_PAIR = re.compile(r"([A-Za-z_][\w.-]*+)=")
_OPTION = re.compile(r"--?[A-Za-z][\w.-]*+")
_SHOWS = re.compile(
    r"(?i)(?:echo|printf|print|say|(?:\w+_)?(?:log|info|warn|warning|error|success|msg|message|die)(?:_\w+)?)$"
)
_DECLARES = frozenset("export local readonly declare typeset env set setx".split())
_KEYWORDS = frozenset("if then else elif do while until ! { } time sudo exec nohup eval command builtin".split())
_TESTS = frozenset(("[", "[[", "test"))
_COMPARES = frozenset("grep egrep fgrep rg expr".split())
_SHELLS = frozenset("sh bash ash dash zsh ksh su".split())
_MARKS = frozenset("= == != =~ < > ] ]] -a -o && || -eq -ne -gt -lt -ge -le".split())
# Options that take no value, of commands whose arguments matter.
_FLAGS = {
    "curl": frozenset("sSfLkivIgGNOaqlp#046"),
    "wget": frozenset("qcvSNdr46"),
    "nc": frozenset("zvunlkd46"),
    "ssh": frozenset("ANTtqvfnxXC46gk"),
    "psql": frozenset("tAqXwWlaeEsSnxz1"),
    "ping": frozenset("qnvb46"),
}
_FLAGS["ncat"] = _FLAGS["netcat"] = _FLAGS["nc"]
# Options of a letter that is written together with its value: -uroot -psecret.
_GLUED = {"mysql": "uphP", "mysqldump": "uphP", "mysqladmin": "uphP", "mariadb": "uphP", "redis-cli": "hpan"}
_RUNS = re.compile(r"-[a-z]{0,4}c")
_JAVA_PROPERTY = re.compile(r"-[DP]([A-Za-z][\w.-]*+)=")


def is_shell(call: str) -> bool:
    """Return whether the command runs what it is given in a shell, here or on another machine."""
    return call.rsplit("/", 1)[-1] in _SHELLS or call == "ssh"


def script_of(words: list[Word]) -> Word | None:
    """Return the word that the command hands to a shell: behind `sh -c`, or the last of `ssh host "…"`."""
    for at in range(1, len(words) - 1):
        if _RUNS.fullmatch(words[at].value) and (is_shell(words[at - 1].value) or is_shell(words[0].value)):
            return words[at + 1]
    if words[0].value == "ssh" and len(words) > 2 and words[-1].quoted and " " in words[-1].value:
        return words[-1]
    return None


def of_command(words: list[Word], path: Path = (), shows: bool = True) -> list[Literal]:
    """Return the literals of one command; ``shows`` is whether what it prints goes to a person."""
    found: list[Literal] = []
    at, size = 0, len(words)
    while at < size:
        word = words[at]
        if assigned := _ASSIGNS.match(word.value):
            found.append(_behind(word, assigned.end(), assigned[1], path))
        elif word.value in _DECLARES:
            pass
        elif word.value not in _KEYWORDS or word.quoted:
            break
        at += 1
    if at == size:
        return found
    call = words[at].value.rsplit("/", 1)[-1]
    rest = words[at + 1 :]
    if call[:1] == "-":  # arguments without their command
        call, rest = "", words[at:]
    if call in _TESTS:
        return found + [_whole(word, path, call, "", COMPARED) for word in rest if _is_operand(word)]
    if call in ("for", "select") and len(rest) > 1 and rest[1].value == "in":
        return found + [
            Literal(w.value, w.start, w.end, rest[0].value, path, "", "", VALUE, w.quoted) for w in rest[2:]
        ]
    if call == "case":
        return found
    if _SHOWS.match(call):
        return found + [_printed(word, path, call, shows) for word in rest if word.value[:1] != "-" or word.quoted]
    return found + _arguments(rest, call, path, COMPARED if call in _COMPARES else VALUE)


def _is_operand(word: Word) -> bool:
    return word.quoted or (word.value not in _MARKS and word.value[:1] != "-")


def _printed(word: Word, path: Path, call: str, shows: bool) -> Literal:
    if not shows and (pair := _PAIR.match(word.value)):
        return _behind(word, pair.end(), pair[1], path, call)
    return _whole(word, path, call, "", SHOWN if shows else VALUE)


def _arguments(words: list[Word], call: str, path: Path, role: str) -> list[Literal]:
    found: list[Literal] = []
    option, position = "", 0
    flags, glued = _FLAGS.get(call, frozenset()), _GLUED.get(call, "")
    for word in words:
        value = word.value
        if value[:1] == "-" and len(value) > 1:
            if match := _OPTION.match(value):
                end = match.end()
                if value[end : end + 1] == "=":
                    found.append(_of_option(word, end, match[0], path, call, role))
                    option = ""
                    continue
                if end == len(value):
                    if glued and len(value) > 2 and value[1] in glued and value[1] != "-":
                        found.append(_behind(word, 2, "", path, call, value[:2], role))
                        continue
                    option = "" if value[1:] and flags.issuperset(value[1:]) else value
                    continue
            if glued and value[1] in glued:
                found.append(_behind(word, 2, "", path, call, value[:2], role))
                continue
        name = ""
        if option and option[1] != "-" or option in ("--env", "--build-arg", "--set", "--set-string", "--env-add"):
            pair = _PAIR.match(value)
        else:
            pair = None
        argument = option or str(position)
        if pair:
            found.append(_behind(word, pair.end(), pair[1], path, call, argument, role))
        else:
            name = option[2:] if option[:2] == "--" else ""
            found.append(Literal(value, word.start, word.end, name, path, call, argument, role, word.quoted))
        position += not option
        option = ""
    return found


def _of_option(word: Word, end: int, option: str, path: Path, call: str, role: str) -> Literal:
    """Of `--option=value` and `-Dname=value`, the value."""
    if java := _JAVA_PROPERTY.match(word.value):
        return _behind(word, java.end(), java[1], path, call, option[:2], role)
    rest = _PAIR.match(word.value, end + 1)
    if rest and option in ("--env", "--build-arg", "--set", "--set-string", "-e"):
        return _behind(word, rest.end(), rest[1], path, call, option, role)
    return _behind(word, end + 1, option.lstrip("-") if option[:2] == "--" else "", path, call, option, role)


def _whole(word: Word, path: Path, call: str, argument: str, role: str) -> Literal:
    return Literal(word.value, word.start, word.end, "", path, call, argument, role, word.quoted)


def _behind(
    word: Word, skip: int, name: str, path: Path, call: str = "", argument: str = "", role: str = VALUE
) -> Literal:
    """What follows the first ``skip`` characters of a word: of `NAME=value`, the value."""
    end = word.end - (word.inner - word.start)
    start = min(word.inner + skip, end)
    return Literal(word.value[skip:], start, end, name, path, call, argument, role, word.quoted)
