import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envfence.literals import COMPARED, DEFAULT, DOC, HOLE, SHOWN, VALUE, Literal
from envfence.literals.shell import literals


def bound(text, path=""):
    """Return name and value of each literal that has a name and belongs to no command."""
    return [(each.name, each.value) for each in literals(text, path) if each.name and not each.call]


def words(text, path=""):
    """Return call, argument, name and value of each word of a command."""
    return [(each.call, each.argument, each.name, each.value) for each in literals(text, path) if each.call]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("A=b", [("A", "b")], id="assignment"),
        pytest.param("A=b C=d # e\n", [("A", "b"), ("C", "d")], id="two"),
        pytest.param("A+=b\n", [("A", "b")], id="appended"),
        pytest.param("export A=b C='d e'\nlocal F=g\nreadonly H=\"i\"\n",
                     [("A", "b"), ("C", "d e"), ("F", "g"), ("H", "i")], id="declarations"),
        pytest.param("A=b c\n", [("A", "b")], id="for one command"),
        pytest.param("env A=b c\n", [("A", "b")], id="env"),
        pytest.param("A=(b 'c d'\n  e)\nF=g\n", [("A", "b"), ("A", "c d"), ("A", "e"), ("F", "g")], id="array"),
        pytest.param("for A in b 'c d'; do e; done\n", [("A", "b"), ("A", "c d")], id="loop"),
        pytest.param("A=\n", [("A", "")], id="empty"),
        pytest.param("A=b'c'\"d\"e\n", [("A", "bcde")], id="quotes inside"),
        pytest.param('A="b\\"c\\n" D=e\\ f\n', [("A", 'b"c\\n'), ("D", "e f")], id="escapes"),
        pytest.param("A=$'b'\n", [("A", "b")], id="ANSI quotes"),
        pytest.param("A=b\\\n  C=d\n", [("A", "b"), ("C", "d")], id="line that goes on"),
        pytest.param("A=b#c\n", [("A", "b#c")], id="hash inside a word"),
        pytest.param("A=$B/${C}x$1$((1+2))\n", [("A", f"{HOLE}/{HOLE}x{HOLE}{HOLE}")], id="holes"),
        pytest.param("A='$B'\n", [("A", "$B")], id="no holes in single quotes"),
        pytest.param('A="${B"\n', [("A", "${B")], id="a brace that is never closed"),
        pytest.param("A=$(b)c`d`\n", [("A", f"{HOLE}c{HOLE}")], id="substitutions"),
        pytest.param("f() {\n  A=b\n}\n", [("A", "b")], id="in a function"),
        pytest.param("if A=b c; then D=e; else F=g; fi\n", [("A", "b"), ("D", "e"), ("F", "g")], id="in conditions"),
        pytest.param("(A=b; C=d) & { E=f; }\n", [("A", "b"), ("C", "d"), ("E", "f")], id="in groups"),
        pytest.param("A=b\r\nC=d\r\n", [("A", "b"), ("C", "d")], id="CRLF"),
        pytest.param("case $A in\n  b) C=d ;;\n  *) E=f ;;\nesac\n", [("C", "d"), ("E", "f")], id="in a case"),
    ),
)  # fmt: skip
def test_assignments(text, expected):
    assert bound(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("A=${B:-c}", [("B", "c", "c")], id="one"),
        pytest.param(': "${B:="c d"}"', [("B", "c d", '"c d"')], id="assigned"),
        pytest.param('A="${1:-c}"', [("A", "c", "c")], id="of a position"),
        pytest.param('A="${1:-${B:-c}}"', [("B", "c", "c")], id="nested"),
        pytest.param("curl ${B-c}/d", [("B", "c", "c")], id="in a command"),
        pytest.param("A=${B:-$(c)}", [], id="computed"),
    ),
)
def test_defaults_are_literals_of_their_own(text, expected):
    found = [each for each in literals(text) if each.role == DEFAULT]
    assert [(each.name, each.value, text[each.start : each.end]) for each in found] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("curl http://h", [("curl", "0", "", "http://h")], id="position"),
        pytest.param("/usr/bin/curl 'http://h' x", [("curl", "0", "", "http://h"), ("curl", "1", "", "x")], id="path"),
        pytest.param("curl -fsS http://h", [("curl", "0", "", "http://h")], id="flags"),
        pytest.param("curl -o f http://h", [("curl", "-o", "", "f"), ("curl", "0", "", "http://h")], id="option"),
        pytest.param("psql -h h --username=u", [("psql", "-h", "", "h"), ("psql", "--username", "username", "u")],
                     id="long option"),
        pytest.param('x --password "p q"', [("x", "--password", "password", "p q")], id="long option, then its value"),
        pytest.param("nc -z h 5432", [("nc", "0", "", "h"), ("nc", "1", "", "5432")], id="host and port"),
        pytest.param("docker run -e A=b --env C='d' --env=E=f -p 1:2",
                     [("docker", "0", "", "run"), ("docker", "-e", "A", "b"),
                     ("docker", "--env", "C", "d"), ("docker", "--env", "E", "f"), ("docker", "-p", "", "1:2")],
                     id="docker"),
        pytest.param("docker exec d mysql -uroot -pfake", [("docker", "0", "", "exec"), ("docker", "1", "", "d"),
                     ("mysql", "-u", "", "root"), ("mysql", "-p", "", "fake")], id="a client behind docker"),
        pytest.param("mysql -p d -psecret", [("mysql", "0", "", "d"), ("mysql", "-p", "", "secret")],
                     id="asks or says"),
        pytest.param("java -Dx.y=z -jar j", [("java", "-D", "x.y", "z"), ("java", "-jar", "", "j")], id="java"),
        pytest.param("sudo -n", [], id="no command"),
        pytest.param("x -- -1 -", [("x", "0", "", "-")], id="dashes"),
        pytest.param("x a | y b && z c || w d; v e & u f\n",
                     [("x", "0", "", "a"), ("y", "0", "", "b"), ("z", "0", "", "c"),
                     ("w", "0", "", "d"), ("v", "0", "", "e"), ("u", "0", "", "f")], id="lists of commands"),
        pytest.param('x "$(y "b c")"', [("y", "0", "", "b c"), ("x", "0", "", HOLE)], id="substitution in quotes"),
        pytest.param('x "`y b`"', [("y", "0", "", "b"), ("x", "0", "", HOLE)], id="backticks in quotes"),
        pytest.param("x <(y b)", [("y", "0", "", "b"), ("x", "0", "", HOLE)], id="process substitution"),
        pytest.param("x a >f 2>&1 <g &>h", [("x", "0", "", "a")], id="redirections are no words"),
        pytest.param("x <<< a", [("x", "0", "", "a")], id="here-string"),
        pytest.param("sh -c 'y -h b'", [("y", "-h", "", "b")], id="sh -c"),
        pytest.param('docker exec d bash -c "y b"', [("y", "0", "", "b"), ("docker", "0", "", "exec"),
                     ("docker", "1", "", "d"), ("docker", "2", "", "bash")], id="sh -c behind docker"),
        pytest.param('ssh u@h "y b"', [("y", "0", "", "b"), ("ssh", "0", "", "h")], id="ssh"),
        pytest.param("scp -r a u@h:/b", [("scp", "0", "", "a"), ("scp", "1", "", "h")], id="scp"),
        pytest.param("rsync -az -e ssh a h:b", [("rsync", "-e", "", "ssh"), ("rsync", "0", "", "a"),
                     ("rsync", "1", "", "h")], id="rsync"),
        pytest.param("X=1 y b", [("y", "0", "", "b")], id="behind an assignment"),
        pytest.param("case a in esac", [], id="case"),
        pytest.param("'if' a", [("if", "0", "", "a")], id="a quoted key word is a command"),
        pytest.param("x a\\\n b", [("x", "0", "", "a"), ("x", "1", "", "b")], id="line that goes on"),
    ),
)  # fmt: skip
def test_words(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize("word", ("u@h", "'u@h:/b'", '"$U@h:/b"', "u@h:$B", "h:/b"))
def test_a_host_is_shown_where_it_stands(word):
    text = f"scp a {word}\n"
    host = literals(text)[-1]
    assert (host.value, text[host.start : host.end]) == ("h", "h")


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param('echo "a b"', [("a b", SHOWN, "")], id="echo"),
        pytest.param("log_info a", [("a", SHOWN, "")], id="log function"),
        pytest.param("echo -e a >&2", [("a", SHOWN, "")], id="to a person, by stderr"),
        pytest.param("echo a > /dev/null", [("a", SHOWN, "")], id="to nowhere"),
        pytest.param("echo A=b >> f", [("b", VALUE, "A")], id="into a file"),
        pytest.param('echo "A=b c" | tee f', [("b c", VALUE, "A"), ("f", VALUE, "")], id="into tee"),
        pytest.param("[ $A = b ]", [(HOLE, COMPARED, ""), ("b", COMPARED, "")], id="test"),
        pytest.param(
            'if [[ -n "$A" && $B == "b" ]]; then :; fi',
            [(HOLE, COMPARED, ""), (HOLE, COMPARED, ""), ("b", COMPARED, "")],
            id="double test",
        ),
        pytest.param("grep -q a f", [("a", COMPARED, ""), ("f", COMPARED, "")], id="grep"),
        pytest.param("case $A in b|'c') d ;; esac", [("c", COMPARED, "")], id="case"),
    ),
)
def test_roles(text, expected):
    assert [(each.value, each.role, each.name) for each in literals(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("cat > f <<EOF\nA=b\nc: d\nEOF\nE=f\n",
                     [("A", "b", VALUE), ("c", "d", VALUE), ("E", "f", VALUE)], id="settings for a file"),
        pytest.param("cat <<EOF\nA=b\nEOF\n", [("A", "b", SHOWN)], id="shown"),
        pytest.param("cat <<'A' <<B | x\nc=d\nA\ne=f\nB\ng=h\n",
                     [("c", "d", VALUE), ("e", "f", VALUE), ("g", "h", VALUE)], id="two, piped"),
        pytest.param("x <<-EOF\n\tA=b\n\tEOF\n", [("A", "b", VALUE)], id="indented"),
        pytest.param("bash <<EOF\nA=b\nEOF\n", [("A", "b", VALUE)], id="script"),
        pytest.param("psql -q <<EOF\nALTER x;\n\nEOF\n", [("", "ALTER x;", VALUE)], id="SQL"),
        pytest.param("x <<EOF\nA=b\n", [("A", "b", VALUE)], id="never closed: read as commands"),
        pytest.param("<<EOF\nA=b\nEOF", [("A", "b", VALUE)], id="for no command"),
    ),
)  # fmt: skip
def test_here_documents(text, expected):
    assert [(each.name, each.value, each.role) for each in literals(text)] == expected


