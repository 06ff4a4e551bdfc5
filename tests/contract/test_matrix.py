"""The contract against every surface: what disagrees, and the table that shows it."""

import ast

import pytest

from envfence.config import Config
from envfence.contract import cli, surroundings
from envfence.contract.comparison import table
from envfence.contract.comparison.drift import drift, forbidden_extras
from envfence.contract.comparison.matrix import findings
from envfence.contract.comparison.survey import Survey
from envfence.contract.environment import environment as of_file
from envfence.contract.files import is_example
from envfence.contract.grammar import contract_of
from envfence.contract.rules import MISSING_KEY, found
from envfence.contract.surfaces import CODE, COMPOSE, FALLS_BACK, REQUIRES, SETS, WORKFLOW, Use, workflow
from envfence.contract.surfaces.python.classes import Module
from envfence.contract.surfaces.python.settings import settings_classes
from envfence.errors import FenceError
from envfence.finding import Finding
from envfence.stack.render import rendered
from envfence.stack.rules import VERSION_KEY
from envfence.stack.tree import read

CONTRACT = contract_of("""\
ENVIRONMENT=<development|staging|production>
# Where the database is.
DB_HOST=<DB_HOST>
DB_PORT=<port>
DB_PASSWORD=<DB_PASSWORD>
DEBUG=<bool>
WORKERS=4
LOG_LEVEL=INFO
API_URL=<url>
SENTRY_DSN=
# only: production
REGION=<REGION>
""")
FILES = dict.fromkeys(("DB_HOST", "DB_PORT", "DB_PASSWORD", "API_URL"), "10")


def environment(name, values):
    return of_file(f".env.{name}", name, values, {}, CONTRACT)


def classes(body, config="env_file='.env'"):
    head = "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n"
    text = f"{head}    model_config = SettingsConfigDict({config})\n" + "".join(
        f"    {line}\n" for line in body.splitlines()
    )
    return settings_classes([Module("config.py", text, ast.parse(text))])


def survey(*uses, **more):
    mentioned = more.pop("mentioned", lambda _: frozenset())
    return Survey(".env.example", CONTRACT, uses=uses, mentioned=mentioned, **more)


def anchors(found_findings, rule):
    return [finding.anchor for finding in found_findings if finding.rule == rule]


@pytest.mark.parametrize(
    ("body", "detail"),
    (
        pytest.param("DB_HOST: str", "", id="agrees"),
        pytest.param("db_host: str", "", id="agrees in another case"),
        pytest.param("OTHER: str", "no file made from the contract has it", id="not in the contract"),
        pytest.param("OTHER: str = 'x'", "its default is always taken", id="not in the contract, with a default"),
        pytest.param("HOME: str", "", id="given by the system"),
        pytest.param("DB_HOST: int", "the contract says host, the field another type", id="host as a number"),
        pytest.param("API_URL: bool", "the contract says url, the field another type", id="url as a switch"),
        pytest.param("DEBUG: HttpUrl", "the contract says bool, the field another type", id="switch as a url"),
        pytest.param("DB_PORT: int", "", id="port as a number"),
        pytest.param("DB_PORT: int | None = None", "the field goes on without one", id="required and with a default"),
        pytest.param("DB_PASSWORD: SecretStr = 'x'", "", id="a secret's default is a finding of its own"),
        pytest.param("LOG_LEVEL: int", "the contract's default is no whole number", id="default"),
        pytest.param("LOG_LEVEL: bool", "the contract's default is neither true nor false", id="default of a switch"),
        pytest.param("WORKERS: bool", "the contract's default is neither true nor false", id="number of a switch"),
        pytest.param(
            "LOG_LEVEL: Literal['debug']", "the field refuses the contract's default", id="default and choices"
        ),
        pytest.param("LOG_LEVEL: Literal['INFO']", "", id="default among choices"),
        pytest.param("DB_HOST: Literal['db']", "", id="choices that the contract leaves open"),
        pytest.param("SENTRY_DSN: HttpUrl", "the contract lets it be empty", id="optional and never empty"),
        pytest.param("SENTRY_DSN: Literal['a']", "the contract lets it be empty", id="optional choice"),
        pytest.param("SENTRY_DSN: str", "lets it be left out, the field needs it", id="optional and needed"),
        pytest.param("SENTRY_DSN: str = ''", "", id="optional text"),
        pytest.param("REGION: str", "some environments only, the field needs it", id="needed where it is not given"),
        pytest.param("REGION: str = ''", "", id="of some environments only"),
        pytest.param("ENVIRONMENT: Literal['production']", "a choice that the field refuses", id="choices"),
        pytest.param("ENVIRONMENT: Literal['development', 'staging', 'production']", "", id="same choices"),
        pytest.param("a: str = Field(validation_alias=AliasChoices('OTHER', 'DB_HOST'))", "", id="second alias"),
    ),
)
def test_drift(body, detail):
    messages = [finding.message for finding in drift(classes(body), CONTRACT)]
    assert len(messages) == bool(detail)
    assert all(detail in message for message in messages)


