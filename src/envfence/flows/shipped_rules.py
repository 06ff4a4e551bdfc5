"""The flow rules of the package among all others, so that their ids are known and `envfence rule` explains them."""

from envfence.finding import ERROR, WARNING, Rule
from envfence.flows.rules import bundled

RULES = tuple(
    Rule(rule.id, "flow", rule.message, rule.advice, WARNING if rule.is_warning else ERROR) for rule in bundled()
)
