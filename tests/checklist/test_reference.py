"""The checklists of the guide, asked of the guide's own files: what it ticks off by hand is not done there."""

import subprocess

import pytest

from envfence.checklist.command import result_of
from envfence.checklist.items import CHECKLISTS
from envfence.checklist.repository import Repository
from envfence.checklist.result import DONE, NEEDS_A_PERSON, NOT_DONE

from ..documents import blocks_of, write_private

ITEMS = {item.id: item for checklist in CHECKLISTS for item in checklist.items}
DOCUMENTS = ("tests/stack/reference.txt", "tests/migration/reference.txt")
# It names no program of its own.
INI = {
    "backend/alembic.ini": "[alembic]\nscript_location = alembic\n",
    "backend/main.py": "from config import settings\n",
}
# Item -> how it is, and why.
EXPECTED = {
    "env-example": (DONE, "17 keys"),
    "settings": (NOT_DONE, "settings-"),
    "deploy-workflow": (NOT_DONE, "workflow-"),
    "health-check": (NOT_DONE, "nothing checks backend"),
    "alembic-env": (NOT_DONE, "migration-"),
    "migrations-in-pipeline": (NOT_DONE, "no service of production's stack migrates"),
    "production-works": (NEEDS_A_PERSON, "no servers of production are described"),
    "dashboard": (NOT_DONE, "no service of production's stack shows dashboards"),
    "rollback-documented": (NOT_DONE, "migration-revert-as-rollback"),
    "team-trained": (NEEDS_A_PERSON, "whoever has learned it knows"),
}


@pytest.fixture(scope="module")
def guide(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("guide")
    files = {path: text for document in DOCUMENTS for path, _, text in blocks_of(document) if path}
    runbook = (root / DOCUMENTS[1]).read_text(encoding="utf-8")
    write_private(
        folder, {**files, **INI, "docs/guide.md": runbook, ".gitignore": ".env.development\n.env.production\n"}
    )
    for command in ("init --quiet --initial-branch=main", "add .", "commit --quiet --message Begin"):
        subprocess.run(("git", *command.split()), cwd=folder, check=True)
    return folder


@pytest.mark.parametrize("name", EXPECTED)
def test_an_item_of_the_guide_is_asked_of_the_guide(name, guide, monkeypatch):
    monkeypatch.chdir(guide)
    result = result_of(ITEMS[name], Repository("."))
    state, reason = EXPECTED[name]
    assert (result.state, reason in result.reason) == (state, True), result
