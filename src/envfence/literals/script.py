"""Shell scripts read word by word: quotes, substitutions, redirections and here-documents, in one pass."""

import re

from envfence.literals import COMPARED, HOLE, SHOWN, Literal, commands
from envfence.literals.commands import Path, Word
from envfence.literals.comments import comment
from envfence.literals.holes import closers, filled
from envfence.literals.offsets import shifted

DEEPEST = 3  # of `sh -c "…"` inside `sh -c "…"`
MOST_FRAMES = 100  # of groups and substitutions inside each other

_INSERTS = (
    r"|(?P<var>\${1,2}[A-Za-z_]\w*+|\$[0-9@*?#!$-]|\$\(\([^()]*+(?:\([^()]*+\)[^()]*+)*+\)\))"
    r"|(?P<brace>\$\{)|(?P<open>\$\(%s)|(?P<tick>`)|(?P<escape>\\[\s\S])"
)
_OUTSIDE = re.compile(
    r"(?P<gap>(?:[ \t\r]|\\\r?\n)++)"
    r"|(?P<text>(?:[^\s'\"`$\\;&|()<>#]++#*+)++)"
    r"|(?P<comment>\#[^\n]*+)"
    r"|(?P<single>\$?'[^']*+')"
    r"|(?P<double>\")" + _INSERTS % r"|[<>]\(" + r"|(?P<here><<-?[ \t]*+[\"'\\]?[A-Za-z_][\w.-]*+[\"']?)"
    r"|(?P<redirect>&?>>?\|?(?:&[0-9-]++)?|<{1,3}(?:&[0-9-]++)?)"
    r"|(?P<stop>\n|;;?&?|&&|\|[|&]?|&)"
    r"|(?P<group>\()|(?P<close>\))|(?P<other>[\s\S])"
)
_INSIDE = re.compile(r"(?P<text>[^\"\\$`]++)|(?P<double>\")" + _INSERTS % "" + r"|(?P<other>[\s\S])")
_ENDS_HERE = re.compile(r"^[ \t]*+([A-Za-z_][\w.-]*+)[ \t\r]*+$", re.MULTILINE)
_ASSIGNS = re.compile(r"([A-Za-z_]\w*+)\+?=")
_NOWHERE = re.compile(r"/dev/(?:null|stderr|stdout|tty)|&")
_IS_SCRIPT = re.compile(r"\s*+(?:#!\S*sh\b|#!\S*env (?:ba|z)?sh\b|set -[a-z]*[eux])")
_RUNS_CODE = re.compile(r"(?:\S*/)?(python|node|ruby|perl|php)[\d.]*")
_SUFFIXES = {"python": ".py", "node": ".js", "ruby": ".rb", "perl": ".pl", "php": ".php"}
_READS_SQL = re.compile(r"psql|mysql|mariadb|sqlite3|sqlplus|clickhouse-client|cqlsh|sqlcmd|mongo\w*|redis-cli|influx")


class _Frame:
    """One level of commands: the file, a substitution, a group or an array. It holds the command being read."""

    __slots__ = (
        "array",
        "double",
        "heres",
        "inner",
        "kind",
        "parts",
        "quoted",
        "redirect",
        "start",
        "to_file",
        "words",
    )

    def __init__(self, kind: str, array: str = "") -> None:
        self.kind, self.array = kind, array
        self.words: list[Word] = []
        self.parts: list[str] = []
        self.start = -1  # of the word being read
        self.inner = -1
        self.quoted = self.double = self.to_file = False
        self.redirect = ""
        self.heres: list[str] = []


