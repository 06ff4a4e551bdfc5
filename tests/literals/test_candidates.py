import pytest

from envfence.literals.candidates import IN_CODE, IN_CONFIGURATION, inside, is_likely, likely_lines, lowered
from envfence.literals.multi import candidate_lines

FILLER = "nothing = here\n"


@pytest.mark.parametrize(
    "line",
    (
        pytest.param('url = "postgresql://u:p@db/x"', id="connection string"),
        pytest.param("connect('10.0.0.7', 5432)", id="address"),
        pytest.param('HOST = "LOCALHOST"', id="upper case"),
        pytest.param('db_password = "fake"', id="password"),
        pytest.param('"api_key": "fake-0123456789"', id="quoted key"),
        pytest.param("port = 5432", id="port"),
        pytest.param('os.getenv("DB_PASSWORD", "fake")', id="fallback"),
        pytest.param('h = "Basic ZmFrZTpmYWtl"', id="basic authentication"),
        pytest.param('h = "Bearer fake.0123456789"', id="bearer"),
        pytest.param('k = "-----BEGIN RSA PRIVATE KEY-----"', id="private key"),
    ),
)
def test_a_candidate_is_found_in_code(line):
    text = f"{FILLER}{line}\n{FILLER}"
    start = len(FILLER)
    assert likely_lines(text, IN_CODE) == [(start, start + len(line))]


@pytest.mark.parametrize(
    "line",
    (
        pytest.param("import os", id="import is no port"),
        pytest.param("password = settings.password", id="reference"),
        pytest.param("return value.strip()", id="plain code"),
        pytest.param("version = '1.2'", id="short version"),
        pytest.param("# basic templates of a page", id="basic as a word"),
        pytest.param("raise Refused(bearer required)", id="bearer as a word"),
        pytest.param('c = "-----BEGIN CERTIFICATE-----"', id="certificate"),
        pytest.param("# primary_key:\ndone()", id="name in a comment, and the next line"),
    ),
)
def test_other_code_is_passed_over(line):
    assert likely_lines(f"{FILLER}{line}\n", IN_CODE) == []


def test_a_value_of_configuration_needs_no_quotes():
    assert likely_lines("password: fake\n", IN_CODE) == []
    assert likely_lines("password: fake\n", IN_CONFIGURATION) == [(0, 14)]


@pytest.mark.parametrize("value", ("${DB_PASSWORD}", "${DB_PASSWORD:?}", '"${DB_PASSWORD}"', "$(make-one)", "{{ db }}"))
def test_a_reference_of_configuration_is_passed_over(value):
    assert likely_lines(f"DB_PASSWORD: {value}\n", IN_CONFIGURATION) == []


def test_what_stands_below_a_key_is_its_value_if_it_stands_alone():
    assert likely_lines("user:\n  state: present\n", IN_CONFIGURATION) == []
    assert likely_lines("password:\n  fake\n", IN_CONFIGURATION)


@pytest.mark.parametrize(
    "value",
    (
        "fake",
        "$fake",
        "?fake",
        "{fake}",
        "${DB_PASSWORD:-fake}",
        "${db.password:fake}",
        "${{ vars.X || 'fake' }}",
        '{{ x | default("fake") }}',
    ),
)
def test_a_value_or_a_default_is_not(value):
    assert likely_lines(f"DB_PASSWORD: {value}\n", IN_CONFIGURATION)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    (
        pytest.param(0, 5, False, id="before"),
        pytest.param(8, 12, True, id="reaches in"),
        pytest.param(12, 14, True, id="inside"),
        pytest.param(20, 25, False, id="behind"),
    ),
)
def test_is_likely_asks_for_an_overlap(start, end, expected):
    assert is_likely([(10, 20)], start, end) is expected
    assert bool(inside([(10, 20)], start, end)) is expected


def test_lines_inside_a_part_are_counted_from_its_start():
    assert inside([(0, 9), (10, 20), (25, 30), (40, 50)], 15, 40) == [(-5, 5), (10, 15)]


def test_lowered_keeps_offsets():
    text = "İstanbul PASSWORD"
    assert len(lowered(text)) == len(text)
    assert lowered(text).endswith(" password")


@pytest.mark.parametrize(
    "text",
    (
        pytest.param('a = 1\nhost = "localhost"\nb = 2\nport = 5432\n', id="ascii"),
        pytest.param('# ключ é 키\nhost = "localhost"\n# 한국어\npassword = "fake"\n', id="other scripts"),
        pytest.param('x = 1\r\nhost = "127.0.0.1"\r\n', id="crlf"),
        pytest.param('host = "localhost"', id="no final newline"),
    ),
)
def test_both_engines_find_the_same_lines(text):
    pytest.importorskip("hyperscan", reason="hyperscan is not installed")
    assert candidate_lines(text.encode(), IN_CODE) == (text, likely_lines(text, IN_CODE))


def test_patterns_that_one_language_adds_are_found_too():
    pytest.importorskip("hyperscan", reason="hyperscan is not installed")
    text = 'x = 1\nhost = "localhost"\nspecial\n'
    patterns = (*IN_CODE, "special")
    assert candidate_lines(text.encode(), patterns) == (text, likely_lines(text, patterns))


def test_without_a_candidate_there_is_no_text():
    pytest.importorskip("hyperscan", reason="hyperscan is not installed")
    assert candidate_lines(b"x = 1", IN_CODE) == ("", [])


@pytest.mark.parametrize("encoding", ("utf-16", "cp949"))
def test_other_encodings_give_offsets_of_the_text(encoding):
    text = '# 한국어\npassword = "fake"\n'
    assert candidate_lines(text.encode(encoding), IN_CODE) == (text, [(6, 23)])


def test_a_long_line_is_cut_between_characters():
    text = ("한" * 1000 + 'password = "fake"' + "국" * 150) * 2 + "한" * 1000
    found, lines = candidate_lines(text.encode(), IN_CODE)
    assert [found[start:end].strip("한국") for start, end in lines] == ['password = "fake"'] * 2
