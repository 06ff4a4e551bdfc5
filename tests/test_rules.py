import re

import pytest

import envfence
from envfence.errors import FenceError
from envfence.flows.rules import bundled
from envfence.rules import all_rules, known

FAMILIES = {"check", "contract", "credential", "endpoint", "env", "flow", "migration", "stack", "workflow"}


def test_every_rule_is_found():
    from pathlib import Path

    defined = {
        rule
        for path in Path(envfence.__path__[0]).rglob("*.py")
        for rule in re.findall(r'\bRule\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    shipped = {rule.id for rule in bundled()}
    assert set(all_rules()) == defined | shipped


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.id)
def test_a_rule_says_what_is_wrong_and_what_to_do(rule):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
    assert rule.family in FAMILIES
    assert rule.severity in {"error", "warning"}
    for sentence in (rule.message, rule.advice):
        assert sentence
        assert not re.search(r"[^.]\.$", sentence)


def test_known_rules_are_returned():
    assert known(("hardcoded-host", "flow-anything")) == ("hardcoded-host", "flow-anything")


def test_an_unknown_rule_names_the_nearest():
    with pytest.raises(FenceError, match=r"^here: unknown rule 'hardcoded-hots'; did you mean 'hardcoded-host'\?$"):
        known(("hardcoded-hots",), "here: ")
