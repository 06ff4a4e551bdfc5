"""The two readers against cases from other projects' own tests, each with its source and licence in the data."""

import ast
import csv
import io
import json
from pathlib import Path

import pytest
from dotenv.main import resolve_variables
from dotenv.parser import parse_stream
from hypothesis import given
from hypothesis import strategies as st

from envfence.contract import kinds
from envfence.contract.grammar import contract_of
from envfence.contract.keys import key_findings, last_statements, statement_findings
from envfence.contract.readers import compose_reader, python_reader, spelling, template
from envfence.contract.readers.disagreement import disagreements
from envfence.contract.surfaces.python import code

HERE = Path(__file__).parent


def load(name):
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


CASES = load("env-files.jsonl")
DIVERGENCES = load("divergences.jsonl")
JUDGED = {row["id"]: row for row in csv.DictReader((HERE / "judged.csv").read_text(encoding="utf-8").splitlines())}


def of_kind(*kinds_of_case):
    return [pytest.param(case, id=case["id"]) for case in CASES if case["kind"] in kinds_of_case]


def test_no_case_is_left_out():
    assert len(of_kind("parse")) == 242
    assert len(of_kind("interp")) == 69
    assert len(of_kind("vars")) == 16
    assert len(of_kind("layer")) == 2
    judged = {case["id"] for case in CASES if case["kind"] in {"lint", "contract", "type"}}
    assert len(judged) == 165
    assert judged == set(JUDGED)
    assert len(of_kind("usage")) == 5


@pytest.mark.parametrize("case", of_kind("parse"))
def test_python_reader_is_python_dotenv(case):
    statements = python_reader.entries(case["input"])
    observed = case["observed"]["py"]
    assert python_reader.resolve(statements, case.get("env", {})) == observed["vars"]
    assert [entry.line for entry in statements if entry.problem] == observed.get("skipped_lines", [])


@pytest.mark.parametrize("case", of_kind("parse"))
def test_compose_reader_is_docker_compose(case):
    statements = compose_reader.entries(case["input"], case.get("env", {}))
    assert compose_reader.values_of(statements) == case["observed"]["compose_env_file"].get("vars")


@pytest.mark.parametrize("case", [case for case in of_kind("parse") if case.values[0]["reader"] == "compose"])
def test_compose_reader_does_what_its_own_tests_expect(case):
    expected = case["expect"]
    values = compose_reader.values_of(compose_reader.entries(case["input"], case.get("env", {})))
    if expected == "error":
        assert values is None
    else:
        assert {key: values.get(key) for key in expected} == expected
        assert case.get("partial") or set(values) == set(expected)


@pytest.mark.parametrize("case", of_kind("interp"))
def test_template_is_substituted(case):
    if case["expect"] == "error":
        with pytest.raises(template.TemplateError):
            template.substitute(case["input"], case["env"].get)
    else:
        assert template.substitute(case["input"], case["env"].get) == case["expect"]["value"]


@pytest.mark.parametrize("case", of_kind("vars"))
def test_variables_of_a_compose_file(case):
    found = {}
    for line in case["input"].splitlines():
        found.update(template.variables(line.partition(": ")[2].strip('"')))
    assert {name: variable._asdict() for name, variable in found.items()} == case["expect"]


@pytest.mark.parametrize("case", of_kind("layer"))
def test_a_later_file_wins(case):
    environ = case.get("env", {})
    values = {}
    for _, text in case["input"]:
        values |= compose_reader.values_of(compose_reader.entries(text, environ))
    assert values == case["expect"]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in DIVERGENCES])
def test_both_sides_of_a_divergence(row):
    statements = python_reader.entries(row["input"])
    values = python_reader.resolve(statements, row["env"])
    assert {key: value for key, value in values.items() if value is not None} == row["python"]
    assert [entry.line for entry in statements if entry.problem] == row["skipped"]
    ported = compose_reader.values_of(compose_reader.entries(row["input"], row["env"]))
    assert ("error" if ported is None else ported) == row["compose"]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in DIVERGENCES])
def test_a_divergence_is_reported_with_its_spelling(row):
    findings = list(disagreements(".env.production", row["input"], row["env"], ()))
    said = {finding.message.rpartition("; ")[2] for finding in findings}
    assert {finding.rule for finding in findings} == {"readers-disagree"}
    assert (f"both read it alike with {row['spelling']})" if row["spelling"] else f"{spelling.NONE})") in said


