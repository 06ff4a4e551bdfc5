"""Jobs that test a program whose settings want values now: they are given some that name no server."""

import pytest

from envfence import cli

PATH = ".github/workflows/ci.yml"
HEAD = "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n"
CODE = {"a.py": "URL = '@DSN@'\nCACHE_URL = 'redis://10.1.2.3:6379/0'\n"}
GIVEN = (
    "DB_HOST: localhost", 'DB_PORT: "1"', "DB_NAME: test", "DB_USER: ${{ github.job }}",
    "DB_PASSWORD: test-${{ github.sha }}", "REDIS_HOST: localhost", 'REDIS_PORT: "1"',
)  # fmt: skip


def lines(margin, given=GIVEN):
    return "".join(f"{margin}{line}\n" for line in given)


@pytest.mark.parametrize(
    ("before", "expected"),
    (
        pytest.param(
            "    steps:\n      - run: pip install .\n      - run: python -m pytest\n",
            f"    steps:\n      - run: pip install .\n      - env:\n{lines(' ' * 10)}        run: python -m pytest\n",
            id="first key",
        ),
        pytest.param(
            "    steps:\n      - name: a\n        env:\n          DB_HOST: db\n        run: |\n          pytest -q\n",
            f"    steps:\n      - name: a\n        env:\n{lines(' ' * 10, GIVEN[1:])}"
            "          DB_HOST: db\n        run: |\n          pytest -q\n",
            id="a key is there",
        ),
    ),
)
def test_tests_get_stand_ins(before, expected, fix):
    after = fix({**CODE, PATH: HEAD + before})
    assert after[PATH] == HEAD + expected
    assert cli.main(["check", ".github"]) == 0
    assert cli.main(["fix", "--allow-dirty"]) == 0


@pytest.mark.parametrize(
    "steps",
    (
        pytest.param("    steps:\n      - run: make test\n", id="other tests"),
        pytest.param("    steps:\n      - run: cp .env.example .env && pytest\n", id="a file"),
    ),
)
def test_what_may_have_values_stays(steps, fix):
    assert fix({**CODE, PATH: HEAD + steps})[PATH] == HEAD + steps


def test_servers_of_the_job_are_peoples(fix, capsys):
    text = f"{HEAD}    services:\n      pg:\n        image: postgres\n    steps:\n      - run: pytest\n"
    assert fix({**CODE, PATH: text})[PATH] == text
    assert f"{PATH}:9: workflow-tests-without-settings: left alone: its servers have logins" in capsys.readouterr().err


def test_the_scheme_of_an_address_stays(fix):
    text = f"{HEAD}    steps:\n      - run: pytest\n"
    head = "from pydantic_settings import BaseSettings\n\n\n"
    field = "    cache_url: str = 'redis://10.1.2.3:6379/0'\n"
    code = f"{head}class Settings(BaseSettings):\n{field}\n\nsettings = Settings()\n"
    after = fix({"config.py": code, "a.py": "import config\n\nURL = '@DSN@'\n", PATH: text})
    assert "          CACHE_URL: redis://localhost\n" in after[PATH]
