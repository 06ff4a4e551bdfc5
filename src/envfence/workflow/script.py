"""Shell scripts of workflows as the commands that they call, each with its line; and what they run on other hosts."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_INNER = r"""'[^']*'|"(?:[^"\\]|\\.)*"|\\.|\$\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|`[^`]*`|\d?>&[\d-]|&>"""
_TOKEN = re.compile(
    r"(?P<gap>(?:[ \t\r]|\\\r?\n)+)"
    r"|(?P<here><<(?!<)-?[ \t]*\\?[\"']?(?P<end>[A-Za-z_]\w*)[\"']?)"
    r"|(?P<comment>#[^\n]*)"
    r"|(?P<word>(?:" + _INNER + r"|[^\s'\"\\;&|()`<]|<(?!<))+)"
    r"|(?P<stop>\n|&&|\|\||\|&?|;;?&?|&|[()])"
    r"|(?P<other>.)",
    re.DOTALL,
)
_QUOTED = re.compile(r"""'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)""", re.DOTALL)
_EXPRESSION = re.compile(r"\$\{\{[^\n}]*\}\}")
_ASSIGNS = re.compile(r"[A-Za-z_]\w*\+?=")
_LOOPS = frozenset({"for", "while", "until"})
_LEADING = frozenset("if elif then else do ! { time exec sudo command nohup while until env".split())
# Options of ssh, scp and rsync that a value follows.
_VALUED = frozenset("-b -B -c -D -E -e -F -I -i -J -L -l -m -O -o -p -P -Q -R -S -W -w --rsh --exclude --port".split())
_OPTIONS = re.compile(r"\$\{?[A-Za-z_]*(?:opt|arg|flag|OPT|ARG|FLAG)\w*(?:\[@\])?\}?$")
_OWN = re.compile(r"(?:[^@]*@)?(?:localhost|127\.[\d.]+|0\.0\.0\.0|\[?::1\]?)$|git@")
_PLACE = re.compile(r"([^/:\s]*[^/:\s\]]):(?!//)")
_SHELL = re.compile(r"(?:^|/)(?:ba|z|da|k)?sh$")
_SETS_E = re.compile(r"-[a-zA-Z]*e[a-zA-Z]*$")


