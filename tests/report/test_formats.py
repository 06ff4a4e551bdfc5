import json

import pytest

from envfence.finding import Finding
from envfence.report import FORMATS, rendered, text

ERROR = Finding(
    "hardcoded-host", "endpoint", "error", "app/db.py", 3, 8, 3, 12, "a host is written", "read it", True, "db_host"
)
WARNING = Finding(
    "hardcoded-username", "credential", "warning", "a\x1b[31m\nb.py", 12, None, 14, None, "a name", "read: it, 100%"
)
LINES = {("app/db.py", 3): '    host = "***"'}

TEXT = r"""app/db.py:3:8: hardcoded-host a host is written
  |
3 | host = "***"
  |
  = help: read it

a\x1b[31m\nb.py:12: hardcoded-username a name (warning)
   = help: read: it, 100%

"""

JSON = [
    {
        "rule": "hardcoded-host",
        "family": "endpoint",
        "severity": "error",
        "path": "app/db.py",
        "line": 3,
        "column": 8,
        "end_line": 3,
        "end_column": 12,
        "message": "a host is written",
        "advice": "read it",
        "fixable": True,
    },
    {
        "rule": "hardcoded-username",
        "family": "credential",
        "severity": "warning",
        "path": "a\x1b[31m\nb.py",
        "line": 12,
        "column": None,
        "end_line": 14,
        "end_column": None,
        "message": "a name",
        "advice": "read: it, 100%",
        "fixable": False,
    },
]

GITHUB = (
    "::error file=app/db.py,line=3,endLine=3,col=8,endColumn=11,title=hardcoded-host::a host is written; read it\n"
    "::warning file=a\x1b[31m%0Ab.py,line=12,endLine=14,title=hardcoded-username::a name; read: it, 100%25\n"
)


def test_text():
    assert rendered([ERROR, WARNING], "text", LINES) == TEXT


def test_json():
    assert json.loads(rendered([ERROR, WARNING], "json")) == JSON


def test_github():
    assert rendered([ERROR, WARNING], "github") == GITHUB


def test_sarif():
    (run,) = json.loads(rendered([ERROR, WARNING, ERROR], "sarif"))["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    prints = [result["partialFingerprints"]["identity/v1"] for result in run["results"]]
    assert run["columnKind"] == "unicodeCodePoints"
    assert [rules[result["ruleIndex"]] for result in run["results"]] == [ERROR.rule, WARNING.rule, ERROR.rule]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "error"]
    assert places[:2] == [
        {
            "artifactLocation": {"uri": "app/db.py"},
            "region": {"startLine": 3, "startColumn": 8, "endLine": 3, "endColumn": 12},
        },
        {"artifactLocation": {"uri": "a%1B%5B31m%0Ab.py"}, "region": {"startLine": 12, "endLine": 14}},
    ]
    assert len(set(prints)) == 3  # the same problem twice has two identities


def test_a_fingerprint_does_not_depend_on_the_line():
    def fingerprint(found):
        (run,) = json.loads(rendered([found], "sarif"))["runs"]
        return run["results"][0]["partialFingerprints"]

    moved = ERROR._replace(line=9, column=1, end_line=9)
    assert fingerprint(moved) == fingerprint(ERROR) != fingerprint(ERROR._replace(anchor="other"))


@pytest.mark.parametrize("output_format", FORMATS)
def test_nothing_found(output_format):
    assert rendered([], output_format) in {"", "[]\n"} or json.loads(rendered([], output_format))


COLOURS = (
    pytest.param({}, False, id="no terminal"),
    pytest.param({"FORCE_COLOR": "1"}, True, id="forced"),
    pytest.param({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, id="refused"),
    pytest.param({"FORCE_COLOR": "1", "NO_COLOR": ""}, True, id="an empty refusal is none"),
)


@pytest.mark.parametrize(("environment", "expected"), COLOURS)
def test_is_coloured(environment, expected, monkeypatch):
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    assert text.is_coloured() is expected


def test_colours_change_no_word():
    coloured = text.rendered([ERROR], LINES, colour=True)
    for code in (text.BOLD, text.RED, text.BLUE, text.RESET):
        assert code in coloured
        coloured = coloured.replace(code, "")
    assert coloured == text.rendered([ERROR], LINES, colour=False)