def test_drift_of_one_line_is_said_once_and_never_of_a_base():
    text = (
        "from pydantic_settings import BaseSettings\nclass Base(BaseSettings):\n    OTHER: str\n"
        "class One(Base):\n    x: dict = {}\n    model_config = {'env_nested_delimiter': '__'}\nclass Two(Base): ...\n"
    )
    found_drift = list(drift(settings_classes([Module("config.py", text, ast.parse(text))]), CONTRACT))
    assert [(finding.anchor, finding.line) for finding in found_drift] == [("OTHER", 3)]


def test_a_case_that_counts_is_drift():
    said = classes("db_host: str", "env_file='.env', case_sensitive=True")
    assert anchors(drift(said, CONTRACT), "settings-drift") == ["db_host"]


EVERY = "\n".join(f"{key}: str = ''" for key in CONTRACT)


@pytest.mark.parametrize(
    ("config", "values", "expected"),
    (
        pytest.param("env_file='.env.production'", {"NEW": "1", "EMPTY": ""}, ["NEW"], id="its file"),
        pytest.param("env_file=f'.env.{x}'", {"NEW": "1"}, ["NEW"], id="a computed file"),
        pytest.param("env_file='.env.staging'", {"NEW": "1"}, [], id="another file"),
        pytest.param("env_file='settings.ini'", {"NEW": "1"}, [], id="no env file"),
        pytest.param("extra='forbid'", {"NEW": "1"}, [], id="no file at all"),
        pytest.param("env_file='.env.production', extra='ignore'", {"NEW": "1"}, [], id="ignored"),
    ),
)
def test_forbidden_extras(config, values, expected):
    held = [environment("production", values)]
    assert (
        anchors(forbidden_extras(classes(EVERY, config), CONTRACT, held, ".env.example"), "forbidden-extra") == expected
    )


def test_the_contract_stands_in_for_files_that_are_elsewhere():
    said = list(forbidden_extras(classes("DB_HOST: str"), CONTRACT, [], ".env.example"))
    assert [finding.anchor for finding in said] == [key for key in CONTRACT if key not in {"DB_HOST", "SENTRY_DSN"}]
    assert "what .env.example promises" in said[0].message


@pytest.mark.parametrize(
    ("uses", "expected"),
    (
        pytest.param([Use("NEW", "a.py", 1, CODE)], [("NEW", "")], id="read"),
        pytest.param([Use("NEW", "a.py", 1, CODE, FALLS_BACK), Use("NEW", "a.py", 9, CODE)], [("NEW", "")], id="twice"),
        pytest.param([Use("NEW", "a.py", 1, CODE), Use("NEW", "c.yml", 1, COMPOSE, SETS)], [], id="set by compose"),
        pytest.param(
            [Use("NEW", "c.yml", 1, COMPOSE), Use("NEW", "c.yml", 1, COMPOSE, SETS)], [("NEW", "")], id="of compose"
        ),
        pytest.param([Use("NEW", "a.py", 1, CODE, SETS)], [], id="only set"),
        pytest.param([Use("HOME", "a.py", 1, CODE)], [], id="given by the system"),
        pytest.param([Use("NEW", "w.yml", 1, WORKFLOW)], [], id="a secret of the workflow"),
        pytest.param([Use("DB_HSOT", "w.yml", 1, WORKFLOW)], [("DB_HSOT", "did you mean DB_HOST?")], id="swapped"),
        pytest.param([Use("DB_HOT", "w.yml", 1, WORKFLOW)], [("DB_HOT", "did you mean DB_HOST?")], id="left out"),
        pytest.param([Use("DB_HOSST", "a.py", 1, CODE)], [("DB_HOSST", "did you mean DB_HOST?")], id="added"),
        pytest.param([Use("DB_HOSE", "a.py", 1, CODE)], [("DB_HOSE", "did you mean DB_HOST?")], id="changed"),
        pytest.param(
            [Use("DATABASE_HOST", "w.yml", 1, WORKFLOW)], [("DATABASE_HOST", "did you mean DB_HOST?")], id="other words"
        ),
        pytest.param([Use("DB_HO", "w.yml", 1, WORKFLOW)], [], id="too short to tell"),
        pytest.param([Use("db_host", "w.yml", 1, WORKFLOW)], [], id="another case is another name"),
        pytest.param([Use("DB_HOST2", "w.yml", 1, WORKFLOW)], [], id="numbered"),
    ),
)
def test_undeclared(uses, expected):
    every = [finding for finding in findings(survey(*uses)) if finding.rule == "undeclared-key"]
    assert [finding.anchor for finding in every] == [anchor for anchor, _ in expected]
    assert all(detail in finding.message for finding, (_, detail) in zip(every, expected, strict=True))


