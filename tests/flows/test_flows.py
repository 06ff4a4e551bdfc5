"""From files to findings: which files semgrep is given, and what becomes of what it finds."""

import os

import pytest

from envfence import cli
from envfence.check import Options, check
from envfence.errors import FenceError
from envfence.finding import ERROR, WARNING
from envfence.flows import semgrep
from envfence.sources import from_paths

WORD = "tra" + "der"
LOGIN = f'client.login(username, "{WORD}")\n'
HOST = 'import redis\n\nSERVER = "cache.stock-trading.io"\nclient = redis.Redis(SERVER)\n'
RULE = "flow-password-in-python"
BOTH = Options(flows=True)
FLOWS = Options(flows=True, values=False)
NOTHING = {"results": [], "errors": []}


@pytest.fixture(autouse=True)
def inside(repo, monkeypatch):
    monkeypatch.chdir(repo)


@pytest.fixture
def found(write, stand_in, result):
    """Return a function that checks a file in which semgrep matches a part, and returns the findings."""

    def find(text, part, rule=RULE, path="a.py", options=FLOWS, files=()):
        write({path: text, **dict(files)})
        stand_in({"results": [result(rule, f"./{path}", text, part)], "errors": []})
        return check(from_paths(["."]), options).findings

    return find


def test_a_flow_is_reported_in_the_rules_own_words(found):
    (one,) = found(LOGIN, f'"{WORD}")')
    assert (one.rule, one.family, one.severity, one.path, one.line) == (RULE, "flow", ERROR, "a.py", 1)
    assert (one.column, one.end_column) == (24, 32)
    assert (one.message, one.anchor) == ("a password reaches a client", "client.login:1")
    assert WORD not in f"{one.message}{one.advice}{one.anchor}"


def test_a_flow_is_reported_where_its_literal_is_written(found):
    (one,) = found(HOST, "(SERVER"[1:] + ")", "flow-host-in-python")
    assert (one.line, one.column, one.anchor) == (3, 10, "SERVER")


def test_columns_count_code_points(found):
    (one,) = found(f'x = "한국어 é"; {LOGIN}', f', "{WORD}"'[2:] + ")")
    assert one.column == 37


def test_a_literal_from_elsewhere_is_reported_where_it_arrives(found):
    (one,) = found("def report():\n    client.login(name, other())\n", "other()")
    assert (one.line, one.column, one.anchor) == (2, 24, "report")


def test_two_ways_to_one_literal_are_one_finding(write, stand_in, result):
    text = HOST + "redis.Redis(SERVER)\n"
    write({"a.py": text})
    one = result("flow-host-in-python", "a.py", text, "SERVER)")
    stand_in({"results": [one, {**one, "start": {"offset": len(text) - 8}, "end": {"offset": len(text) - 2}}]})
    assert len(check(from_paths(["."]), FLOWS).findings) == 1


def test_what_the_library_has_found_on_the_line_is_not_said_twice(found):
    text = "psycopg.connect(password='hunter2secret')\n"
    assert [one.rule for one in found(text, "'hunter2secret'", options=BOTH)] == ["hardcoded-credential"]
    assert [one.rule for one in found(text, "'hunter2secret'")] == [RULE]


def test_another_problem_on_the_line_is_said(found):
    text = f'pymysql.connect("10.1.2.3", "{WORD}", "{WORD}")\n'
    assert [one.rule for one in found(text, f'"{WORD}")', options=BOTH)] == ["hardcoded-host", RULE]


IGNORED = (
    pytest.param(RULE, [], id="the rule"),
    pytest.param("hardcoded-credential", [], id="the problem"),
    pytest.param("fallback-value", [], id="the problem by another name"),
    pytest.param("copied-value", [RULE], id="something else"),
)


@pytest.mark.parametrize(("rule", "expected"), IGNORED)
def test_a_comment_ignores_a_flow(found, rule, expected):
    text = f"{LOGIN.strip()}  # envfence: ignore[{rule}] the only desk\n"
    assert [one.rule for one in found(text, f'"{WORD}")')] == expected


def test_a_comment_of_another_tool_lets_a_password_pass(found):
    assert found(f"{LOGIN.strip()}  # pragma: allowlist secret\n", f'"{WORD}")') == []


def test_a_comment_that_ignores_a_flow_in_vain_is_reported(found):
    comment = f"  # envfence: ignore[{RULE}] the only desk\n"
    text = f"{LOGIN.strip()}{comment}client.login(name, word){comment}"
    assert [(one.rule, one.line) for one in found(text, f'"{WORD}")')] == [("unused-suppression", 2)]


