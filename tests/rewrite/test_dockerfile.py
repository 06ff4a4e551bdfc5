"""Values of Dockerfiles: compose gives them to the containers, and the image keeps none."""

import pytest

from envfence import cli
from envfence.rewrite import Rewritten
from envfence.rewrite.files.others import rewriter_of
from envfence.rewrite.keys import Keys

COMPOSE = """\
services:
  web:
    build: .
    environment:
      MODE: x
  jobs:
    build: {context: ., dockerfile: ./Dockerfile}
    environment:
      - MODE=x
  plain:
    build:
      context: .
    image: plain
  other:
    image: redis
"""
IMAGE = "FROM x\nENV A=1 \\\n    DB_PASSWORD=@WORD@ \\\n    B=2\nCMD run\n"


def test_services_are_given_what_the_image_kept(fix, filled):
    after = fix({"compose.yml": COMPOSE, "Dockerfile": IMAGE})
    assert after["Dockerfile"] == "FROM x\nENV A=1 \\\n    B=2\nCMD run\n"
    assert after["compose.yml"] == (
        COMPOSE.replace("      MODE: x\n", '      DB_PASSWORD: "${DB_PASSWORD:?}"\n      MODE: x\n')
        .replace("      - MODE=x\n", '      - "DB_PASSWORD=${DB_PASSWORD:?}"\n      - MODE=x\n')
        .replace(
            "  plain:\n    build:\n",
            '  plain:\n    environment:\n      DB_PASSWORD: "${DB_PASSWORD:?}"\n    build:\n',
        )
    )
    assert filled("DB_PASSWORD=@WORD@\n") in after[".env.development"]
    assert cli.main(["fix", "--allow-dirty"]) == 0


ENV = (
    pytest.param("ENV DB_PASSWORD=@WORD@ B=2", "ENV B=2\n", id="the first"),
    pytest.param("ENV B=2 DB_PASSWORD=@WORD@", "ENV B=2\n", id="the last"),
    pytest.param("ENV DB_PASSWORD=@WORD@ API_TOKEN=@TOKEN@ B=2", "ENV B=2\n", id="the first two"),
    pytest.param("ENV DB_PASSWORD=@WORD@ \\\n  API_TOKEN='@TOKEN@'", "", id="all"),
    pytest.param("ENV DB_PASSWORD @WORD@", "", id="the old form"),
    pytest.param("env DB_PASSWORD=@WORD@", "", id="in lower case"),
)


@pytest.mark.parametrize(("line", "expected"), ENV)
@pytest.mark.parametrize("newline", ("\n", "\r\n"), ids=("lf", "crlf"))
def test_a_variable_goes_with_its_line(line, expected, newline, fix):
    compose = "services:\n  web:\n    build: .\n".replace("\n", newline)
    after = fix({"compose.yml": compose, "Dockerfile": f"FROM x\n{line}\nCMD y\n".replace("\n", newline)})
    assert after["Dockerfile"] == f"FROM x\n{expected}CMD y\n".replace("\n", newline)
    assert after["compose.yml"].count("\r\n") == (after["compose.yml"].count("\n") if newline == "\r\n" else 0)


def test_a_service_that_has_the_variable_is_given_nothing(fix):
    services = "services:\n  web:\n    build: .\n    env_file: web.env\n"
    compose = f"{services}  api:\n    build: .\n    environment: [TZ, DB_PASSWORD]\n"
    after = fix(
        {"compose.yml": compose, "web.env": "DB_PASSWORD=x\n", "Dockerfile": "FROM x\nENV DB_PASSWORD=@WORD@\n"}
    )
    assert (after["Dockerfile"], after["compose.yml"]) == ("FROM x\n", compose)


def test_an_argument_loses_its_default_where_every_build_is_given_it(fix):
    compose = 'services:\n  web:\n    build:\n      context: .\n      args:\n        DB_PASSWORD: "${DB_PASSWORD:?}"\n'
    after = fix({"compose.yml": compose, "Dockerfile": "FROM x\nARG DB_PASSWORD=@WORD@\nRUN y\n"})
    assert after["Dockerfile"] == "FROM x\nARG DB_PASSWORD\nRUN y\n"