def test_comments_are_documentation():
    text = "#!/bin/sh\na # b c\nd#e\n  # f\r\n"
    assert [(each.value, text[each.start : each.end]) for each in literals(text) if each.role == DOC] == [
        ("!/bin/sh", "#!/bin/sh"), ("b c", "# b c"), ("f", "# f"),
    ]  # fmt: skip


def test_a_literal_is_where_it_is_written():
    text = (
        "A='b c'\nexport D=e\"f\"\ncurl --url='http://h' -e G=\"h\" 'i' \"$(j k)\"\n"
        "sh -c 'l m'\ncat > n <<O\nP=q\nO\nmysql -pfake\nr ${S:-t}\n"
    )
    assert [text[each.start : each.end] for each in literals(text)] == [
        "'b c'", 'e"f"', "k", "'http://h'", '"h"', "'i'", '"$(j k)"', "m", "q", "fake", "t", "${S:-t}",
    ]  # fmt: skip


def test_a_shell_in_a_shell_is_read():
    text = "sh -c 'sh -c \"x y\"'"
    assert words(text) == [("x", "0", "", "y")]


DOCKERFILE = """\
# syntax=x
FROM python:3 AS base
ENV A=b C="d e" \\
    # why
    F=${G:-h}
ENV DB_HOST db.example
ENV QUOTED "i j"
ARG PW=k
ARG NONE
EXPOSE 8000 80/tcp
run --mount=type=cache L=m psql -h n && \\
    curl http://o
HEALTHCHECK --interval=5s CMD curl -f http://p || exit 1
CMD ["redis-server", "--requirepass", "q"]
RUN <<EOF
psql -h r
EOF
RUN <<EMPTY
EMPTY
WORKDIR /s
RUN <<NEVER
psql -h t
RUN <<NEVER
"""


