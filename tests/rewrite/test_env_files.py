"""Calls of `docker compose`, whose files stop without their keys since a fix: they name the env file."""

import pytest

from envfence import cli
from envfence.rewrite.repairs import env_files

COMPOSE = "services:\n  db:\n    image: postgres\n    environment:\n      POSTGRES_PASSWORD: @WORD@\n"
RULE = "interpolation-ignores-env-file"
DEV, PROD = "--env-file .env.development", "--env-file .env.production"
ENV = {"development": "DB_PASSWORD=a\n", "production": "DB_PASSWORD=b\n"}
READS = "services:\n  db:\n    environment:\n      A: ${DB_PASSWORD:?}\n"
FILES = {"docker-compose.yml": READS, "docker-compose.prod.yml": READS, "infra/compose.yaml": READS}
HEAD = "on: push\njobs:\n  up:\n    runs-on: a\n"


def told(path, text, compose=FILES, env=ENV):
    return env_files.told({path: text}, compose, env)


@pytest.mark.parametrize(
    ("path", "before", "after"),
    (
        pytest.param("up.sh", "docker compose up -d\n", f"docker compose {DEV} up -d\n", id="base file"),
        pytest.param("up.sh", "docker-compose up -d\r\n", f"docker-compose {DEV} up -d\r\n", id="old client, CRLF"),
        pytest.param(
            "up.sh",
            "# docker compose down\ndocker compose down && docker compose up\necho 'docker compose up'\n"
            "docker compose version\n",
            f"# docker compose down\ndocker compose {DEV} down && docker compose {DEV} up\necho 'docker compose up'\n"
            "docker compose version\n",
            id="all commands, no comment",
        ),
        pytest.param(
            "up.sh",
            "docker compose -f docker-compose.yml -f docker-compose.prod.yml up -d\n",
            f"docker compose {PROD} -f docker-compose.yml -f docker-compose.prod.yml up -d\n",
            id="override says it",
        ),
        pytest.param("up-prod.sh", "docker compose up\n", f"docker compose {PROD} up\n", id="script says it"),
        pytest.param(
            "bin/up.sh",
            "docker compose -f ../docker-compose.yml up\n",
            "docker compose --env-file ../.env.development -f ../docker-compose.yml up\n",
            id="from below",
        ),
        pytest.param(
            "up.sh",
            "cd infra\ndocker compose -f compose.yaml up\n",
            "cd infra\ndocker compose --env-file ../.env.development -f compose.yaml up\n",
            id="in a folder",
        ),
        pytest.param(
            "up.sh",
            'DC="docker compose -f docker-compose.prod.yml"\n$DC pull\n$DC up -d\n',
            f'DC="docker compose {PROD} -f docker-compose.prod.yml"\n$DC pull\n$DC up -d\n',
            id="by a variable",
        ),
        pytest.param(
            "Makefile",
            "up:\n\tdocker compose up -d\nlogs:\n\tdocker compose logs -f db\nup-prod:\n\t@docker compose up -d\n",
            f"up:\n\tdocker compose {DEV} up -d\nlogs:\n\tdocker compose {DEV} logs -f db\n"
            f"up-prod:\n\t@docker compose {PROD} up -d\n",
            id="targets",
        ),
        pytest.param(
            "ship.sh",
            'scp .env.production a:/srv\nssh a "docker compose -f docker-compose.prod.yml up -d"\n',
            f'scp .env.production a:/srv\nssh a "docker compose {PROD} -f docker-compose.prod.yml up -d"\n',
            id="sent there",
        ),
        pytest.param(
            ".github/workflows/a.yml",
            f"{HEAD}    environment: production\n    steps:\n"
            '      - run: printf %s "$ALL" | ssh a "cat > /srv/.env.production"\n'
            "      - run: ssh a 'cd /srv && docker compose up -d'\n",
            f"{HEAD}    environment: production\n    steps:\n"
            '      - run: printf %s "$ALL" | ssh a "cat > /srv/.env.production"\n'
            f"      - run: ssh a 'cd /srv && docker compose {PROD} up -d'\n",
            id="written there by a job",
        ),
    ),
)
def test_calls_name_their_env_file(path, before, after):
    result = told(path, before)
    assert result.texts[path] == after
    assert result.done
    assert not result.left
    assert not told(path, after).texts


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    (
        pytest.param("deploy.sh", "docker compose up -d\n", env_files.NAMELESS, id="deployment of anything"),
        pytest.param("a.sh", "ssh a 'cd b && docker compose up'\n", env_files.NAMELESS, id="on another machine"),
        pytest.param("a.sh", "ssh a docker compose -f docker-compose.prod.yml up\n", env_files.UNSENT, id="not sent"),
        pytest.param("ci.sh", "docker compose up -d\n", env_files.NO_FILE, id="no such file"),
        pytest.param(
            "dev.sh", "docker compose -f docker-compose.prod.yml up\n", env_files.NAMELESS, id="two environments"
        ),
        pytest.param(
            "up.sh", 'docker compose -f "$ROOT/docker-compose.yml" up\n', env_files.NAMELESS, id="a folder not known"
        ),
        pytest.param(
            ".github/workflows/a.yml",
            f"{HEAD}    environment: production\n    steps:\n      - run: docker compose up -d\n",
            env_files.UNSENT,
            id="not written in a job",
        ),
        pytest.param(
            ".github/workflows/a.yml",
            f"{HEAD}    steps:\n      - run: docker compose up -d\n",
            env_files.NAMELESS,
            id="a job of no environment",
        ),
    ),
)
def test_people_decide_the_rest(path, text, reason):
    result = told(path, text)
    assert result.texts == {path: text}
    assert not result.done
    assert [(one.rule, one.reason) for one in result.left] == [(RULE, reason)]


