"""Every known fault of the reference design has a rule that catches it and a shipped file that has it right.

What servers and people do no rule can see: there an item of the checklists looks it up, with an exit code too.
"""

import csv
from importlib.resources import files

import pytest

from envfence.check import Options, check
from envfence.checklist.items import CHECKLISTS
from envfence.contract import command
from envfence.rules import all_rules
from envfence.sources import from_paths

from .documents import ROOT, blocks_of, write_private
from .migration.test_reference import CAUGHT as OF_MIGRATIONS
from .migration.test_reference import DOCUMENT
from .stack.test_reference import CAUGHT as OF_STACK
from .workflow import test_by_hand as by_hand
from .workflow.test_left_out import TESTS
from .workflow.test_rules import OF_REFERENCE as OF_WORKFLOW

FAMILIES = {"ENV": 15, "CFG": 12, "CMP": 16, "CI": 22, "MIG": 17}


@pytest.fixture(scope="session")
def rows(root):
    with (root / "tests/seed_faults.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def rule_ids():
    """Return the ids of every rule: those of the library, and semgrep rules by their file's name."""
    return set(all_rules()) | {path.name.removesuffix(".yaml") for path in files("envfence_rules").iterdir()}


@pytest.fixture(scope="session")
def item_ids():
    """Return the ids of every item of the checklists."""
    return {item.id for checklist in CHECKLISTS for item in checklist.items}


def test_every_fault_has_one_row(rows):
    expected = [f"{family}{number:02}" for family, count in FAMILIES.items() for number in range(1, count + 1)]
    assert [row["id"] for row in rows] == expected
    assert len(expected) == 82


def test_named_rules_exist(rows, rule_ids):
    named = {rule for row in rows for rule in row["rule"].split()}
    assert named - rule_ids == set()


def test_named_items_exist(rows, item_ids):
    assert {item for row in rows for item in row["item"].split()} - item_ids == set()


@pytest.mark.source
def test_shipped_files_exist(rows, root):
    named = {path for row in rows for path in row["shipped"].split()}
    assert [path for path in sorted(named) if not (root / path).is_file()] == []


@pytest.mark.parametrize("column", ("rule_test", "shipped_test"))
def test_named_tests_exist(column, rows, root):
    for row in rows:
        for test in row[column].split():
            path, *names = test.split("::")
            text = (root / path).read_text(encoding="utf-8")
            defined = [f"class {names[0]}:", f"    def {names[1]}("] if names[1:] else [f"def {names[0]}("]
            assert [line for line in defined if f"\n{line}" not in text] == [], f"{row['id']}: {test}"


def test_the_test_of_a_rule_speaks_of_it(rows, root):
    for row in rows:
        paths = {test.partition("::")[0] for test in row["rule_test"].split()}
        text = "".join((root / path).read_text(encoding="utf-8") for path in paths)
        assert [name for name in (*row["rule"].split(), *row["item"].split()) if name not in text] == [], row["id"]


@pytest.mark.parametrize(
    ("test", "found"),
    (
        pytest.param("tests/stack/test_reference.py::test_fault_is_found", OF_STACK, id="stack"),
        pytest.param("tests/migration/test_reference.py::test_fault_is_found", OF_MIGRATIONS, id="migrations"),
        pytest.param("tests/workflow/test_rules.py::test_fault_is_found", OF_WORKFLOW, id="workflow"),
    ),
)
def test_what_is_found_in_the_reference_itself_is_what_is_claimed(test, found, rows):
    assert {row["id"] for row in rows if test in row["rule_test"].split()} == found.keys()
    for row in rows:
        assert {rule for rule, *_ in found.get(row["id"], ())} <= set(row["rule"].split()), row["id"]


# What the reference names and does not show, and what it has people type.
UNSHOWN = {
    "backend/Dockerfile": "FROM python:3.11-slim\nWORKDIR /app\nCOPY . .\n",
    "backend/main.py": "from config import settings\n\napp = settings\n",
    ".gitignore": ".env.development\n.env.production\n.env.staging\n*.local\n",
    "docs/setup.md": f"{by_hand.STARTED}\n{by_hand.PATCHED}\n{by_hand.COPIED}\n{by_hand.MADE}",
    **TESTS,
}
# Faults that no file of the reference shows: only what comes of them is found.
ONLY_TOLD = {
    "ENV08": "that all servers have one file is prose",
    "ENV14": "line ends come with the developer's machine",
    "MIG08": "the empty migration comes of its commands",
    "MIG15": "the copy of production's data is prose",
}


def test_the_reference_as_one_repository_shows_every_fault(rows, repo, git, monkeypatch):
    shown = {
        path: text for name in ("tests/stack/reference.txt", DOCUMENT) for path, _, text in blocks_of(name) if path
    }
    write_private(repo, {**shown, **UNSHOWN, "docs/guide.md": (ROOT / DOCUMENT).read_text(encoding="utf-8")})
    git("add", "--all")
    git("commit", "--quiet", "--message", "Begin")
    git("branch", "develop")
    monkeypatch.chdir(repo)
    every = [*check(from_paths(["."]), Options()).findings, *command.checked(".", None, "port")]
    found = {one.rule for one in every}
    assert [row["id"] for row in rows if row["rule"] and found.isdisjoint(row["rule"].split())] == list(ONLY_TOLD)


def test_no_fault_is_left_without_what_catches_it(rows):
    """Name those that are; an item stands in for a rule where only servers or people know."""
    assert [row["id"] for row in rows if not row["rule"] and not row["item"]] == []
    assert [row["id"] for row in rows if row["item"]] == ["MIG16", "MIG17"]
    assert [row["id"] for row in rows if not row["rule_test"]] == []


def test_no_fault_is_left_without_its_correct_form(rows):
    assert [row["id"] for row in rows if not row["shipped"] or not row["shipped_test"]] == []
