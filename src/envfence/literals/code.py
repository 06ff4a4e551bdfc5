"""Literals of programming languages and JSON: what each string or number is bound to, passed to or compared with.

There is no grammar: from a literal the reader looks left, to the nearest name, operator or open bracket, and climbs out
of brackets until it has found what the literal is for. The languages differ in `languages.py` only.
"""

import re
from collections.abc import Iterator

from envfence.literals import COMPARED, DEFAULT, DOC, HOLE, SHOWN, VALUE, Literal
from envfence.literals.candidates import is_likely, likely_lines
from envfence.literals.languages import JSON, PYTHON, syntax_of
from envfence.literals.tokens import GROUP, STRING, Code, Token, read

LONGEST_HEAD = 3000  # how far left to look for what a literal belongs to
MOST_LEVELS = 6  # how many brackets to climb out of
MOST_USES = 12  # how many uses of a constant to follow

_PORT_NUMBER = re.compile(r"(?i)port(?=[^a-z]|s?\b)[^\n]{0,60}?(?<![\w.-])(\d{2,5})(?![\w.])")
_NESTED = re.compile(r"\([^()\[\]{}]*\)|\[[^()\[\]{}]*\]|\{[^()\[\]{}]*\}")
_CALLEE = re.compile(r"([A-Za-z_$\x02\x01][\w$.\x02\x01:?!]*(?:->[\w$]+)*)(?:<[\w<>,\[\] ]{0,60}>)?\s*$")
_ASSIGNS_TO = re.compile(r"(?<![=!<>])(?::=|\+=|\?\?=|\|\|=|=>|=)(?![=>])|(?<!:):(?![:=])|<-")
_NAME_BEFORE = re.compile(
    r"(?<![\w$.>\x01\x02-])([\w$.>\x01\x02-]++)\"?\??!?\s*"  # the name, a quoted key or a subscript
    r"(?::\s*[\w.\[\]|, \x01\x02?<>&*]{1,80})?\s*$"  # a type
)
LONGEST_TARGET = 240  # how far left of an operator its target may begin
_COMPARES = re.compile(r"(?:[=!]==?|\bin|\bis|\bnot|<=|>=|<>|~=|\blike|\bcase)\s*\(?\s*$", re.I)
_SHOWS_WORD = re.compile(r"\b(?:print|echo|puts|raise|throw)\s+$")
_COMPARED_AFTER = re.compile(r"\s*\)?\s*(?:[=!]==?|in\b|not in\b|\.(?:includes|contains|equals)\b)")
_FALLBACK = re.compile(r"(?:\bor|\|\||\?\?|\?:|//)\s*\(?\s*$")
_FALLBACK_NAME = re.compile(r"([A-Za-z_][\w.]*)[\x02)\]]*\s*(?:\bor|\|\||\?\?|\?:|//)\s*\(?\s*$")
_WORD = re.compile(r"[A-Za-z_]\w*")
_ASSIGNS = re.compile(r"\s*(?:=(?!=)|:(?!:)|\()")
_IS_KEY = re.compile(r"\s*(?:=>|:(?![:=]))")
_HOLES = re.compile(r"\$?\{\{?(?!\s*\\?[\"'])[^{}\n]*\}?\}|%\([\w.]+\)[sd]|%[sdr](?!\w)|#\{[^{}\n]*\}|\$[A-Za-z_]\w*|<%=?[^%]*%>")
_ONLY_BRACES = re.compile(r"\{(?!\s*[\"'])[^{}\n]*\}|%\([\w.]+\)[sd]|%[sdr](?!\w)")
_DEFINES = re.compile(r"\b(?:def|func|function|fn|fun|sub|constructor|lambda)\b[^()\n]*$")
_KEYWORDS = frozenset(
    "if elif while for foreach switch match return and or not in is assert yield await else catch when until unless"
    " del with as from typeof new case".split()
)
WRAPPERS = frozenset(  # calls that change a literal's type and not its meaning
    "int str float bool bytes list tuple set dict SecretStr Secret SecretBytes Path URL Url AnyUrl PostgresDsn RedisDsn HttpUrl"
    " cast String Integer parseInt Number Some Ok from of valueOf toString to_string encode strip b64encode quote"
    " quote_plus urlparse ref useRef useState reactive Field field StringPtr String_ byte Buffer.from decode freeze"
    " to_i to_s asList List.of Arrays.asList Mapped".lower().split()
)
READS_ENV = re.compile(
    r"(?:env|getenv|environ|config|settings?|conf|options?|get|pop|setdefault|value|decouple|property)$", re.I
)
READS_ENV_CALL = re.compile(
    r"getenv|environ|(?:^|[._])env(?:[._]|$)|env(?:value|var|str|int)|config\(?$|decouple|(?:get|read|load)_?env", re.I
)
SHOWS = re.compile(
    r"(?:^|[._])(?:print|println|printf|log|logs|logger|logging|console|echo|warn|warning|info|debug|trace|error|exception|fatal|critical|success"
    r"|puts|pprint|secho|write_text_log|fail|skip|describe|it|panic|alert|toast|message|confirm|typer\.echo|stderr|stdout|tqdm\.write"
    r"|usage|help|err|errorf|fatalf|logf|infof|debugf|warnf|\w*(?:Error|Exception|Warning))(?:$|[.(])",
)
SHOWN_ARGUMENTS = frozenset(
    "help description desc message msg label title placeholder text doc usage epilog metavar summary reason hint tooltip".split()
)