def test_unused():
    def unused(*uses, **more):
        return anchors(findings(survey(*uses, **more)), "unused-key")

    rest = [Use(key, "a.py", 1, CODE) for key in CONTRACT if key not in {"DB_HOST", "API_URL"}]
    assert unused(*rest) == ["DB_HOST", "API_URL"]
    assert unused(*rest, mentioned=lambda keys: keys & {"DB_HOST"}) == ["API_URL"]
    assert unused(*rest, classes=tuple(classes("api_url: str"))) == ["DB_HOST"]
    assert unused() == []  # no surface is known here


REFUSED = (
    pytest.param("POOL: int", "12", [], id="a number"),
    pytest.param("POOL: float", "1.5", [], id="a number with a point"),
    pytest.param("POOL: int | None", "many", [".env.production gives no number"], id="a word"),
    pytest.param("pool: int", "many", [".env.production gives no number"], id="in another case"),
    pytest.param("POOL: str", "many", [], id="a text"),
)


@pytest.mark.parametrize(("body", "value", "expected"), REFUSED)
def test_a_value_that_the_class_refuses(body, value, expected):
    production = of_file(".env.production", "production", {"POOL": value}, {}, contract_of("POOL=<POOL>\n"))
    messages = [finding.message for finding in drift(classes(body), production.contract, [production])]
    assert [message.partition("(")[2].rstrip(")") for message in messages] == expected


def test_a_key_that_an_image_or_another_key_reads_is_used():
    contract = contract_of(
        "DB_HOST=<DB_HOST>\nDB_NAME=<name>\nDB_URL=postgres://${DB_HOST}/<DB_NAME>\nBAD=${\nREDIS_MODE=<x>\nAWS_REGION=<x>\nTZ=UTC\n"
    )
    text = "services: {cache: {image: 'redis:8.0', env_file: .env}}"
    stack = rendered("", [read("c.yml", text)], {}, lambda _: True)
    used = Survey(
        ".env.example",
        contract,
        uses=(Use("DB_URL", "a.py", 1, CODE),),
        stacks=(stack,),
        mentioned=lambda words: words & {"boto3"},
    )
    assert anchors(findings(used), "unused-key") == ["BAD"]
    assert anchors(findings(used._replace(mentioned=lambda _: frozenset())), "unused-key") == ["BAD", "AWS_REGION"]


@pytest.mark.parametrize(
    ("text", "stack_environment", "environments", "expected"),
    (
        pytest.param(
            "$NEW",
            "production",
            [environment("production", FILES)],
            ["in the stack of production: compose takes an empty text"],
            id="not in its file",
        ),
        pytest.param(
            "${NEW:?}",
            "production",
            [environment("production", FILES)],
            ["in the stack of production: compose refuses to start it"],
            id="refused",
        ),
        pytest.param("${NEW:-x}", "production", [environment("production", FILES)], [], id="default"),
        pytest.param("$HOME", "production", [environment("production", FILES)], [], id="given by the system"),
        pytest.param("$DB_HOST", "production", [environment("production", FILES)], [], id="in its file"),
        pytest.param("$DB_HOST", "production", [environment("staging", {})], [], id="its file is elsewhere"),
        pytest.param("$NEW", "production", [], [], id="the contract does not name it"),
        pytest.param("${SENTRY_DSN:-}", "production", [environment("production", FILES)], [], id="optional"),
        pytest.param(
            "$NEW", "production", [environment("production", {}), environment("", {"NEW": "1"})], [], id="in .env"
        ),
        pytest.param("$NEW", "", [environment("production", {})], [], id="a stack of no environment"),
    ),
)
def test_unset(text, stack_environment, environments, expected):
    stack = rendered(stack_environment, [read("c.yml", f"x: {text}")], {}, lambda _: True)
    every = findings(survey(stacks=(stack,), environments=tuple(environments)))
    assert [
        finding.message.rpartition(" (")[2].rstrip(")") for finding in every if finding.rule == "unset-in-stack"
    ] == expected


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    (
        pytest.param("x: $MAIL", {}, ["warning"], id="compose warns"),
        pytest.param("x: $MAIL", {"MAIL": ""}, [], id="empty"),
        pytest.param("services: {a: {environment: [MAIL]}}", {}, [], id="passed through"),
        pytest.param("x: '${MAIL?}'", {}, ["error"], id="compose stops"),
        pytest.param("secrets: {a: {environment: MAIL}}", {}, ["error"], id="a secret of compose"),
    ),
)
def test_an_optional_key_that_a_file_lacks(text, values, expected):
    contract = contract_of("MAIL=\n")
    production = of_file(".env.production", "production", values, {}, contract)
    stack = rendered("production", [read("c.yml", text)], values, lambda _: False)
    told = findings(Survey(".env.example", contract, (production,), stacks=(stack,)))
    assert [one.severity for one in told if one.rule == "unset-in-stack"] == expected


BLOCK = """\
jobs:
  a:
    steps:
      - run: ./rollout
        env:
          DB_HOST: ${{ vars.DB_HOST }}
          DB_PASSWORD: ${{ secrets.DB_PASSWORD }}
"""