class Script:
    """Reads one text into ``found``."""

    def __init__(self, text: str, path: Path = (), depth: int = 0) -> None:
        self.text, self.path, self.depth = text, path, depth
        self.found: list[Literal] = []
        self.frames = [_Frame("")]
        self.closers = closers(text)
        self.bodies: list[tuple[str, str, bool]] = []  # of here-documents to come: end word, command, whether shown
        self.ends: dict[str, list[int]] | None = None

    def read(self) -> list[Literal]:
        """Return all that the script holds."""
        text, size, at = self.text, len(self.text), 0
        outside, inside, frames = _OUTSIDE.match, _INSIDE.match, self.frames
        while at < size and (token := (inside if frames[-1].double else outside)(text, at)):
            frame, kind = frames[-1], token.lastgroup
            if kind == "text":
                end = token.end()
                if frame.start < 0 and not frame.redirect and text.startswith(" ", end):  # most words: a shorter way
                    frame.words.append(Word(token[0], at, end, at, False))
                    at = end + 1
                    continue
                if frame.start < 0:
                    frame.start = frame.inner = at
                frame.parts.append(token[0])
                at = end
            elif kind == "gap":
                self._end_word(at)
                at = token.end()
            else:
                at = self._special(kind or "", token)
        while self.frames:
            self._end_command(size)
            self.frames.pop()
        return self.found

    def _special(self, kind: str, token: re.Match[str]) -> int:
        frame, at, end = self.frames[-1], token.start(), token.end()
        if kind == "comment" and frame.start < 0:
            self.found.append(comment(self.text, at, end))
        elif kind == "stop":
            return self._stop(token)
        elif kind == "here":
            self._end_word(at)
            frame.heres.append(token[0].lstrip("<- \t").strip("\"'\\"))
        elif kind == "redirect":
            self._redirect(token)
        elif kind == "close":
            self._close(at)
        elif kind == "group" and len(self.frames) < MOST_FRAMES:
            self._group(at)
        elif kind == "tick" and frame.kind == "`" and not frame.double:
            self._close(at)
        else:
            return self._part(kind, token)
        return end

    def _part(self, kind: str, token: re.Match[str]) -> int:
        """Take a part of a word that is not plain text, and return its end."""
        frame, at, end, word = self.frames[-1], token.start(), token.end(), token[0]
        if frame.start < 0:
            frame.start = at
            frame.inner = at + (word[0] in "\"'") + 2 * word.startswith("$'")
        if kind == "double":
            frame.double, frame.quoted = not frame.double, True
        elif kind == "single":
            frame.quoted = True
            frame.parts.append(word[word.index("'") + 1 : -1])
        elif kind == "var":
            frame.parts.append(HOLE)
        elif kind == "escape":
            frame.parts.append("" if word == "\\\n" else word[1:] if not frame.double or word[1] in '"\\$`' else word)
        elif kind == "brace" and at in self.closers:
            end = self.closers[at]
            bound = _ASSIGNS.match(frame.parts[0]) if frame.parts else None
            _, defaults = filled(self.text, at, end, bound[1] if bound else "", self.path)
            self.found += defaults
            frame.parts.append(HOLE)
        elif kind in ("open", "tick") and len(self.frames) < MOST_FRAMES:
            frame.parts.append(HOLE)
            self.frames.append(_Frame(word))
        else:
            frame.parts.append(word)
        return end

    def _end_word(self, end: int) -> None:
        frame = self.frames[-1]
        if frame.start < 0:
            return
        word = Word("".join(frame.parts), frame.start, end, frame.inner, frame.quoted)
        frame.start, frame.parts, frame.quoted, frame.double = -1, [], False, False
        if frame.redirect in ("", "<<<"):
            frame.words.append(word)
        elif ">" in frame.redirect and not _NOWHERE.match(word.value):
            frame.to_file = True
        frame.redirect = ""

    def _redirect(self, token: re.Match[str]) -> None:
        frame = self.frames[-1]
        if "".join(frame.parts).isdigit():
            frame.start, frame.parts = -1, []
        self._end_word(token.start())
        frame.redirect = "" if token[0][-1] not in "<>|" else token[0]

    def _group(self, at: int) -> None:
        frame = self.frames[-1]
        bound = _ASSIGNS.fullmatch("".join(frame.parts))
        if bound and frame.start >= 0:
            frame.start, frame.parts = -1, []
            self.frames.append(_Frame("=(", bound[1]))
            return
        self._end_command(at)
        self.frames.append(_Frame("("))

    def _close(self, at: int) -> None:
        frame = self.frames[-1]
        if not frame.kind:  # of a pattern in `case`
            self._end_word(at)
            self.found += [
                Literal(w.value, w.start, w.end, "", self.path, "case", "", COMPARED, w.quoted) for w in frame.words
            ]
            frame.words = []
            return
        self._end_command(at)
        self.frames.pop()

    def _stop(self, token: re.Match[str]) -> int:
        frame, stop = self.frames[-1], token[0]
        self._end_word(token.start())
        if frame.kind == "=(" or (stop in ("&&", "||") and commands.is_open_test(frame.words)):
            return token.end()
        self._end_command(token.start(), stop in ("|", "|&"))
        return self._here_bodies(token.end()) if stop == "\n" and self.bodies else token.end()

    def _end_command(self, at: int, piped: bool = False) -> None:
        self._end_word(at)
        frame = self.frames[-1]
        words, shows = frame.words, not (frame.to_file or piped)
        if frame.array:
            self.found += [
                Literal(w.value, w.start, w.end, frame.array, self.path, quoted=w.quoted) for w in frame.words
            ]
        elif words:
            inner = commands.script_of(words) if self.depth < DEEPEST else None
            if inner:
                words = [word for word in words if word is not inner]
                body = self.text[inner.inner : inner.end - (inner.inner - inner.start)]
                self.found += shifted(Script(body, self.path, self.depth + 1).read(), inner.inner)
            self.found += commands.of_command(words, self.path, shows=shows)
        call = words[0].value if words else ""
        if frame.heres:
            call = next((word.value for word in words if _RUNS_CODE.fullmatch(word.value)), call)
        self.bodies += [(end, call, shows and call == "cat") for end in frame.heres]
        frame.words, frame.heres, frame.to_file, frame.redirect = [], [], False, ""

    def _here_bodies(self, at: int) -> int:
        """Read the here-documents that begin on this line, and return where the last ends."""
        if self.ends is None:
            self.ends = {}
            for line in _ENDS_HERE.finditer(self.text):
                self.ends.setdefault(line[1], []).append(line.start())
            for offsets in self.ends.values():
                offsets.reverse()
        for word, call, shown in self.bodies:
            offsets = self.ends.get(word, [])
            while offsets and offsets[-1] < at:
                offsets.pop()
            if not offsets:
                continue
            end = offsets.pop()
            self._body(at, end, call, shown)
            line_end = self.text.find("\n", end)
            at = len(self.text) if line_end < 0 else line_end + 1
        self.bodies = []
        return at

    def _body(self, start: int, end: int, call: str, shown: bool) -> None:
        body = self.text[start:end]
        if (commands.is_shell(call) or _IS_SCRIPT.match(body)) and self.depth < DEEPEST:
            self.found += shifted(Script(body, self.path, self.depth + 1).read(), start)
            return
        if runs := _RUNS_CODE.fullmatch(call):
            from envfence.literals import code

            inner = code.literals(body, f"here{_SUFFIXES[runs[1]]}", [(0, len(body))])
            self.found += shifted(inner, start, self.path)
            return
        from envfence.literals import lines

        inner = lines.literals(body)
        if _READS_SQL.search(call):
            inner = [
                Literal(line[0].strip(), line.start(), line.end(), "", (), call, "<<")
                for line in re.finditer(r"[^\n]+", body)
            ]
        elif shown:
            inner = [literal._replace(role=SHOWN) for literal in inner]
        self.found += shifted(inner, start, self.path)
