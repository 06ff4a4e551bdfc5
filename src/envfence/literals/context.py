"""What a literal is for.

There is no grammar: from the literal the reader looks left, to the nearest name, operator or open bracket, and climbs
out of brackets until it has found what the literal is bound to, passed to or compared with.
"""

import re

from envfence.literals import COMPARED, DEFAULT, DOC, SHOWN, VALUE, Literal, aliases, braces, callees, heads
from envfence.literals.languages import JSON, PYTHON
from envfence.literals.tokens import STRING, Code

LONGEST_OPERATOR = 60  # characters that an operator may take up, space included
FIRST_ARGUMENTS = 120  # characters of a call's arguments that tell what it is about
MOST_LEVELS = 6  # how many brackets to climb out of

_COMPARES = re.compile(r"(?:[=!]==?|\bin|\bis|\bnot|<=|>=|<>|~=|\blike|\bcase)\s*\(?\s*$", re.IGNORECASE)
_COMPARED_AFTER = re.compile(r"\s*+(?:\)\s*+)?(?:[=!]==?|in\b|not in\b|\.(?:includes|contains|equals)\b)")
_ASSERTS = re.compile(r"\s*(?:debug_)?assert(?:_\w+!|!)?(?!\w)")
_IS_KEY = re.compile(r"\s*(?:=>|:(?![:=]))")
_SHOWS_WORD = re.compile(r"\b(?:print|echo|puts|raise|throw)\s+$")
_FALLBACK = re.compile(r"(?:\bor|\|\||\?\?|\?:|//)\s*\(?\s*$")
_OR_ASSIGNS = re.compile(r"(?:\|\||\?\?)=\s*$")
_LAST_OF_OPERATORS = frozenset("=<>~|?:/nsteowr")  # of the patterns above
_TRIED = re.compile(r"([A-Za-z_][\w.]*)([\x02)\]]*)\s*(?:\bor|\|\||\?\?|\?:|//)\s*\(?\s*$")
_FIELD = re.compile(r"[ \t]+\w+[ \t]*:[^=]+=[^=]*$")
_KEY = re.compile(r"[\"'`]([A-Za-z_][\w.-]*)[\"'`]")
_FORMATS = f"{STRING}%"
_DEFINES = re.compile(r"\b(?:def|func|function|fn|fun|sub|constructor|lambda|class)\b[^()\n]*$")


def _packed(bare: str, end: int) -> str:
    """Return the last characters before ``end``, without space."""
    return bare[max(0, end - 5) : end].replace(" ", "")


def place(code: Code, start: int, end: int, value: str = "", *, quoted: bool = True) -> Literal:
    """Return the value with the context of what stands at ``start``."""
    climb = _Climb(code, start, end)
    at = start
    for _ in range(MOST_LEVELS):
        at = climb.step(at)
        if at < 0 or climb.role == COMPARED:
            break
    return climb.result(value, quoted=quoted)


