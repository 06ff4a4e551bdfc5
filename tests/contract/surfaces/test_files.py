"""Keys in workflows, Dockerfiles and compose files, and keys that any other file mentions."""

import pytest

from envfence.contract.exposure import baked
from envfence.contract.exposure.baked import debugging
from envfence.contract.surfaces import FALLS_BACK, REQUIRES, SETS, STOPS, compose, dockerfile, mentions, workflow
from envfence.stack.tree import read


def told(uses):
    return [(use.key, use.line, use.way, use.has_literal) for use in uses]


WORKFLOW = """\
env:
  A: ${{ secrets.DB_PASSWORD }}
  B: "plain"   # not ${{ a read }}
jobs:
  x:
    if: vars.ENABLED == 'true'
    env: {C: 1, 'D': 2}
    steps:
      - run: echo ${{ secrets['TOKEN'] || vars.OTHER }} ${{ secrets.GITHUB_TOKEN }}
        env:
          E: |
            F: no key
          # G: no key
          "H": ${{ secrets.SMTP || 'x' }}
      - uses: a/b
"""


def test_workflow():
    assert sorted(told(workflow.uses("w.yml", WORKFLOW))) == [
        ("A", 2, SETS, False), ("B", 3, SETS, True), ("C", 7, SETS, False), ("D", 7, SETS, False),
        ("DB_PASSWORD", 2, REQUIRES, False), ("E", 11, SETS, True), ("ENABLED", 6, REQUIRES, False),
        ("H", 14, SETS, False), ("OTHER", 9, REQUIRES, False), ("SMTP", 14, FALLS_BACK, True),
        ("TOKEN", 9, REQUIRES, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "expected"),
    (
        (".github/workflows/ci.yml", True),
        ("a/.github/actions/b/action.yaml", True),
        ("ci.yml", False),
        (".github/x.md", False),
    ),
)
def test_is_workflow(path, expected):
    assert workflow.is_workflow(path) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("ARG A", [("A", 1, REQUIRES, False)], id="ARG"),
        pytest.param("ARG A=x B", [("A", 1, SETS, True), ("B", 1, REQUIRES, False)], id="two ARGs"),
        pytest.param("ENV A=1 \\\n  # B\n  C='x y'", [("A", 1, SETS, True), ("C", 1, SETS, True)], id="continued"),
        pytest.param("ENV A the rest", [("A", 1, SETS, True)], id="old form"),
        pytest.param('ENV A=$B\nENV C=""', [("A", 1, SETS, False), ("C", 2, SETS, False)], id="no text"),
        pytest.param("FROM a\n\n# ENV A=1\nRUN ENV=1", [], id="nothing"),
        pytest.param("ENV A-B x", [], id="no name"),
        pytest.param("ENV A=${A:-x}", [("A", 1, SETS, True)], id="default of itself"),
        pytest.param("CMD run --port $APORT", [("APORT", 1, REQUIRES, False)], id="what is started"),
        pytest.param('CMD ["sh", "-c", "run $APORT"]', [("APORT", 1, REQUIRES, False)], id="by a shell"),
        pytest.param('CMD ["run", "$APORT"]', [], id="without a shell"),
        pytest.param("HEALTHCHECK CMD curl ${APORT:-1}", [("APORT", 1, FALLS_BACK, False)], id="with a default"),
        pytest.param("ENV APORT=1\nCMD run $APORT", [("APORT", 1, SETS, True)], id="set in the image"),
        pytest.param("RUN echo $APORT", [], id="while it is built"),
    ),
)
def test_dockerfile(text, expected):
    assert told(dockerfile.uses("Dockerfile", text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("FROM a", True, id="nothing said"),
        pytest.param("FROM a\nUSER 0:0", True, id="number"),
        pytest.param("FROM a\nUSER root", True, id="root"),
        pytest.param("FROM a\nUSER app\nFROM b", True, id="another stage"),
        pytest.param("FROM a\nUSER app", False, id="user"),
        pytest.param("FROM gcr.io/distroless/x:nonroot", False, id="base image"),
    ),
)
def test_runs_as_root(text, expected):
    assert dockerfile.runs_as_root(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("ARG A\nFROM x\nENV B=$A", [("A", 3, "error")], id="before FROM"),
        pytest.param("FROM x AS a\nARG A\nFROM y\nENV B=${A}", [("A", 4, "error")], id="in another stage"),
        pytest.param("FROM x\nENV B=${A}\nARG A", [("A", 2, "error")], id="further down"),
        pytest.param("FROM x\nENV B=/$TARGETARCH", [("TARGETARCH", 2, "error")], id="what docker gives who asks"),
        pytest.param("FROM x\nENV B $KEY", [("KEY", 2, "error")], id="a key of the contract, in the old form"),
        pytest.param("FROM x\nENV KEY=$KEY", [("KEY", 2, "error")], id="by its own name"),
        pytest.param('FROM x\nENV KEY="${KEY}"', [("KEY", 2, "error")], id="by its own name, in braces"),
        pytest.param("FROM docker.io/library/python:3.12\nENV B=$API", [("API", 2, "warning")], id="a known base"),
        pytest.param("FROM python AS a\nFROM a\nENV B=$API", [("API", 3, "warning")], id="a known base below"),
        pytest.param("ARG A\nFROM x\nARG A\nENV B=$A", [], id="asked for again"),
        pytest.param("ARG A=1\nFROM x\nARG A\nENV B=$A\nFROM y AS z\nRUN x", [], id="one of two stages"),
        pytest.param("FROM x AS a\nARG A\nFROM a\nENV B=$A", [], id="in a stage below"),
        pytest.param("FROM x\nENV A=1\nENV B=$A", [], id="by ENV"),
        pytest.param("FROM x\nENV B=${KEY:-x}", [], id="with a fallback"),
        pytest.param("FROM x\nENV B='$KEY' C=\\$KEY", [], id="as it stands"),
        pytest.param("FROM x\nENV B=$OTHER", [], id="a base that may have it"),
        pytest.param("FROM python\nENV PATH=/x:$PATH PYTHONPATH=$PYTHONPATH", [], id="of the base"),
        pytest.param("FROM python\nENV B=$HTTPS_PROXY C=$JAVA_HOME/bin", [], id="given by docker, and a home"),
        pytest.param("FROM python\nENV API=/x:$API", [], id="what is added to itself"),
        pytest.param("FROM x\nRUN echo $KEY\nLABEL a=$KEY", [], id="no ENV"),
        pytest.param("ENV B=$KEY", [], id="no stage"),
    ),
)
def test_what_an_image_takes_for_nothing(text, expected):
    assert [(one.anchor, one.line, one.severity) for one in baked.unset({"Dockerfile": text}, {"KEY"})] == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    (
        ("Dockerfile", True),
        ("a/Dockerfile.dev", True),
        ("api.dockerfile", True),
        ("Containerfile", True),
        ("docker.py", False),
        ("dockerfile.py", False),
        ("Dockerfile.md", False),
        ("Dockerfile.dockerignore", False),
        ("Dockerfile.bak", False),
        ("Dockerfile~", False),
    ),
)
def test_is_dockerfile(path, expected):
    assert dockerfile.is_dockerfile(path) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("image: $A", [("A", 1, REQUIRES, False)], id="plain"),
        pytest.param("image: ${A}", [("A", 1, REQUIRES, False)], id="braces"),
        pytest.param("image: ${A:?say}${B?say}", [("A", 1, STOPS, False), ("B", 1, STOPS, False)], id="stops"),
        pytest.param("image: ${A:-x}${B-x}", [("A", 1, FALLS_BACK, True), ("B", 1, FALLS_BACK, True)], id="default"),
        pytest.param(
            "image: ${A:-}${B:+x}", [("A", 1, FALLS_BACK, False), ("B", 1, FALLS_BACK, False)], id="no default"
        ),
        pytest.param("image: ${A:-${B:-x}}", [("A", 1, FALLS_BACK, True), ("B", 1, FALLS_BACK, True)], id="in the end"),
        pytest.param("image: ${A:-${B:?}}", [("A", 1, FALLS_BACK, False), ("B", 1, STOPS, False)], id="nested"),
        pytest.param("image: $$A", [], id="escaped"),
        pytest.param("image: ${", [], id="refused"),
        pytest.param(
            "services: {a: {environment: [A, B=1, C=$D]}}",
            [("D", 1, REQUIRES, False), ("A", 1, REQUIRES, False), ("B", 1, SETS, True), ("C", 1, SETS, False)],
            id="environment as a list",
        ),
        pytest.param(
            "services: {a: {environment: {A: , B: 1}, build: {args: {C: ''}}}}",
            [("A", 1, REQUIRES, False), ("B", 1, SETS, True), ("C", 1, SETS, False)],
            id="environment and arguments",
        ),
        pytest.param("services: {a: {environment: {$A: 1}}}", [], id="a key that is put together"),
        pytest.param("secrets:\n  a: {environment: A}\n  b: {file: b}", [("A", 2, STOPS, False)], id="secret"),
    ),
)
def test_compose(text, expected):
    assert told(compose.uses(read("c.yml", text))) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    (
        ("compose.yaml", True),
        ("a/docker-compose.prod.yml", True),
        ("docker-compose-dev.yml", True),
        ("compose.py", False),
        ("x.yml", False),
    ),
)
def test_is_compose(path, expected):
    assert compose.is_compose(path) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param('os.Getenv("OLD_KEY")', {"OLD_KEY"}, id="another language"),
        pytest.param("settings.old_key", {"OLD_KEY"}, id="another case"),
        pytest.param("# OLD_KEY\nx = 1 // OLD_KEY\n * OLD_KEY", set(), id="comments"),
        pytest.param("VERY_OLD_KEY OLD_KEYS", set(), id="part of a word"),
        pytest.param("http://x/#OLD_KEY", {"OLD_KEY"}, id="no comment"),
        pytest.param("/* OLD_KEY */", set(), id="block"),
        pytest.param("", set(), id="empty"),
    ),
)
def test_mentioned(text, expected):
    assert mentions.mentioned("a.go", text, frozenset({"OLD_KEY"})) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("settings.OLD_KEY", True, id="attribute"),
        pytest.param("class A:\n    old_key: str", True, id="field"),
        pytest.param("class A:\n    old_key = var()", True, id="field that is called for"),
        pytest.param("from a import OLD_KEY", True, id="import"),
        pytest.param("x = OLD_KEY", True, id="name from elsewhere"),
        pytest.param("read('OLD_KEY')", True, id="text"),
        pytest.param("x = 'run ${OLD_KEY} now'", True, id="in a text"),
        pytest.param("x = 'OLD_KEY=1 run'", True, id="set in a text"),
        pytest.param("syntax error OLD_KEY", True, id="no Python"),
        pytest.param("OLD_KEY = 1\nx = OLD_KEY", False, id="its own constant"),
        pytest.param("def f(OLD_KEY):\n    return OLD_KEY", False, id="its own parameter"),
        pytest.param("def f():\n    'OLD_KEY'", False, id="documentation"),
        pytest.param("raise E('OLD_KEY is gone')", False, id="prose"),
        pytest.param("os.environ['OLD_KEY'] = x", False, id="set"),
        pytest.param("os.environ.pop('OLD_KEY', None)", False, id="taken out"),
        pytest.param("monkeypatch.setenv('OLD_KEY', x)", False, id="set for a test"),
    ),
)
def test_mentioned_in_python(text, expected):
    assert mentions.mentioned("a.py", text, frozenset({"OLD_KEY"})) == ({"OLD_KEY"} if expected else set())


