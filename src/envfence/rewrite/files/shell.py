"""Shell scripts: values become `"${KEY:?}"`, which stops the script while a key is missing."""

import re
from collections.abc import Sequence

from envfence.literals import HOLE
from envfence.rewrite import Edit, Rewritten, Spot, applied
from envfence.rewrite.files.equality import held, is_equal
from envfence.rewrite.files.references import Reference, references
from envfence.rewrite.files.shell_context import COMMENT, DOUBLE, HERE, PLAIN, RAW_HERE, SINGLE, context_at
from envfence.rewrite.files.shell_options import options
from envfence.rewrite.files.values import ESCAPED, Value, default_of, rewritten, value_of, without_default, worth_moving
from envfence.rewrite.keys import Keys

PROGRAM = "it stands in a program in single quotes, where the shell expands nothing"
QUOTED_HERE = "it stands in a quoted here-document, where the shell expands nothing"
IN_COMMENT = "it stands in a comment"
ASSIGNED = "the script gives its key another value"
UNPROVED = "the shell would read something else"

_HOLES = re.compile(
    r"\$\{(?:[^{}]|\{[^{}]*\})*\}|\$\(\([^()]*\)\)|\$\((?:[^()]|\([^()]*\))*\)|\$[A-Za-z_]\w*|\$[0-9@*?#!$-]|`[^`]*`"
)
_SPECIAL = re.compile(r"[^\w.:/@%+,=?-]")
_PIECES = re.compile(r"""'([^']*)'|"([^"\\$`!]*)"|\\([^\n])|([\w.:/@%+,=-]+)""")  # that expand nothing
_READS = re.compile(r"\"?\$\{(?P<key>\w+):\?\}\"?")


def rewrite(path: str, text: str, spots: Sequence[Spot], keys: Keys) -> Rewritten:
    """Return what becomes of a script."""
    values = worth_moving(values_of(text, spots))
    given = assigned(text, values)
    made = rewritten(values, lambda value: edits_of(text, value, values, keys, given))
    edits = list(dict.fromkeys(made.edits))  # two values of one word share its quotes
    return made._replace(edits=[*edits, *options(text, edits, keys, given)])


def values_of(text: str, spots: Sequence[Spot]) -> list[Value]:
    """Return the values of a script."""
    return [_joined(text, value_of(text, spot, _HOLES)) for spot in spots]


def _joined(text: str, value: Value) -> Value:
    r"""Return a value as a shell reads it if it is a word of several pieces and none is expanded: `'it'\''s'`."""
    code = text[value.spot.start : value.spot.end]
    pieces = list(_PIECES.finditer(code))
    if len(pieces) < 2 or "".join(one[0] for one in pieces) != code or context_at(text, value.spot.start) != PLAIN:
        return value
    return value._replace(text="".join(one[one.lastindex or 0] for one in pieces), is_joined=True)


def assigned(text: str, values: Sequence[Value]) -> frozenset[str]:
    """Return the variables that a script sets, but for those that get one of the values."""
    moved = {value.spot.start for value in values}
    names = {match[1] for match in re.finditer(r"(?<![\w${-])([A-Za-z_]\w*)\+?=", text) if match.end() not in moved}
    return frozenset(names | set(re.findall(r"\b(?:for|read(?: -\w+)*)[ \t]+([A-Za-z_]\w*)", text)))


def edits_of(
    text: str, value: Value, others: Sequence[Value], keys: Keys, given: frozenset[str]
) -> Sequence[Edit] | str:
    """Return the edits that read one value from its keys, or why there are none."""
    if reason := _refused(text, value):
        return reason
    if default := default_of(text, value):
        if value.is_joined or "\\" in value.text:
            return ESCAPED
        made = without_default(value, default, keys)
        if made is not None:
            return made if isinstance(made, str) else [made]
    found = references(value, others, keys, without=given, is_literal=value.quote == "'" or value.is_joined)
    if isinstance(found, str):
        return found
    if any(one.key.name in given for one in found):
        return ASSIGNED
    if value.is_joined:
        is_whole = found[0][:2] == (value.start, value.end)
        return [Edit(value.spot.start, value.spot.end, f'"${{{found[0].key.name}:?}}"')] if is_whole else ESCAPED
    if _has_escapes(value, found):
        return ESCAPED
    edits = _spelled(text, value, found)
    before = text[value.spot.start : value.spot.end]
    inside = [one for one in edits if value.spot.start <= one.start and one.end <= value.spot.end]
    shifted = [Edit(one.start - value.spot.start, one.end - value.spot.start, one.replacement) for one in inside]
    after = applied(before, shifted)
    known = dict(held(found, keys.environment))
    is_one_word = before == f"'{value.text}'" and "'" not in value.text  # in which a mark is only that
    if is_one_word and after[0] == after[-1] == '"':
        pair = value.text, after[1:-1]
    else:
        pair = before.replace('"', "").replace("'", ""), after.replace('"', "")
    return edits if is_equal(*pair, _READS, known) else UNPROVED


def _refused(text: str, value: Value) -> str:
    """Return why the shell would not expand a key where a value stands."""
    context = context_at(text, value.spot.start)
    if context == COMMENT:
        return IN_COMMENT
    if context == RAW_HERE:
        return QUOTED_HERE
    if context == SINGLE and _word(text, value):
        return ""
    if context not in {PLAIN, DOUBLE, HERE}:
        return PROGRAM
    return PROGRAM if value.quote == "'" and context != PLAIN else ""


def _word(text: str, value: Value) -> tuple[int, int] | None:
    """Return where the single quotes around a value are, None where double quotes would change what stays of the text.

    What holds none of their marks is no program but words: the header of a request, the options of a connection.
    """
    start, end = text.rfind("'", 0, value.start), text.find("'", value.end)
    stays = text[start + 1 : value.start] + text[value.end : end]
    return None if end < 0 or set(stays) & set('$"\\`!\n') else (start, end)


def _has_escapes(value: Value, found: Sequence[Reference]) -> bool:
    """Tell whether double quotes would change what stays of a value that single quotes keep."""
    stays = set(range(value.start, value.end)).difference(*(range(one.start, one.end) for one in found))
    return value.quote == "'" and any(value.text[at - value.start] in '$"\\`!' for at in stays)


def _spelled(text: str, value: Value, found: Sequence[Reference]) -> list[Edit]:
    """Return the edits: inside double quotes as it is; bare words and single-quoted ones get double quotes."""
    reads = [Edit(one.start, one.end, f"${{{one.key.name}:?}}") for one in found]
    start, end = value.spot.start, value.spot.end
    if context_at(text, start) == SINGLE and (word := _word(text, value)):
        return [Edit(word[0], word[0] + 1, '"'), *reads, Edit(word[1], word[1] + 1, '"')]
    if value.quote == "'":
        return [Edit(start, start + 1, '"'), *reads, Edit(end - 1, end, '"')]
    if value.quote or context_at(text, start) != PLAIN or default_of(text, value):
        return reads
    if _SPECIAL.search(value.text) or HOLE in value.text:
        return [one._replace(replacement=f'"{one.replacement}"') for one in reads]
    return [Edit(start, start, '"'), *reads, Edit(end, end, '"')]
