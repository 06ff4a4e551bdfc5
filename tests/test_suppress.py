import pytest

from envfence.config import Config
from envfence.finding import Rule, finding
from envfence.suppress import NO_REASON, UNUSED, Suppression, applied, suppressions

COMMENTS = (
    pytest.param("a.py", "x = 1  # envfence: ignore[a] why", [(1, ("a",), True)], id="Python"),
    pytest.param("a.py", "\r\nx  # envfence: ignore[a, b-c] why\r\n", [(2, ("a", "b-c"), True)], id="two rules, CRLF"),
    pytest.param("a.py", "x  # envfence: ignore[a]\r\n", [(1, ("a",), False)], id="no reason, CRLF"),
    pytest.param("a.py", "x  #envfence:ignore[a]why", [(1, ("a",), True)], id="no spaces"),
    pytest.param("a.py", "x  // envfence: ignore[a] why", [], id="another language's comment"),
    pytest.param("a.py", "x  # envfence: ignore a why", [(1, (), True)], id="no bracket"),
    pytest.param("a.py", "x  # envfence: ignore", [(1, (), False)], id="nothing behind it"),
    pytest.param("a.py", "x  # envfence: ignore[a.b] why", [(1, (), True)], id="no names in the bracket"),
    pytest.param("a.py", "x  # envfence: ignores what git ignores", [], id="another word"),
    pytest.param("a.py", "x  # envfence: ignore[] why", [(1, (), True)], id="no rule"),
    pytest.param("a.py", "x = '# envfence: ignore[a] why'", [], id="a string about the comment"),
    pytest.param("a.py", '"""\n# envfence: ignore[a] why\n"""', [], id="a docstring about the comment"),
    pytest.param("a.py", "x = 'y'  # envfence: ignore[a] why", [(1, ("a",), True)], id="behind a string"),
    pytest.param("a.ts", "x // envfence: ignore[a] why", [(1, ("a",), True)], id="TypeScript"),
    pytest.param("a.ts", "x /* envfence: ignore[a] why */ y", [(1, ("a",), True)], id="block comment"),
    pytest.param("a.ts", "x /* envfence: ignore[a] */ y", [(1, ("a",), False)], id="block comment, no reason"),
    pytest.param(
        "bin/run", "#!/bin/sh\nx # envfence: ignore[a] why", [(2, ("a",), True)], id="script without a suffix"
    ),
    pytest.param("a.sql", "x -- envfence: ignore[a] why", [(1, ("a",), True)], id="SQL"),
    pytest.param("a.yml", "x: y # envfence: ignore[a] why", [(1, ("a",), True)], id="YAML"),
    pytest.param("a.ini", "; envfence: ignore[a] why", [(1, ("a",), True)], id="INI"),
    pytest.param("run.bat", "rem envfence: ignore[a] why", [(1, ("a",), True)], id="batch"),
    pytest.param("a.md", "x <!-- envfence: ignore[a] why -->", [(1, ("a",), True)], id="Markdown"),
    pytest.param("a.html", "<script>\nf() // envfence: ignore[a] why\n", [(2, ("a",), True)], id="script of a page"),
    pytest.param("a.md", "write `# envfence: ignore[a] why`", [], id="documentation of the comment"),
    pytest.param("a.vue", "<p> <!-- envfence: ignore[a] why --> </p>", [(1, ("a",), True)], id="markup in code"),
)


@pytest.mark.parametrize(("path", "text", "expected"), COMMENTS)
def test_suppressions(path, text, expected):
    assert suppressions(text, path) == [Suppression(*one) for one in expected]


ALL = Config()


def found(rule, line, end_line=None):
    return finding(Rule(rule, "credential", "", ""), "a.py", line)._replace(end_line=end_line or line)


def left(text, findings, config=ALL):
    return [(one.line, one.rule) for one in applied(findings, text, "a.py", config)]


HOST, PORT = "hardcoded-host", "hardcoded-port"
APPLIED = (
    pytest.param(f"#envfence: ignore[{HOST}] why", [found(HOST, 1)], [], id="ignored"),
    pytest.param(f"#envfence: ignore[{HOST}, {PORT}] why", [found(HOST, 1), found(PORT, 1)], [], id="two"),
    pytest.param(f"\n\n#envfence: ignore[{HOST}] why", [found(HOST, 1, 3)], [], id="last line of a long literal"),
    pytest.param(f"#envfence: ignore[{HOST}] why", [found(HOST, 1, 3)], [], id="first line of a long literal"),
    pytest.param(
        f"#envfence: ignore[{HOST}] why\n", [found(HOST, 2)], [(2, HOST), (1, UNUSED.id)], id="on another line"
    ),
    pytest.param(f"#envfence: ignore[{PORT}] why", [found(HOST, 1)], [(1, HOST), (1, UNUSED.id)], id="another rule"),
    pytest.param(f"#envfence: ignore[{HOST}]", [found(HOST, 1)], [(1, NO_REASON.id)], id="no reason"),
    pytest.param("#envfence: ignore[hardcoded-hots] why", [], [(1, UNUSED.id)], id="no such rule"),
    pytest.param("#envfence: ignore[] why", [], [(1, UNUSED.id)], id="no rule at all"),
    pytest.param("#envfence: ignore[copied-value] why", [], [], id="its env file may be elsewhere"),
    pytest.param("#envfence: ignore[flow-x] why", [], [], id="a rule of semgrep's"),
    pytest.param("#envfence: ignore[missing-key] why", [], [], id="a rule of the contract's"),
)


ADVICE = (
    pytest.param("ignore the lab", "name the rule, and say why: envfence: ignore[RULE] REASON", id="no rule"),
    pytest.param("ignore[hardcoded-hots] why", "no such rule; did you mean 'hardcoded-host'?", id="a slip of the pen"),
    pytest.param("ignore[no-such-thing] why", "there is no such rule; `envfence rule` lists them", id="no rule's id"),
    pytest.param("ignore[hardcoded-host] why", "remove the comment", id="a rule that finds nothing"),
)


@pytest.mark.parametrize(("comment", "expected"), ADVICE)
def test_what_a_comment_got_wrong_is_told(comment, expected):
    (one,) = applied([], f"x = 1  # envfence: {comment}", "a.py", ALL)
    assert expected in one.advice


@pytest.mark.parametrize(("text", "findings", "expected"), APPLIED)
def test_applied(text, findings, expected):
    assert left(text, findings) == expected


def test_a_comment_is_not_unused_while_its_rule_is_off():
    text = f"#envfence: ignore[{HOST}] why"
    assert left(text, [], Config(select=(PORT,))) == []
    assert left(text, [], Config(ignore=(HOST,))) == []


def test_a_comment_says_what_it_ignores():
    (one,) = applied([], f"#envfence: ignore[{HOST}] why", "a.py", Config())
    assert (one.rule, one.severity, one.anchor) == (UNUSED.id, "warning", HOST)