@pytest.mark.parametrize(
    ("more", "expected"),
    (
        pytest.param("PAY_TOKEN: ${{ secrets.PAY_TOKEN }}", ["PAY_TOKEN"], id="a secret"),
        pytest.param("PAY_URL: ${{ vars.PAY_URL }}", ["PAY_URL"], id="a variable"),
        pytest.param("SENTRY_DSN: ${{ secrets.SENTRY_DSN }}", [], id="of the contract"),
        pytest.param("SLACK_TOKEN: ${{ secrets.SLACK_TOKEN }}", [], id="for the workflow itself"),
        pytest.param("AWS_ROLE: ${{ vars.AWS_ROLE }}", [], id="for a tool"),
        pytest.param("PAY_TOKEN: ${{ secrets.OTHER }}", [], id="by another name"),
        pytest.param("PAY_MODE: live", [], id="a text"),
        pytest.param("DOMAIN: ${{ vars.DOMAIN }}", [], id="one word"),
        pytest.param("MODE: x\n          PAY_TOKEN: ${{ secrets.PAY_TOKEN }}", [], id="in another block"),
    ),
)
def test_what_a_workflow_hands_over_beside_keys_of_the_contract(more, expected):
    used = workflow.uses(".github/workflows/a.yml", f"{BLOCK}          {more}\n")
    assert anchors(findings(survey(*used)), "undeclared-key") == expected
    alone = workflow.uses(".github/workflows/a.yml", BLOCK.replace("DB_", "CI_") + f"          {more}\n")
    assert anchors(findings(survey(*alone)), "undeclared-key") == []


def test_a_limit_of_the_contract_leaves_a_stack_without_a_key():
    contract = contract_of("# only: development\nNEW=<x>\n")
    stack = rendered("production", [read("c.yml", "x: $NEW")], {}, lambda _: True)
    assert anchors(findings(Survey(".env.example", contract, stacks=(stack,))), "unset-in-stack") == ["NEW"]


def test_without_a_contract_stacks_and_defaults_are_still_checked():
    stack = rendered("", [read("c.yml", "version: '3'")], {}, lambda _: True)
    use = Use("DB_PASSWORD", "a.py", 1, CODE, FALLS_BACK, has_literal=True)
    every = findings(Survey(".env.example", {}, uses=(use,), stacks=(stack,)))
    assert [finding.rule for finding in every] == ["secret-with-default", "stack-version-key"]


def test_the_contract_says_what_is_a_secret():
    contract = contract_of("CODE=<GENERATE_CODE>\nPASSWORD_HOST=<host>\n")
    one = Survey(".env.example", contract)
    assert [one.is_secret(key) for key in ("CODE", "PASSWORD_HOST", "API_TOKEN", "NAME")] == [True, False, True, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("DB_PASSWORD=k3X\n", ["DB_PASSWORD"], id="for all"),
        pytest.param("# only: production\nDB_PASSWORD=k3X\n", ["DB_PASSWORD"], id="for a server"),
        pytest.param("# only: development\nDB_PASSWORD=k3X\n", [], id="for developers"),
        pytest.param("DB_PASSWORD=\nAPI_TOKEN=<API_TOKEN>\n", [], id="none"),
        pytest.param("API_TOKEN=${DB_PASSWORD}\n", [], id="another key's"),
        pytest.param("BROKER_URL=redis://:k3X@h:6379/0\n", ["BROKER_URL"], id="in a URL"),
        pytest.param("BROKER_URL=redis://:<PASSWORD>@h/0\nAPI_URL=http://u@h/\n", [], id="URLs without"),
        pytest.param("SORT_KEY=price\nPASSWORD_MIN_LENGTH=8\nDB_NAME=x\n", [], id="no secrets"),
    ),
)
def test_a_secret_that_stands_in_the_contract(text, expected):
    every = findings(Survey(".env.example", contract_of(text)))
    assert anchors(every, "secret-with-default") == expected


@pytest.mark.parametrize("args", ("{API_URL: x}", "[API_URL=x]", "[API_URL]"))
def test_build_arguments_of_a_stack_are_meant_for_the_image(args):
    text = f"services:\n  a:\n    build: {{context: ., args: {args}}}\n"
    stack = rendered("production", [read("compose.yml", text)], {}, lambda _: False)
    dockerfiles = {"Dockerfile": "FROM x/y:1\nENV VITE_URL=$API_URL\n"}
    told = findings(Survey(".env.example", CONTRACT, stacks=(stack,), dockerfiles=dockerfiles))
    assert anchors(told, "unset-in-image") == ["API_URL"]


def test_the_graver_of_two_stacks_counts():
    texts = [f"services: {{app: {{image: 'a:1.0', container_name: x{extra}}}}}" for extra in ("", "")]
    stacks = [
        rendered(name, [read("c.yml", text)], {}, lambda _: True)
        for name, text in zip(("dev", "prod"), texts, strict=True)
    ]
    every = findings(Survey(".env.example", {}, stacks=(*stacks, stacks[0])))
    assert [finding.severity for finding in every if finding.rule == "stack-container-name"] == ["error"]