def test_a_dockerfile():
    found = literals(DOCKERFILE, "app/Dockerfile")
    assert [("/".join(each.path), each.name or each.argument, each.value) for each in found if each.role != DOC] == [
        ("FROM", "", "python:3"), ("FROM", "", "AS"), ("FROM", "", "base"),
        ("ENV", "A", "b"), ("ENV", "C", "d e"), ("ENV", "G", "h"), ("ENV", "F", HOLE),
        ("ENV", "DB_HOST", "db.example"), ("ENV", "QUOTED", "i j"), ("ARG", "PW", "k"),
        ("EXPOSE", "", "8000"), ("EXPOSE", "", "80/tcp"),
        ("RUN", "L", "m"), ("RUN", "-h", "n"), ("RUN", "0", "http://o"),
        ("HEALTHCHECK", "0", "http://p"), ("HEALTHCHECK", "0", "1"), ("CMD", "requirepass", "q"), ("RUN", "-h", "r"),
    ]  # fmt: skip
    assert {each.value for each in found if each.role == DEFAULT} == {"h", "k"}
    assert [DOCKERFILE[each.start : each.end] for each in found if each.role == DOC] == ["# syntax=x", "# why"]
    assert all(each.value in (DOCKERFILE[each.start : each.end].strip('"'), HOLE) for each in found if each.role != DOC)


