"""What is left to people where no program can mend a finding, in the words that a list of things to do counts under.

Each rule says its own, and rules of a family that people alone decide on leave it to their family. What has neither is
mended by `envfence fix` or by `envfence env check --fix`.
"""

from collections.abc import Sequence

from envfence.finding import ERROR, Finding, Rule

VALUES = "values to fill in that only the team knows"
SECRETS = "secrets to set or to change, here and where they are used"
SERVERS = "servers, ports and databases of an environment to decide on"
OPEN = "what is open to others or to another environment, to close or to keep"
IMAGES = "images and containers to name, versions to pin"
RUNNING = "how services start, wait and join, to decide"
BEHAVIOUR = "code that would do something else once it is mended"
ENV_FILES = "commands of which nothing says whose env file they need"
MEANING = "lines of which only the team knows what they mean"
KEYS = "keys that the contract, the env files and the code do not share, to settle"
DEPLOYING = "how deployments run, to decide"
DATA = "migrations to decide on, as they change data"
IN_CODE = "values in code that `envfence fix` has left, with the reasons that it gives"
PROGRAMS = "for `envfence fix` or `envfence env check --fix`"

_OF_FAMILIES = {
    "endpoint": IN_CODE, "credential": IN_CODE, "flow": IN_CODE,
    "workflow": DEPLOYING, "migration": DATA, "check": MEANING,
}  # fmt: skip


def asked(rule: Rule) -> str:
    """Return what a rule asks of people, "" if a program mends all that it finds."""
    return rule.asks or _OF_FAMILIES.get(rule.family, "")


def to_do(findings: Sequence[Finding]) -> list[str]:
    """Return what the errors among ``findings`` ask of people, counted, the most first; values file by file."""
    from envfence.rules import all_rules  # it takes a while to import them

    rules = all_rules()
    groups: dict[str, list[str]] = {}
    for one in findings:
        if one.severity == ERROR:
            words = (asked(rules[one.rule]) if one.rule in rules else "") or PROGRAMS
            groups.setdefault(f"{one.path}: {words}" if words == VALUES else words, []).append(one.rule)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return [f"{words}: {len(ids)} ({', '.join(sorted(set(ids)))})" for words, ids in ordered]