SETTINGS = (
    pytest.param(f'ignore = ["{RULE}"]', {}, [], id="ignore"),
    pytest.param('select = ["hardcoded-host"]', {}, [], id="select another"),
    pytest.param(f'select = ["{RULE}"]', {}, [RULE], id="select"),
    pytest.param('exclude = ["*.py"]', {}, [], id="exclude"),
    pytest.param(f'[per-path]\n"a.py" = ["{RULE}"]', {}, [], id="per-path"),
    pytest.param("", {"ignore": (RULE,)}, [], id="ignored by the caller"),
    pytest.param("", {"select": (RULE,)}, [RULE], id="selected by the caller"),
)


@pytest.mark.parametrize(("settings", "options", "expected"), SETTINGS)
def test_settings_count(found, settings, options, expected):
    files = {"envfence.toml": settings + "\n"}
    assert [one.rule for one in found(LOGIN, f'"{WORD}")', options=FLOWS._replace(**options), files=files)] == expected


def test_an_allowed_host_is_no_finding(found):
    files = {"envfence.toml": 'allowed-hosts = ["cache.stock-trading.io"]\n'}
    assert found(HOST, "SERVER)", "flow-host-in-python", files=files) == []


TESTS = (
    pytest.param("requests.get(url)\n", [ERROR], id="connects"),
    pytest.param("from unittest import mock\n", [WARNING], id="pretends to"),
    pytest.param("", [WARNING], id="plain"),
)


@pytest.mark.parametrize(("head", "expected"), TESTS)
def test_a_password_in_a_test_counts_if_the_test_connects(found, head, expected):
    assert [one.severity for one in found(head + LOGIN, f'"{WORD}")', path="tests/test_a.py")] == expected


def test_a_host_that_a_test_only_pretends_to_reach_is_no_finding(found):
    text = f"from unittest import mock\n{HOST}"
    assert found(text, "SERVER)", "flow-host-in-python", path="test_a.py") == []


def test_only_files_that_could_match_are_given_to_semgrep(write, stand_in):
    write({
        "a.py": LOGIN,
        "b.py": "x = 1\n",
        "docker/Dockerfile.dev": "ENV A=b\n",
        "run": "#!/bin/sh\nssh x\n",
        "가.py": LOGIN,
        "poetry.lock": LOGIN,
    })  # fmt: skip
    calls = stand_in(NOTHING)
    assert check(from_paths(["."]), FLOWS).findings == []
    (call,) = calls()
    files = [".semgrepignore", "a.py", "docker/Dockerfile.dev.dockerfile", "other-3.py", "run.sh"]
    assert [name.replace(os.sep, "/") for name in call["files"]] == files


def test_semgrep_is_not_started_for_nothing(write, stand_in):
    write({"a.py": "x = 1\n"})
    calls = stand_in(NOTHING)
    report = check(from_paths(["."]), FLOWS)
    assert (report.findings, report.files) == ([], 1)
    with pytest.raises(FileNotFoundError):
        calls()


def test_files_outside_of_the_folder_and_without_a_plain_name(write, stand_in, result, tmp_path, monkeypatch):
    write({"sub/x.py": "", "가.py": LOGIN, "b.py": LOGIN})
    monkeypatch.chdir(tmp_path / "sub")
    stand_in({"results": [result(RULE, f"other-{number}.py", LOGIN, f'"{WORD}")') for number in (0, 1)]})
    found = check(from_paths(["../b.py", "../가.py"]), FLOWS).findings
    assert [one.path for one in found] == ["../b.py", "../가.py"]


def test_a_file_that_cannot_be_read_is_reported_once(write, stand_in):
    from envfence.sources import Source

    def fail():
        raise PermissionError(13, "Permission denied")

    stand_in(NOTHING)
    for options in (FLOWS, BOTH):
        assert [one.rule for one in check([Source("a.py", fail)], options).findings] == ["unreadable-file"]


def test_lines_are_shown_without_values(found, write, stand_in, result):
    write({"a.py": LOGIN})
    stand_in({"results": [result(RULE, "a.py", LOGIN, f'"{WORD}")')]})
    assert check(from_paths(["."]), FLOWS._replace(lines=True)).lines == {("a.py", 1): 'client.login(***, "***")'}


OWN = """\
rules:
  - id: flow-desk
    languages: [python]
    severity: WARNING
    message: The desk is written down.
    pattern: desk("...")
"""


def test_a_teams_own_rules_are_added(found):
    files = {"ci/rules/desk.yaml": OWN, "envfence.toml": 'flow-rules = ["ci/rules"]\n'}
    (one,) = found('desk("north")\n', '"north"', "flow-desk", files=files)
    assert (one.rule, one.severity, one.message) == ("flow-desk", WARNING, "the desk is written down")


