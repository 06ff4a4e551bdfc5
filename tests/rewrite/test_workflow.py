"""What becomes of a value in a GitHub workflow, byte for byte; scripts get it by way of the step's `env`."""

import pytest

from envfence import check, cli
from envfence.config import Config

yaml = pytest.importorskip("ruamel.yaml")
PATH = ".github/workflows/ci.yml"
HEAD = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n"
SECRET, HOST = "${{ secrets.DB_PASSWORD }}", "${{ vars.DB_HOST }}"
WEBHOOK = "https://hooks.slack.com/" + "services/T0FAKE000/B0FAKE000/fAkEfAkEfAkEfAkEfAkEfAk3"
CASES = (
    pytest.param("    env:\n      DB_HOST: @OTHER@ # x\n", f"    env:\n      DB_HOST: {HOST} # x\n", id="variable"),
    pytest.param("    env:\n      DB_PASSWORD: @WORD@\n", f"    env:\n      DB_PASSWORD: {SECRET}\n", id="secret"),
    pytest.param("    env:\n      DB_PASSWORD: '@WORD@'\n", f"    env:\n      DB_PASSWORD: '{SECRET}'\n", id="quotes"),
    pytest.param("    env: {DB_PASSWORD: @WORD@}\n", f'    env: {{DB_PASSWORD: "{SECRET}"}}\n', id="flow"),
    pytest.param(
        "    env:\n      DATABASE_URL: postgresql://@LOGIN@@@OTHER@:@PORT@/@NAME@\n",
        "    env:\n      DATABASE_URL: postgresql://${{ vars.DB_USER }}:${{ secrets.DB_PASSWORD }}@${{ vars.DB_HOST }}"
        ":${{ vars.DB_PORT }}/${{ vars.DB_NAME }}\n",
        id="connection",
    ),
    pytest.param(
        "    steps:\n      - run: psql -h @OTHER@\n",
        f'    steps:\n      - env:\n          DB_HOST: {HOST}\n        run: psql -h "${{DB_HOST:?}}"\n',
        id="script, first key",
    ),
    pytest.param(
        "    steps:\n      - name: a\n        run: |\n          PGPASSWORD=@WORD@ psql\n      - run: ls\n",
        f"    steps:\n      - name: a\n        env:\n          DB_PASSWORD: {SECRET}\n        run: |\n"
        '          PGPASSWORD="${DB_PASSWORD:?}" psql\n      - run: ls\n',
        id="script, block",
    ),
    pytest.param(
        "    steps:\n      - env:\n          A: b\n        run: psql -h @OTHER@\n",
        f'    steps:\n      - env:\n          DB_HOST: {HOST}\n          A: b\n        run: psql -h "${{DB_HOST:?}}"\n',
        id="script, env before it",
    ),
    pytest.param(
        "    steps:\n      - run: psql -h @OTHER@\n        env:\n          A: b\n",
        f'    steps:\n      - run: psql -h "${{DB_HOST:?}}"\n        env:\n          DB_HOST: {HOST}\n          A: b\n',
        id="script, env behind it",
    ),
    pytest.param(
        f"    steps:\n      - run: |\n          curl {WEBHOOK}\n",
        "    steps:\n      - env:\n          SLACK_WEBHOOK_URL: ${{ secrets.SLACK_WEBHOOK_URL }}\n        run: |\n"
        '          curl "${SLACK_WEBHOOK_URL:?}"\n',
        id="a URL that is a secret",
    ),
    pytest.param(
        "    steps:\n      - run: |\n          DB_PASSWORD=@WORD@ DB_HOST=@OTHER@\n"
        "          curl -H 'X: @OTHER@ @WORD@'\n",
        f"    steps:\n      - env:\n          DB_HOST: {HOST}\n          DB_PASSWORD: {SECRET}\n        run: |\n"
        '          DB_PASSWORD="${DB_PASSWORD:?}" DB_HOST="${DB_HOST:?}"\n'
        '          curl -H "X: ${DB_HOST:?} ${DB_PASSWORD:?}"\n',
        id="two values in single quotes",
    ),
    pytest.param("    env:\r\n      DB_HOST: @OTHER@\r\n", f"    env:\r\n      DB_HOST: {HOST}\r\n", id="CRLF"),
)