def test_mentioned_in_other_files():
    keys = frozenset({"OLD_KEY", "sentry_sdk"})
    assert mentions.mentioned("a.html", "<!-- OLD_KEY -->", keys) == set()
    assert mentions.mentioned("a.conf", "%(ENV_OLD_KEY)s", keys) == {"OLD_KEY"}
    assert mentions.mentioned("a.py", "import sentry_sdk", keys) == {"sentry_sdk"}


@pytest.mark.parametrize(
    ("text", "left"),
    (
        ("OLD_KEY=1", False), ("OLD_KEY: x", False), ("ENV OLD_KEY x", False), ("- OLD_KEY=", False),
        ("x=$OLD_KEY", True), ("${OLD_KEY:-x}", True), ("for k in OLD_KEY B; do", True), ("-e OLD_KEY x", True),
    ),
)  # fmt: skip
def test_without_assignments(text, left):
    assert ("OLD_KEY" in mentions.without_assignments(text, frozenset({"OLD_KEY"}))) is left


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("FROM a", [(1, "a")], id="one"),
        pytest.param("FROM --platform=x a:1 AS b\nFROM b\nFROM c", [(1, "a:1"), (3, "c")], id="stages"),
        pytest.param("ARG T=1\nFROM a:${T}\nFROM $U", [(2, "a:1"), (3, "$U")], id="arguments"),
        pytest.param("ARG B\nFROM ${B}", [(2, "${B}")], id="an argument that whoever builds gives"),
        pytest.param("ARG A B=b:1\nFROM $A\nFROM $B", [(2, "$A"), (3, "b:1")], id="several arguments"),
        pytest.param("FROM scratch", [], id="nothing"),
    ),
)
def test_bases(text, expected):
    assert list(dockerfile.bases(text)) == expected