def shown(whole):
    return {
        row.key: "".join("!" if cell.is_wrong else table.MARKS[cell.word] for cell in row.cells) for row in whole.rows
    }


def test_table():
    stack = rendered("production", [read("c.yml", "a: ${DB_HOST:?}\nb: ${WORKERS:-4}")], {}, lambda _: True)
    uses = (
        Use("DB_HOST", "a.py", 1, CODE, FALLS_BACK), Use("DB_HOST", "a.py", 2, CODE, REQUIRES),
        Use("DB_HOST", "a.py", 4, CODE, FALLS_BACK), Use("NEW", "a.py", 3, CODE),
        Use("DB_HOST", "w.yml", 1, WORKFLOW, SETS),
    )  # fmt: skip
    held = {"DB_HOST": "h", "LOG_LEVEL": "", "EXTRA": "1", "aB3$": "x"}
    one = survey(
        *uses,
        environments=(environment("production", held),),
        classes=tuple(classes("db_host: str\nDB_PORT: int = 1")),
        stacks=(stack,),
    )
    problems = [
        found(MISSING_KEY, ".env.production", 1, "DB_PORT"),
        found(VERSION_KEY, "c.yml", 1, "app.LOG_LEVEL"),
        found(VERSION_KEY, ".env.example", 1, "ENVIRONMENT=qa"),
        found(VERSION_KEY, "a.py", 1, "NEW"),
        found(VERSION_KEY, "c.yml", 1),
    ]
    whole = table.table(one, problems)
    assert [column.title for column in whole.columns] == [
        ".env.example", ".env.production", "Settings", "code", "stack production", "workflows",
    ]  # fmt: skip
    assert shown(whole) == {
        "ENVIRONMENT": "!-....", "DB_HOST": "R+RRR+", "DB_PORT": "R!o...", "DB_PASSWORD": "R-....", "DEBUG": "R-....",
        "WORKERS": "o-..o.", "LOG_LEVEL": "oe..!.", "API_URL": "R-....", "SENTRY_DSN": "o.....", "REGION": "R-....",
        "EXTRA": ".x....",
        "NEW": "...!..",
    }  # fmt: skip
    assert [finding.rule for finding in whole.others] == ["stack-version-key"]
    assert [(row.kind, row.description) for row in whole.rows[:2]] == [
        ("choice", ""),
        ("host", "Where the database is."),
    ]


def test_a_class_that_others_build_on_has_no_column():
    text = (
        "from pydantic_settings import BaseSettings\nclass Base(BaseSettings):\n    a: str\nclass Settings(Base): ...\n"
    )
    whole = table.table(survey(classes=tuple(settings_classes([Module("a.py", text, ast.parse(text))]))), [])
    assert [column.title for column in whole.columns] == [".env.example", "Settings"]


def test_text():
    whole = table.table(survey(Use("DB_HOST", "a.py", 1, CODE)), [found(MISSING_KEY, ".env.example", 2, "DB_HOST")])
    lines = table.text(whole).splitlines()
    assert lines[:2] == ["1  .env.example", "2  code"]
    assert "DB_HOST     ! R missing-key" in lines
    assert "WORKERS     o ." in lines
    assert table.text(table.Table((), (), ())).isascii()


def test_no_value_is_anywhere_in_the_table(write, monkeypatch):
    write({".env.example": "A=<secret>\nB=default-of-b\n", ".env.production": "A=value-of-a\nB=value-of-b\n"})
    monkeypatch.chdir(write({"a.py": "import os\nos.environ['A']\n"}))
    around = surroundings.read(".", Config(), {})
    text = repr(table.table(around.survey, surroundings.findings(around)))
    assert "value-of" not in text
    assert "default-of" not in text


