import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envfence.literals import COMPARED, DEFAULT, DOC, HOLE, SHOWN, VALUE, Literal
from envfence.literals.candidates import is_likely
from envfence.literals.yaml import literals


def bound(text):
    """Return path, name and value of each value."""
    return [("/".join(each.path), each.name, each.value) for each in literals(text) if each.role == VALUE]


def called(text):
    """Return call, argument, name and value of each word of a command."""
    return [(each.call, each.argument, each.name, each.value) for each in literals(text)]


COMPOSE = """\
services:
  db:
    image: postgres:15 # the stable one
    environment:
      POSTGRES_PASSWORD: "not'real"
      POSTGRES_USER: 'it''s'
    ports:
    - "5432:5432"
  app:
    environment:
      - DB_URL=postgresql://fake:fake@db/app
      - "QUOTED=two words"
      - INNER="quoted"
      - FROM_OUTSIDE
      - EMPTY=
"""


def test_keys_and_lists_are_bound_with_their_path():
    assert bound(COMPOSE) == [
        ("services/db", "image", "postgres:15"),
        ("services/db/environment", "POSTGRES_PASSWORD", "not'real"),
        ("services/db/environment", "POSTGRES_USER", "it's"),
        ("services/db", "ports", "5432:5432"),
        ("services/app/environment", "DB_URL", "postgresql://fake:fake@db/app"),
        ("services/app/environment", "QUOTED", "two words"),
        ("services/app/environment", "INNER", "quoted"),
        ("services/app", "environment", "FROM_OUTSIDE"),
    ]


def test_a_literal_is_where_it_is_written():
    text = 'a: "x\\ny" # c\nb: [plain, "quoted"]\r\nc:\n  - K="v"\n'
    assert [text[each.start : each.end] for each in literals(text)] == [
        '"x\\ny"', "# c", "plain", '"quoted"', '"v"',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("a: b", [("", "a", "b")], id="no newline at the end"),
        pytest.param("a: b\r\nc: d\r\n", [("", "a", "b"), ("", "c", "d")], id="CRLF"),
        pytest.param("a: http://h:1#x # c", [("", "a", "http://h:1#x")], id="colon and hash inside a value"),
        pytest.param("a: &anchor !!str b\nc: *anchor\n", [("", "a", "b")], id="anchor, tag and alias"),
        pytest.param("a:\n  b\n", [("", "a", "b")], id="value on a line of its own"),
        pytest.param("a: one\n  two\nb: c\n", [("", "a", "one two"), ("", "b", "c")], id="plain over lines"),
        pytest.param('a: "one\n  two"\nb: c\n', [("", "a", "one two"), ("", "b", "c")], id="quoted over lines"),
        pytest.param('a: "open\nb: "c"\n', [("", "a", '"open'), ("", "b", "c")], id="a quote that is never closed"),
        pytest.param('a: "\\u0041\\x42\\U0001f600\\t\\"\\\\"', [("", "a", 'AB😀\t"\\')], id="escapes"),
        pytest.param("- a\n- - b\n  - c: d\n", [("", "", "a"), ("", "", "b"), ("", "c", "d")], id="nested lists"),
        pytest.param("a:\n- b: c\n  d: e\nf: g\n", [("a", "b", "c"), ("a", "d", "e"), ("", "f", "g")], id="flat list"),
        pytest.param("a:\n  b: c\n---\nd: e\n...\n", [("a", "b", "c"), ("", "d", "e")], id="two documents"),
        pytest.param('"a b": c\n\'d\': e\n', [("", "a b", "c"), ("", "d", "e")], id="quoted keys"),
        pytest.param("{{- if x }}\na: b\n{{- end }}\n", [("", "a", "b")], id="template lines"),
        pytest.param("<<: *base\na: b\n", [("", "a", "b")], id="merge key"),
        pytest.param("a: { b: c , d: [e, 'f'], g: {h: i}}\n",
                     [("a", "b", "c"), ("a", "d", "e"), ("a", "d", "f"), ("a/g", "h", "i")], id="flow"),
        pytest.param("a: [\n  b,\n  c,\n]\nd: e\n", [("", "a", "b"), ("", "a", "c"), ("", "d", "e")],
                     id="flow over lines"),
        pytest.param("a: [b, c\nd: e\n", [("", "a", "b"), ("", "d", "e")], id="flow that is never closed"),
        pytest.param('{"a": {"b":"c"}}', [("a", "b", "c")], id="JSON"),
        pytest.param("[a, b]", [("", "", "a"), ("", "", "b")], id="flow without a key"),
        pytest.param("a: ''\nb: \"\"\nc:\n", [("", "a", ""), ("", "b", "")], id="empty"),
        pytest.param("? a\n: b\n", [("", "", "? a : b")], id="complex keys are not read"),
    ),
)  # fmt: skip
def test_values(text, expected):
    assert bound(text) == expected