def literals(text: str, path: str) -> list[Literal]:
    """Return the strings, comments and port numbers that may matter, each with the context of its every use."""
    lines = likely_lines(text)
    if not lines:
        return []
    code = read(text, syntax_of(path))
    likely = (group for group in _joined(code) if is_likely(lines, group[0].start, group[-1].end))
    found = [literal for group in likely if (literal := _of_token(code, group))]
    found += _numbers(code, lines)
    return found + _uses(code, found)


def _joined(code: Code) -> Iterator[list[Token]]:
    """Strings that the language joins because nothing stands between them, as one."""
    group: list[Token] = []
    for token in code.tokens:
        if group and (token.is_comment or code.bare[group[-1].end : token.start].strip(" \t\r\n\\rRbBfFuU")):
            yield group
            group = []
        if group and code.opener(token.start) < 0 and "\n" in code.bare[group[-1].end : token.start]:
            yield group
            group = []
        group.append(token)
        if token.is_comment:
            yield group
            group = []
    if group:
        yield group


def _of_token(code: Code, group: list[Token]) -> Literal | None:
    start, end = group[0].start, group[-1].end
    if group[0].is_comment:
        return Literal(code.text[start:end], start, end, role=DOC)
    value = "".join(_value(code, token) for token in group)
    if not value:
        return None
    if code.syntax is PYTHON and _is_statement(code, start, end):
        return Literal(value, start, end, role=DOC)
    return place(code, start, end)._replace(value=value)


def _value(code: Code, token: Token) -> str:
    """The text between the quotes, with a HOLE for each interpolation."""
    raw = code.text[token.start : token.end]
    quote = raw[:3] if raw[:3] in ('"""', "'''") else raw[:1]
    inner = raw[len(quote) : -len(quote)] if len(raw) >= 2 * len(quote) and raw.endswith(quote) else raw[len(quote) :]
    prefix = code.text[max(0, token.start - 2) : token.start].lower()
    if code.syntax is PYTHON and not ("f" in prefix.lstrip("=( ,[") and prefix[-1:] in "fr"):
        return _ONLY_BRACES.sub(HOLE, inner)
    return _HOLES.sub(HOLE, inner)


def _is_statement(code: Code, start: int, end: int) -> bool:
    line = code.bare.rfind("\n", 0, start) + 1
    stop = code.bare.find("\n", end)
    alone = not code.bare[line:start].strip(" \trRbBuU") and not code.bare[end : stop if stop >= 0 else None].strip()
    return alone and code.opener(start) < 0 and not code.bare[:line].rstrip(" \t\r\n").endswith(("=", "\\", "+"))