def test_command_prints_the_matrix_and_writes_the_page(write, repo, monkeypatch, capsys):
    monkeypatch.chdir(
        write(
            {".env.example": "A=<A>\n", "a.py": "import os\nos.environ['A']\n", ".gitignore": ".env*\n!.env.example\n"}
        )
    )
    assert cli.main(["check", "--compose", "port", "--matrix", "--html", "matrix.html"]) == 0
    assert "A R R" in capsys.readouterr().out
    assert (repo / "matrix.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert cli.main(["check", "--compose", "port", "--html", "gone/matrix.html"]) == 2
    assert "No such file" in capsys.readouterr().err


def test_stacks_may_be_named_in_the_settings(write, monkeypatch):
    files = {".env.example": "KEY=<x>\n", "a/one.yml": "services: {app: {image: 'a:1.0'}}", "a/two.yml": "version: '3'"}
    monkeypatch.chdir(write({**files, "compose.prod.yml": "x: ["}))
    around = surroundings.read(".", Config(stacks=("production: a/one.yml a/two.yml",), root="."), {})
    (stack,) = around.survey.stacks
    assert (stack.environment, list(stack.services)) == ("production", ["app"])
    assert [finding.path for finding in surroundings.findings(around) if finding.rule == "stack-version-key"] == [
        "a/two.yml"
    ]
    around = surroundings.read(".", Config(stacks=("production: compose.prod.yml",)), {})
    assert (around.survey.stacks, [finding.rule for finding in around.findings]) == ((), ["stack-unreadable"])


@pytest.mark.parametrize(
    ("line", "said"),
    (
        pytest.param("production: gone.yml", "there is no file gone.yml", id="no file"),
        pytest.param("production", "is no stack", id="no files"),
        pytest.param("production:", "is no stack", id="nothing"),
    ),
)
def test_stacks_that_are_none(line, said, write, monkeypatch):
    monkeypatch.chdir(write({".env.example": "KEY=<x>\n"}))
    with pytest.raises(FenceError, match=said):
        surroundings.read(".", Config(stacks=(line,)), {})


def test_values_of_the_process_stand_in_for_a_file(write, monkeypatch):
    monkeypatch.chdir(write({".env.example": "A=<A>\nB=<B>\n", "compose.prod.yml": "x: $A $B\n"}))
    around = surroundings.read(".", Config(), {"A": "1", "C": "3"}, "production")
    assert [one.values for one in around.survey.environments] == [{"A": "1"}]
    assert anchors(surroundings.findings(around), "unset-in-stack") == ["B"]


FILES_OF_OTHERS = {
    ".env.example": "A=<A>\n",
    "app/a.py": "import os\nos.environ['A']\n",
    "app/broken.py": "import os\nos.environ[\n",
    "app/binary.py": b"os.environ['B']\0",
    "tests/test_a.py": "import os\nos.environ['TEST_ONLY']\n",
    "web/a.test.ts": "process.env.TEST_ONLY\n",
    "noxfile.py": "import os\nos.environ['TOOL_ONLY']\n",
    "node_modules/x/index.js": "process.env.NOT_OURS\n",
    "left_out/a.py": "import os\nos.environ['LEFT_OUT']\n",
    "other/.env.example": "OTHER=<x>\n",
    "other/a.py": "import os\nos.environ['OTHER']\n",
    "compose.yml": "a: [\n",
}


def test_every_file_may_mention_a_key(write, monkeypatch):
    files = {
        ".env.example": "KEY_A=<A>\nKEY_B=<B>\nKEY_C=<C>\n",
        "a.go": 'os.Getenv("KEY_A")',
        "b.rb": 'ENV["KEY_B"]',
        "c.py": "import os\nos.environ['KEY_C']\n",
        "d.sh": "echo $KEY_A\n",
    }
    monkeypatch.chdir(write(files))
    assert anchors(surroundings.findings(surroundings.read(".", Config(), {})), "unused-key") == []
    write({"b.rb": "# KEY_B"})
    assert anchors(surroundings.findings(surroundings.read(".", Config(), {})), "unused-key") == ["KEY_B"]


def test_every_language_and_any_compose_file_is_read(write, monkeypatch):
    texts = {
        "main.go": 'os.Getenv("A_URL")\n',
        "run.sh": 'curl "$B_URL"\n',
        "lib.sh": "C_URL=x\n",
        "use.sh": 'echo "$C_URL"\n',
        "deploy/db.yml": "services:\n  db:\n    image: x:1\n    environment: {P: '${DB_PASSWORD:-postgres}'}\n",
        ".github/workflows/x.yml": "jobs:\n  a:\n    env:\n      P: ${{ secrets.PROD_DB_PASSWORD }}\n",
        "Dockerfile": "FROM x:1.0\nENV DEBUG=1\n",
    }
    root = write({".env.example": "DB_PASSWORD=<secret>\n", **texts})
    monkeypatch.chdir(root)
    told = surroundings.findings(surroundings.read(".", Config(), {}))
    assert {(one.rule, one.path, one.line, one.severity) for one in told} == {
        ("undeclared-key", "main.go", 1, "error"),
        ("undeclared-key", "run.sh", 1, "warning"),
        ("secret-with-default", "deploy/db.yml", 4, "error"),
        ("workflow-no-environment", ".github/workflows/x.yml", 2, "warning"),
        ("debug-in-production", "Dockerfile", 2, "error"),
    }


def test_only_the_program_is_read(write, monkeypatch):
    monkeypatch.chdir(write(FILES_OF_OTHERS))
    around = surroundings.read(".", Config(exclude=("left_out/",)), {})
    assert {use.key for use in around.survey.uses} == {"A"}
    assert [(finding.rule, finding.path, finding.line) for finding in around.findings] == [
        ("stack-unreadable", "compose.yml", 2)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("db:\n  image: postgres:16.2\nweb:\n  build: .\n  links: [db]\n", 1, id="services at the top"),
        pytest.param("version: '2'\nvolumes: {}\nweb:\n  build: .\n", 3, id="with a version"),
        pytest.param("x-base: &base\n  image: a:1\nservices: {}\n", None, id="an extension beside services"),
        pytest.param("include: [a.yml]\nx-base:\n  image: a:1\n", None, id="an extension beside an include"),
        pytest.param("volumes:\n  data: {}\n", None, id="no service"),
    ),
)
def test_services_at_the_top_of_a_compose_file(text, expected, write, monkeypatch):
    monkeypatch.chdir(write({".env.example": "A=<A>\n", "docker-compose.yml": text, "a.yml": "services: {}\n"}))
    around = surroundings.read(".", Config(), {})
    lines = [one.line for one in around.findings if one.rule == "stack-refused" and "version 1" in one.message]
    assert lines == ([] if expected is None else [expected])