PIECES = (*"AB=\n'\"\\$ #:{}-?+\t\r01_x.@`", "\u3000", "\ufeff", "\u00e9", "\u00a0", "export ", "${A", "\r\n")
TEXT = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(TEXT)
def test_python_reader_reads_anything_as_the_library_does(text):
    library = list(parse_stream(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"))))
    bound = [(binding.key, binding.value) for binding in library if binding.key is not None]
    statements = python_reader.entries(text)
    assert [(entry.key, entry.value) for entry in statements if entry.key is not None] == bound
    assert sum(binding.error for binding in library) == sum(bool(entry.problem) for entry in statements)
    # override=True is what dotenv_values does; the process environment of this test holds none of the names
    assert python_reader.resolve(statements, {}) == dict(resolve_variables(bound, override=True))


@given(TEXT)
def test_any_text_is_compared_and_its_values_stay_hidden(text):
    text = text.replace("x", "hunter2")
    findings = list(disagreements(".env.production", text, {"B": "hunter2"}, ()))
    assert "hunter2" not in repr(findings)
    python = python_reader.resolve(python_reader.entries(text), {"B": "hunter2"})
    compose = compose_reader.values_of(compose_reader.entries(text, {"B": "hunter2"}))
    if not findings:
        assert {key: value for key, value in python.items() if value is not None} == compose


@given(TEXT)
def test_an_open_quote_hides_no_line(text):
    swallowed = f'A="{text}\nLAST=1\n'.replace("LAST=1", "LAST='1'")
    recovered = python_reader.recovered(swallowed)
    assert [entry.line for entry in recovered] == sorted(entry.line for entry in recovered)
    assert all(entry.line == entry.end_line for entry in recovered if entry.problem)


def lines_found(text):
    findings = statement_findings("", python_reader.entries(text))
    findings += disagreements("", text, {}, ())
    return sorted({finding.line for finding in findings})


@pytest.mark.parametrize("case", of_kind("lint"))
def test_a_linters_case_is_judged(case):
    judged = JUDGED[case["id"]]
    lines = lines_found(case["input"])
    assert " ".join(map(str, lines)) == judged["ours"]
    theirs = sorted({finding["line"] for finding in case["expect"]})
    assert (judged["verdict"] == "agree") is (lines == theirs)
    assert judged["reason"] or judged["verdict"] == "agree"


@pytest.mark.parametrize("case", of_kind("type"))
def test_a_value_is_of_its_type(case):
    judged = JUDGED[case["id"]]
    assert judged["ours"] == ours_of_type(case)
    assert (judged["verdict"] == "agree") is (judged["ours"] == case["expect"])
    assert judged["reason"] or judged["verdict"] == "agree"


def ours_of_type(case):
    value, kind = case["input"], {"number": kinds.INT, "enum": kinds.CHOICE}.get(case["type"], case["type"])
    if not value:
        return "invalid"  # a required value that is empty is a missing key
    if kind == kinds.CHOICE:
        return "valid" if value in case["choices"] else "invalid"
    if "<" in value:
        return "invalid"  # a placeholder is left
    return "valid" if kinds.is_of_kind(kind, value) else "invalid"


@pytest.mark.parametrize("case", of_kind("contract"))
def test_a_contract_is_compared(case):
    judged = JUDGED[case["id"]]
    (_, example), *rest = case["files"].items()
    if len(case["files"]) == 2 and ".env1" in case["files"]:
        example, rest = case["files"][".env2"], [(".env1", case["files"][".env1"])]
    text = rest[0][1] if rest else "\n".join(f"{key}={value}" for key, value in case["env"].items())
    found = sorted({finding.rule for finding in against(example, text)})
    assert " ".join(found) == judged["ours"]
    assert judged["reason"] or judged["verdict"] == "agree"


def against(example, text):
    last = last_statements(python_reader.entries(text))
    return key_findings(".env.production", "production", last, contract_of(example))


@pytest.mark.parametrize("case", of_kind("usage"))
def test_code_names_its_keys(case):
    assert sorted({use.key for use in code.uses("app.py", case["input"], ast.parse(case["input"]))}) == case["expect"]
