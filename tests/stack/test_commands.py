"""Calls of docker compose: which name services, and which of these no compose file defines."""

import pytest

from envfence.stack.commands import Call, calls, findings
from envfence.stack.render import rendered
from envfence.stack.tree import read


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("docker compose up -d web db", [((), ("web", "db"))], id="up"),
        pytest.param("docker-compose restart web", [((), ("web",))], id="the old spelling"),
        pytest.param("docker compose up -d", [((), ())], id="everything"),
        pytest.param(
            "docker compose --env-file .env -f a.yml --file=b.yml up -d web",
            [(("a.yml", "b.yml"), ("web",))],
            id="files",
        ),
        pytest.param("docker compose up -t 10 --scale web=2 web", [((), ("web",))], id="options with values"),
        pytest.param("docker compose logs -f --tail 5 web", [((), ("web",))], id="follow is no file"),
        pytest.param("docker compose pull \\\n  web \\\n  db", [((), ("web", "db"))], id="several lines"),
        pytest.param("docker compose stop web && echo done > log", [((), ("web",))], id="another command behind it"),
        pytest.param("docker compose up -d $SERVICE web", [((), ("web",))], id="a variable"),
        pytest.param("docker compose up ${{ inputs.service }} web", [((), ("web",))], id="an expression"),
        pytest.param("docker compose up $(cat list) web", [((), ("web",))], id="what a command prints"),
        pytest.param("        run: docker compose build web", [((), ("web",))], id="a step"),
        pytest.param("      - docker compose build web", [((), ("web",))], id="an item"),
        pytest.param("\tsudo docker compose build web", [((), ("web",))], id="as root"),
        pytest.param('ssh host "docker compose build web"', [((), ("web",))], id="over ssh"),
        pytest.param("cd x; docker compose build web; ls", [((), ("web",))], id="after another"),
        pytest.param("if docker compose exec web true; then", [], id="a command inside"),
        pytest.param("docker compose down -v", [], id="no services"),
        pytest.param("# docker compose up web", [], id="comment"),
        pytest.param("echo docker compose up everything", [], id="spoken of"),
        pytest.param('echo "Please run: docker-compose up -d"', [], id="a person is asked"),
        pytest.param("echo up; docker compose up web", [((), ("web",))], id="behind what is said"),
        pytest.param("- name: docker compose up everything", [], id="a title"),
        pytest.param("my-docker-compose up web", [], id="another program"),
    ),
)
def test_calls(text, expected):
    assert [(call.files, call.services) for call in calls("deploy.sh", text)] == expected


def test_a_call_knows_its_line():
    assert list(calls("x.sh", "set -e\n\ndocker compose up web\n")) == [
        Call("x.sh", 3, (), ("web",), is_told=False, told_at=3)
    ]


def stack(*files):
    layers = [read(path, f"services: {{{names}}}") for path, names in files]
    return rendered("production", layers, {}, lambda _: True)


BASE = ("a/compose.yml", "web: {image: 'web:1.0'}")
STACKS = (stack(BASE, ("a/compose.dev.yml", "mail: {image: 'mail:1.0'}")), stack(BASE, ("a/compose.prod.yml", "")))


@pytest.mark.parametrize(
    ("files", "services", "expected"),
    (
        pytest.param((), ("web", "mail"), [], id="some stack has it"),
        pytest.param((), ("web", "worker"), ["worker"], id="no stack has it"),
        pytest.param(("compose.yml", "compose.dev.yml"), ("mail",), [], id="this stack has it"),
        pytest.param(("./compose.yml", "x/compose.prod.yml"), ("mail",), ["mail"], id="this stack has not"),
        pytest.param(("other.yml",), ("mail", "worker"), ["worker"], id="files that make no stack"),
    ),
)
def test_unknown_services(files, services, expected):
    found = list(findings([Call("deploy.sh", 3, files, services)], STACKS))
    assert [(one.rule, one.path, one.line, one.anchor) for one in found] == [
        ("stack-unknown-service", "deploy.sh", 3, name) for name in expected
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    (
        pytest.param("--env-file .env.development", 1, id="of another"),
        pytest.param("--env-file=deploy/.env.staging", 1, id="of another, in a folder"),
        pytest.param("--env-file .env.production", 0, id="its own"),
        pytest.param("--env-file .env.$ENVIRONMENT", 0, id="of whichever"),
        pytest.param("", 0, id="none"),
    ),
)
def test_env_files_of_another_environment(options, expected):
    text = f"set -eu\ndocker compose {options} \\\n  -f a/compose.yml -f a/compose.prod.yml up -d\n"
    found = list(findings(calls("deploy.sh", text), (stack(BASE, ("a/compose.prod.yml", "")),)))
    assert [(one.rule, one.line) for one in found] == [("wrong-env-file", 2)] * expected
    shown = list(
        findings(calls("Makefile", text.replace("up -d", "config --quiet")), (stack(BASE, ("a/compose.prod.yml", "")),))
    )
    assert [(one.rule, one.line) for one in shown] == [("wrong-env-file", 2)] * expected