MAKEFILE = """\
# one
A = b c # two
export D := 'e'
F ?= http://$(G):80
H =
all: b c
\t@docker run -e I=j \\
\t  k
\t-x $$L
clean:
\tM="n" o
"""


def test_a_makefile():
    found = literals(MAKEFILE, "Makefile")
    assert [("/".join(each.path), each.name or each.argument, each.value, each.role) for each in found] == [
        ("", "", "one", DOC), ("", "", "two", DOC), ("", "A", "b c", VALUE), ("", "D", "e", VALUE),
        ("", "F", f"http://{HOLE}:80", DEFAULT), ("all", "0", "run", VALUE), ("all", "I", "j", VALUE),
        ("all", "1", "k", VALUE), ("all", "0", HOLE, VALUE), ("clean", "M", "n", VALUE),
    ]  # fmt: skip
    assert [MAKEFILE[each.start : each.end] for each in found][2:4] == ["b c", "'e'"]


def test_a_procfile():
    text = "web: serve --host=h\nworker: A=b run\n"
    assert [(each.call, each.name, text[each.start : each.end]) for each in literals(text, "Procfile")] == [
        ("serve", "host", "h"), ("", "A", "b"),
    ]  # fmt: skip


def test_a_file_without_a_known_name_is_a_script():
    assert bound("A=b", "entrypoint") == [("A", "b")]