def test_a_folder_of_rules_that_is_not_there_is_an_error(write, stand_in):
    write({"a.py": LOGIN, "envfence.toml": 'flow-rules = ["ci/rules"]\n'})
    stand_in(NOTHING)
    with pytest.raises(FenceError, match=r"ci.rules: flow-rules names it, and it holds no rule of semgrep"):
        check(from_paths(["."]), FLOWS)


@pytest.fixture
def without_semgrep(monkeypatch):
    monkeypatch.setattr(semgrep, "executable", lambda: None)


ASKED = (
    pytest.param((), {}, "", id="not asked for"),
    pytest.param(("--select", RULE), {}, "no flows: semgrep is not installed", id="selected"),
    pytest.param((), {"ci/a.yaml": OWN, "envfence.toml": 'flow-rules = ["ci"]\n'}, "no flows:", id="own rules"),
    pytest.param(("--no-flows",), {"ci/a.yaml": OWN, "envfence.toml": 'flow-rules = ["ci"]\n'}, "", id="not wanted"),
)


@pytest.mark.parametrize(("arguments", "files", "said"), ASKED)
@pytest.mark.usefixtures("without_semgrep")
def test_without_semgrep_check_goes_on_and_says_so_if_flows_are_asked_for(write, capsys, arguments, files, said):
    write({"a.py": "x = 1\n", **files})
    assert cli.main(["check", ".", *arguments]) == 0
    error = capsys.readouterr().err
    assert said in error
    assert bool(said) == bool(error)


@pytest.mark.usefixtures("without_semgrep")
def test_without_semgrep_nothing_but_flows_is_an_error(write):
    write({"a.py": LOGIN})
    with pytest.raises(FenceError, match="semgrep is not installed"):
        check(from_paths(["."]), FLOWS)


def test_the_command_finds_flows_and_leaves_them_out(write, stand_in, result, capsys):
    write({"a.py": LOGIN})
    stand_in({"results": [result(RULE, "a.py", LOGIN, f'"{WORD}")')]})
    assert cli.main(["check", "."]) == 1
    assert f"a.py:1:24: {RULE} a password reaches a client" in capsys.readouterr().out
    assert cli.main(["check", ".", "--no-flows"]) == 0


def test_a_baseline_covers_flows_and_keeps_them_where_semgrep_is_missing(write, git, stand_in, result, monkeypatch):
    write({"a.py": LOGIN})
    git("add", ".")
    git("commit", "-qm", "x")
    stand_in({"results": [result(RULE, "a.py", LOGIN, f'"{WORD}")')]})
    assert cli.main(["baseline"]) == 0
    assert cli.main(["check", "."]) == 0
    assert cli.main(["check", ".", "--no-baseline"]) == 1
    monkeypatch.setattr(semgrep, "executable", lambda: None)
    assert cli.main(["baseline", "--prune"]) == 0
    stand_in({"results": [result(RULE, "a.py", LOGIN, f'"{WORD}")')]})
    assert cli.main(["check", "."]) == 0


FORMATS = (
    pytest.param("json", '"family": "flow"', id="json"),
    pytest.param("sarif", '"partialFingerprints"', id="sarif"),
    pytest.param("github", f"title={RULE}", id="github"),
)


@pytest.mark.parametrize(("output_format", "expected"), FORMATS)
def test_every_format_has_flows_and_no_value(write, stand_in, result, capsys, output_format, expected):
    write({"a.py": LOGIN})
    stand_in({"results": [result(RULE, "a.py", LOGIN, f'"{WORD}")')]})
    assert cli.main(["check", ".", "--output-format", output_format]) == 1
    told = capsys.readouterr().out
    assert RULE in told
    assert expected in told
    assert WORD not in told


def test_standard_input_is_searched_too(stand_in, result, capsys, monkeypatch):
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LOGIN.encode())))
    stand_in({"results": [result(RULE, "src/a.py", LOGIN, f'"{WORD}")')]})
    assert cli.main(["check", "--stdin", "--stdin-filename", "src/a.py"]) == 1
    assert f"src/a.py:1:24: {RULE}" in capsys.readouterr().out


def test_semgrep_itself_finds_them(write, real):
    write({
        "tests/check_login.py": f'# é한\nWORD = "{WORD}"\nclient.login("x", WORD)\r\n',
        "docker/Dockerfile.dev": 'FROM x\nENV DB_HOST="db.stock-trading.io"\n',
        "bin/report": "#!/bin/bash\npsql -h db.stock-trading.io\n",
        ".semgrepignore": "*\n",
    })  # fmt: skip
    report = check(from_paths(["."]), FLOWS)
    assert sorted((one.rule, one.path, one.line, one.column) for one in report.findings) == [
        ("flow-host-in-dockerfile", "docker/Dockerfile.dev", 2, 13),
        ("flow-host-in-shell", "bin/report", 2, 9),
        (RULE, "tests/check_login.py", 2, 8),
    ]