def test_without_a_stack_nothing_is_known():
    assert list(findings([Call("deploy.sh", 3, (), ("web",))], ())) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("C = docker compose -f a.yml\n\nx:\n\t$(C) up web\n", [(4, ("a.yml",), ("web",))], id="make"),
        pytest.param("f='-f a.yml'\ndocker compose $f restart web", [(2, ("a.yml",), ("web",))], id="options"),
        pytest.param('c=(docker compose -f a.yml)\n"${c[@]}" logs web', [(2, ("a.yml",), ("web",))], id="an array"),
        pytest.param('C="docker compose"\nD="$C -f a.yml"\n$D up web', [(3, ("a.yml",), ("web",))], id="in steps"),
        pytest.param('dc() { docker compose -f a.yml "$@"; }\ndc up web', [(2, ("a.yml",), ("web",))], id="a function"),
        pytest.param("alias dc='docker compose'\ndc up web", [(2, (), ("web",))], id="an alias"),
        pytest.param("docker compose exec -T -u 1 web ls db", [(1, (), ("web",))], id="exec"),
        pytest.param("docker compose run --rm --entrypoint x web db", [(1, (), ("web",))], id="run"),
        pytest.param('{"scripts": {"up": "docker compose up web"}}', [], id="JSON says it in a text"),
        pytest.param('{"scripts": {"up": "cd .. && docker compose up web"}}', [(1, (), ("web",))], id="after another"),
    ),
)
def test_names_of_a_script_are_put_in(text, expected):
    assert [(call.line, call.files, call.services) for call in calls("x", text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("docker compose {} up -d", True, id="nothing"),
        pytest.param("docker compose {} run web", True, id="a run"),
        pytest.param("docker compose pull && docker compose {} up -d", True, id="behind another call"),
        pytest.param("docker compose {} down", False, id="nothing starts"),
        pytest.param("docker compose --env-file .env.production {} up -d", False, id="told"),
        pytest.param("set -a\n. ./.env.production\ndocker compose {} up -d", False, id="sourced"),
        pytest.param("export COMPOSE_ENV_FILES=.env.production\ndocker compose {} up -d", False, id="by a variable"),
        pytest.param("cp .env.production .env\ndocker compose {} up -d", False, id="copied"),
        pytest.param("op run -- docker compose {} up -d", False, id="by a program"),
    ),
)
def test_calls_without_values(text, expected):
    stacks = (stack(("a/compose.yml", "web: {image: 'web:${TAG}'}"), ("a/compose.prod.yml", "")),)
    made = list(calls("x.sh", text.format("-f a/compose.yml -f a/compose.prod.yml")))
    found = [one.rule for one in findings(made, stacks, frozenset({"TAG"}))]
    assert found == ["interpolation-ignores-env-file"] * expected
    assert list(findings(made, stacks)) == []  # no env file has the key


def test_calls_of_default_files_need_values_too():
    stacks = (stack(("docker-compose.yml", "web: {image: 'web:${TAG}'}")),)
    made = list(calls("x.sh", "docker compose up -d"))
    assert [one.rule for one in findings(made, stacks, frozenset({"TAG"}))] == ["interpolation-ignores-env-file"]


def test_a_sourced_env_file_of_another_environment():
    text = "set -a\nsource .env.staging\nset +a\ndocker compose -f a/compose.yml -f a/compose.prod.yml up -d\n"
    made = calls("x.sh", text)
    found = list(findings(made, (stack(BASE, ("a/compose.prod.yml", "")),)))
    assert [(one.rule, one.line, one.anchor) for one in found] == [("wrong-env-file", 2, ".env.staging")]


def test_only_what_starts_services_starts_what_they_need():
    text = "docker compose build web\ndocker compose up --no-deps web\ndocker compose up web\n"
    assert [call.starts for call in calls("x.sh", text)] == [False, False, True]
