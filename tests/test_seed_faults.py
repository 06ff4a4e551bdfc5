"""Every known fault of the reference design has a rule that catches it and a shipped file that has it right."""

import csv
from importlib.resources import files

import pytest

from envfence.rules import all_rules

FAMILIES = {"ENV": 15, "CFG": 12, "CMP": 16, "CI": 22, "MIG": 17}


@pytest.fixture(scope="session")
def rows(root):
    with (root / "tests/seed_faults.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def rule_ids():
    """Return the ids of every rule: those of the library, and semgrep rules by their file's name."""
    return set(all_rules()) | {path.name.removesuffix(".yaml") for path in files("envfence_rules").iterdir()}


def test_every_fault_has_one_row(rows):
    expected = [f"{family}{number:02}" for family, count in FAMILIES.items() for number in range(1, count + 1)]
    assert [row["id"] for row in rows] == expected
    assert len(expected) == 82


def test_named_rules_exist(rows, rule_ids):
    named = {rule for row in rows for rule in row["rule"].split()}
    assert named - rule_ids == set()


@pytest.mark.source
def test_shipped_files_exist(rows, root):
    named = {path for row in rows for path in row["shipped"].split()}
    assert [path for path in sorted(named) if not (root / path).is_file()] == []


@pytest.mark.parametrize("column", ("rule_test", "shipped_test"))
def test_named_tests_exist(column, rows, root):
    for row in rows:
        for test in row[column].split():
            path, _, name = test.partition("::")
            text = (root / path).read_text(encoding="utf-8")
            assert f"def {name.partition('[')[0]}(" in text, f"{row['id']}: {test}"


def test_the_test_of_a_rule_speaks_of_it(rows, root):
    for row in rows:
        paths = {test.partition("::")[0] for test in row["rule_test"].split()}
        text = "".join((root / path).read_text(encoding="utf-8") for path in paths)
        assert [rule for rule in row["rule"].split() if rule not in text] == [], row["id"]


@pytest.mark.parametrize("column", ("rule", "shipped"))
def test_a_claim_names_its_test(column, rows):
    assert [row["id"] for row in rows if bool(row[column]) != bool(row[f"{column}_test"])] == []


@pytest.mark.parametrize("column", ("rule", "shipped"))
def test_say_what_is_still_lacking(column, rows, capsys):
    lacking = [row["id"] for row in rows if not row[column]]
    with capsys.disabled():
        print(f"\n{len(lacking)} of {len(rows)} faults lack `{column}`: {' '.join(lacking)}")
