import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envfence.literals import languages
from envfence.report import code
from envfence.report.mask import MASK, masked, masked_lines

SHOWN = (
    pytest.param("app.py", 'URL = "postgresql://admin:pw@db:5435/app"', 'URL = "***"', id="assignment"),
    pytest.param(
        "app.py", 'c(host="db", port=5435, tls=True)  # pw', 'c(host="***", port=***, tls=True)  # ***', id="call"
    ),
    pytest.param("app.py", "    x: str = os.getenv('K', 'pw')", "    x: str = os.getenv('***', '***')", id="fallback"),
    pytest.param("app.py", 'x = f"{a}pw" + b"pw" or None', 'x = f"***" + b"***" or None', id="prefixes"),
    pytest.param("app.py", 'url = """pw', MASK, id="long string without an end"),
    pytest.param("app.py", "x = pw", "x = ***", id="bare name"),
    pytest.param("app.py", 'x = "pw" pw"', "x = ***", id="stray quote"),
    pytest.param("app.py", 'x = pw"', "x = ***", id="closing quote only"),
    pytest.param("app.py", 'x = "pw"pw', 'x = "***"***', id="name behind a string"),
    pytest.param("app.ts", "const url = env.URL || `http://pw`", "const url = env.URL || `***`", id="template"),
    pytest.param("app.tsx", "<p>password pw</p>", MASK, id="markup"),
    pytest.param("app.rb", "words = %w[pw pw]", "***", id="word list"),
    pytest.param("App.java", 'private String pw = "pw"; // pw', 'private String pw = "***"; // ***', id="declaration"),
    pytest.param("a.json", '  "key": "pw",', '  "key": "***",', id="JSON"),
    pytest.param("a.yml", "  KEY: pw  # pw", "  KEY: ***", id="YAML key"),
    pytest.param("a.yml", "  - KEY=pw", "  - KEY=***", id="YAML pair"),
    pytest.param("a.yml", "  - pw", MASK, id="YAML item"),
    pytest.param("a.yml", "  # pw", "  # ***", id="YAML comment"),
    pytest.param("a.yml", "  postgresql://pw: x", MASK, id="YAML address"),
    pytest.param("a.yml", "KEY:", "KEY:", id="YAML parent"),
    pytest.param(".env", "export KEY=pw", "export KEY=***", id="env file"),
    pytest.param("a.ini", "key = pw", "key = ***", id="INI"),
    pytest.param("a.ini", "[pw]", MASK, id="INI section"),
    pytest.param("a.conf", "requirepass pw", MASK, id="no assignment"),
    pytest.param("a.conf", "cHc=", MASK, id="base64"),
    pytest.param("run.sh", "export KEY=pw", "export KEY=***", id="shell export"),
    pytest.param("run.sh", "psql -h pw -U pw", "psql ***", id="command"),
    pytest.param("run.sh", "unknown-command pw", MASK, id="unknown command"),
    pytest.param("Dockerfile", "ENV KEY=pw", "ENV KEY=***", id="Dockerfile"),
    pytest.param("README.md", "the password is pw", MASK, id="prose"),
    pytest.param("app.py", f'x = "{"y" * 1000}"', MASK, id="nobody wrote that line"),
    pytest.param("a.yml", f"x: {'y' * 1000}", MASK, id="nor that one"),
)


@pytest.mark.parametrize(("path", "line", "expected"), SHOWN)
def test_masked_lines(path, line, expected):
    assert masked_lines(line + "\r\n", path, {1}) == {1: expected}


def test_the_first_line_of_a_long_string_is_shown():
    assert masked_lines('url = """pw\npw\n"""', "app.py", {1, 2}) == {1: 'url = """***', 2: MASK}


def test_a_line_that_is_not_there_is_not_shown():
    assert masked_lines("x = 1", "app.py", {1, 7}) == {1: "x = ***"}


def test_a_shebang_says_what_a_file_is():
    assert masked_lines("#!/bin/sh\npassword=pw\n", "run", {2}) == {2: "password=***"}


def test_a_line_that_reads_otherwise_by_itself_is_not_shown():
    assert code.masked('x = "pw"', languages.PYTHON, []) == MASK


def test_masked_needs_no_file():
    assert masked('call(key="pw")', "code") == 'call(key="***")'


CONTINUED = (
    pytest.param("app.py", 'x = """\npw = pw(\n"""\ny = "pw"\n', {2, 3}, id="long string"),
    pytest.param("app.js", "/*\npw = pw(\n*/\ny = 'pw'\n", {2, 3}, id="comment"),
    pytest.param("app.js", "x = `\npw = pw(\n`\ny = 'pw'\n", {2, 3}, id="template"),
    pytest.param("a.yml", "a: |\n  pw: pw\n\n  pw: pw\nb: c\n", {2, 3, 4}, id="block scalar"),
    pytest.param("a.yml", "- a: >-\n    pw: pw\n- b: c\n", {2}, id="folded scalar in a list"),
    pytest.param("a.yml", 'a: "x\n  pw: pw\n  "\nb: c\n', {2, 3}, id="quoted scalar"),
    pytest.param("a.yml", "a: x\n  pw: pw\nb: c\n", {2}, id="plain scalar"),
    pytest.param("a.toml", 'a = """\npw = pw\n"""\nb = 1\n', {2, 3}, id="TOML string"),
    pytest.param(".env", 'A="x\npw=pw\n"\nB=c\n', {2, 3}, id="env string"),
    pytest.param(".env", "A=-----BEGIN KEY-----\npw=pw\n-----END KEY-----\nB=c\n", {2, 3}, id="key block"),
    pytest.param("a.ini", "a = x\n  pw = pw\nb = c\n", {2}, id="INI value"),
    pytest.param("a.properties", "a = x\\\npw = pw\nb = c\n", {2}, id="backslash"),
    pytest.param("a.sh", "x=1 cat <<EOF\npw=pw\nEOF\nb=c\n", {2, 3}, id="here-document"),
    pytest.param("a.sh", 'A="x\npw=pw\n"\nb=c\n', {2, 3}, id="shell string"),
    pytest.param("a.sh", "x=1 cmd \\\npw=pw\nb=c\n", {2}, id="shell line"),
)


