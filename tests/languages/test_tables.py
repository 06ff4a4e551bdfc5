"""What the tables of all languages promise."""

import importlib.util
import re
from pathlib import Path

import pytest

FILES = sorted(Path(__file__).parent.glob("test_*.py"))
LANGUAGES = [file for file in FILES if file != Path(__file__)]
FROM_A_FILE = re.compile(r"[\w.-]+/[\w.-]+:\S+ .+")
ENOUGH = 20


def table_of(file):
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("file", LANGUAGES, ids=lambda file: file.stem)
def test_language_has_enough_cases_and_names_where_they_are_from(file):
    table = table_of(file)
    assert len(table.HITS) >= ENOUGH
    assert len(table.MISSES) >= ENOUGH
    assert [key for key in (*table.HITS, *table.MISSES) if not FROM_A_FILE.fullmatch(key)] == []
    assert [key for key, text in table.HITS.items() if "~~>" not in text] == []
