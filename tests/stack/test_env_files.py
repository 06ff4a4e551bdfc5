"""The env files that a stack takes: its own or another environment's."""

import pytest

from envfence.contract import command
from envfence.stack import env_files
from envfence.stack.render import rendered
from envfence.stack.tree import read

RULE = "wrong-env-file"
WRONG = (
    pytest.param("env_file: .env.development", id="text"),
    pytest.param("env_file: [.env, .env.dev]", id="list"),
    pytest.param("env_file:\n  - path: ./conf/.env.development\n    required: false", id="long"),
    pytest.param("env_file: '.env.${ENVIRONMENT:-development}'", id="default"),
    pytest.param("env_file: ['.env.${UNSET-development}']", id="default in a list"),
    pytest.param("<<: {env_file: .env.development}", id="merged by YAML"),
    pytest.param("env_file: dev.env", id="the other way round"),
    pytest.param("env_file: ./envs/development/app.env", id="a folder"),
    pytest.param("env_file: .env.development.local", id="an override of it"),
)
RIGHT = (
    pytest.param("env_file: .env.production", id="text"),
    pytest.param("env_file: [.env, .env.local]", id="of no environment"),
    pytest.param("env_file: [{path: ./conf/.env.prod}]", id="long"),
    pytest.param("env_file: '.env.${ENVIRONMENT:?}'", id="said by the tool"),
    pytest.param("env_file: '.env.${ENVIRONMENT}'", id="said by a key"),
    pytest.param("env_file: device.env", id="a longer word"),
    pytest.param("env_file: .env.development\nprofiles: [dev]", id="on developers' machines only"),
)


@pytest.mark.parametrize("text", WRONG)
def test_of_another_environment(text, lines_of, app):
    assert len(lines_of(RULE, app(text))) == 1
    assert len(lines_of(RULE, app(text), "services: {app: {user: x}}\n")) == 1
    assert len(lines_of(RULE, app(""), app(text, image=""))) == 1


@pytest.mark.parametrize("text", RIGHT)
def test_of_this_environment(text, lines_of, app):
    assert lines_of(RULE, app(text)) == []


AT_HAND = frozenset({".env.development", ".env.production"})


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("env_file: .env.prod", True, id="by another name"),
        pytest.param("env_file: [.env, {path: ./.env.live}]", True, id="long, of two"),
        pytest.param("env_file: .env.production", False, id="there"),
        pytest.param("env_file: [{path: .env.prod, required: false}]", False, id="not needed"),
        pytest.param("env_file: conf/.env.prod", False, id="in another folder"),
        pytest.param("env_file: .env.production.local", False, id="of one machine"),
        pytest.param("env_file: prod.env", False, id="the other way round"),
    ),
)
def test_a_file_that_is_not_there_while_its_environments_own_is(text, expected, app):
    for at_hand, is_told in ((AT_HAND, expected), (frozenset({".env.development"}), False)):
        stack = rendered("production", [read("a.yml", app(text))], {}, lambda _: False)
        told = [one.rule for one in env_files.findings(stack, at_hand)]
        assert told == ["stack-refused"] * is_told


def test_through_other_files(lines_of, app):
    others = {"base.yml": app("env_file: .env.development", name="base")}
    extends = "services: {app: {extends: {file: base.yml, service: base}}}\n"
    assert lines_of(RULE, extends, others=others) == [("b", 4)]
    assert lines_of(RULE, "include: [base.yml]\nservices: {}\n", others=others) == [("b", 4)]
    assert lines_of(RULE, "include: [{path: [./base.yml]}]\n", others=others) == [("b", 4)]
    assert lines_of(RULE, "include: [{path: x.yml, env_file: .env.development}]\n") == [("a", 1)]
    same = app("env_file: .env.development", name="base") + "  app: {extends: base}\n"
    assert lines_of(RULE, same) == [("a", 4)]


def test_files_that_take_each_other(lines_of, app):
    others = {"base.yml": "include: [a.yml]\n" + app("env_file: .env.development", name="base")}
    assert lines_of(RULE, "include: [base.yml]\n" + app(""), others=others) == [("b", 5)]


def test_what_an_included_file_declares_is_declared(lines_of, app):
    others = {"base.yml": app("volumes: [data:/x]", name="base", end="volumes: {data: }\n")}
    others["more.yml"] = app("networks: [net]", name="more", end="networks: {net: }\n")
    text = "include: [base.yml, more.yml]\n" + app("volumes: [data:/x]\nnetworks: [net]")
    assert lines_of("stack-refused", text, others=others) == []


def test_files_of_any_name_are_read_where_another_takes_them(write, monkeypatch, app):
    root = write(
        {
            ".env.example": "",
            "compose.prod.yml": "include: [infra/shared.yaml]\nservices: {}\n",
            "infra/shared.yaml": app("env_file: ../.env.development"),
            "infra/other.yaml": app("privileged: true"),
        }
    )
    monkeypatch.chdir(root)
    found = [one for one in command.checked(".", None, "port") if one.rule in {RULE, "stack-root"}]
    assert [(one.path, one.line, one.rule) for one in found] == [("infra/shared.yaml", 4, RULE)]