PLAIN = {"": "TAG=1\n", **ENV}


@pytest.mark.parametrize(
    ("compose", "env"),
    (
        pytest.param(f"{READS}    image: a:${{TAG:-1}}\n", PLAIN, id="it is here"),
        pytest.param(f"{READS}    env_file: .env\n", ENV, id="others have it"),
    ),
)
def test_a_plain_file_stays_read(compose, env):
    result = told("up.sh", "docker compose up\n", {"compose.yml": compose}, env)
    assert [one.reason for one in result.left] == [env_files.OTHERS_TOO]


@pytest.mark.parametrize(
    ("path", "text", "compose", "env"),
    (
        pytest.param(
            "up.sh", "docker compose up\n", READS, {**ENV, "": "DB_PASSWORD=c\n"}, id="a plain file gives them"
        ),
        pytest.param("up.sh", "docker compose up\n", READS.replace(":?", ":-a"), ENV, id="defaults"),
        pytest.param(
            ".github/workflows/a.yml",
            f"{HEAD}    steps:\n      - env:\n          DB_PASSWORD: ${{{{ secrets.DB_PASSWORD }}}}\n"
            "        run: docker compose up -d\n",
            READS,
            ENV,
            id="the job gives them",
        ),
    ),
)
def test_calls_that_nothing_stops_stay(path, text, compose, env):
    assert told(path, text, {"compose.yml": compose}, env) == env_files.Told({}, [], [])


@pytest.mark.parametrize(
    "text",
    (
        pytest.param("docker compose --env-file .env.development up\n", id="names it"),
        pytest.param("set -a\n. ./.env.development\ndocker compose up\n", id="exports it"),
        pytest.param("docker compose -f other.yml up\n", id="another file"),
        pytest.param("docker compose down\n", id="starts nothing"),
    ),
)
def test_calls_that_have_their_keys_stay(text):
    assert told("up.sh", text) == env_files.Told({}, [], [])


def test_a_fix_that_moves_values_out_of_compose_files(fix, capsys):
    after = fix({"docker-compose.yml": COMPOSE, "up.sh": "docker compose up -d\n"})
    assert after["up.sh"] == f"docker compose {DEV} up -d\n"
    assert f"up.sh:1: {RULE}: mended" in capsys.readouterr().err
    assert cli.main(["fix", "--allow-dirty"]) == 0
    assert "mended" not in capsys.readouterr().err


def test_a_fix_lists_what_it_cannot_name(fix, capsys):
    text = "ssh a 'docker compose up -d'\n"
    assert fix({"docker-compose.yml": COMPOSE, "deploy.sh": text})["deploy.sh"] == text
    assert f"deploy.sh:1: {RULE}: left alone: {env_files.NAMELESS}" in capsys.readouterr().err
