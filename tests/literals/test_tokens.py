import pytest

from envfence.literals.languages import GO, JAVASCRIPT, PHP, PYTHON, SQL
from envfence.literals.tokens import STRING, read, spans


def strings(text, syntax):
    return [text[token.start : token.end] for token in read(text, syntax).tokens if not token.is_comment]


@pytest.mark.parametrize(
    ("syntax", "text", "expected"),
    (
        pytest.param(PYTHON, "a = 'x' + \"y\"", ["'x'", '"y"'], id="both quotes"),
        pytest.param(PYTHON, "a = 'it\\'s'  # 'no'", ["'it\\'s'"], id="escape and comment"),
        pytest.param(PYTHON, 'a = """one "two" three"""', ['"""one "two" three"""'], id="triple quotes hold quotes"),
        pytest.param(PYTHON, "a = 'open\nb = 'x'", ["'open", "'x'"], id="an unclosed string ends with its line"),
        pytest.param(JAVASCRIPT, "a = `x${b}` // `c`", ["`x${b}`"], id="template"),
        pytest.param(JAVASCRIPT, "a = s.replace(/[\"']/g, 'x')", ["'x'"], id="quotes in a regular expression"),
        pytest.param(JAVASCRIPT, "/* 'a' */ b = 'c'", ["'c'"], id="block comment"),
        pytest.param(GO, 'a := `raw \\` + "b"', ["`raw \\`", '"b"'], id="raw strings have no escapes"),
        pytest.param(PHP, "$a = 'b'; # 'c'\n// 'd'", ["'b'"], id="two kinds of line comment"),
        pytest.param(SQL, "SELECT 'a' -- 'b'", ["'a'"], id="sql"),
    ),
)
def test_read_finds_strings(syntax, text, expected):
    assert strings(text, syntax) == expected
    assert spans(text, syntax) == [(token.start, token.end) for token in read(text, syntax).tokens]


def test_bare_has_the_length_of_the_text_and_no_string_or_comment():
    text = "a = f('secret', (\"b\"))  # note\n"
    code = read(text, PYTHON)
    assert len(code.bare) == len(text)
    assert "secret" not in code.bare
    assert "note" not in code.bare
    assert code.bare.count(STRING) == len("'secret'") + len('"b"')


@pytest.mark.parametrize(
    ("marker", "opener"),
    (
        pytest.param("A", -1, id="no bracket"),
        pytest.param("B", 1, id="in a call"),
        pytest.param("C", 5, id="nested"),
        pytest.param("D", 1, id="behind a nested bracket"),
        pytest.param("E", -1, id="behind the call"),
    ),
)
def test_opener_is_the_innermost_open_bracket(marker, opener):
    text = "A(B, [C], D) E"
    code = read(text, PYTHON)
    assert code.opener(text.index(marker)) == opener


def test_a_bracket_in_a_string_opens_nothing():
    assert read("'(' x", PYTHON).opener(4) == -1


def test_unbalanced_brackets_are_read_on():
    assert read(")) f(x", PYTHON).opener(5) == 4


def test_token_at_covers_its_quotes():
    code = read("a = 'x'", PYTHON)
    assert code.token_at(3) is None
    assert code.token_at(4) == code.token_at(6) == code.tokens[0]
    assert code.token_at(7) is None
