import pytest

from envfence.neighbours import Neighbours

VALUES = {".env.development": "DB_PASSWORD=fake-of-top-1\n", "backend/.env": "API_TOKEN=fake-of-backend-2\n"}


@pytest.fixture
def here(repo, monkeypatch):
    monkeypatch.chdir(repo)
    return repo


def places(path, allowed=()):
    return {(needle.key, needle.source) for needle in Neighbours().of(path, allowed)}


TOP = ("DB_PASSWORD", ".env.development")
BACKEND = ("API_TOKEN", "backend/.env")


@pytest.mark.parametrize(
    ("path", "expected"),
    (
        pytest.param("a.py", {TOP}, id="beside"),
        pytest.param("docs/guide/a.md", {TOP}, id="in a folder that is not there, as in another revision"),
        pytest.param("backend/a.py", {TOP, BACKEND}, id="in a folder with env files of its own"),
        pytest.param("backend/app/a.py", {TOP, BACKEND}, id="below it"),
    ),
)
def test_values_of_the_folders_above_count(path, expected, here, write):
    write(VALUES)
    assert places(path) == expected


def test_the_repository_ends_the_search(here, write, git):
    write({**VALUES, "inner/a.py": ""})
    git("init", "--quiet", cwd=here / "inner")
    assert places("inner/a.py") == set()


def test_sources_are_named_from_the_working_directory(here, write, monkeypatch):
    write(VALUES)
    monkeypatch.chdir(here / "backend")
    assert places("a.py") == {("DB_PASSWORD", "../.env.development"), ("API_TOKEN", ".env")}


def test_outside_a_repository_the_working_directory_ends_the_search(tmp_path, write, monkeypatch):
    write({**VALUES, "backend/app/a.py": ""})
    monkeypatch.chdir(tmp_path / "backend")
    assert places("app/a.py") == {("API_TOKEN", ".env")}
    assert places("../a.py") == {("DB_PASSWORD", "../.env.development")}


def test_allowed_hosts_may_stand_anywhere(here, write):
    write({".env": "DB_HOST=db-1.corp\n"})
    assert places("a.py") == {("DB_HOST", ".env")}
    assert places("a.py", ("db-1.corp",)) == set()


def test_each_folder_is_read_once(here, write):
    write(VALUES)
    neighbours = Neighbours()
    first = neighbours.of("backend/a.py")
    (here / "backend" / ".env").unlink()
    assert neighbours.of("backend/b.py") is first


def test_a_folder_that_cannot_be_listed_may_hold_any_name(tmp_path):
    (tmp_path / "a.py").touch()
    neighbours = Neighbours()
    assert neighbours.may_hold(str(tmp_path), "a.py")
    assert not neighbours.may_hold(str(tmp_path), "b.py")
    assert neighbours.may_hold(str(tmp_path / "of another revision"), "b.py")