@pytest.mark.parametrize(("before", "expected"), CASES)
def test_value_is_read_from_its_key(before, expected, fix, filled):
    text = fix({PATH: HEAD + before})[PATH]
    assert text == HEAD + filled(expected)
    assert yaml.YAML(typ="safe").load(text)["jobs"]
    assert not check.findings_in(PATH, text.encode(), Config())
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_service_of_a_job_keeps_its_password(fix, filled):
    service = "    services:\n      pg:\n        env:\n          POSTGRES_PASSWORD: @WORD@\n"
    said = f"{service}    env:\n      PGPASSWORD: @WORD@\n"
    assert fix({PATH: HEAD + said}, expected=0)[PATH] == HEAD + filled(said)


def test_it_tells_what_to_register(fix, capsys):
    fix({PATH: HEAD + "    env:\n      DB_HOST: @OTHER@\n      DB_PASSWORD: @WORD@\n"})
    said = capsys.readouterr().err
    assert "gh variable set DB_HOST\n" in said
    assert "gh secret set DB_PASSWORD\n" in said


@pytest.mark.parametrize(
    ("name", "said", "environment"),
    (
        pytest.param("deploy.yml", "", "production", id="nothing said"),
        pytest.param("staging.yml", "", "staging", id="by the file's name"),
        pytest.param("a.yml", "    environment: staging\n", "staging", id="by the job's environment"),
        pytest.param("a.yml", "    environment:\n      name: prod-eu\n", "production", id="by its name"),
    ),
)
def test_its_servers_are_no_developers(name, said, environment, fix, filled):
    files = fix({f".github/workflows/{name}": f"{HEAD}{said}    env:\n      API_HOST: @OTHER@\n"})
    assert files[f".env.{environment}"] == filled("API_HOST=@OTHER@\n")
    assert ".env.development" not in files
    assert f"API_HOST=<API_HOST>  # only: {environment}\n" in files[".env.example"]


def test_what_nothing_is_known_of_is_not_that_of_developers(fix, filled):
    steps = "    steps:\n      - run: |\n          ssh a@@OTHER@ ls\n          curl http://@OTHER@:8080/x\n"
    compose = "services:\n  a:\n    environment:\n      BASE: http://10.1.2.3:9093/x\n"
    after = fix({PATH: f"{HEAD}    env:\n      API_HOST: @OTHER@\n{steps}", "compose.yml": compose})
    assert after[".env.development"] == "API_URL_2=http://10.1.2.3:9093\n"
    said = filled("API_HOST=@OTHER@\nAPI_URL=http://@OTHER@:8080\n\nDEPLOY_HOST=@OTHER@\n")
    assert after[".env.production"] == said
    assert 'ssh a@"${DEPLOY_HOST:?}" ls' in after[PATH]


def test_the_machines_that_developers_go_to_need_not_be_its_own(fix, filled):
    steps = "    steps:\n      - run: |\n          ssh a@@OTHER@ ls\n          scp b a@10.1.2.4:/c\n"
    after = fix({PATH: f"{HEAD}{steps}", "z.sh": "set -e\nssh a@10.1.2.3 ls\nrsync -a . a@10.1.2.4:/c\n"})
    assert after[".env.production"] == filled("DEPLOY_HOST=@OTHER@\n\nDEPLOY2_HOST=10.1.2.4\n")
    assert after[".env.development"] == "DEPLOY2_HOST=10.1.2.4\n\nDEPLOY3_HOST=10.1.2.3\n"
    assert after["z.sh"] == 'set -e\nssh a@"${DEPLOY3_HOST:?}" ls\nrsync -a . a@"${DEPLOY2_HOST:?}":/c\n'


def test_what_developers_have_as_well_shares_its_key(fix, filled):
    files = fix({PATH: HEAD + "    env:\n      PW: @WORD@\n", "a.py": 'DB_PASSWORD = "@WORD@"\n'})
    assert files[PATH] == HEAD + "    env:\n      PW: ${{ secrets.DB_PASSWORD }}\n"
    assert filled("DB_PASSWORD=@WORD@\n") in files[".env.development"]


LEFT = (
    pytest.param("    steps:\n      - run: psql -h @OTHER@\n        shell: pwsh\n", "POSIX", id="another shell"),
    pytest.param('    steps:\n      - run: "psql -h @OTHER@"\n', "in quotes", id="script in quotes"),
    pytest.param(
        "    steps:\n      - run: psql -h @OTHER@\n        env:\n          DB_HOST: $x\n", "another value", id="env"
    ),
)


@pytest.mark.parametrize(("before", "reason"), LEFT)
def test_what_is_unsure_is_left_alone(before, reason, fix, filled, capsys):
    files = fix({PATH: HEAD + before}, expected=0)
    assert files[PATH] == HEAD + filled(before)
    assert reason in capsys.readouterr().err
