import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envfence.literals import DOC, HOLE, Literal
from envfence.literals.comments import comment
from envfence.literals.prose import literals


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("password: fake\n", [("password", "fake")], id="setting"),
        pytest.param("    db.password = fake\n", [("db.password", "fake")], id="in a code block"),
        pytest.param(
            "connect(user=\"u v\", password='w')", [("user", "u v"), ("password", "w")], id="keyword arguments"
        ),
        pytest.param('"password": "fake",', [("password", "fake")], id="JSON"),
        pytest.param("x --password fake --user=u\n", [("password", "fake"), ("user", "u")], id="options"),
        pytest.param("docker run -e A=b \\\n  -e C=d\n", [("A", "b"), ("C", "d")], id="environment of a container"),
        pytest.param("see http://u:p@h:1/x.", [("", "http://u:p@h:1/x")], id="address"),
        pytest.param("use `fake-word` here", [("", "fake-word")], id="quoted word"),
        pytest.param("A=$B/c\n", [("A", f"{HOLE}/c")], id="hole"),
        pytest.param("Just words, and more words.\n", [], id="words"),
    ),
)
def test_what_looks_like_a_setting(text, expected):
    found = literals(text)
    assert [(each.name, each.value) for each in found] == expected
    assert {each.role for each in found} <= {DOC}


def test_a_literal_is_where_it_is_written():
    text = "a: 'b' http://c, `quoted`\n"
    assert [text[each.start : each.end] for each in literals(text)] == ["'b'", "http://c", "`quoted`"]


def test_an_option_is_told_from_a_name():
    assert [(each.name, each.argument) for each in literals("--a b\nc=d\n")] == [("a", "--a"), ("c", "")]


@pytest.mark.parametrize(
    ("text", "value", "written"),
    (
        pytest.param("# a b", "a b", "# a b", id="hash"),
        pytest.param("### a\r", "a", "### a", id="carriage return"),
        pytest.param("#", "", "#", id="empty"),
        pytest.param("", "", "", id="nothing"),
    ),
)
def test_a_comment_is_one_literal(text, value, written):
    found = comment(text, 0, len(text))
    assert (found.value, text[found.start : found.end], found.role) == (value, written, DOC)


FRAGMENTS = st.sampled_from(
    [*"\n\t =:#;'\"`[]{}()<>|&,\\$%\r\x00", "a", "--b ", "c://", "e: ", "f=", "${A:-", "é", "😀"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS, max_size=60).map("".join))
def test_any_text_is_read(text):
    for each in literals(text):
        assert isinstance(each, Literal)
        assert 0 <= each.start <= each.end <= len(text)


@pytest.mark.parametrize(
    "unit", ("a", "a ", '"', "'", "`", "`a", "a-", "a=", "a:", "a: '", "--a ", "a://", "://", " ", "\\", "a.", "${")
)
def test_time_is_linear(unit):
    text = unit * (40_000 // len(unit))
    began = time.process_time()
    literals(text)
    assert time.process_time() - began < 2
