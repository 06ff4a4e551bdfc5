import os

import pytest

from envfence import config
from envfence.config import Config, Nearest
from envfence.errors import FenceError
from envfence.finding import Rule, finding

TABLE = b"""
[tool.envfence]
select = ["a", "b"]
ignore = ["b"]
exclude = ["vendor/"]
key-names = ["pin"]
domains = ["corp.example"]
allowed-hosts = ["build.example"]
environments = ["dev"]
[tool.envfence.per-path]
"tests/**" = ["a"]
"""


def test_every_key_is_read():
    assert config.parsed(TABLE, "pyproject.toml", root="x") == Config(
        select=("a", "b"),
        ignore=("b",),
        exclude=("vendor/",),
        per_path=(("tests/**", ("a",)),),
        key_names=("pin",),
        domains=("corp.example",),
        allowed_hosts=("build.example",),
        environments=("dev",),
        root="x",
    )


def test_a_file_without_the_table_has_no_settings():
    assert config.parsed(b"[tool.ruff]\n", "pyproject.toml") is None


FAULTS = (
    pytest.param("selct = []", r"p: unknown key 'selct' of envfence; did you mean 'select'\?", id="slip of the pen"),
    pytest.param("per_path = {}", r"unknown key 'per_path' of envfence; did you mean 'per-path'\?", id="underscore"),
    pytest.param(
        "xyzzy = 1", "unknown key 'xyzzy' of envfence; the keys are select, ignore, exclude", id="nothing near"
    ),
    pytest.param("root = '/'", "unknown key 'root'", id="a field that is no key"),
    pytest.param("select = 'a'", "p: select must be a list of texts", id="text"),
    pytest.param("ignore = [1]", "p: ignore must be a list of texts", id="number"),
    pytest.param("per-path = []", "p: per-path must be a table of patterns", id="list for a table"),
    pytest.param("per-path = {a = 'b'}", "p: per-path of 'a' must be a list of texts", id="text in the table"),
    *(
        pytest.param(f"{key} = ['corp.example', '{name}']", f"{key}: number 2 is no host name", id=f"{key} {name}")
        for key in ("domains", "allowed-hosts")
        for name in ("*.corp.example", ".corp.example", "https://corp.example", "corp.example:8080", "")
    ),
    pytest.param(
        "environments.a = {rot = '/opt'}", "p: environments.a: unknown key 'rot'; the keys are after", id="of a server"
    ),
    pytest.param(
        "environments.a.roles.db = {hosts = 'A'}", "p: environments.a.roles.db: unknown key 'hosts'", id="of a role"
    ),
    pytest.param("baseline = []", "p: baseline must be the path of a file", id="list for a path"),
    pytest.param("x = 1\nselect = 'a", r"p: not valid TOML \(at [^']+\)$", id="broken"),
    pytest.param("# \xff", "p: not valid TOML: save it as UTF-8$", id="not UTF-8"),
)


@pytest.mark.parametrize(("text", "message"), FAULTS)
def test_wrong_settings_are_errors(text, message):
    with pytest.raises(FenceError, match=message):
        config.parsed(text.encode("latin-1"), "p", own=True)


def test_hosts_are_names_in_lower_case_or_addresses():
    read = config.parsed(b'domains = ["Corp.Example"]\nallowed-hosts = ["10.0.0.1", "2001:db8::1"]', "p", own=True)
    assert (read.domains, read.allowed_hosts) == (("corp.example",), ("10.0.0.1", "2001:db8::1"))


@pytest.mark.parametrize("text", ("[[tool.envfence]]", "tool.envfence = 3"))
def test_settings_that_are_no_table_are_errors(text):
    with pytest.raises(FenceError, match=r"^p: tool\.envfence must be a table"):
        config.parsed(text.encode(), "p")


@pytest.mark.parametrize(
    ("data", "message"),
    (
        pytest.param("[tool.envfence]\nignore = []".encode("utf-16"), "save it as UTF-8", id="UTF-16"),
        pytest.param(b"[tool]\nenvfence = 3", "tool.envfence must be a table", id="one line"),
    ),
)
def test_no_settings_are_passed_over(write, monkeypatch, data, message):
    monkeypatch.chdir(write({"pyproject.toml": data}))
    with pytest.raises(FenceError, match=message):
        Nearest().of("a.py")


