import pytest

from envfence.literals.languages import JAVASCRIPT, JSON, PYTHON
from envfence.literals.windows import LONG_DATA, SHORT, around

FILLER = "def filler():\n    return 1\n" * (SHORT // 20)


def parts(text, syntax, wanted):
    start = text.index(wanted)
    return [text[first:last] for first, last in around(text, syntax, [(start, start + len(wanted))])]


def test_a_short_file_is_read_as_it_is():
    assert parts("x = 1\ny = 2\n", PYTHON, "y") == ["x = 1\ny = 2\n"]


@pytest.mark.parametrize(
    ("syntax", "text"),
    (
        pytest.param(PYTHON, "def one():\n    return 'wanted'\n", id="a function"),
        pytest.param(PYTHON, "    def one(self):\n        return 'wanted'\n", id="a method"),
        pytest.param(PYTHON, 'def one():\n    """\ndef inner\n    wanted"""\n', id="no line of a docstring"),
        pytest.param(PYTHON, "TABLE = {\n    'key': 'wanted',\n}\n", id="a table"),
        pytest.param(JAVASCRIPT, "function one() {\n  return 'wanted';\n}\n", id="a function in braces"),
        pytest.param(JAVASCRIPT, "const a = `\nfunction inner\nwanted`;\n", id="no line of a template"),
        pytest.param(JAVASCRIPT, "/*\nold code wanted\n*/\n", id="no line of a comment"),
    ),
)
def test_only_the_definition_around_is_read(syntax, text):
    (part,) = parts(FILLER + text + FILLER, syntax, "wanted")
    assert part.endswith(text)
    assert len(part) < len(text) + 40


def test_neighbours_are_read_as_one():
    text = FILLER + "a = 1\nb = 2\n" + FILLER
    at = text.index("a = 1")
    assert around(text, PYTHON, [(at, at + 5), (at + 6, at + 11)]) == [(at, at + 12)]


def test_of_large_data_a_member_is_read():
    filler = '  "filler": 1,\n' * (LONG_DATA // 10)
    assert parts("{\n" + filler + '  "key": "wanted",\n' + filler + "}\n", JSON, "wanted") == ['  "key": "wanted",\n']
