"""Makefiles: recipes read `$${KEY:?}` as shell scripts do, and variables are made of those of the environment.

A variable that is expanded where it is used stops make there while its key is missing. One that is expanded at once, or
exported to every recipe, would stop targets that need nothing of it: it stays empty.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from envfence.contract import kinds
from envfence.rewrite import Edit, Rewritten, Spot, applied
from envfence.rewrite.files import shell, shell_options
from envfence.rewrite.files.equality import held, is_equal
from envfence.rewrite.files.references import Reference, references
from envfence.rewrite.files.values import ESCAPED, NO_FORM, OTHER_VALUE, Value, rewritten, value_of, worth_moving
from envfence.rewrite.keys import Keys
from envfence.rewrite.shapes import DSN, PAIRS, shapes

UNPROVED = "make would read something else"

_RECIPE = re.compile(r"^\t(?:[^\\\n]|\\\r?\n|\\.)*", re.MULTILINE)
_SET = re.compile(
    r"^(?P<target>[^\t\n:=#]+:[ \t]*)?[ ]*(?P<how>(?:(?:export|override|private)[ \t]+)*)"
    r"(?P<name>[A-Za-z_]\w*)(?P<mark>[ \t]*[:?+!]{0,3}=[ \t]*)",
    re.MULTILINE,
)
_HOLES = re.compile(r"\$\((?:[^()]|\([^()]*\))*\)|\$\{[^{}]*\}|\$[^$({]")
_READS = re.compile(r"\$\((?:or \$\()?(?P<key>\w+)\)(?:,\$\(error \w+ is not set\)\))?")


class Variable(NamedTuple):
    """The assignment that a value stands in: where its operator is, and whether its value is computed at once."""

    name: str
    mark: tuple[int, int]
    falls_back: bool
    is_early: bool
    is_of_target: bool


def rewrite(path: str, text: str, spots: Sequence[Spot], keys: Keys) -> Rewritten:
    """Return what becomes of a Makefile."""
    recipes = [match.span() for match in _RECIPE.finditer(text)]
    outside = [spot for spot in spots if not any(start <= spot.start < end for start, end in recipes)]
    values = worth_moving([value_of(text, spot, _HOLES) for spot in outside])
    own = {variable.name for value in values if (variable := _variable(text, value))}
    given = frozenset(match["name"] for match in _SET.finditer(text)) - own
    edits, left = rewritten(values, lambda value: _edits(text, value, values, keys, given | own))
    for start, end in recipes:
        inside = [spot for spot in spots if start <= spot.start < end]
        if inside:
            made = _of_recipe(text[start:end], [_shifted(spot, -start) for spot in inside], keys, given)
            edits = [*edits, *(Edit(start + one.start, start + one.end, one.replacement) for one in made.edits)]
            left = [*left, *made.left]
    return Rewritten(edits, left)


def _shifted(spot: Spot, by: int) -> Spot:
    return spot._replace(start=spot.start + by, end=spot.end + by)


def _of_recipe(text: str, spots: Sequence[Spot], keys: Keys, given: frozenset[str]) -> Rewritten:
    """Return what becomes of a recipe: a shell's, in which make takes every other dollar."""
    values = worth_moving(shell.values_of(text, spots))
    taken = given | shell.assigned(text, values)
    made = rewritten(
        values,
        lambda value: ESCAPED if _is_expanded(text, value) else shell.edits_of(text, value, values, keys, taken),
    )
    edits = [*made.edits, *shell_options.options(text, made.edits, keys, taken)]
    return made._replace(edits=[one._replace(replacement=one.replacement.replace("${", "$${")) for one in edits])


def _is_expanded(text: str, value: Value) -> bool:
    """Tell whether make expands a dollar that the shell would keep: it knows nothing of quotes."""
    code = text[value.spot.start : value.spot.end]
    return "$" in code and "'" in code


def _variable(text: str, value: Value) -> Variable | None:
    """Return the assignment that a value stands in, None if it stands elsewhere."""
    start = text.rfind("\n", 0, value.spot.start) + 1
    match = _SET.match(text, start)
    if match is None or match.end() > value.spot.start:
        return None
    mark = match["mark"].strip()
    is_early = mark.startswith(":") or "export" in match["how"].split()
    return Variable(match["name"], match.span("mark"), mark == "?=", is_early, bool(match["target"]))


def _edits(text: str, value: Value, others: Sequence[Value], keys: Keys, given: frozenset[str]) -> Sequence[Edit] | str:
    variable = _variable(text, value)
    if variable is None or value.quote:
        return ESCAPED
    found = _references(value, others, keys, variable, given)
    if isinstance(found, str):
        return found
    names = dict(held(found, keys.environment))
    if any("$" in one or "#" in one for one in names.values()):
        return NO_FORM  # make expands what a variable of the environment holds
    if variable.name in names:
        empty = "" if variable.is_early else f"$(error {variable.name} is not set)"
        return [Edit(variable.mark[0], value.spot.end, f" ?= {empty}".rstrip())]
    reads = [Edit(one.start, one.end, _read(one, variable)) for one in found]
    shifted = [Edit(one.start - value.start, one.end - value.start, one.replacement) for one in reads]
    before = text[value.start : value.end]
    return reads if is_equal(before, applied(before, shifted), _READS, names) else UNPROVED


def _references(
    value: Value, others: Sequence[Value], keys: Keys, variable: Variable, given: frozenset[str]
) -> list[Reference] | str:
    """Return what is read from keys; the variable's own name is one only where it may come from the environment."""
    is_connection = any(one.form in {DSN, PAIRS} for one in shapes(value.text))
    if variable.falls_back and not is_connection:
        if variable.is_of_target or not keys.fits(variable.name, {keys.environment: value.text}):
            return OTHER_VALUE
        kind = kinds.SECRET if value.spot.finding.family == "credential" else ""
        return [Reference(value.start, value.end, keys.one(variable.name, value.text, kind))]
    found = references(value, others, keys, without=given - {variable.name})
    if isinstance(found, str):
        return found
    is_own = len(found) == 1 and found[0][:2] == (value.start, value.end) and not variable.is_of_target
    allowed = {variable.name} if is_own else set[str]()
    return shell.ASSIGNED if any(one.key.name in given - allowed for one in found) else found


def _read(reference: Reference, variable: Variable) -> str:
    name = reference.key.name
    return f"$({name})" if variable.is_early else f"$(or $({name}),$(error {name} is not set))"
