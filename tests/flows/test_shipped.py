"""The rules of the package: each is complete, and semgrep finds what its fixture says."""

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from envfence.check import Options, check
from envfence.flows import semgrep
from envfence.flows.pages import FILES
from envfence.flows.rules import ADVICE, MESSAGE, bundled
from envfence.rules import all_rules
from envfence.sources import from_paths

FOLDER = Path(__file__).parents[2] / "rules/envfence_rules"  # no fixture is in what is installed
RULES = [pytest.param(rule, id=rule.id) for rule in bundled()]
CODE = {"python", "javascript", "java", "go", "bash"}  # what has constants that a literal may come from


def fixture_of(rule):
    found = [path for path in FOLDER.glob(f"{rule.id}.*") if path.name != f"{rule.id}.yaml"]
    assert len(found) == 1, f"add a fixture beside {rule.id}.yaml"
    return found[0]


def code_below(text, mark, rule):
    return [below.strip() for line, below in pairwise(text.splitlines()) if f"{mark}: {rule.id}" in line]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_complete(rule):
    assert Path(rule.file).name == f"{rule.id}.yaml"
    assert rule.id.startswith("flow-")
    assert all_rules()[rule.id].family == "flow"
    assert rule.problem in all_rules()
    assert rule.languages
    assert rule.message != MESSAGE
    assert rule.advice != ADVICE
    assert re.fullmatch(r"[\w.-]+/[\w.-]+ \S+:\d+", rule.part("found")), (
        "name the repository, the file and the line of a true finding"
    )


@pytest.mark.parametrize("rule", RULES)
def test_no_message_has_a_gap(rule):
    assert "$" not in rule.part("message")


@pytest.mark.source
@pytest.mark.parametrize("rule", RULES)
def test_a_fixture_holds_hits_and_near_misses(rule):
    fixture = fixture_of(rule)
    text = fixture.read_text(encoding="utf-8")
    assert code_below(text, "ruleid", rule)
    assert len(code_below(text, "ok", rule)) >= 3
    assert rule.could_match(fixture.name, fixture.read_bytes())


@pytest.mark.source
def test_semgrep_finds_what_the_fixtures_say(real):
    options = ("--metrics", "off", "--disable-version-check")
    done = subprocess.run((real, "scan", "--test", *options, str(FOLDER)), capture_output=True, text=True, check=False)
    assert f"{len(RULES)}/{len(RULES)}: ✓ All tests passed" in done.stdout + done.stderr


@pytest.mark.source
def test_constants_are_followed(real):
    found = semgrep.matches(real, str(FOLDER), [rule.file for rule in bundled()])
    for rule in bundled():
        if rule.languages[0] in CODE:
            data = fixture_of(rule).read_bytes()
            hits = [data[match.start : match.end].decode() for match in found if match.rule == rule.id]
            assert any(re.fullmatch(r"[\w.]+|\"?\$\w+\"?", hit) for hit in hits), rule.id


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_finds_its_example_and_not_what_to_write_instead(rule, real, repo, monkeypatch):
    monkeypatch.chdir(repo)
    for part, expected in (("before", [rule.id]), ("after", [])):
        Path(FILES[rule.languages[0]]).write_text(rule.block(part) + "\n", encoding="utf-8")
        found = {one.rule for one in check(from_paths(["."]), Options(flows=True, values=False)).findings}
        assert [rule.id] * (rule.id in found) == expected
