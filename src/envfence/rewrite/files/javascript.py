"""JavaScript and TypeScript: values are read from the environment, and the program stops while a key is missing.

`process.env.X` may be undefined, to TypeScript too; so a function checks it, rather than a `!` that checks nothing.
The variable is named where it is read, as bundlers need it: `requiredEnv("X", process.env.X)`.
"""

import re
from collections.abc import Sequence
from urllib.parse import quote

from envfence.contract import kinds
from envfence.detect.places import is_test
from envfence.literals import HOLE
from envfence.rewrite import Edit, Rewritten, Spot, applied
from envfence.rewrite.envfiles import spelled
from envfence.rewrite.files.equality import held, is_equal
from envfence.rewrite.files.references import Reference, references, web_name
from envfence.rewrite.files.values import ESCAPED, HALF, NO_FORM, OTHER_VALUE, Value, rewritten, value_of, worth_moving
from envfence.rewrite.held import key_name
from envfence.rewrite.keys import Keys
from envfence.rewrite.servers import is_better
from envfence.rewrite.shapes import DSN, PAIRS, WEB, shapes

NODE = "node"
VITE = "VITE_"
_PREFIXES = {"vite": VITE, "next": "NEXT_PUBLIC_", "react-scripts": "REACT_APP_"}
SHOWN = "a browser would show it: let a server hold it"
UNKNOWN = "whether a browser or a server runs it cannot be told"
NO_EXPRESSION = "no expression can stand there"
TAKEN = "the name requiredEnv is taken"
IN_TEST = "a runner of tests reads no env file"
UNPROVED = "the program would read something else"

_HOLES = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")
_FALLBACK = re.compile(r"(?:process\.env|import\.meta\.env)\.([A-Za-z_]\w*)\s*(?:\?\?|\|\|)\s*\Z")
_SERVER = re.compile(
    r"""["'](?:node:[\w/]+|fs|path|http|net|express|koa|fastify|pg|mysql2?(?:/promise)?|ioredis|redis|mongoose|mongodb"""
    r"""|@nestjs/[\w/]+|typeorm|sequelize|knex|kafkajs|amqplib|server-only|next/server|next/headers)["']"""
    r"""|["']use server["']"""
)
_SERVER_PATH = re.compile(
    r"(?:^|/)(?:server|backend|scripts)/|(?:^|/)(?:route|middleware)\.[jt]s$|\.config\.[cm]?[jt]s$"
)
_API = re.compile(r"(?:^|/)api/")  # what answers, or with a bundler that has no server of its own what asks
_ASKING = frozenset({"vite", "react-scripts"})
_BROWSER = re.compile(r"\b(?:document|window|localStorage)\.|[\"']react(?:-dom)?[\"']|<script")
_RUNNERS = re.compile(r"(?:^|/)(?:vitest|jest|playwright|cypress|karma|wdio)\.[\w.]*[cm]?[jt]s$")
_PLAIN_FILES = frozenset("index lib util utils helper helpers common shared constants types main route page".split())
_STATIC = re.compile(r"(?:\bfrom|\bimport|\btype\s+\w+\s*=|(?<!\|)\|)\s*\Z")
_ATTRIBUTE = re.compile(r"[\w-]=\Z")
_IN_TAG = re.compile(r"<[A-Za-z][\w.]*\s(?:(?:[^<>]|=>)*\s)?[\w-]+=\Z")
_READS = re.compile(r"(?:\$\{)?(?:encodeURIComponent\()?requiredEnv\(\"(?P<key>\w+)\", [\w.]+\)\)?(?:\})?")
_TYPED = (
    "function requiredEnv(name: string, value: string | undefined): string {",
    "function requiredEnv(name, value) {",
)
_BODY = ("  if (!value) throw new Error(`${name} is not set`);", "  return value;", "}")


def rewrite(path: str, text: str, spots: Sequence[Spot], keys: Keys, bundler: str = NODE) -> Rewritten:
    """Return what becomes of a module; ``bundler`` is what its project is built with."""
    head = _TYPED[not re.search(r"\.[cm]?tsx?$", path)]
    helper = ("\r\n" if "\r\n" in text else "\n").join((head, *_BODY))
    prefix = _prefix(path, text, bundler)
    about = path.rpartition("/")[2].partition(".")[0]
    found = [value_of(text, spot, _HOLES) for spot in spots]
    values = worth_moving([one._replace(names=(*one.names, *({about} - _PLAIN_FILES))) for one in found])
    if is_test(path) or _RUNNERS.search(path):
        return Rewritten((), [value.spot.left(IN_TEST) for value in values])

    def edits_of(value: Value) -> Sequence[Edit] | str:
        if re.search(r"\brequiredEnv\b", text) and head not in text:
            return TAKEN
        return UNKNOWN if prefix is None else _edits(path, text, value, values, keys, prefix)

    edits, left = rewritten(values, edits_of)
    if edits and head not in text:
        newline = "\r\n" if "\r\n" in text else "\n"
        gap = newline if text.endswith("\n") else newline * 2
        edits = [*edits, Edit(len(text), len(text), f"{gap}{helper}{newline}")]
    return Rewritten(edits, left)


