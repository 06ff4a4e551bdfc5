import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envfence.literals import DEFAULT, DOC, HOLE, VALUE, Literal
from envfence.literals.lines import literals


def bound(text, path=""):
    """Return path, name and value of each value."""
    return [("/".join(each.path), each.name, each.value) for each in literals(text, path) if each.role == VALUE]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("A=b", [("", "A", "b")], id="no newline at the end"),
        pytest.param("A = b\r\nc: d\r\n", [("", "A", "b"), ("", "c", "d")], id="CRLF"),
        pytest.param("[s]\na = b\n[ t.u ]\nc=d\n", [("s", "a", "b"), ("t.u", "c", "d")], id="sections"),
        pytest.param("[[s]] # c\na = 1\n", [("s", "a", "1")], id="TOML's array of tables"),
        pytest.param("export A=b\nset C=d\n", [("", "A", "b"), ("", "C", "d")], id="export and set"),
        pytest.param('a = "b # c" # d\n', [("", "a", "b # c")], id="hash inside quotes"),
        pytest.param("a = b#c ; d\n", [("", "a", "b#c")], id="comment behind a blank only"),
        pytest.param("a=b;c=d\n", [("", "a", "b;c=d")], id="connection string"),
        pytest.param("url=http://h:1/x?y=z\n", [("", "url", "http://h:1/x?y=z")], id="URL"),
        pytest.param("http://h:1\n", [], id="a URL is no key"),
        pytest.param("a.b-c: d\nSome key = e\n", [("", "a.b-c", "d"), ("", "Some key", "e")], id="keys"),
        pytest.param('"a b" = "c"\n\'d\' = 1\n', [("", "a b", "c"), ("", "d", "1")], id="quoted keys"),
        pytest.param("a = 'b ${C:-d} \\n'\n", [("", "a", "b ${C:-d} \\n")], id="single quotes are verbatim"),
        pytest.param('a = "b\\"\\n\\\\"\n', [("", "a", 'b"\n\\')], id="escapes"),
        pytest.param("a = b\\\n  c\n", [("", "a", "bc")], id="line that goes on"),
        pytest.param('a = "b" c\n', [("", "a", '"b" c')], id="quotes around a part"),
        pytest.param('a = "open\nb = c\n', [("", "a", '"open'), ("", "b", "c")], id="a quote that is never closed"),
        pytest.param('a = """\nb\n""" # c\nd=e\n', [("", "a", "\nb\n"), ("", "d", "e")], id="TOML over lines"),
        pytest.param("a = '''b\n=c'''\n", [("", "a", "b\n=c")], id="TOML over lines, verbatim"),
        pytest.param('a = ["b", "c"]\n', [("", "a", "b"), ("", "a", "c")], id="array"),
        pytest.param('a = [\n  "b",\n]\nc=d\n', [("", "a", "b"), ("", "c", "d")], id="array over lines"),
        pytest.param('a = {b = "c", d = 1}\n', [("a", "b", "c"), ("a", "d", "1")], id="inline table"),
        pytest.param('a = [{b = "c"}, {b = "d"}]\n', [("a", "b", "c"), ("a", "b", "d")], id="array of tables"),
        pytest.param("a = {{ b }}\n", [("", "a", HOLE)], id="template"),
        pytest.param("a =\n  b\n  c = d\n  e\nf\n", [("", "a", "b"), ("", "c", "d"), ("", "a", "e")],
                     id="indented list"),
        pytest.param("a =\nb = c\n  d\n", [("", "b", "c")], id="indented list of nothing"),
        pytest.param('Environment="A=b"\n', [("Environment", "A", "b")], id="systemd"),
        pytest.param("environment=A=\"b\",C='d'\n", [("environment", "A", "b"), ("environment", "C", "d")],
                     id="supervisor"),
        pytest.param("[web]\nweb1 ansible_host=h ansible_password='p q'\n",
                     [("web", "ansible_host", "h"), ("web", "ansible_password", "p q")], id="ansible"),
        pytest.param("environment=test\n", [("", "environment", "test")], id="an environment's name"),
        pytest.param("//h/:_authToken=fake\n", [("", "//h/:_authToken", "fake")], id="npmrc"),
        pytest.param('A=\nB=""\n', [("", "B", "")], id="empty"),
        pytest.param("A=${B}/$C\n", [("", "A", f"{HOLE}/{HOLE}")], id="holes"),
        pytest.param("just words\n\n  and more\n", [], id="no settings"),
    ),
)  # fmt: skip
def test_values(text, expected):
    assert bound(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("proxy_pass http://h:1;\n", [("", "proxy_pass", "http://h:1")], id="nginx"),
        pytest.param("upstream api {\n  server h:1 weight=5;\n}\n",
                     [("", "upstream", "api"), ("", "server", "h:1"), ("", "server", "weight=5")], id="nginx block"),
        pytest.param("requirepass fake # c\n", [("", "requirepass", "fake")], id="redis"),
        pytest.param('set $a "b c";\n', [("", "set", "$a"), ("", "set", "b c")], id="quoted word"),
        pytest.param("a = b\n", [("", "a", "b")], id="settings all the same"),
    ),
)  # fmt: skip
def test_directives_of_conf_files(text, expected):
    assert bound(text, "etc/app.conf") == expected