def place(code: Code, start: int, end: int) -> Literal:
    """Return the context of what stands at ``start``: its value is left empty."""
    name = call = argument = ""
    role = COMPARED if _COMPARED_AFTER.match(code.bare, end) else VALUE
    path: list[str] = []
    at = start
    for _ in range(MOST_LEVELS):
        opener = code.opener(at)
        head, position = _head(code, opener, at)
        if _COMPARES.search(head):
            role = COMPARED
        elif at == start and opener >= 0 and "?" not in head and _IS_KEY.match(code.bare, end):
            role = COMPARED
        elif _SHOWS_WORD.search(head):
            role = SHOWN
        elif _FALLBACK.search(head):
            role = DEFAULT if role == VALUE else role
            fallback = _FALLBACK_NAME.search(head)
            name = name or (_last_name(fallback[1]) if fallback else "")
        bound = _bound_name(code, head, at - len(head))
        if bound and not name and not call:
            name = bound
        elif bound:
            path.insert(0, bound)
        if opener < 0:
            break
        bracket = code.bare[opener]
        callee = _callee(code, opener) if bracket == "(" else ""
        subscript = (
            bracket == "["
            and code.bare[opener - 1 : opener] in (")", "]", GROUP, STRING)
            or (bracket == "[" and opener > 0 and (code.bare[opener - 1].isalnum() or code.bare[opener - 1] in "_$"))
        )
        if subscript and not bound:
            role = COMPARED  # a key that is looked up
        last = callee.rpartition(".")[2]
        if callee and _DEFINES.search(code.bare[max(0, opener - 120) : opener]):
            return Literal("", start, end, name, tuple(path), "", "", DEFAULT if bound else role)
        if callee and last.lower() not in WRAPPERS and last not in _KEYWORDS:
            if not call:
                call, argument = callee, bound or str(position)
                if bound and not path and name == bound:
                    argument = bound
                role, name = _of_call(code, callee, opener, argument, role, name)
            else:
                path.insert(0, last)
            if SHOWS.search(callee):
                role = SHOWN if role != COMPARED else role
        if bracket == "{" and code.syntax is not JSON and _is_block(code, opener):
            break
        at = opener if last in _KEYWORDS else opener - len(callee)
    if argument in SHOWN_ARGUMENTS or (name in SHOWN_ARGUMENTS and call):
        role = SHOWN
    if re.match(r"\s*assert\b", code.bare[code.bare.rfind("\n", 0, start) + 1 : start]):
        role = COMPARED
    return Literal("", start, end, name, tuple(path), call, argument, role)


def _head(code: Code, opener: int, at: int) -> tuple[str, int]:
    """Return what stands left of ``at`` in its element, brackets filled with GROUP, and the element's position."""
    lowest = max(opener + 1, at - LONGEST_HEAD)
    text = code.bare[lowest:at]
    if opener < 0 or code.bare[opener] == "{":
        text = _last_statement(text, code.syntax.newline_ends and opener < 0)
    if any(bracket in text for bracket in ")]}"):
        previous = ""
        while previous != text:
            previous, text = text, _NESTED.sub(lambda group: GROUP * len(group[0]), text)
    if opener < 0 or code.bare[opener] == "{":
        text = text[max(text.rfind(";"), -1) + 1 :]
    if opener < 0:
        return text, 0
    return text[text.rfind(",") + 1 :], text.count(",")


def _last_statement(text: str, newline_ends: bool) -> str:
    """Cut at the last line end that ends a statement."""
    cut = len(text.rstrip(" \t"))
    while (cut := text.rfind("\n", 0, cut)) >= 0:
        before, after = text[:cut].rstrip(), text[cut:].lstrip()
        if newline_ends and not before.endswith("\\"):
            return text[cut + 1 :]
        if not before.endswith(
            ("=", ":", "(", "[", ",", "+", "|", "?", "&", ".", "=>", "{", "\\", "}", ")", "]")
        ) and not after.startswith((".", "+", "|", "?", "&", ")")):
            return text[cut + 1 :]
        if before.endswith(("}", ")", "]")) and not after.startswith((".", "+", "|", "?", "&", ")", "]", "}")):
            return text[cut + 1 :]
    return text