@pytest.mark.parametrize(("path", "text", "inside"), CONTINUED)
def test_lines_inside_a_value_show_nothing(path, text, inside):
    lines = masked_lines(text, path, set(range(1, text.count("\n") + 1)))
    assert {number for number, line in lines.items() if line == MASK} == inside


CANARY = "canary7QzX"
FILES = {
    "app.py": r"""
class A:
    '{0} is here'

    url: str = os.getenv("URL", "http://{0}:80/{0}")
    text = '''
{0} = {0}
key: {0}
'''
    pair = ("a" "{0}", b"{0}", rf'{0}')  # {0}
    x = call("{0}", key='{0}')
""",
    "app.js": r"""// {0}
const a = `x
{0} ${b} {0}`, c = /["'] {0}/; /* {0}
{0} */ call('{0}', "{0}", {d: '{0}'})
""",
    "app.tsx": """
const a = <p title="{0}">the {0} text</p>;
const b: string = "{0}";
""",
    "app.go": """
x := `a
{0}
` + "{0}" // {0}
""",
    "app.rb": """
a = <<~TEXT
  {0} = {0}
TEXT
b = %w[{0} {0}] + '{0}'
""",
    "a.json": """{"a": "{0}", "b": ["{0}", {"c": "{0} {0}"}]}
""",
    "a.yml": """
a: {0}
b: |
  {0}: {0}

  export X={0}
c: >-
  {0}
d: "x
  {0}: {0}"
e:
  - {0}
  - K={0}
  - 'K={0}' # {0}
f: [{0}, {0}]
g: {h: {0}}
i: j
  {0}
k: a:{0}@b
""",
    "a.ini": """
[{0}]
a = {0}
  {0} = {0}
b: {0}
; {0}
{0}
""",
    "a.toml": """
[{0}]
a = "{0}"
b = '''
{0} = {0}
'''
c = [
  "{0}",
]
d = { e = "{0}" } # {0}
""",
    ".env": """
A={0}
B="x
{0}=1
"
export C='{0}'
# {0}
D=-----BEGIN
{0}=x
-----END
{0}
""",
    "a.properties": r"""
a.b={0}
c = x\
{0} = {0}
d:{0}
! {0}
""",
    "run.sh": r"""
X={0} curl http://{0}
export Y="a
{0}=b"
cat <<EOF
{0}=x
EOF
psql -U {0} \
{0}=x
echo {0} # {0}
""",
    "Dockerfile": r"""
FROM x:{0}
ENV A={0} B={0}
RUN curl {0} && \
{0}=x y
CMD ["{0}"]
""",
    "README.md": """
# {0}

the `{0}` is {0}

    {0} = {0}
<!-- {0} -->
""",
    "a.sql": """
-- {0}
CREATE USER x PASSWORD '{0}';
""",
    "a.tf": """
a = "{0}" # {0}
b = <<-EOT
  {0} = {0}
EOT
""",
}


def shown(path, text):
    return "\n".join(masked_lines(text, path, set(range(1, text.count("\n") + 2))).values())


@pytest.mark.parametrize("path", FILES)
def test_no_value_is_shown(path):
    assert CANARY not in shown(path, FILES[path].replace("{0}", CANARY))


@settings(max_examples=100, deadline=None)
@given(st.data())
@pytest.mark.parametrize("path", [path for path, text in FILES.items() if '"' in text or "'" in text or "`" in text])
def test_no_value_is_shown_of_a_file_that_lacks_a_quote(path, data):
    text = FILES[path].replace("{0}", CANARY)
    at = data.draw(st.sampled_from([at for at, char in enumerate(text) if char in "\"'`"]))
    assert CANARY not in shown(path, text[:at] + text[at + 1 :])


@settings(max_examples=100, deadline=None)
@given(st.data())
@pytest.mark.parametrize("path", FILES)
def test_no_value_is_shown_of_a_file_with_a_quote_too_many(path, data):
    # Behind a stray quote a line of a value may be an assignment by the file's own grammar: it has another name here.
    text = re.sub(r"\{0\}(?= ?[=:])", "x", FILES[path]).replace("{0}", CANARY)
    at = data.draw(st.sampled_from([at for at in range(len(text)) if CANARY not in text[at - 9 : at + 9]]))
    assert CANARY not in shown(path, text[:at] + data.draw(st.sampled_from("\"'`")) + text[at:])


@settings(max_examples=300, deadline=None)
@given(path=st.sampled_from(sorted(FILES)), text=st.text(alphabet=st.sampled_from("ab =:\"'`#/\\\n-|>{}[](),.<\t")))
def test_any_text_can_be_masked(path, text):
    shown(path, text)