ENV_LINE = "FROM x\nENV DB_PASSWORD=@WORD@\n"
BUILT = "services:\n  web:\n    build: .\n"
LEFT = (
    pytest.param(ENV_LINE, "services:\n  web:\n    image: y\n", "when the container starts", id="no service"),
    pytest.param(ENV_LINE, "services: [", "when the container starts", id="no YAML"),
    pytest.param(ENV_LINE + "RUN x $DB_PASSWORD\n", BUILT, "build secret", id="the build reads it"),
    pytest.param("FROM x\nARG DB_PASSWORD=@WORD@\n", BUILT, "build secret", id="an argument"),
    pytest.param("FROM x\nRUN curl http://@OTHER@:8000/x\n", BUILT, "build secret", id="a command"),
    pytest.param(ENV_LINE, f"{BUILT}    env_file: none.env\n", "cannot be told", id="an env file that is not there"),
    pytest.param(ENV_LINE, f"{BUILT}    environment: {{TZ: x}}\n", "cannot be told", id="no line of its own"),
    pytest.param(
        ENV_LINE,
        f"x-env: &env\n  environment:\n    TZ: x\n{BUILT}    <<: *env\n",
        "cannot be told",
        id="the environment of others",
    ),
    pytest.param("FROM x\nENV DB_PASSWORD=a\\\\b1w9x7\n", BUILT, "with escapes", id="escaped"),
    pytest.param("FROM x\nENV DB_PASSWORD=a'@WORD@'\n", BUILT, "left alone", id="half in quotes"),
)


@pytest.mark.parametrize(("image", "compose", "reason"), LEFT)
def test_what_is_unsure_is_left_alone(image, compose, reason, fix, filled, capsys):
    after = fix({"compose.yml": compose, "Dockerfile": image}, expected=0)
    assert (after["Dockerfile"], after["compose.yml"]) == (filled(image), compose)
    assert reason in capsys.readouterr().err


def test_a_dockerfile_alone_has_no_rewriter():
    assert rewriter_of("Dockerfile")("Dockerfile", "FROM x\n", [], Keys()) == Rewritten((), [])


COPIES = (
    pytest.param("COPY ./run.py /app/run.py", "COPY ./jobs_settings.py /app/jobs_settings.py", id="a file"),
    pytest.param("COPY --chown=a:b jobs/run.py .", "COPY --chown=a:b jobs/jobs_settings.py .", id="into a folder"),
    pytest.param("ADD a.txt run.py b.txt ./", "COPY jobs_settings.py ./", id="among others"),
    pytest.param("COPY jobs ./jobs", "", id="the folder"),
    pytest.param("COPY --from=build run.py .", "", id="of another stage"),
    pytest.param("COPY other.py .", "", id="another module"),
)


@pytest.mark.parametrize(("line", "more"), COPIES)
def test_an_image_gets_the_settings_of_the_modules_that_it_gets(line, more, fix):
    image = f"FROM python\n{line}\nCMD run\n"
    taken = {"settings.py": "", "config.py": "", "jobs/other.py": ""}
    after = fix({"jobs/Dockerfile": image, "jobs/run.py": "U = '@DSN@'\n", **taken})
    assert "jobs/jobs_settings.py" in after
    assert after["jobs/Dockerfile"] == image.replace(line, f"{line}\n{more}" if more else line)


@pytest.mark.parametrize("name", ("Dockerfile.dockerignore", "dockerfile.md", "dockerfile_notes.txt"))
def test_what_is_only_about_an_image_has_no_rewriter(name):
    assert rewriter_of(name) is None


@pytest.mark.parametrize("name", ("Dockerfile", "Dockerfile.prod", "api.Dockerfile", "docker/Containerfile"))
def test_every_file_of_an_image_has_one(name):
    assert rewriter_of(name) is not None
