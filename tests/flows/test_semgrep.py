import os
import stat
import sys
from pathlib import Path

import pytest

from envfence.errors import FenceError
from envfence.flows import semgrep
from envfence.flows.semgrep import Match, executable, matches

NOTHING = {"results": [], "errors": []}


def made(folder):
    command = folder / semgrep.NAMES[0]
    command.parent.mkdir(parents=True, exist_ok=True)
    command.touch()
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return str(command)


def test_semgrep_beside_python_is_taken_before_one_on_path(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv" / "python"))
    monkeypatch.setenv("PATH", os.pathsep.join(("", str(tmp_path / "none"), str(tmp_path / "bin"))))
    assert executable() is None
    on_path = made(tmp_path / "bin")
    assert executable() == on_path
    beside = made(tmp_path / "venv")
    assert executable() == beside


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such bit")
def test_what_nobody_may_run_is_not_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", "")
    (tmp_path / "semgrep").touch(0o644)
    assert executable() is None


def asked(calls):
    return [call["argv"] for call in calls]


def test_the_native_front_end_is_asked_without_the_network(tmp_path, stand_in, result):
    calls = stand_in({"results": [result("flow-x", "a/b.py", "f('10.1.2.3')", "10.1.2.3")], "errors": []})
    assert matches(semgrep.executable(), str(tmp_path), ["r.yaml"]) == [Match("flow-x", "a/b.py", 3, 11)]
    (argv,) = asked(calls())
    assert argv[:2] == ["scan", "--experimental"]
    assert argv[2:5] == ["--metrics", "off", "--disable-version-check"]
    assert argv[-3:] == ["--config", str(Path("r.yaml").absolute()), "."]


def test_the_plain_front_end_is_asked_where_the_native_one_has_no_answer(tmp_path, stand_in):
    calls = stand_in("unknown option --experimental", NOTHING)
    assert matches(semgrep.executable(), str(tmp_path), ["r.yaml"]) == []
    first, second = asked(calls())
    assert second == [word for word in first if word != "--experimental"]


ERRORS = (
    pytest.param("no answer", "semgrep gives no results", id="neither answers"),
    pytest.param({"errors": []}, "semgrep gives no results", id="no results in it"),
    pytest.param(
        {**NOTHING, "errors": [{"type": "Rule parse error", "rule_id": "flow-x", "message": "hunter2"}]},
        "cannot read the rule flow-x;",
        id="a rule",
    ),
    pytest.param(
        {**NOTHING, "errors": [{"code": 7, "type": "Invalid YAML", "path": "ci/x.yaml", "message": "hunter2"}]},
        "cannot read the rules in ci/x.yaml;",
        id="a file of rules",
    ),
    pytest.param(
        {**NOTHING, "errors": [{"type": "InvalidRuleSchemaError", "spans": [{"file": "ci/x.yaml"}]}]},
        "cannot read the rules in ci/x.yaml;",
        id="as the plain front end says it",
    ),
)


@pytest.mark.parametrize(("answer", "expected"), ERRORS)
def test_an_error_names_the_rule_and_no_value(tmp_path, stand_in, answer, expected):
    stand_in(answer)
    with pytest.raises(FenceError) as raised:
        matches(semgrep.executable(), str(tmp_path), [])
    assert expected in str(raised.value).replace(os.sep, "/")
    assert "hunter2" not in str(raised.value)


def test_a_file_that_semgrep_cannot_parse_is_no_error(tmp_path, stand_in):
    stand_in({"results": [], "errors": [{"type": ["PartialParsing", []], "code": 3, "path": "a.py"}]})
    assert matches(semgrep.executable(), str(tmp_path), []) == []


def test_a_semgrep_that_cannot_be_started_is_an_error(tmp_path):
    with pytest.raises(FenceError, match="semgrep cannot be started"):
        matches(str(tmp_path / "gone"), str(tmp_path), [])


BROKEN = """\
rules:
  - id: flow-broken
    languages: [python]
    severity: ERROR
    message: Broken.
    patern: x
"""


def test_a_broken_rule_is_an_error_for_semgrep_itself(write, real):
    root = write({"ci/broken.yaml": BROKEN, "tree/a.py": "x = 1\n"})
    with pytest.raises(FenceError, match=r"semgrep cannot read .*(flow-broken|broken\.yaml)"):
        matches(real, str(root / "tree"), [str(root / "ci" / "broken.yaml")])
