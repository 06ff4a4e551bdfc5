"""The words of one command as literals: assignments, options, arguments, operands of a test, what is printed."""

import re
from typing import NamedTuple

from envfence.literals import COMPARED, HOLE, SHOWN, VALUE, Literal

Path = tuple[str, ...]


class Word(NamedTuple):
    """One word: its text with holes, its span with quotes, and where its text begins (behind an opening quote)."""

    value: str
    start: int
    end: int
    inner: int
    quoted: bool


class _Use(NamedTuple):
    """What a command does with its words."""

    path: Path
    call: str = ""
    role: str = VALUE


_ASSIGNS = re.compile(r"([A-Za-z_]\w*+)\+?=")
_PAIR = re.compile(r"([A-Za-z_][\w.-]*+)=")
_OPTION = re.compile(r"--?[A-Za-z][\w.-]*+")
_SHOWS = re.compile(
    r"(?i)(?:echo|printf|print|say|(?:\w+_)?(?:log|info|warn|warning|error|success|msg|message|die)(?:_\w+)?)$"
)
_DECLARES = frozenset("export local readonly declare typeset env set setx".split())
_KEYWORDS = frozenset("if then else elif do while until ! { } time sudo exec nohup eval command builtin".split())
# What starts another command: npx X, uv run X.
_STARTERS = frozenset("npx bunx pnpx nohup".split())
# What follows these is where the program itself listens: dbt docs serve --host X.
_SERVES = frozenset("serve server runserver webserver".split())
_SUBCOMMANDS = _SERVES | {"login"}  # helm registry login -p X
_RUNNERS = frozenset("uv poetry pipenv pdm hatch rye conda".split())
_TESTS = frozenset(("[", "[[", "test"))
_COMPARES = frozenset("grep egrep fgrep rg expr".split())
_SHELLS = frozenset("sh bash ash dash zsh ksh su".split())
_MARKS = frozenset("= == != =~ < > ] ]] -a -o && || -eq -ne -gt -lt -ge -le".split())
_MYSQL = "mysql mysqldump mysqladmin mysqlimport mariadb mariadb-dump mariadb-admin".split()
# Options that take no value, of commands whose arguments matter.
_FLAGS = {
    "curl": frozenset("sSfLkivIgGNOaqlp#046"),
    "wget": frozenset("qcvSNdr46"),
    "nc": frozenset("zvunlkd46"),
    "ssh": frozenset("ANTtqvfnxXC46gk"),
    "scp": frozenset("ABCOpqRrTv346"),
    "sftp": frozenset("AaCfNpqrv46"),
    "rsync": frozenset("abcdghiklmnopqrstuvxyzADEFHIKLNOPRSUWX0468"),
    "psql": frozenset("tAqXwWlaeEsSnxz1"),
    "ping": frozenset("qnvb46"),
    **dict.fromkeys(_MYSQL, frozenset("pABCEGHNTVXbfinqrstvw")),  # behind `-p` a database follows: it asks
}
_FLAGS["ncat"] = _FLAGS["netcat"] = _FLAGS["nc"]
# What goes to [USER@]HOST, and takes [USER@]HOST:PATH for a file.
_TO_HOSTS = frozenset("ssh scp sftp rsync ssh-copy-id".split())
_AT_HOST = re.compile(r"(?:[^\s@:/]+@)?([^\s@:/]+)(:.*)?")
# Options of a letter that is written together with its value: -uroot -psecret.
_GLUED = {**dict.fromkeys(_MYSQL, "uphP"), "redis-cli": "hpan", "sshpass": "p"}
_RUNS = re.compile(r"-[a-z]{0,4}c")
_NO_FLAGS: frozenset[str] = frozenset()
_TAKE_PAIRS = frozenset(("-e", "--env", "--build-arg", "--set", "--set-string", "--env-add"))
# Commands that run another, and those whose arguments matter enough to look for them there.
_WRAPPERS = frozenset("docker docker-compose podman kubectl timeout xargs ssh sshpass watch su gosu sudo retry".split())
_CLIENTS = frozenset((*_FLAGS, *_GLUED, "mongosh", "mongo", "pg_isready", "pg_dump", "amqp-publish", "influx", "login"))
_JAVA_PROPERTY = re.compile(r"-[DP]([A-Za-z][\w.-]*+)=")


def is_shell(call: str) -> bool:
    """Return whether the command runs what it is given in a shell, here or on another machine."""
    return call.rsplit("/", 1)[-1] in _SHELLS or call == "ssh"


def is_open_test(words: list[Word]) -> bool:
    """Return whether the words begin a `[[` that `]]` has not ended: `&&` and `||` do not end the command there."""
    return any(word.value == "[[" for word in words[:4]) and words[-1].value != "]]"


def script_of(words: list[Word]) -> Word | None:
    """Return the word that the command hands to a shell: behind `sh -c`, or the last of `ssh host "…"`."""
    for at in range(1, len(words) - 1):
        if _RUNS.fullmatch(words[at].value) and (is_shell(words[at - 1].value) or is_shell(words[0].value)):
            return words[at + 1]
    if words[0].value == "ssh" and len(words) > 2 and words[-1].quoted and " " in words[-1].value:
        return words[-1]
    return None