@pytest.mark.parametrize(
    "text",
    (
        pytest.param("env:\n  - name: DB_HOST\n    value: db.example\n", id="block"),
        pytest.param("env:\n  - {name: DB_HOST, value: db.example}\n", id="flow"),
    ),
)
def test_the_value_of_a_name_and_value_pair_is_bound_to_the_name(text):
    assert bound(text) == [("env", "name", "DB_HOST"), ("env", "DB_HOST", "db.example")]


def test_a_value_without_a_name_beside_it_keeps_its_key():
    assert bound("- name: A\n  nested:\n    value: b\n- value: c\n") == [
        ("", "name", "A"), ("nested", "value", "b"), ("", "value", "c"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "seen"),
    (
        pytest.param("${A}/b", f"{HOLE}/b", id="braces"),
        pytest.param("$A/b", f"{HOLE}/b", id="dollar"),
        pytest.param("pa$word", "pa$word", id="dollar in a password"),
        pytest.param("a$$b", "a$b", id="escaped dollar"),
        pytest.param("x {{ a.b }} y", f"x {HOLE} y", id="template"),
        pytest.param("${{ secrets.A }}", HOLE, id="workflow expression"),
        pytest.param("x-%{a}", f"x-{HOLE}", id="percent"),
        pytest.param("$(A):80", f"{HOLE}:80", id="kubernetes"),
        pytest.param("<%= a %>", HOLE, id="ERB"),
        pytest.param("${open", "${open", id="never closed"),
        pytest.param('"{{ a }}"', HOLE, id="quoted"),
    ),
)
def test_interpolations_are_holes(value, seen):
    assert bound(f"key: {value}\n") == [("", "key", seen)]


@pytest.mark.parametrize(
    ("value", "expected"),
    (
        pytest.param("${A:-b}", [("A", "b", "b")], id="one"),
        pytest.param("x://${U:-u}:${P-p}@h", [("U", "u", "u"), ("P", "p", "p")], id="two in a DSN"),
        pytest.param("${A:-${B:-c}}", [("B", "c", "c")], id="nested"),
        pytest.param("${A:-x${B:-c}y}", [("B", "c", "c"), ("A", f"x{HOLE}y", "x${B:-c}y")], id="nested in text"),
        pytest.param('${A:-"b c"}', [("A", "b c", '"b c"')], id="quoted"),
        pytest.param("${A:-}", [], id="empty"),
        pytest.param("${A:?must be set}", [], id="message"),
        pytest.param('{{ .Values.pw | default "b" }}', [("pw", "b", '"b"')], id="Helm"),
        pytest.param("{{ pw | default('b') }}", [("pw", "b", "'b'")], id="Jinja"),
        pytest.param("${{ secrets.PW || 'b' }}", [("PW", "b", "'b'")], id="workflow expression"),
    ),
)  # fmt: skip
def test_defaults_are_literals_of_their_own(value, expected):
    text = f"outer:\n  key: {value}\n"
    found = [each for each in literals(text) if each.role == DEFAULT]
    assert [(each.name, each.value, text[each.start : each.end]) for each in found] == expected
    assert {each.path for each in found} <= {("outer", "key")}


