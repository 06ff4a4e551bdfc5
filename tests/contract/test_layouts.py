"""Env files beside the root's own: named for their environment, in folders for each, in parts."""

import pytest

from envfence.contract import files
from envfence.contract.check import check
from envfence.contract.command import checked, mended
from envfence.contract.exposure.ignored import holds_values

EXAMPLE = "DB_HOST=<DB_HOST>\nDB_PASSWORD=<GENERATE_PASSWORD>\n"
STRONG = "DB_PASSWORD=" + "Hw3Zk8Qv6Bn1Mx5Tc9Lp2" + "\n"

PLACES = (
    pytest.param(".env", "", id="root"),
    pytest.param(".env.production", "production", id="root's own"),
    pytest.param("production.env", "production", id="named first"),
    pytest.param(".production.env", "production", id="named first, hidden"),
    pytest.param("env.production", "production", id="named last"),
    pytest.param("config/production.env", "production", id="in a folder"),
    pytest.param("docker/.env.prod", "prod", id="in a folder, hidden"),
    pytest.param("envs/prod/.env", "prod", id="a folder for each"),
    pytest.param("deploy/staging/.env", "staging", id="a folder for each, elsewhere"),
    pytest.param(".envs/.production/.postgres", "production", id="parts"),
    pytest.param(".envs/production/postgres.env", "production", id="parts with an ending"),
)
NO_PLACES = (
    pytest.param(".env.example", id="contract"),
    pytest.param("app.env", id="of a service"),
    pytest.param("env.py", id="a module"),
    pytest.param("env.d.ts", id="types"),
    pytest.param("environment.prod.ts", id="Angular's"),
    pytest.param("config/postgres.env", id="of a service, in a folder"),
    pytest.param("config/production.yml", id="no env file"),
    pytest.param("live/stream", id="no env file in a folder"),
    pytest.param(".envs/.production/.gitkeep", id="an empty folder's"),
    pytest.param(".envs/.production/README.md", id="what explains it"),
    pytest.param(".envs/.production/.postgres.example", id="an example"),
    pytest.param("envs/production/postgres.env.sample", id="a sample"),
)


@pytest.mark.parametrize(("place", "environment"), PLACES)
def test_the_environment_of_a_place(place, environment, write):
    assert files.environment_at(place) == environment
    assert files.located(str(write({place: "A=1\n"}))) == [(place, environment)]


@pytest.mark.parametrize("place", NO_PLACES)
def test_no_env_file(place, write):
    assert files.environment_at(place) is None
    assert files.located(str(write({place: "A=1\n"}))) == []


def test_a_folder_of_another_program_or_tool_is_left_alone(write):
    texts = {"config/.env.example": "A=<A>\n", "config/production.env": "A=1\n"}
    assert files.located(str(write(texts | {"env/pyvenv.cfg": "", "env/dev.env": ""}))) == []


@pytest.fixture
def found(write, monkeypatch):
    """Return a function that writes env files beside a contract and returns what is found: rule, path, key."""

    def check_files(texts):
        root = write({".env.example": EXAMPLE, **texts})
        for place in texts:
            (root / place).chmod(0o600)
        monkeypatch.chdir(root)
        return {(one.rule, one.path, one.anchor) for one in check(".", {})}

    return check_files


@pytest.mark.parametrize(
    ("texts", "expected"),
    (
        pytest.param({".env": "A=1\n"}, [(".env", "error", False)], id="none"),
        pytest.param({".env": "A=1\n", ".env.sample": "A=\n"}, [(".env", "error", True)], id="of another name"),
        pytest.param({".sample.env": "A=\n"}, [(".sample.env", "warning", True)], id="of another name alone"),
        pytest.param({"a.txt": ""}, [], id="no env file"),
        pytest.param({".env": "A=1\n", ".env.example": "A=<A>\n"}, [], id="one"),
    ),
)
def test_a_contract_that_is_missing(texts, expected, write, monkeypatch):
    monkeypatch.chdir(write(texts))
    told = [one for one in check(".", {}) if one.rule == "contract-missing"]
    assert [(one.path, one.severity, ".env.example)" in one.message) for one in told] == expected


