"""The pages of the rules: each example is what its rule finds, and what to write instead is not."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from envfence import explain
from envfence.check import Options, check
from envfence.cli import main
from envfence.contract.command import checked
from envfence.rules import all_rules
from envfence.sources import from_paths

DOCS = Path(__file__).parents[1] / "docs"
EXPLAINED = [rule for rule in all_rules() if not rule.startswith("flow-")]


def blocks(text):
    """Yield the file, "" for commands, and the lines of each code block."""
    name, lines = None, []
    for line in text.splitlines():
        if not line.startswith("```"):
            lines.append(line)
        elif name is None:
            name, lines = line.partition(" ")[2], []
        else:
            yield name, lines
            name = None


def carried_out(text):
    for name, lines in blocks(text):
        if name:
            file = Path(name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("\n".join(lines) + "\n", encoding="utf-8")
            if file.name.startswith(".env."):
                file.chmod(0o600)
        for line in () if name else lines:
            command = shlex.split(line.removeprefix("$ "))
            assert command[0] in {"git", "chmod"}
            subprocess.run(command, check=True)
    subprocess.run(("git", "add", "--all"), check=True)


def found():
    findings = [*check(from_paths(["."]), Options()).findings, *checked(".", None, "port")]
    return {finding.rule for finding in findings}


@pytest.mark.parametrize("rule", EXPLAINED)
def test_a_rule_finds_its_example_and_not_what_to_write_instead(rule, repo, monkeypatch):
    monkeypatch.chdir(repo)
    Path(".gitignore").write_text(".env*\n!.env.example\n", encoding="utf-8")
    if rule == "unreadable-file" and getattr(os, "geteuid", lambda: 0)() == 0:
        pytest.skip("root can read every file")
    told = explain.page(rule)
    assert told.why
    carried_out(told.before)
    assert rule in found()
    carried_out(told.after)
    assert rule not in found()


def test_every_page_is_of_a_rule():
    pages = [page.name for page in (Path(explain.__file__).parent / "explained").iterdir()]
    assert sorted(pages) == [f"{rule}.md" for rule in sorted(EXPLAINED)]


def test_every_family_has_a_title():
    assert {rule.family for rule in all_rules().values()} <= explain.FAMILIES.keys()


@pytest.mark.source
def test_the_documentation_is_what_the_command_prints():
    assert (DOCS / "rules.md").read_text(encoding="utf-8") == explain.markdown()


def test_a_rule_is_explained(capsys):
    assert main(["rule", "hardcoded-host"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("hardcoded-host (error, endpoint)\n\nWhat: ")
    assert "\n\nBefore:\n\n  report.py\n    import psycopg\n" in told


def test_all_rules_are_listed(capsys):
    assert main(["rule"]) == 0
    listed = capsys.readouterr().out
    assert all(f"\n  {rule} " in listed for rule in all_rules())
    assert listed.startswith("Hosts, ports, URLs and users in code:\n")


def test_an_unknown_rule_is_an_error(capsys):
    assert main(["rule", "hardcoded-hots"]) == 2
    assert "did you mean 'hardcoded-host'?" in capsys.readouterr().err
