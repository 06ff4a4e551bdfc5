import pytest

from envfence.errors import FenceError
from envfence.flows.rules import ADVICE, MESSAGE, bundled, in_folder, in_text

OWN = """\
# A rule of a team's own.
rules:
  # first
  - id: flow-desk
    message: >-
      The desk's account
      is written down.
    languages:
      - python
      - 'ts'
    severity: WARNING
    patterns:
      - pattern: desk.login("...")
      - pattern-not: desk.login("")
    metadata:
      envfence:
        rule: hardcoded-credential
        advice: "read it: from settings"
        needs: [desk.login, "a b"]
  - languages: [go]
    id: flow-second
    severity: ERROR
    message: Found $VALUE here.
    pattern: f("$VALUE")
"""


def test_a_rule_is_read():
    desk, second = in_text(OWN, "own.yaml")
    assert (desk.id, desk.languages, desk.needs) == ("flow-desk", ("python", "ts"), (b"desk.login", b"a b"))
    assert (desk.message, desk.advice) == ("the desk's account is written down", "read it: from settings")
    assert (desk.problem, desk.is_warning) == ("hardcoded-credential", True)
    assert (second.id, second.languages, second.needs, second.problem) == ("flow-second", ("go",), (), "")
    assert not second.is_warning


def test_lines_may_end_as_on_windows():
    own = [(rule.id, rule.message) for rule in in_text(OWN, "own.yaml")]
    assert [(rule.id, rule.message) for rule in in_text(OWN.replace("\n", "\r\n"), "own.yaml")] == own


def test_a_message_that_semgrep_would_fill_with_a_value_is_never_shown():
    _, second = in_text(OWN, "own.yaml")
    assert (second.message, second.advice) == (MESSAGE, ADVICE)


MATCHES = (
    pytest.param(("python",), (), "a.py", b"", True, id="language"),
    pytest.param(("python",), (), "a.go", b"", False, id="another language"),
    pytest.param(("python",), (b"x(", b"y("), "a.py", b"= y()", True, id="one of the words"),
    pytest.param(("python",), (b"x(",), "a.py", b"= y()", False, id="none of the words"),
    pytest.param(("js", "ts"), (), "a.tsx", b"", True, id="one of the languages"),
    pytest.param(("bash",), (), "run", b"#!/usr/bin/env bash\n", True, id="shebang"),
    pytest.param(("bash",), (), "run", b"#!/bin/sh -eu\n", True, id="shebang with options"),
    pytest.param(("bash",), (), "run", b"echo\n", False, id="no shebang"),
    pytest.param(("python",), (), "run", b"#!/usr/bin/env python3\n", True, id="shebang of python"),
    pytest.param(("dockerfile",), (), "docker/Dockerfile.dev", b"", True, id="a Dockerfile by any name"),
    pytest.param(("dockerfile",), (), "Containerfile", b"", True, id="Containerfile"),
    pytest.param(("yaml",), (), "A.YML", b"", True, id="capitals"),
    pytest.param(("generic",), (), "a.txt", b"", True, id="any file"),
)


@pytest.mark.parametrize(("languages", "needs", "path", "data", "expected"), MATCHES)
def test_could_match(languages, needs, path, data, expected):
    (rule, *_) = bundled()
    assert rule._replace(languages=languages, needs=needs).could_match(path, data) is expected


def test_a_folder_is_read_with_what_is_below_it(write):
    root = write(
        {"ci/own.yaml": OWN, "ci/more/x.yml": "rules:\n- id: x\n  languages: [go]\n", "ci/own.test.yaml": "a: b"}
    )
    assert [rule.id for rule in in_folder(str(root / "ci"))] == ["flow-desk", "flow-second", "x"]
    assert [rule.id for rule in in_folder(str(root / "ci/more/x.yml"))] == ["x"]


ERRORS = (
    pytest.param({}, "holds no rule", id="no folder"),
    pytest.param({"ci/a.yaml": "a: b\n"}, "holds no rule", id="no rules"),
    pytest.param({"ci/a.yaml": "rules:\n  - {id: x, languages: [go]}\n"}, "a rule without an id", id="one line"),
)


@pytest.mark.parametrize(("files", "expected"), ERRORS)
def test_a_folder_without_rules_is_an_error(write, files, expected):
    with pytest.raises(FenceError, match=expected):
        in_folder(str(write(files) / "ci"))