def test_bases_whose_tag_is_no_version():
    files = {"Dockerfile": "FROM python\nFROM python:3.12-slim", "Dockerfile.dev": "FROM python:latest"}
    assert [(one.rule, one.path, one.line) for one in baked.floating(files)] == [
        ("stack-floating-image", "Dockerfile", 1)
    ]
    assert list(baked.floating({"Dockerfile": "ARG BASE_IMAGE\nFROM ${BASE_IMAGE}"})) == []


def test_comments_of_workflows_name_no_keys():
    assert workflow.uses("x.yml", "a:\n  # b: ${{ secrets.OLD_KEY }}\n") == []


def test_configs_take_keys_as_secrets_do():
    tree = read("c.yml", "configs:\n  a: {environment: A}\nsecrets:\n  b: {environment: B}\n  c: {file: x}\n")
    assert sorted(told(compose.uses(tree))) == [("A", 2, STOPS, False), ("B", 4, STOPS, False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("services:\n  db: {image: 'x:1'}\n", True, id="compose"),
        pytest.param("services:\n  app: {build: .}\n", True, id="built"),
        pytest.param("services:\n  App\\Mailer: {arguments: [1]}\n# image: x\n", False, id="another program's"),
        pytest.param("image: x\nservices:\n  - docker:dind\n", False, id="a list"),
        pytest.param("jobs:\n  a:\n    services:\n      db: {image: x}\n", False, id="below"),
    ),
)
def test_compose_files_of_any_name(text, expected):
    assert (compose.may_be_compose(text) and compose.has_services(read("x.yml", text))) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("FROM a\nENV DEBUG=1\n", [2], id="on"),
        pytest.param("FROM a\nENV A=1 \\\n    FLASK_DEBUG=true\n", [2], id="among others"),
        pytest.param("FROM a\nENV LOG_LEVEL debug\n", [2], id="old form"),
        pytest.param("FROM a AS base\nENV DEBUG=1\nFROM base AS prod\n", [2], id="of the stage below"),
        pytest.param("FROM a AS dev\nENV DEBUG=1\nFROM a\n", [], id="of another stage"),
        pytest.param("FROM a AS prod\nFROM prod AS dev\nENV DEBUG=1\n", [], id="of the developers' stage"),
        pytest.param("FROM a\nENV DEBUG=0 RELOAD=false\n", [], id="off"),
        pytest.param("FROM a\nARG DEBUG=1\nENV DEBUG=$DEBUG\n", [], id="as it is built"),
        pytest.param("FROM a\nENV SQL_ECHO=1\n", [], id="settled by the stack"),
        pytest.param("ENV DEBUG=1\nFROM a\n", [], id="before any stage"),
    ),
)
def test_debugging_of_images(text, expected):
    found = [(one.rule, one.line) for one in debugging({"api/Dockerfile": text}, frozenset({"SQL_ECHO"}))]
    assert found == [("debug-in-production", line) for line in expected]
    assert list(debugging({"Dockerfile.dev": text}, frozenset())) == []
