"""Quotes in lists of variables that compose hands on."""

import pytest

RULE = "stack-quoted-value"


@pytest.mark.parametrize(
    ("entry", "expected"),
    (
        pytest.param('KEY="text"', 1, id="double"),
        pytest.param("KEY='text'", 1, id="single"),
        pytest.param('KEY="${SECRET:?}"', 1, id="around a reference"),
        pytest.param("'KEY=\"text\"'", 1, id="inside of others"),
        pytest.param('"KEY=text"', 0, id="around the entry"),
        pytest.param("KEY=text", 0, id="none"),
        pytest.param('KEY="a" or "b"', 0, id="two words"),
        pytest.param("KEY", 0, id="passed through"),
        pytest.param("KEY='", 0, id="one alone"),
        pytest.param('KEY={"a": "b"}', 0, id="JSON"),
    ),
)
@pytest.mark.parametrize("part", ("environment:\n  - ", "build:\n  context: .\n  args:\n    - "))
def test_quotes_of_an_entry(part, entry, expected, lines_of, app):
    line = 3 + part.count("\n") + 1
    entry = f"'{entry}'" if ": " in entry else entry
    assert lines_of(RULE, app(f"{part}{entry}")) == [("a", line)] * expected


def test_quotes_of_a_mapping_are_yamls(lines_of, app):
    assert lines_of(RULE, app('environment:\n  KEY: "text"')) == []
