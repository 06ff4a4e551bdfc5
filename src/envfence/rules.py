"""Every rule: the modules of `detect`, those called `rules` or `…_rules`, and a few more name theirs RULES."""

from functools import cache
from importlib import import_module
from pkgutil import walk_packages

import envfence
from envfence.errors import FenceError, repeated
from envfence.finding import Rule

MORE = ("envfence.values", "envfence.contract.exposure.ignored", "envfence.suppress")


@cache
def all_rules() -> dict[str, Rule]:
    """Return the rules by id."""
    found = [module.name for module in walk_packages(envfence.__path__, "envfence.")]
    named = [name for name in found if name.endswith("rules") or name.startswith("envfence.detect.")]
    rules = [rule for name in (*MORE, *named) for rule in getattr(import_module(name), "RULES", ())]
    return {rule.id: rule for rule in sorted(rules)}


def known(ids: tuple[str, ...], where: str = "") -> tuple[str, ...]:
    """Return ``ids``; raise FenceError for one that is no rule, naming the nearest. The flow rules are semgrep's."""
    rules = all_rules() if ids else {}  # it takes a while to import them
    for rule in ids:
        if rule not in rules and not rule.startswith("flow-"):
            raise FenceError(f"{where}unknown rule {repeated(rule)}; {nearest(rule)}")
    return ids


def nearest(rule: str) -> str:
    """Return which rule may be meant by an id that is none, or where all of them are listed."""
    import difflib

    close = difflib.get_close_matches(rule, all_rules(), n=1)
    return f"did you mean {close[0]!r}?" if close else "`envfence rule` lists them"