class _Climb:
    """What has been found so far on the way out of the brackets."""

    __slots__ = ("argument", "call", "code", "end", "is_piece", "name", "path", "position", "role", "start")

    def __init__(self, code: Code, start: int, end: int) -> None:
        self.code, self.start, self.end = code, start, end
        self.name = self.call = self.argument = ""
        self.path: list[str] = []
        self.position = -1
        self.is_piece = False  # of `"…%s…" % ("…", …)`, whose text is what is passed on
        self.role = COMPARED if _COMPARED_AFTER.match(code.bare, end) else VALUE

    def step(self, at: int) -> int:
        """Look left of ``at``, as far as the bracket around it, and return where to go on: -1 at the outermost."""
        code, opener = self.code, self.code.opener(at)
        head, position = heads.head_of(code, opener, at)
        self._operator(head, at - len(head), is_first=at == self.start and opener >= 0)
        bound = heads.unpacked_name(head, self.position) or heads.bound_name(code, head, at - len(head))
        self.position = position if opener >= 0 else -1
        if self._is_default(head, opener, bound):
            self.role, bound = (DEFAULT if self.role == VALUE else self.role), "" if bound == "default" else bound
        if bound and not self.name and not self.call:
            self.name = bound
        elif bound:
            self.path.insert(0, bound)
        if opener < 0:
            return -1
        self._bracket(opener, bound, position)
        callee = heads.callee_of(code, opener) if code.bare[opener] == "(" else heads.composite_of(code, opener)
        if callee and _DEFINES.search(code.bare[max(0, opener - 120) : opener].rpartition("\n")[2]):
            return self._parameter(bound)
        self.is_piece = self.is_piece or (not callee and _FORMATS in _packed(code.bare, opener))
        is_keyword = callee in callees.KEYWORDS
        if callee and not is_keyword and not callees.wraps(callee, position):
            self._called(callee, opener, bound, position)
        if code.bare[opener] == "{" and code.syntax is not JSON and heads.is_block(code, opener):
            return -1
        return opener if is_keyword else opener - len(callee.lstrip("."))

    def _bracket(self, opener: int, bound: str, position: int) -> None:
        """What the bracket around the literal says of it: a key that is looked up, an element, a default, a name."""
        bracket = self.code.bare[opener]
        if heads.is_subscript(self.code, opener) and not bound:
            self.role = COMPARED
        elif bracket == "[" and not self.name:
            self.path.insert(0, "[]")
        elif bracket == "{":
            around = braces.around(self.code, opener, self.start, self.name, 0 if bound else position)
            self.role = DEFAULT if around.is_default and self.role == VALUE else self.role
            self.name = around.name
            self.path[:0] = around.path

    def _operator(self, head: str, offset: int, *, is_first: bool) -> None:
        """The operator that stands directly before the literal, or before the bracket that it is in."""
        tail = head[-LONGEST_OPERATOR:]
        if heads.is_assigned(tail) and not is_first:
            return
        if is_first and "?" not in head and _IS_KEY.match(self.code.bare, self.end):
            self.role = COMPARED
        elif tail.rstrip().rstrip("(").rstrip()[-1:].lower() not in _LAST_OF_OPERATORS:
            return
        elif _COMPARES.search(tail):
            self.role = COMPARED
        elif _SHOWS_WORD.search(tail):
            self.role = SHOWN
        elif _OR_ASSIGNS.search(tail):
            self.role = DEFAULT if self.role == VALUE else self.role
        elif _FALLBACK.search(tail):
            self.role = DEFAULT if self.role == VALUE else self.role
            self.name = self.name or self._alternative(head, offset)

    def _is_default(self, head: str, opener: int, bound: str) -> bool:
        """The default of a field: `host: str = "…"` in a class, `Field(default="…")`."""
        if opener < 0:
            is_field = self.code.syntax is PYTHON and bool(_FIELD.match(head))
            return is_field or bool(heads.parameter_of(self.code, head))
        return bound == "default" and callees.wraps(heads.callee_of(self.code, opener))

    def _alternative(self, head: str, offset: int) -> str:
        """The name of what is tried first: of `X or "…"`, `env["X"] or "…"` and `get("X") or "…"`."""
        tried = _TRIED.search(head, max(0, len(head) - heads.LONGEST_TARGET))
        if tried is None:
            return ""
        if not tried[2]:
            return heads.last_name(tried[1])
        key = _KEY.search(self.code.text, offset + tried.start(2), offset + tried.end(2))
        return key[1] if key else ""

    def _tried_before(self, opener: int) -> str:
        """The variable that a chain reads first: of `env::var("X").unwrap_or("…")`."""
        line = self.code.text.rfind("\n", 0, opener) + 1
        keys = _KEY.findall(self.code.text, max(line, opener - heads.LONGEST_TARGET), opener)
        return keys[-1] if keys else ""

    def _parameter(self, bound: str) -> int:
        """A parameter's default: whatever encloses the definition says nothing of it."""
        self.call = self.argument = ""
        self.role = DEFAULT if bound else self.role
        return -1

    def _called(self, callee: str, opener: int, bound: str, position: int) -> None:
        if self.call or self.is_piece:
            self.path.insert(0, callee.rpartition(".")[2])
        else:
            self.call, self.argument = callee, bound or str(position)
            before = self.role
            if callees.is_alternative(callee):
                self.role = DEFAULT if self.role == VALUE else self.role
                self.name = self.name or self._tried_before(opener)
                self.call = self.argument = ""
                return
            arguments, key = self._arguments(opener)
            if self.code.syntax is PYTHON and key.isupper():
                callee = aliases.resolved(callee, self.code.text)
            self.role, self.name = callees.of_call(callee, arguments, key, self.argument, before, self.name)
            if self.role == DEFAULT != before:
                self.call = self.argument = ""  # what counts is where the setting goes
        if callees.shows(callee) and self.role != COMPARED:
            self.role = SHOWN

    def _arguments(self, opener: int) -> tuple[str, str]:
        """The beginning of the arguments, and the string that is the first of them."""
        bare, at = self.code.bare, opener + 1
        while bare[at : at + 1] in (" ", "\t", "\r", "\n") and at - opener < heads.LONGEST_GAP:
            at += 1
        first = self.code.token_at(at)
        key = self.code.text[first.start : first.end].strip("\"'`") if first and not first.is_comment else ""
        return self.code.text[opener : opener + _inside(bare[opener : opener + FIRST_ARGUMENTS])], key

    def result(self, value: str, *, quoted: bool) -> Literal:
        """Return the literal."""
        line = self.code.bare.rfind("\n", max(0, self.start - heads.LONGEST_HEAD), self.start) + 1
        role = self.role
        if _ASSERTS.match(self.code.bare, line, self.start):
            role = COMPARED
        elif self._is_for(callees.DOC_ARGUMENTS) or not callees.EXAMPLES.isdisjoint((self.argument, *self.path)):
            role = DOC
        elif self._is_for(callees.SHOWN_ARGUMENTS):
            role = SHOWN
        return Literal(value, self.start, self.end, self.name, tuple(self.path), self.call, self.argument, role, quoted)

    def _is_for(self, arguments: frozenset[str]) -> bool:
        """Tell whether the literal is one of these arguments of a call."""
        return self.argument in arguments or bool(self.name in arguments and self.call)


def _inside(bare: str) -> int:
    """Return where the bracket that a text begins with is closed, or the length of the text."""
    depth = 0
    for at, char in enumerate(bare):
        depth += (char in "([{") - (char in ")]}")
        if not depth:
            return at
    return len(bare)