def test_comments_are_documentation():
    text = "# one: two\na: b # three\n  #four\r\nc: 'd#e'\n"
    assert [(each.value, text[each.start : each.end]) for each in literals(text) if each.role == DOC] == [
        ("one: two", "# one: two"), ("three", "# three"), ("four", "#four"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    (
        pytest.param("run: psql -h db.example -U fake\n", id="plain"),
        pytest.param("run: 'psql -h db.example -U fake'\n", id="quoted"),
        pytest.param("script:\n  - psql -h db.example -U fake\n", id="list of lines"),
        pytest.param("run: |\n  psql -h db.example \\\n    -U fake\n", id="literal block"),
        pytest.param("command: >\n  psql -h db.example\n  -U fake\nx:\n", id="folded block"),
        pytest.param("command: psql -h db.example\n  -U fake\n", id="plain over lines"),
        pytest.param("command: [psql, -h, db.example, -U, fake]\n", id="flow list"),
        pytest.param("command:\n  - psql\n  - -h\n  - db.example\n  - -U\n  - fake\n", id="block list"),
        pytest.param("command:\n- psql\n- -h\n- db.example\n- -U\n- fake\nx:\n", id="flat block list"),
        pytest.param("entrypoint: ['sh', '-c', 'psql -h db.example -U fake']\n", id="shell in a list"),
        pytest.param("healthcheck:\n  test: [CMD, psql, -h, db.example, -U, fake]\n", id="health check"),
        pytest.param("healthcheck:\n  test: [CMD-SHELL, psql -h db.example -U fake]\n", id="health check in a shell"),
        pytest.param("healthcheck:\n  test: psql -h db.example -U fake\n", id="health check as text"),
    ),
)
def test_commands_are_read_by_word(text):
    assert called(text) == [("psql", "-h", "", "db.example"), ("psql", "-U", "", "fake")]


def test_the_words_of_a_command_are_where_they_are_written():
    text = "jobs:\n  run: |\n    curl http://localhost:1\n    X='a b' run\n"
    assert [(each.path, text[each.start : each.end]) for each in literals(text)] == [
        (("jobs", "run"), "http://localhost:1"), (("jobs", "run"), "'a b'"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("args:\n  - --host=h\n  - --user\n  - u\n",
                     [("", "--host", "host", "h"), ("", "--user", "user", "u")],
                     id="arguments only"),
        pytest.param("args: ['curl http://h | cat']", [("curl", "0", "", "http://h")],
                     id="script for a shell named elsewhere"),
        pytest.param("command: redis-server --requirepass ${P:-fake}", [("", "", "P", "fake"),
                     ("redis-server", "--requirepass", "requirepass", HOLE)], id="default in a command"),
        pytest.param("command: [redis-server, --requirepass, '${P:-fake}']", [("", "", "P", "fake"),
                     ("redis-server", "--requirepass", "requirepass", HOLE)], id="default in a list"),
        pytest.param("args:\n  - A=b\n", [("", "", "A", "b")], id="build arguments"),
        pytest.param("healthcheck:\n  test: [CMD-SHELL]\n", [], id="a health check without a command"),
        pytest.param("healthcheck:\n  test: [NONE]\n", [], id="no health check"),
        pytest.param("test: fast\n", [("", "", "test", "fast")], id="a test that is no health check"),
        pytest.param("run:\n", [], id="nothing to run"),
        pytest.param("run: |\n", [], id="empty block"),
        pytest.param("run: |\nnext: a\n", [("", "", "next", "a")], id="block without lines"),
    ),
)  # fmt: skip
def test_words(text, expected):
    assert called(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("a: |\n  K=v\n  k: w\nb: c\n", [("a", "K", "v"), ("a", "k", "w"), ("", "b", "c")], id="settings"),
        pytest.param("a: |-\n  just words\n\n  more\n", [("", "a", "just words\n\n  more")], id="text"),
        pytest.param("x.yaml: |\n  a:\n    b: c\n", [("x.yaml/a", "b", "c")], id="YAML"),
        pytest.param("x.sh: |\n  A=b\n", [("x.sh", "A", "b")], id="script"),
        pytest.param("nginx.conf: |\n  proxy_pass http://h:1;\n", [("nginx.conf", "proxy_pass", "http://h:1")],
                     id="nginx"),
        pytest.param("x.yaml: |\n  y.yaml: |\n    a: b # c\n", [("x.yaml/y.yaml", "a", "b")],
                     id="YAML in YAML is lines"),
        pytest.param("key: |\n  -----BEGIN PRIVATE KEY-----\n  AAAA==\n",
                     [("", "key", "-----BEGIN PRIVATE KEY-----\n  AAAA==")], id="PEM"),
        pytest.param("- |\n  a b\n- c\n", [("", "", "a b"), ("", "", "c")], id="in a list"),
        pytest.param("a: |\n  b", [("", "a", "b")], id="no newline at the end"),
    ),
)  # fmt: skip
def test_blocks(text, expected):
    assert bound(text) == expected