def of_command(words: list[Word], path: Path = (), *, shows: bool = True) -> list[Literal]:
    """Return the literals of one command; ``shows`` is whether what it prints goes to a person."""
    found: list[Literal] = []
    for at, word in enumerate(words):
        if assigned := _ASSIGNS.match(word.value):
            found.append(_behind(word, assigned.end(), assigned[1], "", _Use(path)))
        elif word.value not in _DECLARES and (word.value not in _KEYWORDS or word.quoted):
            start = _program(words, at)
            return found + _of_call(words[start], words[start + 1 :], path, shows=shows)
    return found


def _of_call(first: Word, rest: list[Word], path: Path, *, shows: bool) -> list[Literal]:
    call = first.value.rsplit("/", 1)[-1]
    if call in _TESTS:
        use = _Use(path, call, COMPARED)
        return [_behind(word, 0, "", "", use) for word in rest if _is_operand(word)]
    if call in ("for", "select") and len(rest) > 1 and rest[1].value == "in":
        return [_behind(word, 0, rest[0].value, "", _Use(path)) for word in rest[2:]]
    if call == "case":
        return []
    if _SHOWS.match(call):
        use = _Use(path, call, SHOWN if shows else VALUE)
        return [_printed(word, use) for word in rest if word.value[:1] != "-" or word.quoted]
    if call not in _WRAPPERS and call not in _CLIENTS:
        call = next((word.value for word in rest[:2] if word.value in _SUBCOMMANDS), call)
    if call[:1] == "-":  # arguments without their command
        return _arguments([first, *rest], _Use(path))
    return _arguments(rest, _Use(path, call, COMPARED if call in _COMPARES else VALUE))


def _program(words: list[Word], at: int) -> int:
    """Where the command itself stands, behind what only starts it: `uv run`, `python -m`, `npx`."""
    while at + 2 < len(words):
        call, following = words[at].value.rsplit("/", 1)[-1], words[at + 1].value
        if call in _STARTERS:
            at += 1
        elif (call in _RUNNERS and following == "run") or (call.startswith("python") and following == "-m"):
            at += 2
        else:
            break
    return at


def _is_operand(word: Word) -> bool:
    return word.quoted or (word.value not in _MARKS and word.value[:1] != "-")


def _printed(word: Word, use: _Use) -> Literal:
    if use.role == VALUE and (pair := _PAIR.match(word.value)):
        return _behind(word, pair.end(), pair[1], "", use)
    return _behind(word, 0, "", "", use)


def _arguments(words: list[Word], use: _Use) -> list[Literal]:
    found: list[Literal] = []
    option, position = "", 0
    for word in words:
        value = word.value
        if value[:1] == "-" and len(value) > 1:
            literal, option = _option(word, use)
            if literal:
                found.append(literal)
            continue
        if not option and use.call in _WRAPPERS and value in _CLIENTS:
            use, position = use._replace(call=value), 0
            continue
        takes_pair = option[1:2] != "-" or option in _TAKE_PAIRS
        pair = _PAIR.match(value) if option and takes_pair else None
        name = pair[1] if pair else option[2:] if option[:2] == "--" else ""
        literal = _behind(word, pair.end() if pair else 0, name, option or str(position), use)
        found.append(literal if option else _host_of(literal))
        position += not option
        option = ""
    return found


def _host_of(literal: Literal) -> Literal:
    """Return of `[user@]host:path`, which ssh and its like are given, the host."""
    remote = _AT_HOST.fullmatch(literal.value) if literal.call in _TO_HOSTS else None
    if not remote or (remote[2] is None and "@" not in literal.value):
        return literal
    quote = int(literal.quoted)
    if HOLE not in literal.value[: remote.start(1)]:
        start = literal.start + quote + remote.start(1)
    elif HOLE not in literal.value[remote.start(1) :]:
        start = literal.end - quote - (len(literal.value) - remote.start(1))
    else:
        return literal
    return literal._replace(value=remote[1], start=start, end=start + len(remote[1]))


def _option(word: Word, use: _Use) -> tuple[Literal | None, str]:
    """Read a word that begins with a dash: the value in it, or else the option that waits for the next word."""
    value = word.value
    if java := _JAVA_PROPERTY.match(value):
        return _behind(word, java.end(), java[1], value[:2], use), ""
    if value[1] in _GLUED.get(use.call, "") and len(value) > 2:
        return _behind(word, 2, "", value[:2], use), ""
    match = _OPTION.match(value)
    if not match:
        return None, ""
    option, end = match[0], match.end()
    if value[end : end + 1] == "=":
        pair = _PAIR.match(value, end + 1) if option in _TAKE_PAIRS else None
        name = pair[1] if pair else option[2:] if option[:2] == "--" else ""
        return _behind(word, pair.end() if pair else end + 1, name, option, use), ""
    takes_value = end == len(value) and not _FLAGS.get(use.call, _NO_FLAGS).issuperset(option[1:])
    return None, option if takes_value else ""


def _behind(word: Word, skip: int, name: str, argument: str, use: _Use) -> Literal:
    """Return what follows the first ``skip`` characters of a word: of `NAME=value`, the value."""
    value, start, end, inner, quoted = word
    if skip:
        value, end = value[skip:], end - (inner - start)
        start = min(inner + skip, end)
    return Literal(value, start, end, name, use.path, use.call, argument, use.role, quoted)