def test_parts_of_an_environment_make_up_the_whole(found):
    parts = {".envs/.production/.django": STRONG, ".envs/.production/.postgres": "DB_HOST=10.0.0.1\n"}
    assert found(parts) == set()


def test_a_key_that_all_parts_lack_is_missing_once(found):
    assert found({".envs/.production/.django": STRONG, ".envs/.production/.postgres": "OTHER=1\n"}) == {
        ("missing-key", ".envs/.production/.django", "DB_HOST"),
        ("extra-key", ".envs/.production/.postgres", "OTHER"),
    }


def test_a_file_in_a_folder_is_an_environment_where_the_root_has_none(found):
    lacking = {"config/production.env": STRONG}
    assert found(lacking) == {("missing-key", "config/production.env", "DB_HOST")}
    assert found(lacking | {".env.production": f"{STRONG}DB_HOST=10.0.0.1\n"}) == set()


def test_values_are_judged_and_compared_across_places(found):
    texts = {
        "envs/prod/.env": f"{STRONG}DB_HOST=localhost\nDEBUG=true\n",
        "envs/staging/.env": f"{STRONG}DB_HOST=10.0.0.2\n",
    }
    assert found(texts) >= {
        ("shared-secret", "envs/prod/.env", "DB_PASSWORD"),
        ("points-at-development", "envs/prod/.env", "DB_HOST"),
        ("debug-in-production", "envs/prod/.env", "DEBUG"),
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    (
        (".envs/.production/.postgres", True),
        ("a/.envs/staging/django", True),
        ("env.production", True),
        (".prod.env", True),
        ("ENV.PRODUCTION", True),
        (".envs/.local/.postgres", False),
        (".envs/.production/.postgres.example", False),
        (".envs/.production/.gitkeep", False),
        ("env.py", False),
        (".dev.env", False),
    ),
)
def test_what_git_must_not_have(path, expected):
    assert holds_values(path) is expected


def test_git_and_docker_are_asked_about_parts(repo, write, git, monkeypatch):
    monkeypatch.chdir(repo)
    place = ".envs/.production/.postgres"
    texts = {".gitignore": ".env\n.env.*\n!.env.example\n", "Dockerfile": "FROM example/app:1.4.2\nCOPY . /app\n"}
    write({".env.example": EXAMPLE, place: STRONG, ".envs/.local/.postgres": STRONG, **texts})
    rules = {"env-file-tracked", "env-file-not-ignored", "env-file-in-image", "env-file-in-history"}

    def told():
        return {(one.rule, one.path) for one in checked(".", None, "port") if one.rule in rules}

    assert told() == {("env-file-not-ignored", ".gitignore"), ("env-file-in-image", "Dockerfile")}
    git("add", "--force", ".")
    assert ("env-file-tracked", place) in told()
    git("commit", "--quiet", "--message", "x")
    mended(".")
    assert place not in git("ls-files")
    assert told() == {("env-file-in-history", place)}
    assert (repo / ".gitignore").read_text(encoding="utf-8").count("**/.envs/.production\n") == 1


def test_a_tracked_file_of_another_name_is_ignored_from_then_on(repo, write, git, monkeypatch):
    monkeypatch.chdir(repo)
    write({".env.example": EXAMPLE, "env.production": STRONG, "config/staging.env": STRONG, "a.txt": ""})
    git("add", ".")
    git("commit", "--quiet", "--message", "x")
    mended(".")
    assert git("ls-files").split() == [".env.example", "a.txt"]
    assert {one.rule for one in checked(".", None, "port") if one.rule.startswith("env-file")} == {
        "env-file-in-history"
    }
    assert mended(".") == []