def test_an_example_of_any_name_declares_for_its_folder(write, monkeypatch):
    read = "import.meta.env.VITE_URL\n"
    files = {
        ".env.example": "A=<A>\n",
        "web/.env.production.example": "# of the frontend\nVITE_URL=https://example.com\n",
        "web/src/api.ts": read,
        "site/api.ts": read,
        "web/compose.yml": "services:\n  a:\n    image: a:1.0\n    command: ${VITE_URL}\n",
    }
    monkeypatch.chdir(write(files))
    told = surroundings.findings(surroundings.read(".", Config(), {}))
    assert {one.path for one in told if one.rule == "undeclared-key"} == {"site/api.ts", "web/compose.yml"}


@pytest.mark.parametrize(
    ("name", "expected"),
    (
        (".env.production.example", True), (".env.sample", True), ("sample.env", True), ("env.template", True),
        (".env.dist", True), (".sample.env", True), (".env.production", False), ("example.py", False),
        ("env.py", False),        ("env.example.ts", False), ("app.env", False),
    ),
)  # fmt: skip
def test_examples(name, expected):
    assert is_example(name) is expected


def test_code_around_a_folder_without_any_reads_its_contract(repo, write, monkeypatch):
    files = {
        "deploy/.env.example": "APP_URL=<url>\nAPP_MODE=<x>\n",
        "deploy/compose.yml": "services:\n  a:\n    build: ..\n    env_file: .env\n    command: ${APP_TAG:-x}\n",
        "app/config.py": "from starlette.config import Config\nAPP_URL = Config()('APP_URL')\n",
    }
    write(files)
    monkeypatch.chdir(repo / "deploy")

    def unused():
        return anchors(surroundings.findings(surroundings.read(".", Config(), {})), "unused-key")

    assert unused() == ["APP_MODE"]
    write({"deploy/tool.py": "import os\nos.environ['APP_MODE']\n"})
    assert unused() == ["APP_URL"]  # a program of its own


@pytest.mark.parametrize(
    ("path", "expected"),
    (("settings/base.py", 1), ("settings/production.py", 1), ("settings/local.py", 0), ("settings/test.py", 0)),
)
def test_no_server_has_what_settings_of_developers_fall_back_to(path, expected, write, monkeypatch):
    text = "import environ\nenv = environ.Env()\nKEY = env('SECRET_KEY', default='x" + "yz')\n"
    monkeypatch.chdir(write({".env.example": "SECRET_KEY=<GENERATE>\n", path: text}))
    told = surroundings.findings(surroundings.read(".", Config(), {}))
    assert len(anchors(told, "secret-with-default")) == expected


def test_services_of_files_that_no_stack_is_made_of_are_known(write, monkeypatch):
    def compose(name):
        return f"services:\n  {name}:\n    image: a:1.0\n"

    files = {
        ".env.example": "A=<A>\n",
        "docker-compose.yml": compose("web"),
        "docker-compose.tools.yml": compose("shell"),
        "docker-compose.production.yml": compose("proxy"),
        "Makefile": "up:\n\tdocker compose up web\n\tdocker compose -f docker-compose.tools.yml run shell\n"
        "\tdocker compose up shell\n",
        ".ci/compose.ci.yml": compose("browser"),
        "ci.sh": "export COMPOSE_FILE=.ci/compose.ci.yml\ndocker compose run browser\n",
    }
    monkeypatch.chdir(write(files))
    told = surroundings.findings(surroundings.read(".", Config(), {}))
    assert [(one.path, one.line) for one in told if one.rule == "stack-unknown-service"] == [("Makefile", 4)]


@pytest.mark.parametrize(
    ("text", "form"),
    (
        ("YOUR_TOKEN_HERE", "required"), ("your-client-id", "required"), ("your token", "required"),
        ("token_goes_here", "required"), ("x", "default"), ("yours.example.com", "default"), ("/var/here", "default"),
    ),
)  # fmt: skip
def test_a_text_that_asks_for_a_value_is_no_default(text, form):
    assert contract_of(f"API_TOKEN={text}\n")["API_TOKEN"].form == form


def test_what_asks_for_a_value_in_words_may_be_optional_in_code():
    asked = contract_of("API_TOKEN=your-token\nOTHER_TOKEN=<OTHER_TOKEN>\n")
    told = drift(classes('API_TOKEN: str = ""\nOTHER_TOKEN: str = ""'), asked, ())
    assert [one.anchor for one in told] == ["OTHER_TOKEN"]


