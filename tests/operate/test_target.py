"""Which files, which project, which environment: from the names, or from the settings."""

import pytest

from envfence.errors import FenceError
from envfence.operate.engine import compose, environ_for, of_project
from envfence.operate.target import target_of


@pytest.fixture
def target(shop, monkeypatch):
    """Return a function that finds the target of an environment."""
    monkeypatch.chdir(shop)
    return lambda name="development", environ=(): target_of(".", name, dict(environ))


@pytest.mark.parametrize(
    ("name", "environment", "override"),
    (
        pytest.param("development", "development", "dev", id="its name"),
        pytest.param("dev", "development", "dev", id="short"),
        pytest.param("production", "production", "prod", id="production"),
        pytest.param("prod", "production", "prod", id="short production"),
    ),
)
def test_override_of_the_environment_goes_over_the_base(target, name, environment, override):
    found = target(name)
    assert found.environment == environment
    assert found.files == ("docker-compose.yml", f"docker-compose.{override}.yml")
    assert found.env_file == f".env.{environment}"


def test_settings_name_the_files_of_a_stack(target, write):
    write({"envfence.toml": 'stacks = ["staging: docker-compose.yml docker-compose.prod.yml"]\n'})
    assert target("staging").files == ("docker-compose.yml", "docker-compose.prod.yml")
    with pytest.raises(FenceError, match="no compose files of development"):
        target()


def test_a_file_that_the_settings_name_has_to_be_there(target, write):
    write({"envfence.toml": 'stacks = ["staging: compose/none.yml"]\n'})
    with pytest.raises(FenceError, match=r"there is no file compose/none\.yml"):
        target("staging")


@pytest.mark.parametrize(
    ("files", "name", "said"),
    (
        pytest.param({}, "moon", "'moon' is no environment here; there are development, staging", id="unknown"),
        pytest.param({}, "Pass1", r"'\*\*\*' is no environment", id="perhaps a value"),
        pytest.param({}, "staging", "no compose files of staging", id="no stack of its own"),
        pytest.param({".env.example": None}, "development", "is missing: it names the keys", id="no contract"),
        pytest.param({"docker-compose.yml": "a: [\n"}, "dev", "docker-compose.yml:2: not valid YAML", id="YAML"),
        pytest.param({"docker-compose.yml": b"a: \xff\n"}, "development", "docker-compose.yml: not UTF-8", id="bytes"),
    ),
)
def test_what_cannot_be_found_is_said(target, shop, write, files, name, said):
    write({path: content for path, content in files.items() if content is not None})
    for path, content in files.items():
        if content is None:
            (shop / path).unlink()
    with pytest.raises(FenceError, match=said):
        target(name)


@pytest.mark.parametrize(
    ("environ", "env_file", "project"),
    (
        pytest.param({}, "", "shop-development", id="the file's name"),
        pytest.param({"COMPOSE_PROJECT_NAME": "mine"}, "", "mine", id="the shell's"),
        pytest.param({"COMPOSE_PROJECT_NAME": "mine"}, "COMPOSE_PROJECT_NAME=theirs\n", "theirs", id="the env file's"),
    ),
)
def test_project_is_named_as_compose_would(target, write, environ, env_file, project):
    write({".env.development": env_file})
    assert target(environ=environ).project == project


def test_project_without_a_name_is_called_as_its_folder(target, write, shop):
    write({"docker-compose.yml": "services: {web: {image: 'a:1.2'}}\n"})
    assert target().project == "".join(letter for letter in shop.name.lower() if letter.isalnum() or letter in "_-")


def test_commands_are_data(target, write):
    write({"docker-compose.prod.yml": "services: {}\n", "images.lock": ""})
    assert compose(target(), "up", profiles=("tools",)) == (
        *("docker", "compose", "--project-name", "shop-development", "--env-file", ".env.development"),
        *("--file", "docker-compose.yml", "--file", "docker-compose.dev.yml", "--profile", "tools", "up"),
    )
    locked = compose(target("production"), "pull")
    assert locked[4:8] == ("--env-file", ".env.production", "--env-file", "images.lock")
    assert of_project("shop", "down") == ("docker", "compose", "--project-name", "shop", "down")


def test_env_file_counts_and_not_the_shell(monkeypatch):
    monkeypatch.setenv("DB_HOST", "elsewhere")
    monkeypatch.setenv("COMPOSE_FILE", "other.yml")
    monkeypatch.setenv("POSTGRES_IMAGE", "mine")
    environ = environ_for({"DB_HOST": "here"})
    assert {"DB_HOST", "COMPOSE_FILE"}.isdisjoint(environ)
    assert environ["POSTGRES_IMAGE"] == "mine"
