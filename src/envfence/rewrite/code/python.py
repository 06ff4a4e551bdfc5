"""Python modules: what is hardcoded is read from the settings instead, all modules of a repository at once."""

import re
from collections.abc import Mapping, Sequence

from envfence.rewrite import Edit, Left, Rewritten
from envfence.rewrite.code.connections import part_of_connection, whole_connection
from envfence.rewrite.code.copies import inside_command
from envfence.rewrite.code.decision import UNSURE, Decision, Module, text_of
from envfence.rewrite.code.defaults import field_default, named_by_variable
from envfence.rewrite.code.environments import held_elsewhere, is_of_another, of_environments, part_of_environments
from envfence.rewrite.code.f_strings import quoted
from envfence.rewrite.code.mains import mains
from envfence.rewrite.code.side_by_side import apart
from envfence.rewrite.code.singles import refused, single
from envfence.rewrite.code.swaps import edits_of
from envfence.rewrite.keys import Keys

# What says most about a value comes first, wherever it stands: so it is that which names the keys.
_RANKS = (
    refused,
    field_default,
    of_environments,
    named_by_variable,
    whole_connection,
    part_of_connection,
    part_of_environments,
    held_elsewhere,
    single,
    inside_command,
)
_BY_NUMBER = re.compile(r"(?<![\d.])127\.\d|\[?::1\]?")
_NO_CUT = "the text is put together from pieces that cannot be cut there"


def rewritten(modules: Sequence[Module], keys: Keys) -> list[Rewritten]:
    """Return what becomes of each module; ``keys`` and the modules' settings take up what the code then reads."""
    modules = [apart(module, keys.environment) for module in modules]
    decided: list[dict[int, Decision]] = [{} for _ in modules]
    places = [
        (module, site, decisions, number)
        for module, decisions in zip(modules, decided, strict=True)
        for number, site in enumerate(module.sites)
    ]
    places.sort(key=lambda place: is_of_another(place[1], keys.environment))  # they do not name the keys of all
    keys.mains = mains(modules)
    for by_number in (False, True):  # a machine that has a name is called by it
        for rank in _RANKS:
            for module, site, decisions, number in places:
                is_due = number not in decisions and bool(_BY_NUMBER.search(text_of(site))) == by_number
                if is_due and (decision := rank(module, site, keys)):
                    decisions[number] = decision
    return [_rewritten(module, decisions) for module, decisions in zip(modules, decided, strict=True)]


def _rewritten(module: Module, decisions: Mapping[int, Decision]) -> Rewritten:
    edits: list[Edit] = []
    left: list[Left] = []
    for number, site in enumerate(module.sites):
        decision = decisions.get(number, Decision(reason=UNSURE))
        cut = None if decision.reason else decision.edits or edits_of(site, decision.swaps, module.source)
        if cut is None:
            left += [spot.left(decision.reason or _NO_CUT) for spot in site.spots]
        else:
            edits += cut
    edits = _outermost(edits)
    return Rewritten([*edits, *quoted(module, decisions, edits)], left)


def _outermost(edits: Sequence[Edit]) -> list[Edit]:
    """Return the edits without those of what another takes the place of: `os.getenv("PORT", "1") or "1"` is one key."""
    return [one for one in edits if not any(other != one and _covers(other, one) for other in edits)]


def _covers(whole: Edit, part: Edit) -> bool:
    return whole.start <= part.start and part.end <= whole.end