@pytest.mark.parametrize(
    ("config", "expected"),
    (
        pytest.param("env_file='.env'", ["A_FIELD", "B_FIELD"], id="no other file"),
        pytest.param("json_file='config.json'", ["B_FIELD"], id="JSON"),
        pytest.param("toml_file=['a.toml']", ["B_FIELD"], id="TOML"),
    ),
)
def test_a_default_may_be_given_by_another_file(config, expected):
    told = drift(classes("A_FIELD: int = 1\nB_FIELD: int", config), CONTRACT, ())
    assert [one.anchor for one in told] == expected


def test_tasks_below_the_root_are_of_the_program(write, monkeypatch):
    read_a, read_b = ("import os\nos.environ['A']\n", "import os\nos.environ['B']\n")
    monkeypatch.chdir(write({".env.example": "A=<A>\n", "app/tasks.py": read_a, "tasks.py": read_b}))
    assert {use.key for use in surroundings.read(".", Config(), {}).survey.uses} == {"A"}


def test_settings_that_another_module_makes_at_its_import(write, monkeypatch):
    settings = (
        "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    a: str\n"
        "def get_settings():\n    return Settings()\n"
    )
    files = {"config.py": settings, "main.py": "x = get_settings()\n", "later.py": "def f():\n    get_settings()\n"}
    monkeypatch.chdir(write({".env.example": "A=<A>\n", **files}))
    every = surroundings.findings(surroundings.read(".", Config(), {}))
    assert [(one.path, one.line) for one in every if one.rule == "settings-at-import"] == [("main.py", 1)]


def test_a_folder_below_is_read_with_paths_from_here(write, monkeypatch):
    monkeypatch.chdir(write({f"sub/{path}": text for path, text in FILES_OF_OTHERS.items()}))
    around = surroundings.read("sub", Config(), {})
    assert {use.path for use in around.survey.uses} == {"sub/app/a.py", "sub/left_out/a.py"}
    assert around.survey.contract_path == "sub/.env.example"


@pytest.mark.parametrize(
    "text",
    (
        pytest.param("import os\nx = os.environ['B']" + " + y" * 3000, id="a long sum"),
        pytest.param("import os\nx = os.environ['B']" + " + y" * 1500, id="a sum that is read but not walked"),
        pytest.param("os.environ" + "(" * 300 + ")" * 300, id="too many brackets"),
        pytest.param("os.environ['B']\0", id="NUL"),
    ),
)
def test_what_no_person_wrote_stops_nothing(text, write, monkeypatch):
    monkeypatch.chdir(write({".env.example": "A=<A>\n", "a.py": text, "b.py": "import os\r\nos.environ['A']\r\n"}))
    assert [use.key for use in surroundings.read(".", Config(), {}).survey.uses] == ["A"]


def test_a_file_that_goes_away_while_it_is_read_says_nothing(write, monkeypatch):
    monkeypatch.chdir(write({".env.example": "A=<A>\n", "a.py": "import os\nos.environ['B']\n"}))
    from envfence import sources

    real = sources.from_paths
    monkeypatch.setattr(sources, "from_paths", lambda paths: [one._replace(read=_gone) for one in real(paths)])
    assert surroundings.read(".", Config(), {}).survey.uses == ()


def _gone():
    raise FileNotFoundError


def test_findings_have_no_field_for_a_value():
    assert "value" not in Finding._fields


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    (
        pytest.param("HOSTS: list[str]", "a,b", 1, id="words"),
        pytest.param("HOSTS: list[str]", '["a", "b"]', 0, id="JSON"),
        pytest.param("HOSTS: Annotated[list[str], NoDecode]", "a,b", 0, id="not decoded"),
        pytest.param("HOSTS: str | list[str]", "a,b", 0, id="a text too"),
        pytest.param("HOSTS: str", "a,b", 0, id="a text"),
    ),
)
def test_lists_are_read_as_json(field, value, expected):
    contract = contract_of("HOSTS=<HOSTS>\n")
    production = of_file(".env.production", "production", {"HOSTS": value}, {}, contract)
    assert len(list(drift(classes(field), contract, [production]))) == expected


def test_a_key_that_may_be_empty_stops_compose():
    contract = contract_of("MAIL=\n")
    production = of_file(".env.production", "production", {"MAIL": ""}, {}, contract)

    def unset(text):
        stack = rendered("production", [read("c.yml", text)], {"MAIL": ""}, lambda _: False)
        told = findings(Survey(".env.example", contract, (production,), stacks=(stack,)))
        return anchors(told, "unset-in-stack")

    assert unset("a: '${MAIL:?}'") == ["MAIL"]
    assert unset("a: '${MAIL?}'") == unset("a: '${MAIL}'") == unset("a: '${MAIL:-}'") == []
    assert unset("services: {a: {image: '${MAIL:?}'}}") == []  # which a release says


def test_a_value_that_is_only_set_is_not_used():
    def unused(way):
        return anchors(findings(survey(Use("DB_HOST", "a.yml", 1, COMPOSE, way))), "unused-key")

    assert "DB_HOST" in unused(SETS)
    assert "DB_HOST" not in unused(REQUIRES)
