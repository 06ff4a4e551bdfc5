"""Every rule, found where it is defined: a module of these packages that has some names them RULES."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import envfence.contract
import envfence.detect
from envfence.errors import FenceError
from envfence.finding import Rule

PACKAGES = (envfence.contract, envfence.detect)
MODULES = ("envfence.check", "envfence.suppress")


@cache
def all_rules() -> dict[str, Rule]:
    """Return the rules by id."""
    below = [f"{package.__name__}.{module.name}" for package in PACKAGES for module in iter_modules(package.__path__)]
    modules = map(import_module, [*MODULES, *below])
    rules = [rule for module in modules for rule in getattr(module, "RULES", ())]
    return {rule.id: rule for rule in sorted(rules)}


def known(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``ids``; raise FenceError for one that is no rule, naming the nearest. The flow rules are semgrep's."""
    rules = all_rules()
    for rule in ids:
        if rule not in rules and not rule.startswith("flow-"):
            raise FenceError(f"unknown rule {rule!r}; {_advice(rule)}")
    return ids


def _advice(rule: str) -> str:
    import difflib

    close = difflib.get_close_matches(rule, all_rules(), n=1)
    return f"did you mean {close[0]!r}?" if close else f"the rules are {', '.join(all_rules())}"