def _bound_name(code: Code, head: str, offset: int) -> str:
    """The name that the element is assigned to: `name =`, `"key":`, `KEY: str =`, `x["key"] =`."""
    operator = None
    for operator in _ASSIGNS_TO.finditer(head):  # the last one binds closest
        pass
    if operator is None:
        return ""
    begin = max(0, operator.start() - LONGEST_TARGET)
    target = _NAME_BEFORE.search(head[begin : operator.start()])
    if (
        operator[0] == ":"
        and (question := head.rfind("?", 0, operator.start())) >= 0
        and head[question - 1 : question] != "?"
    ):
        return _bound_name(code, head[:question], offset)  # a conditional's second branch
    if target is None:
        return ""
    return _name_at(code, target[1], offset + begin + target.start(1), offset + begin + target.end(1))


def _name_at(code: Code, shape: str, start: int, end: int) -> str:
    if STRING in shape or GROUP in shape:
        raw = code.text[start:end]
        quoted = re.findall(r"[\"'`]([^\"'`]*)[\"'`]", raw)
        return quoted[-1] if quoted else _last_name(raw)
    return _last_name(shape)


def _last_name(dotted: str) -> str:
    words = re.split(r"\.|->|::", dotted)
    return words[-1].strip("$?!)]" + GROUP) if words else ""


def _callee(code: Code, opener: int) -> str:
    found = _CALLEE.search(code.bare, max(0, opener - 160), opener)
    return found[1].replace(STRING, "").replace(GROUP, "") if found else ""


def _is_block(code: Code, opener: int) -> bool:
    before = code.bare[max(0, opener - 60) : opener].rstrip()
    return before.endswith((")", "else", "try", "do", "=>", ";", "{", "}", "finally")) or not before


def _of_call(code: Code, callee: str, opener: int, argument: str, role: str, name: str) -> tuple[str, str]:
    """A call such as getenv("X", literal) or add_argument("--x", default=literal) says the name itself."""
    last = callee.rpartition(".")[2]
    first = code.token_at(_skip_space(code.bare, opener + 1))
    key = code.text[first.start : first.end].strip("\"'`") if first and not first.is_comment else ""
    reads = bool(READS_ENV_CALL.search(callee)) or (bool(READS_ENV.search(last)) and key.replace("_", "").isupper())
    if argument == "0" and reads and not name:
        return COMPARED, name  # the key itself
    if (
        key
        and argument in ("1", "default", "fallback", "defaultValue")
        and (reads or last in ("get", "option", "add_option", "add_argument"))
    ):
        return DEFAULT if role == VALUE else role, key if last != "get" or reads else name or key
    if (
        key
        and argument == "1"
        and last
        in (
            "config",
            "set",
            "option",
            "setenv",
            "putenv",
            "setProperty",
            "put",
            "setItem",
            "property",
            "add",
            "setdefault",
        )
    ):
        return role, key
    if argument == "default" and role == VALUE:
        keys = re.findall(r"[\"']--?([\w-]+)[\"']", code.text[opener : opener + 120])
        return DEFAULT, (max(keys, key=len) if keys else name if name != "default" else "")
    return role, name


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _numbers(code: Code, lines: list[tuple[int, int]]) -> Iterator[Literal]:
    for line_start, line_end in lines:
        for match in _PORT_NUMBER.finditer(code.text, line_start, line_end):
            start, end = match.span(1)
            if code.bare[start] != STRING:
                found = place(code, start, end)
                if found.name or found.call:
                    yield found._replace(value=match[1], quoted=False)


def _uses(code: Code, found: list[Literal]) -> list[Literal]:
    """Follow constants inside the module: each literal once more for every use, with the context of that use."""
    constants = {literal.name: literal for literal in found if _is_constant(literal)}
    if not constants:
        return []
    counts: dict[str, int] = {}
    uses: list[Literal] = []
    for word in _WORD.finditer(code.bare):
        literal = constants.get(word[0])
        if literal is None or counts.get(word[0], 0) == MOST_USES or _ASSIGNS.match(code.bare, word.end()):
            continue
        counts[word[0]] = counts.get(word[0], 0) + 1
        use = place(code, *word.span())
        if use.call or (use.name and use.name != literal.name):
            uses.append(use._replace(value=literal.value, start=literal.start, end=literal.end, quoted=literal.quoted))
    return uses


def _is_constant(literal: Literal) -> bool:
    return not literal.call and literal.role in (VALUE, DEFAULT) and bool(_WORD.fullmatch(literal.name))
