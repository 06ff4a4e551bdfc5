"""What the tables of all languages promise."""

import importlib.util
import re
from pathlib import Path

import pytest

LANGUAGES = sorted(file for file in Path(__file__).parent.glob("*.py") if file.stem not in {"conftest", "test_tables"})
FROM_A_FILE = re.compile(r"[\w.-]+/[\w.-]+:\S+ .+")
ENOUGH = 20


def table_of(file):
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TABLES = {file.stem: table_of(file) for file in LANGUAGES}


def cases(name):
    """Return the cases of one table of every language."""
    return [
        pytest.param(source, text, id=f"{language}-{source}")
        for language, table in TABLES.items()
        for source, text in getattr(table, name).items()
    ]


@pytest.mark.parametrize(("source", "text"), cases("HITS"))
def test_hits(found_and_marked, source, text):
    found, marked = found_and_marked(source, text)
    assert found == marked


@pytest.mark.parametrize(("source", "text"), cases("MISSES"))
def test_misses(found_and_marked, source, text):
    found, marked = found_and_marked(source, text)
    assert found == marked == []


@pytest.mark.parametrize(("source", "text"), cases("IDIOMS"))
def test_idioms(found_and_marked, source, text):
    found, marked = found_and_marked(source, text)
    assert found == marked


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_language_has_enough_cases_and_names_where_they_are_from(table):
    assert len(table.HITS) >= ENOUGH
    assert len(table.MISSES) >= ENOUGH
    assert [key for key in (*table.HITS, *table.MISSES) if not FROM_A_FILE.fullmatch(key)] == []
    assert [key for key, text in table.HITS.items() if "~~>" not in text] == []
