"""What stands left of a literal: its statement or element, nested brackets filled, and the name that it is bound to."""

import re

from envfence.literals.languages import BICEP
from envfence.literals.tokens import GROUP, STRING, Code

LONGEST_HEAD = 3000  # how far left to look for what a literal belongs to
LONGEST_TARGET = 240  # how far left of an operator its target may begin
LONGEST_CALLEE = 160
NEAR = 60  # how far left an operator mostly is
NEXT_TO = 12  # and very often
LONGEST_GAP = 200  # blank space and comments between two lines of one statement
MOST_LINES = 30  # how many lines of one statement
MOST_CONDITIONALS = 6  # in a row
MOST_BRACKETS = 100  # how many brackets left of a literal

_BRACKETS = re.compile(r"[()\[\]{}]")
_FLAT = r"\((?:{0})*+\)|\[(?:{0})*+\]|\{{(?:{0})*+\}}"
_NO_BRACKETS = r"[^()\[\]{}]++"
_TWO_DEEP = _FLAT.format(f"{_NO_BRACKETS}|{_FLAT.format(_NO_BRACKETS)}")
_SHALLOW = re.compile(_FLAT.format(f"{_NO_BRACKETS}|{_TWO_DEEP}"))  # nested three deep: nearly all there are
_ACCESSORS = re.compile(r"(?<=\w)[ \t]+\x02+[ \t]*$")  # of C#: Name { get; set; } = …
_PAIRS = {")": "(", "]": "[", "}": "{"}
_CALLEE_BACKWARDS = re.compile(
    r"\s*(?:>[\w<>,\[\] ]{0,60}<)?((?:[\w$]+>-)*[\w$.\x02\x01:?!]*[A-Za-z_$\x02\x01](?=(\s*\.)?))"
)
_ASSIGNS_TO = re.compile(r"(?<![=!<>])(?::=|\+=|\?\?=|\|\|=|=>|=)(?![=>])|(?<!:):(?![:=])|<-")
_NAME_BEFORE = re.compile(
    r"(?<![\w$.>\x01\x02-])([\w$.>\x01\x02-]++)\"?\??!?\s*+"  # the name, a quoted key or a subscript
    r"(?::\s*(?:[\w.\[\]|, \x01?<>&*']|\x02++){1,80})?\s*$"  # a type
)
_KEY_BEFORE = re.compile(r"(?<![\w$.>\x01\x02-])([\w$.>\x01\x02-]++)\"?\??!?\s*+$")  # behind a key no type can stand
_PARAMETER = re.compile(r"[ \t]*param[ \t]+(\w+)[ \t]+[^=]*$")  # of Bicep: param name type =
_LAST_WORD = re.compile(r"(?:^|[;,({\n]|\w[ \t]|\x01[ \t])[ \t]*\b([A-Za-z_]\w*)$")
_QUOTED = re.compile(r"[\"'`]([^\"'`]*)[\"'`]")
_SEPARATORS = re.compile(r"\.|->|::")
_NAMES = re.compile(r"\s*(?:(?:let|const|var|val)\s+)?[A-Za-z_$][\w.$]*+(?:\s*,\s*[A-Za-z_$][\w.$]*+)+\s*:?")
_BLOCK_STARTS = (")", "else", "try", "do", "=>", ";", "{", "}", "finally")
_GOES_ON_AFTER = ("=", ":", "(", "[", ",", "+", "|", "?", "&", ".", "=>", "{", "\\", "}", ")", "]")
_GOES_ON_WITH = (".", "+", "|", "?", "&", ")")


def head_of(code: Code, opener: int, at: int) -> tuple[str, int]:
    """Return what stands left of ``at`` in its element, brackets filled with GROUP, and the element's position."""
    text = code.bare[max(opener + 1, at - LONGEST_HEAD, code.behind_bracket(at, MOST_BRACKETS)) : at]
    in_block = opener < 0 or code.bare[opener] == "{"
    if in_block:
        text = _last_statement(text, newline_ends=code.syntax.newline_ends and opener < 0)
    if any(bracket in text for bracket in ")]}"):
        text = _without_groups(text)
    if in_block:
        text = text[text.rfind(";") + 1 :]
    if opener < 0:
        return text, 0
    return text[text.rfind(",") + 1 :], text.count(",")


def _without_groups(text: str) -> str:
    """Fill brackets that are closed, and whatever they hold."""
    text = _SHALLOW.sub(lambda group: GROUP * len(group[0]), text)
    if not _BRACKETS.search(text):
        return text
    groups: list[tuple[int, int]] = []
    opened: list[int] = []
    for bracket in _BRACKETS.finditer(text):
        if bracket[0] not in _PAIRS:
            opened.append(bracket.start())
        elif opened and text[opened[-1]] == _PAIRS[bracket[0]]:
            start = opened.pop()
            while groups and groups[-1][0] > start:
                groups.pop()
            groups.append((start, bracket.end()))
        else:
            opened.clear()  # what is around a bracket without a partner is no group
    pieces: list[str] = []
    last = 0
    for start, end in groups:
        pieces += (text[last:start], GROUP * (end - start))
        last = end
    return "".join((*pieces, text[last:]))