def _prefix(path: str, text: str, bundler: str) -> str | None:
    """Return what the names of variables begin with in a browser's code, "" for a server's; None if unknown."""
    if _SERVER_PATH.search(path) or _SERVER.search(text) or (_API.search(path) and bundler not in _ASKING):
        return ""
    if bundler in _PREFIXES:
        return _PREFIXES[bundler]
    is_server = "process.env" in text or "require(" in text or bundler == NODE
    return "" if is_server and not (_BROWSER.search(text) or path.endswith("x")) else None


def _edits(
    path: str, text: str, value: Value, others: Sequence[Value], keys: Keys, prefix: str
) -> Sequence[Edit] | str:
    spot = value.spot
    if prefix and spot.finding.is_of_login:
        return SHOWN
    if prefix and "@" in value.text.partition("://")[2].partition("/")[0]:
        return SHOWN
    before = text[max(0, spot.start - 120) : spot.start]
    is_number = not value.quote and value.text.isdigit()
    is_attribute = path.endswith("x") and bool(_ATTRIBUTE.search(before))
    if not (value.quote or is_number) or _STATIC.search(before) or (is_attribute and not _IN_TAG.search(before)):
        return NO_EXPRESSION
    if is_attribute and "&" in value.text:
        return ESCAPED
    value = value._replace(name="") if is_attribute else value  # `src` says nothing of the server
    if re.match(r"\s*:", text[spot.end : spot.end + 10]) and re.search(r"[{,]\s*\Z", before):
        return NO_EXPRESSION
    if fallback := _FALLBACK.search(before):
        made = _without_fallback(value, fallback, spot.start - len(before), keys)
        if made is not None:
            return made
    found = _in_browser(value, keys, prefix) if prefix else references(value, others, keys, encodes=True)
    if isinstance(found, str):
        return found
    source = "import.meta.env" if prefix == VITE else "process.env"
    made = _spelled(text, value, found, keys, source, is_number=is_number)
    return _braced(text, spot, made) if is_attribute and not isinstance(made, str) else made


def _braced(text: str, spot: Spot, edits: Sequence[Edit]) -> list[Edit]:
    """Return edits of the value of an attribute of JSX, which holds an expression in braces."""
    inside = [Edit(one.start - spot.start, one.end - spot.start, one.replacement) for one in edits]
    return [Edit(spot.start, spot.end, "{" + applied(text[spot.start : spot.end], inside) + "}")]


def _in_browser(value: Value, keys: Keys, prefix: str) -> list[Reference] | str:
    """Read a value, or a URL's origin, from one key whose name the bundler hands on."""
    if "\\" in value.text:
        return ESCAPED
    found = [one for one in shapes(value.text) if one.form == WEB]
    start, end = (0, len(value.text)) if not found else (found[0].start, found[0].authority[1])
    text = value.text[start:end]
    if HOLE in text:
        return HALF
    if spelled(text) is None:
        return NO_FORM
    same = (key for key in keys.used if key.name.startswith(prefix) and key.values.get(keys.environment) == text)
    elsewhere = keys.holding(text, "URL") if found else None
    name = key_name(value.name) if value.name and not found else web_name(value, found[0] if found else None)
    name = elsewhere.name if elsewhere and is_better(elsewhere.name, name) else name
    held = next(same, None) if "://" in text else None
    key = held or keys.one(name if name.startswith(prefix) else prefix + name, text)
    return [Reference(value.start + start, value.start + end, key)]


def _without_fallback(value: Value, fallback: re.Match[str], shift: int, keys: Keys) -> Sequence[Edit] | str | None:
    """Return the edit to a variable alone; None for a connection, which is read from its parts."""
    name, text = fallback[1], value.text
    if any(one.form in {DSN, PAIRS} for one in shapes(text)) or HOLE in text:
        keys.optional.add(name)
        return None
    if "\\" in text:
        return ESCAPED
    if not keys.fits(name, {keys.environment: text}):
        return OTHER_VALUE
    key = keys.one(name, text, kinds.SECRET if value.spot.finding.family == "credential" else "")
    if key.name != name:
        return OTHER_VALUE
    read = fallback[0].split()[0].rstrip("?|")
    code = f'requiredEnv("{name}", {read})'
    code = code if value.quote else f"Number({code})"
    return [Edit(shift + fallback.start(), value.spot.end, code)]


def _spelled(
    text: str, value: Value, found: Sequence[Reference], keys: Keys, source: str, *, is_number: bool
) -> Sequence[Edit] | str:
    start, end = value.spot.start, value.spot.end
    codes = [_code(one, source) for one in found]
    if len(found) == 1 and (found[0].start, found[0].end) == (value.start, value.end):
        return [Edit(start, end, f"Number({codes[0]})" if is_number else codes[0])]
    if value.quote != "`" and ("`" in value.text or "${" in value.text):
        return ESCAPED
    inner = [Edit(one.start, one.end, f"${{{code}}}") for one, code in zip(found, codes, strict=True)]
    before = text[value.start : value.end]
    after = applied(before, [Edit(one.start - value.start, one.end - value.start, one.replacement) for one in inner])
    given = dict(held(found, keys.environment))
    if not is_equal(before, after, _READS, given, lambda part: quote(part, safe="!~*'()")):
        return UNPROVED
    if value.quote == "`":
        return inner
    return [Edit(start, start + 1, "`"), *inner, Edit(end - 1, end, "`")]


def _code(reference: Reference, source: str) -> str:
    name = reference.key.name
    code = f'requiredEnv("{name}", {source}.{name})'
    return f"encodeURIComponent({code})" if reference.is_encoded else code
