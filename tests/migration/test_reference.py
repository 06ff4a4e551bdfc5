"""The migrations of the reference design, verbatim: each of its faults is found where it is."""

import pytest

from envfence.check import Options, check
from envfence.migration.check import findings
from envfence.sources import from_paths

from ..documents import ROOT, blocks_of

DOCUMENT = "tests/migration/reference.txt"
ENV, VERSION, RUNBOOK = "backend/alembic/env.py", "backend/alembic/versions/004_add_new_column.py", "guide.md"
# Fault -> what is found: rule, file, line.
CAUGHT = {
    "MIG01": {("migration-unescaped-url", ENV, 18)},
    "MIG02": {("migration-no-offline-mode", ENV, 31)},
    "MIG03": {("migration-unused-logging", ENV, 2), ("migration-path-by-hand", ENV, 9)},
    "MIG04": {("migration-no-timeout", ENV, 31), ("migration-no-lock", ENV, 31)},
    "MIG06": {("migration-outside-image", RUNBOOK, "ENVIRONMENT=production alembic upgrade head")},
    "MIG07": {("migration-unnamed-environment", RUNBOOK, "alembic upgrade head")},
    "MIG09": {("migration-numbered-revision", VERSION, 1)},
    "MIG10": {("migration-no-revision", VERSION, 1), ("migration-silent-loss", VERSION, 5)},
    "MIG11": {("migration-revert-as-rollback", RUNBOOK, "git revert <commit-hash>")},
    "MIG12": {("migration-relative-downgrade", RUNBOOK, "alembic downgrade -1")},
    "MIG14": {("migration-no-backup", RUNBOOK, "ENVIRONMENT=production alembic upgrade head")},
    "MIG13": {("migration-rebuild-as-rollback", RUNBOOK, "docker-compose")},
}
# Found more than once: each place where an operator changes the schema on a server by hand.
AGAIN = {
    ("migration-outside-image", RUNBOOK, "alembic upgrade head"),
    ("migration-outside-image", RUNBOOK, "alembic downgrade -1"),
    ("migration-outside-image", RUNBOOK, "alembic downgrade <revision>"),
    ("migration-unnamed-environment", RUNBOOK, "alembic downgrade -1"),
    ("migration-unnamed-environment", RUNBOOK, "alembic downgrade <revision>"),
}
TIMESCALE = "services:\n  postgres:\n    image: timescale/timescaledb:latest-pg15\n"


@pytest.fixture(scope="module")
def files():
    """Return {path: text} of the files that the document shows."""
    return {path: text for path, _, text in blocks_of(DOCUMENT) if path}


@pytest.fixture(scope="module")
def found(files):
    """Return {(rule, file, line)}; for the document itself the beginning of the line."""
    runbook = (ROOT / DOCUMENT).read_text(encoding="utf-8")
    lines = [line.strip() for line in runbook.split("\n")]
    of_files = {(one.rule, path, one.line) for path, text in files.items() for one in findings(path, text)}
    of_runbook = {(one.rule, RUNBOOK, lines[one.line - 1]) for one in findings(RUNBOOK, runbook)}
    return of_files | {(rule, path, "docker-compose" if "--build" in line else line) for rule, path, line in of_runbook}


@pytest.mark.parametrize("fault", CAUGHT)
def test_fault_is_found(fault, found):
    assert CAUGHT[fault] <= found


def test_nothing_else_is_found(found):
    assert found == AGAIN.union(*CAUGHT.values())


def test_objects_of_timescale_are_not_excluded(files, write, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    write({ENV: files[ENV], "docker-compose.yml": TIMESCALE})
    rules = {one.rule for one in check(from_paths(["."]), Options()).findings}
    assert "migration-timescale-objects" in rules


def test_an_initial_migration_against_a_filled_database_is_found():
    text = 'revision = "8f2c61d0a7e4"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n'
    found = findings("alembic/versions/8f2c61d0a7e4_initial_schema.py", text)
    assert [one.rule for one in found] == ["migration-empty-initial"]


@pytest.mark.source
def test_shipped_migrations_have_none(root):
    shipped = check(from_paths([str(root / "stack/backend/alembic")]), Options()).findings
    assert [one for one in shipped if one.family == "migration"] == []