def _last_statement(text: str, *, newline_ends: bool) -> str:
    """Cut at the last line end that ends a statement."""
    cut = len(text.rstrip(" \t"))
    for _ in range(MOST_LINES):
        cut = text.rfind("\n", 0, cut)
        if cut < 0:
            return text
        before, after = text[max(0, cut - LONGEST_GAP) : cut].rstrip(), text[cut : cut + LONGEST_GAP].lstrip()
        if newline_ends and not before.endswith("\\"):
            return text[cut + 1 :]
        if not before.endswith(_GOES_ON_AFTER) and not after.startswith(_GOES_ON_WITH):
            return text[cut + 1 :]
        if before.endswith(("}", ")", "]")) and not after.startswith((*_GOES_ON_WITH, "]", "}")):
            return text[cut + 1 :]
    return text[cut + 1 :]


def bound_name(code: Code, head: str, offset: int) -> str:
    """Return the name that the element is assigned to: `name =`, `"key":`, `KEY: str =`, `x["key"] =`; "" if none.

    ``offset`` is where the head begins in the file.
    """
    operator = _last_operator(head)
    for _ in range(MOST_CONDITIONALS):  # the literal may be the second branch of one
        if operator is None or operator[0] != ":" or (question := _conditional(head, operator.start())) < 0:
            break
        head = head[:question]
        operator = _last_operator(head)
    if operator is None:
        return ""
    if parameter := parameter_of(code, head[: operator.start()]):
        return parameter
    if operator[0] == "=" and (plain := _plain_name(head, operator.start())):
        return plain
    begin = max(0, operator.start() - LONGEST_TARGET)
    pattern = _KEY_BEFORE if operator[0] == ":" else _NAME_BEFORE
    target = pattern.search(_ACCESSORS.sub("", head[begin : operator.start()]))
    if target is None:
        return ""
    return _name_at(code, target[1], offset + begin + target.start(1), offset + begin + target.end(1))


def parameter_of(code: Code, head: str) -> str:
    """Return the parameter of a template of Azure whose default follows: `param dbHost string =`; "" if none does."""
    parameter = _PARAMETER.match(head.rstrip("= ")) if code.syntax is BICEP else None
    return parameter[1] if parameter else ""


def unpacked_name(head: str, position: int) -> str:
    """Return the name that a value goes to in `host, port = "…", 5432`, "" if there is only one name.

    ``position`` is that in the brackets around the values, -1 if they have none.
    """
    targets, equals, values = head.rpartition("=")
    if not equals or "," not in targets or not _NAMES.fullmatch(targets):
        return ""
    listed = targets.rstrip(": \t").split(",")
    at = values.count(",") if position < 0 else position
    return last_name(listed[at].rpartition(" ")[2]) if at < len(listed) else ""


def is_assigned(tail: str) -> bool:
    """Tell whether nothing but `name =` stands before a literal: most often it does, and then no more need be asked."""
    name, equals, rest = tail.rpartition("=")
    return bool(equals) and not rest.strip() and name.rstrip(" \t")[-1:].isalnum()


def _plain_name(head: str, end: int) -> str:
    """Return the word that ends at ``end`` if it is a statement's or an argument's first, "" if it may be otherwise."""
    near = head[max(0, end - NEAR) : end].rstrip(" \t")
    word = _LAST_WORD.search(near)
    return word[1] if word and ":" not in near else ""


def _last_operator(head: str) -> re.Match[str] | None:
    """Return the last operator that assigns, for it binds closest; mostly it is near."""
    found = None
    if "=" not in head and ":" not in head and "<-" not in head:
        return found
    for start in (max(0, len(head) - NEXT_TO), max(0, len(head) - NEAR), 0):
        for operator in _ASSIGNS_TO.finditer(head, start):
            found = operator
        if found is not None and found.start() > start + 1:  # else it may be the second half of `||=`
            return found
    return found


def _conditional(head: str, colon: int) -> int:
    question = head.rfind("?", 0, colon)
    return -1 if head[question - 1 : question] == "?" else question


def _name_at(code: Code, shape: str, start: int, end: int) -> str:
    if STRING not in shape and GROUP not in shape:
        return last_name(shape)
    raw = code.text[start:end]
    if raw[:1] == "(" and not shape.strip(GROUP):
        return ""  # parameters of a function
    quoted = _QUOTED.findall(raw)
    return quoted[-1] if quoted else last_name(raw)


def last_name(dotted: str) -> str:
    """Return the last part of `a.b->c::d`, without the marks around it."""
    return _SEPARATORS.split(dotted)[-1].strip("$?!)]" + GROUP)


def callee_of(code: Code, opener: int) -> str:
    """Return what is called with the bracket at ``opener``: `requests.get`; "" if nothing."""
    found = _CALLEE_BACKWARDS.match(code.bare[max(0, opener - LONGEST_CALLEE) : opener][::-1])
    if found is None:
        return ""
    chained = "." if found[2] else ""  # to the line before, which ends with the dot
    return chained + found[1][::-1].replace(STRING, "").replace(GROUP, "")


def is_subscript(code: Code, opener: int) -> bool:
    """Return whether the bracket at ``opener`` looks something up: `x["key"]`."""
    before = code.bare[opener - 1] if opener > 0 else ""
    return code.bare[opener] == "[" and (before.isalnum() or before in (")", "]", GROUP, STRING, "_", "$"))


def is_block(code: Code, opener: int) -> bool:
    """Return whether the brace at ``opener`` opens a block of statements, not a list of pairs."""
    before = code.bare[max(0, opener - 60) : opener].rstrip()
    return not before or before.endswith(_BLOCK_STARTS)


def composite_of(code: Code, opener: int) -> str:
    """Return the type whose object the brace at ``opener`` makes: `http.Server{Addr: "…"}`; "" if none."""
    if not code.syntax.composites or code.bare[opener] != "{" or not code.bare[opener - 1 : opener].isalnum():
        return ""
    return callee_of(code, opener)