BATCH = """\
@echo off\r
REM one\r
:: two\r
set A=b c\r
set "D=e f"\r
SET /p G=%H%\\i\r
set J=\r
setx K l\r
psql -h m -U %N% > C:\\o\r
"""


def test_a_batch_file():
    found = literals(BATCH, "x.bat")
    assert [(each.name or each.argument, each.value, each.role) for each in found] == [
        ("", "off", SHOWN), ("", "REM one", DOC), ("", ":: two", DOC), ("A", "b c", VALUE), ("D", "e f", VALUE),
        ("G", f"{HOLE}\\i", VALUE), ("K", "l", VALUE), ("-h", "m", VALUE), ("-U", HOLE, VALUE),
    ]  # fmt: skip
    assert [BATCH[each.start : each.end] for each in found][3:] == ["b c", "e f", "%H%\\i", "l", "m", "%N%"]


POWERSHELL = """\
# one
param(
  [string]$A = "b",
  [int]$C = 5432
)
$env:D = 'e$f'
$g = "http://${h}:80/$(i)"
Invoke-RestMethod -Uri "http://j" `
  -Method Post
"""


def test_a_powershell_file():
    found = literals(POWERSHELL, "x.ps1")
    assert [(each.name or each.argument, each.value, each.role) for each in found][:6] == [
        ("", "one", DOC), ("A", "b", DEFAULT), ("C", "5432", DEFAULT), ("D", "e$f", VALUE),
        ("g", f"http://{HOLE}:80/{HOLE}", VALUE), ("-Uri", "http://j", VALUE),
    ]  # fmt: skip


SAMPLE = "A='b' C=\"d $(e 'f')\" g -h \"${I:-j}\" | k <<EOF\nl=m\nEOF\ncase n in o) p ;; esac # q\nx=(y z)\n"
PATHS = st.sampled_from(("x.sh", "Dockerfile", "Makefile", "Procfile", "x.bat", "x.ps1"))
FRAGMENTS = st.sampled_from(
    [*"\n\t =:#;'\"[]{}()<>|&,\\$%`\r\x00", "$(", "${A:-", "<<EOF\n", "\nEOF\n", "$((", "))", "$'", "[[ ", ";;",
     "case ",
     "sh -c '", 'ssh h "', "A=(", "RUN ", "ENV ", "CMD [", "set ", "é", "😀", "a ", " -x", "--y="]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS, max_size=60).map("".join), PATHS)
def test_any_text_is_read(text, path):
    for each in literals(text, path):
        assert isinstance(each, Literal)
        assert 0 <= each.start <= each.end <= len(text)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(SAMPLE)), st.integers(0, 40), FRAGMENTS)
def test_a_damaged_file_is_read(at, length, inserted):
    text = SAMPLE[:at] + inserted + SAMPLE[at + length :]
    assert all(0 <= each.start <= each.end <= len(text) for each in literals(text))


@pytest.mark.parametrize("path", ("x.sh", "Dockerfile", "Makefile", "Procfile", "x.bat", "x.ps1"))
@pytest.mark.parametrize(
    "unit",
    ("a", '"', "'", "a ", "$(", "`", "(", "$((", "x=(", '"$(', "$'", 'sh -c "', "sh -c 'a' ", "case ", "| ", "\\", "{",
     "a=b ", "<<A\n", "${", "${A:-", "<<", "> ", "[[ && ", "RUN <<A\n", "\\\n", "ENV A=b ", "[a]", "set A=", "\t@"),
)  # fmt: skip
def test_time_is_linear(unit, path):
    text = unit * (40_000 // len(unit))
    began = time.process_time()
    literals(text, path)
    assert time.process_time() - began < 2


def test_many_different_here_documents_that_are_never_closed_take_linear_time():
    text = "".join(f"cat <<A{number}\n" for number in range(20_000))
    began = time.process_time()
    literals(text)
    assert time.process_time() - began < 2