def test_defaults_are_literals_of_their_own():
    text = '[s]\nA=${B:-c}\nD="x${E:-f}"\nG?=h\n'
    assert [
        (each.path, each.name, each.value, text[each.start : each.end])
        for each in literals(text)
        if each.role == DEFAULT
    ] == [(("s",), "B", "c", "c"), (("s",), "E", "f", "f"), (("s",), "G", "h", "h")]


def test_comments_are_documentation():
    text = "# a = b\n; c\n// d\nREM e\nf = g # h\n[i] # j\nk = 'l' ; m\r\n<!-- n -->\n"
    assert [text[each.start : each.end] for each in literals(text) if each.role == DOC] == [
        "# a = b", "; c", "// d", "REM e", "# h", "; m", "<!-- n -->",
    ]  # fmt: skip


def test_comments_in_conf_files_are_documentation():
    assert [each.value for each in literals("a b # c\n", "x.conf") if each.role == DOC] == ["c"]


def test_a_literal_is_where_it_is_written():
    text = 'a = b # c\nd = "e"\nf = """\ng"""\nh = ["i", j]\nEnvironment="K=v"\n'
    assert [(text[each.start : each.end], each.quoted) for each in literals(text) if each.role == VALUE] == [
        ("b", False), ('"e"', True), ('"""\ng"""', True), ('"i"', True), ("j", False), ("v", False),
    ]  # fmt: skip


SAMPLE = '[s]\nhost = "h" # c\nlist = ["a", \'b\']\ntext = """\nx\n"""\nA=${B:-c}\nEnvironment="K=v"\nx =\n  y\n'
FRAGMENTS = st.sampled_from([*"\n\t =:#;'\"[]{},\\$%\r\x00<", '"""', "'''", "${A:-", "[s]\n", "a = ", "  ", "é", "😀"])


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS, max_size=60).map("".join), st.sampled_from(("", "x.conf")))
def test_any_text_is_read(text, path):
    for each in literals(text, path):
        assert isinstance(each, Literal)
        assert 0 <= each.start <= each.end <= len(text)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(SAMPLE)), st.integers(0, 40), FRAGMENTS)
def test_a_damaged_file_is_read(at, length, inserted):
    text = SAMPLE[:at] + inserted + SAMPLE[at + length :]
    assert all(0 <= each.start <= each.end <= len(text) for each in literals(text))


@pytest.mark.parametrize("path", ("", "x.conf"))
@pytest.mark.parametrize(
    "unit",
    ("a", '"', "'", "a ", "[ ", "a=", 'a="""\n', "a='''\n", "a=[\n", "a=[ ", "a={b=", "\\", "a: '", "a=${", " ", "-",
     "a=\\\n", "environment=A=", "//:_", "=", ":", "a=b #"),
)  # fmt: skip
def test_time_is_linear(unit, path):
    text = unit * (40_000 // len(unit))
    began = time.process_time()
    literals(text, path)
    assert time.process_time() - began < 2
