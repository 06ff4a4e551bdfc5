"""Compose files: values become `${KEY:?}`, so that nothing starts while one is missing."""

import re
from collections.abc import Iterator, Sequence

from envfence.contract.readers.template import TemplateError, substitute
from envfence.detect.services import services
from envfence.literals import HOLE
from envfence.rewrite import Edit, Rewritten, Spot, applied
from envfence.rewrite.files.equality import held
from envfence.rewrite.files.references import Reference, references
from envfence.rewrite.files.values import (
    ESCAPED,
    STAYS,
    Value,
    default_of,
    rewritten,
    value_of,
    without_default,
    worth_moving,
)
from envfence.rewrite.keys import Keys

HOLES = re.compile(r"\$\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}|(?<!\$)\$[A-Za-z_]\w*")
UNPROVED = "compose would read something else"
_FLOW = re.compile(r"""(?:[\[,{]|\{.*,)[ \t]*(?:["']?[\w.-]+["']?[ \t]*:[ \t]*)?\Z""")
_DATABASE = re.compile(
    r"^[ \t-]*[\"']?(?:POSTGRES_DB|MYSQL_DATABASE|MARIADB_DATABASE)(?:[\"']?:[ \t]+|=)"
    r"([\"']?)([\w.-]+)\1[\"']?[ \t]*(?:#.*)?\r?$",
    re.MULTILINE,
)
_SERVICE_READ = re.compile(r"\$\{(\w+)_(?:USER|PASSWORD):\?\}")


def rewrite(path: str, text: str, spots: Sequence[Spot], keys: Keys) -> Rewritten:
    """Return what becomes of a compose file."""
    values = worth_moving([value_of(text, spot, HOLES)._replace(shares=True) for spot in spots])
    stays = services(text)
    made = rewritten(values, lambda value: _edits(text, value, values, keys, stays))
    return made._replace(edits=[*made.edits, *_databases(text, made.edits, keys)])


def _databases(text: str, edits: Sequence[Edit], keys: Keys) -> Iterator[Edit]:
    """Yield the edits that make a server's database the one that its clients ask for, where the file reads its keys."""
    read = {match[1] for one in edits for match in _SERVICE_READ.finditer(one.replacement)}
    names = {key.values.get(keys.environment): key.name for key in keys.used if key.name.endswith("_NAME")}
    for match in _DATABASE.finditer(text):
        name = names.get(match[2], "")
        if name.removesuffix("_NAME") in read:
            yield Edit(*match.span(2), f"${{{name}:?}}")


def _edits(text: str, value: Value, others: Sequence[Value], keys: Keys, stays: frozenset[str]) -> Sequence[Edit] | str:
    if ".ports" in value.spot.finding.anchor:
        return STAYS
    if default := default_of(text, value):
        if _is_escaped(text, value):
            return ESCAPED
        made = without_default(value, default, keys)
        if made is not None:
            return made if isinstance(made, str) else [made]
    if needs_quotes(text, value) and ('"' in value.text or HOLE in value.text):
        return ESCAPED
    found = _references(text, value, others, keys, stays)
    if isinstance(found, str):
        return found
    edits = [Edit(one.start, one.end, f"${{{one.key.name}:?}}") for one in found]
    if not _is_equal(text, value, edits, found, keys):
        return UNPROVED
    return [*edits, *quotes(text, value)]


def _references(
    text: str, value: Value, others: Sequence[Value], keys: Keys, stays: frozenset[str]
) -> list[Reference] | str:
    plain = value._replace(text=_unquoted(text, value, value.text).replace("$$", "$"))
    found = references(plain, others, keys, stays=stays, is_literal=not _is_in_double_quotes(text, value))
    if plain.text == value.text:
        return found
    is_whole = not isinstance(found, str) and [(one.start, one.end) for one in found] == [(plain.start, plain.end)]
    return [found[0]._replace(end=value.end)] if is_whole and not isinstance(found, str) else ESCAPED


def _is_escaped(text: str, value: Value) -> bool:
    """Tell whether compose reads other characters than are written: a dollar is written twice."""
    is_other = _unquoted(text, value, value.text).replace("$$", "$") != value.text
    return is_other or ("\\" in value.text and _is_in_double_quotes(text, value))


def _is_in_double_quotes(text: str, value: Value) -> bool:
    """Tell whether a value may stand where a backslash does not stand for itself."""
    return '"' in text[text.rfind("\n", 0, value.start) + 1 : value.start]


def _unquoted(text: str, value: Value, code: str) -> str:
    """Return characters of a value as YAML reads them: a single quote is written twice between single quotes."""
    is_inside = text.count("'", text.rfind("\n", 0, value.start) + 1, value.start) % 2
    return code.replace("''", "'") if is_inside else code


def needs_quotes(text: str, value: Value) -> bool:
    """Tell whether a value stands bare in `[…]` or `{…}`, where braces would end it."""
    if value.quote:
        return False
    line = text[text.rfind("\n", 0, value.start) + 1 : value.start]
    inside = line.count("[") > line.count("]") or line.count("{") > line.count("}")
    return inside and bool(_FLOW.search(line)) and default_of(text, value) is None


def quotes(text: str, value: Value) -> list[Edit]:
    """Return the quotes around a value that needs them."""
    return [Edit(at, at, '"') for at in (value.start, value.end)] if needs_quotes(text, value) else []


def _is_equal(text: str, value: Value, edits: Sequence[Edit], found: Sequence[Reference], keys: Keys) -> bool:
    """Tell whether compose makes of the new text what it made of the old one."""
    given = dict(held(found, keys.environment))
    before = text[value.start : value.end]
    shifted = [Edit(one.start - value.start, one.end - value.start, one.replacement) for one in edits]
    try:
        after = substitute(applied(before, shifted), lambda name: given.get(name, f"{HOLE}{name}"))
        return after == substitute(_unquoted(text, value, before), lambda name: f"{HOLE}{name}")
    except TemplateError:
        return False