def test_what_another_program_calls_tool_is_its_own():
    assert config.parsed(b"tool = 3 # not tool.envfence", "p") is None


@pytest.fixture
def tree(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(
        {
            "pyproject.toml": '[tool.envfence]\nselect = ["top"]\n',
            "one/pyproject.toml": "[tool.other]\n",
            "two/envfence.toml": 'select = ["two"]\n',
            "two/pyproject.toml": "[tool.envfence]\n",
            "three/.git/HEAD": "",
            "three/pyproject.toml": b"[tool.envfence]\nselect = ['three']\n# \xef\xbb\xbf",
            "four/.git/HEAD": "",
        }
    )


NEAREST = (
    pytest.param("a.py", ("top",), id="working directory"),
    pytest.param("one/b/a.py", ("top",), id="a project without settings"),
    pytest.param("two/b/c/a.py", ("two",), id="own file before pyproject"),
    pytest.param("three/a.py", ("three",), id="repository"),
    pytest.param("four/b/a.py", (), id="not from outside of a repository"),
)


@pytest.mark.parametrize(("path", "select"), NEAREST)
def test_the_nearest_settings_count(tree, path, select):
    assert Nearest().of(path).select == select


def test_each_folder_is_read_once(tree, tmp_path):
    nearest = Nearest()
    first = nearest.of("two/a.py")
    (tmp_path / "two" / "envfence.toml").unlink()
    assert nearest.of("two/b.py") is first


def test_settings_name_their_folder_from_the_working_directory(tree):
    assert [Nearest().of(path).root for path in ("a.py", "two/b/a.py")] == [".", "two"]


def test_a_folder_on_another_drive_is_named_in_full(tree, monkeypatch, tmp_path):
    def fail(path, start=""):
        raise ValueError

    monkeypatch.setattr(os.path, "relpath", fail)
    assert Nearest().of("two/a.py").root == str(tmp_path / "two")


def test_tomllib_is_not_loaded_without_settings(write, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "parsed", None)
    write({"pyproject.toml": '[project]\nname = "a"\n', ".git/HEAD": ""})
    assert Nearest().of("a.py") == Config(root=".")


WANTED = (
    pytest.param(Config(), True, id="everything"),
    pytest.param(Config(select=("a",)), True, id="selected"),
    pytest.param(Config(select=("b",)), False, id="another one selected"),
    pytest.param(Config(ignore=("a",)), False, id="ignored"),
    pytest.param(Config(select=("a",), ignore=("a",)), False, id="selected and ignored"),
)


@pytest.mark.parametrize(("settings", "expected"), WANTED)
def test_wants(settings, expected):
    assert settings.wants("a") is expected


def test_a_file_that_cannot_be_read_is_said_whatever_is_selected():
    assert Config(select=("a",)).wants("unreadable-file")
    assert not Config(ignore=("unreadable-file",)).wants("unreadable-file")


def test_rules_can_be_ignored_below_a_path(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    settings = Config(per_path=(("tests/**", ("a",)), ("*.md", ("b",))), root="sub")
    found = [finding(Rule(rule, "check", "", ""), "p", 1) for rule in "ab"]
    paths = ("sub/x.py", "sub/tests/x.py", "tests/x.py", "sub/tests/x.md")
    left = {path: [one.rule for one in settings.reported(found, path)] for path in paths}
    assert left == {"sub/x.py": ["a", "b"], "sub/tests/x.py": ["b"], "tests/x.py": ["a", "b"], "sub/tests/x.md": []}


def test_files_can_be_excluded():
    settings = Config(exclude=("vendor/", "*.sql"), root="sub")
    paths = ("sub/vendor/x.py", "sub/a/vendor/x.py", "vendor/x.py", "sub/a/b.sql", "sub/b.py")
    assert [settings.is_excluded(path) for path in paths] == [True, True, False, True, False]
