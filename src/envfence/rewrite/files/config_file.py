"""Configuration that programs read: YAML, TOML, JSON. `${KEY}` goes in where every reader expands it before it parses.

That is only shown by the code that names the file, and by a key of the contract in it: its values reach that already.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from envfence.detect.places import is_test
from envfence.rewrite import Edit, Rewritten, Spot, applied
from envfence.rewrite.files.equality import held, is_equal
from envfence.rewrite.files.references import references
from envfence.rewrite.files.values import ESCAPED, Value, rewritten, value_of, worth_moving
from envfence.rewrite.keys import Keys

UNREAD = "nothing here shows what reads it: let the program read the value from its settings, and drop it here"
UNEXPANDED = "{} expands no ${{KEY}} in it: read the value from settings there, or expand the text before it is parsed"
UNGIVEN = "{} expands ${{KEY}} in it, and nothing shows that its process is given the keys of env files: name one first"
UNPROVED = "the program would read something else"

_SUFFIXES = (".yaml", ".yml", ".toml", ".json", ".json5", ".ini", ".cfg", ".conf", ".properties")
_LOADS = re.compile(
    r"(?:\b(?:safe_load|full_load|loads|read_string)|\.load)\((?P<expands>\s*(?:os\.)?(?:path\.)?expandvars\()?"
)
_HOLES = re.compile(r"\$\{[^{}]*\}|\$[A-Za-z_]\w*")
_READS = re.compile(r"\$\{(?P<key>\w+)\}")


def is_config(path: str) -> bool:
    """Tell whether programs may read a file of this name."""
    return path.endswith(_SUFFIXES)


def unexpanded(path: str, text: str, python: Mapping[str, str], keys: Collection[str]) -> str:
    """Return why nobody expands `${KEY}` in a file, "" if all that read it do.

    ``python`` has the modules' texts, ``keys`` are those of the contract.
    """
    name = path.rpartition("/")[2]
    readers = {one: code for one, code in python.items() if name in code and not is_test(one)}
    if not readers:
        return UNREAD
    for one, code in sorted(readers.items()):
        loads = list(_LOADS.finditer(code))
        if not loads or not all(load["expands"] for load in loads):
            return UNEXPANDED.format(one)
    return "" if not {*_READS.findall(text)}.isdisjoint(keys) else UNGIVEN.format(min(readers))


def rewrite(path: str, text: str, spots: Sequence[Spot], keys: Keys) -> Rewritten:
    """Return what becomes of a file whose readers expand it."""
    values = worth_moving([value_of(text, spot, _HOLES) for spot in spots])
    return rewritten(values, lambda value: _edits(text, value, values, keys))


def _edits(text: str, value: Value, others: Sequence[Value], keys: Keys) -> Sequence[Edit] | str:
    found = references(value, others, keys)
    if isinstance(found, str):
        return found
    names = dict(held(found, keys.environment))
    if any(set(one) & set("\"'\\$\n") for one in names.values()):
        return ESCAPED  # the text is parsed once the values are in it
    edits = [Edit(one.start, one.end, f"${{{one.key.name}}}") for one in found]
    before = text[value.start : value.end]
    after = applied(before, [one._replace(start=one.start - value.start, end=one.end - value.start) for one in edits])
    return edits if is_equal(before, after, _READS, names) else UNPROVED