def test_what_a_script_shows_or_compares_keeps_its_role():
    text = 'run: |\n  echo "hello"\n  [ "$A" = "b" ]\n'
    assert [(each.value, each.role) for each in literals(text)] == [
        ("hello", SHOWN), (HOLE, COMPARED), ("b", COMPARED),
    ]  # fmt: skip


FRAGMENTS = st.sampled_from(
    [*"\n\t -:#'\"[]{},|>&*!%$\\?=\r\x00", "\n  ", "\n    ", "- ", ": ", "a", "run: |", "${A:-", "${{", "{{", "}}",
     "EOF",
     "<<EOF", "command: ", "healthcheck:\n  test: ", "x.yaml: |\n  ", "'", "name: ", "value: ", "é", "😀", "---"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS, max_size=60).map("".join))
def test_any_text_is_read(text):
    for each in literals(text):
        assert isinstance(each, Literal)
        assert 0 <= each.start <= each.end <= len(text)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(COMPOSE)), st.integers(0, 40), FRAGMENTS)
def test_a_damaged_file_is_read(at, length, inserted):
    text = COMPOSE[:at] + inserted + COMPOSE[at + length :]
    assert all(0 <= each.start <= each.end <= len(text) for each in literals(text))


NAMED = "env:\n  - name: DB_PASSWORD\n    value: fake\n  - {name: TOKEN, value: fake2}\nrun: |\n  export A=fake\n"


@given(st.integers(0, len(COMPOSE + NAMED)), st.integers(0, 80))
def test_only_some_lines_are_read_as_all_are(start, length):
    text, lines = COMPOSE + NAMED, [(start, start + length)]

    def on_lines(found):
        return [each for each in found if is_likely(lines, each.start, each.end)]

    assert on_lines(literals(text, lines=lines)) == on_lines(literals(text))


@pytest.mark.parametrize(
    "unit",
    ("a", '"', "'", "- ", "[ ", "{", "{a: ", "a: ", "a:\n", 'a: "\n', " a: '\n", "a: [\n", "a: |\n", "a: ${", " ", "#",
     "a: {{", "{{", "}}", "&a ", "a: b\n   c\n", "run: $(", "run: 'a\n", "a: [b, ", "\\", "a: {{ b || 'c' ", "a:  \n "),
)  # fmt: skip
def test_time_is_linear(unit):
    text = unit * (40_000 // len(unit))
    began = time.process_time()
    literals(text)
    assert time.process_time() - began < 2
