"""Pages: what a browser runs counts as code does, and what people read as a text."""

import pytest

from envfence import detect

HIT, SHOWN = "error", "warning"
FETCH = "fet" + "ch"  # in the pages `call`: a test that calls is held to more


def found(text, path="index.html"):
    """Return line, rule and severity of each finding."""
    return [(one.line, one.rule, one.severity) for one in detect.findings(path, text.replace("call", FETCH).encode())]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param(
            "<h1>x</h1>\n<script>\ncall('http://localhost:8080/quotes')\n</script>\n",
            [(3, "hardcoded-url", HIT)],
            id="call of a script",
        ),
        pytest.param(
            '<SCRIPT type="text/javascript" defer>const API = "http://localhost:3000"</SCRIPT >\n',
            [(1, "hardcoded-url", HIT)],
            id="on the line of its tag",
        ),
        pytest.param(
            "<script>\nlet a = 1 < 2\n</script>\n<p>x\n<script>\nlogin(u, {password: 'tr4der77'})\n",
            [(6, "hardcoded-credential", HIT)],
            id="second script, without its end",
        ),
        pytest.param(
            "<p>Call it with password=tr4der77 and see</p><script>f()</script>\n",
            [(1, "hardcoded-credential", SHOWN)],
            id="text beside a script",
        ),
        pytest.param(
            "<script>f()</script><p>Bearer " + "Zk4vT9qLw2XcB7nRm5Yd" + "\n",
            [(1, "hardcoded-credential", SHOWN)],
            id="text behind a script",
        ),
        pytest.param("<p>See http://localhost:8000/docs</p>\n", [], id="address in a text"),
        pytest.param('<a href="http://localhost:8000/docs">x</a>\n', [], id="address of a link"),
        pytest.param('<script src="http://localhost:8000/a.js"></script>\n', [], id="address of a script"),
        pytest.param("<script>\n// http://localhost:8000\nlog('x')\n</script>\n", [], id="comment of a script"),
        pytest.param("<script>\nconsole.log('http://localhost:8000')\n</script>\n", [], id="shown by a script"),
        pytest.param("<pre>\ncall('http://localhost:8000')\n</pre>\n", [], id="code that is shown"),
    ),
)
def test_pages(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize("path", ("a.htm", "views/login.ejs", "web/page.gohtml", "Views/Home.cshtml"))
def test_templates_are_pages(path):
    assert found("<script>\ncall('http://localhost:8080/quotes')\n</script>\n", path) == [(2, "hardcoded-url", HIT)]


def test_columns_are_those_of_the_page():
    page = "<p>\n<b></b><script>call('http://localhost:8080/x')</script>\n"
    page = page.replace("call", FETCH)
    (one,) = detect.findings("a.html", page.encode())
    line = page.split("\n")[one.line - 1]
    assert line[one.column - 1 : one.end_column - 1] == "'http://localhost:8080/x'"


@pytest.mark.parametrize("text", ("<script" * 20_000, "<script>" * 20_000, "<script>localhost</" * 10_000))
def test_pages_that_never_end_are_read_in_time(text):
    assert found(text) == []