class Call(NamedTuple):
    """One command: its words, the operators around it, its here-document with the line of its first line.

    ``repeated`` says that it stands in a loop, ``assigned`` are the variables set for it alone, as `NAME=value`.
    """

    line: int
    words: tuple[str, ...]
    before: str = ""
    after: str = ""
    body: str = ""
    body_line: int = 0
    repeated: bool = False
    assigned: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The command itself, without what stands before it; "" if there is none."""
        return self.words[0] if self.words else ""

    def has(self, *words: str) -> bool:
        """Tell whether one of ``words`` is an argument."""
        return not set(words).isdisjoint(self.words[1:])


class Remote(NamedTuple):
    """What is done on another host: `user@host` as it is written, the script ("" for a copy), where both stand."""

    host: str
    line: int
    script: str
    script_line: int
    stops: bool = False  # at the first command that fails


def calls(script: str, line: int) -> list[Call]:
    """Return the commands of a script whose first line is ``line``."""
    text = _EXPRESSION.sub(lambda match: match[0].replace(" ", ""), script)
    return list(_Reader(text, line).calls())


class _Reader:
    def __init__(self, text: str, line: int) -> None:
        self.text, self.line = text, line
        self.counted = 0  # ``line`` is the line of this place
        self.loops = 0
        self.before = ""
        self.words: list[str] = []
        self.start = 0
        self.heres: list[tuple[str, int]] = []  # documents that begin on this line: end word, number of the command
        self.found: list[Call] = []

    def calls(self) -> list[Call]:
        text, at = self.text, 0
        while match := _TOKEN.match(text, at):
            at, kind = match.end(), match.lastgroup
            if kind == "word":
                if not self.words:
                    self.start = match.start()
                self.words.append(_QUOTED.sub(_unquoted, match[0]))
            elif match["here"]:
                self.heres.append((match["end"], len(self.found)))
            elif kind == "stop":
                self._finish(match[0])
                if match[0] == "\n" and self.heres:
                    at = self._bodies(at)
        self._finish("")
        return self.found

    def _finish(self, operator: str) -> None:
        words = self.words
        if words:
            self.loops = max(0, self.loops + (words[0] in _LOOPS) - (words[0] == "done"))
            named = _named(words)
            if named:
                line = self._line_of(self.start)
                own = tuple(word for word in words[: len(words) - len(named)] if _ASSIGNS.match(word))
                self.found.append(Call(line, named, self.before, operator, repeated=self.loops > 0, assigned=own))
        if words or operator != "\n":  # a line may end behind `&&`, and the command go on below
            self.before = operator
        self.words = []

    def _line_of(self, place: int) -> int:
        """Return the line of a place that lies behind all that were asked for."""
        self.line += self.text.count("\n", self.counted, place)
        self.counted = place
        return self.line

    def _bodies(self, at: int) -> int:
        """Read the here-documents that stand below the line; return where they end."""
        for name, number in self.heres:
            end = re.compile(rf"^[ \t]*{name}[ \t\r]*$", re.MULTILINE).search(self.text, at)
            stop = end.start() if end else len(self.text)
            if number < len(self.found):
                line = self._line_of(at)
                self.found[number] = self.found[number]._replace(body=self.text[at:stop], body_line=line)
            at = min(len(self.text), end.end() + 1) if end else stop
        self.heres = []
        return at


def _unquoted(match: re.Match[str]) -> str:
    return match[1] if match[1] is not None else match[2] if match[2] is not None else match[3]


def _named(words: Sequence[str]) -> tuple[str, ...]:
    at = 0
    while at < len(words) and (words[at] in _LEADING or _ASSIGNS.match(words[at])):
        at += 1
    named = tuple(words[at:])
    if named[:1] == ("timeout",):
        at = next((place for place, word in enumerate(named[1:], 1) if not word.startswith("-")), 0)
        return named[at + 1 :]
    return named[named.index("ssh") :] if named[:1] == ("sshpass",) and "ssh" in named else named


def is_remote(call: Call) -> bool:
    """Tell whether a command goes to another host."""
    return call.name in {"ssh", "scp", "rsync", "sftp"}


def remotes(found: Sequence[Call]) -> Iterator[Remote]:
    """Yield what commands do on other hosts; this machine and hosts of git are none."""
    for call in found:
        if call.name == "ssh":
            words = _behind_options(call.words[1:])
            if words and not _OWN.match(words[0]):
                yield _of_ssh(call, words)
        elif is_remote(call):
            places = (_PLACE.match(word) for word in operands(call.words[1:]))
            host = next((place[1] for place in places if place), "")
            if host and not _OWN.match(host):
                yield Remote(host, call.line, "", call.line)


def _of_ssh(call: Call, words: Sequence[str]) -> Remote:
    said = [word for word in words[1:] if not word.startswith(("<", ">"))]
    if call.body:
        shell = " ".join(said).split()
        stops = any(_SHELL.search(word) for word in shell) and any(_SETS_E.match(word) for word in shell)
        return Remote(words[0], call.line, call.body, call.body_line, stops)
    return Remote(words[0], call.line, " ".join(said), call.line)


def _behind_options(words: Sequence[str]) -> Sequence[str]:
    at = 0
    while at < len(words) and (words[at].startswith("-") or _OPTIONS.match(words[at])):
        at += 2 if words[at] in _VALUED else 1
    return words[at:]


def operands(words: Sequence[str]) -> Iterator[str]:
    """Yield the words of ssh, scp or rsync that are neither options nor their values."""
    while words := _behind_options(words):
        yield words[0]
        words = words[1:]


def stops_itself(found: Sequence[Call]) -> bool:
    """Tell whether a script says near its beginning that it stops at a command that fails."""
    early = [call for call in found[:4] if call.name == "set"]
    return any(_SETS_E.match(word) or word == "errexit" for call in early for word in call.words[1:])


def git_verb(call: Call) -> str:
    """Return what git is asked to do, behind the options that stand before it."""
    words = list(call.words[1:])
    while words and words[0] in {"-C", "-c"}:
        del words[:2]
    return words[0] if words else ""
