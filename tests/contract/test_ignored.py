import sys

import pytest

from envfence.contract.exposure import ignored

ENVIRONMENTS = ("development", "staging")
TRACKED, OPEN = "env-file-tracked", "env-file-not-ignored"

NAMES = (
    pytest.param(".env", True, id="the file of no environment"),
    pytest.param(".env.staging", True, id="environment"),
    pytest.param(".env.staging.local", True, id="override"),
    pytest.param(".env.staging.bak", True, id="copy"),
    pytest.param(".ENV.Staging", True, id="what Windows takes for it"),
    pytest.param(".env.example", False, id="contract"),
    pytest.param(".env.staging.example", False, id="example of one environment"),
    pytest.param(".env.TEMPLATE", False, id="template in capitals"),
    pytest.param(".env.vault", False, id="encrypted"),
    pytest.param(".env.production.enc", False, id="encrypted by SOPS"),
    pytest.param(".envrc", False, id="direnv"),
    pytest.param("staging.env", True, id="named for a server's environment"),
    pytest.param("dev.env", False, id="named for a developer's"),
    pytest.param("app.env", False, id="named for something else"),
    pytest.param("env", False, id="no dot"),
)


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_holds_values(name, expected):
    assert ignored.holds_values(name) is expected


def found(repo):
    return [(one.path, one.line, one.rule) for one in ignored.findings(str(repo), ENVIRONMENTS)]


IGNORES = (
    pytest.param({".gitignore": ".env*\n!.env.example\n"}, [], id="all of them"),
    pytest.param({".gitignore": ".env\n.env.*\n"}, [], id="in two patterns"),
    pytest.param({}, [(".gitignore", 1, OPEN)], id="no file"),
    pytest.param({".gitignore": "*.pyc\n"}, [(".gitignore", 1, OPEN)], id="other files"),
    pytest.param({".gitignore": ".env\n"}, [(".gitignore", 1, OPEN)], id="only one"),
    pytest.param({".gitignore": "x\n.env*\n!.env.staging\n"}, [(".gitignore", 3, OPEN)], id="an environment is let in"),
    pytest.param(
        {".gitignore": ".env*\n", "api/.gitignore": "!.env*\n", "api/.env.example": ""},
        [("api/.gitignore", 1, OPEN)],
        id="a folder with a contract lets them in",
    ),
    pytest.param({".gitignore": "/.env*\n", "api/.env.example": ""}, [(".gitignore", 1, OPEN)], id="the root alone"),
)


@pytest.mark.parametrize(("files", "expected"), IGNORES)
def test_a_new_env_file_must_be_ignored(repo, write, git, files, expected):
    write(files)
    git("add", "--force", "--all")
    assert found(repo) == expected


def test_an_env_file_of_the_index_is_found_wherever_it_is(repo, write, git):
    write({".gitignore": ".env*\n", "api/.env.staging": "", ".env": "", ".env.local": "", ".env.example": ""})
    git("add", "--force", "api/.env.staging", ".env", ".env.example", ".gitignore")
    assert found(repo) == [(".env", 1, TRACKED), ("api/.env.staging", 1, TRACKED)]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    (
        pytest.param(".env*\n", "rename api/.ENV.Staging to .env.staging", id="only its capitals let it in"),
        pytest.param("*.pyc\n", "add the lines .env*", id="it would be let in anyhow"),
        pytest.param("[.][eE][nN][vV]*\n", "", id="any letters"),
    ),
)
def test_a_name_in_capitals_is_to_be_renamed(repo, write, git, patterns, expected):
    write({".gitignore": patterns})
    git("config", "core.ignorecase", "false")
    told = [one.advice for one in ignored.findings(str(repo), ENVIRONMENTS, also=["api/.ENV.Staging"])]
    assert [advice[: len(expected)] for advice in told] == [expected] * bool(expected)


def test_an_untracked_one_is_in_order(repo, write, git):
    write({".gitignore": ".env*\n", ".env.staging": ""})
    git("add", "--force", "--all")
    git("rm", "-q", "--cached", ".env.staging")
    assert found(repo) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_a_link_holds_no_value(repo, write, git):
    write({".gitignore": ".env*\n"})
    (repo / ".env").symlink_to("../shared.env")
    git("add", "--force", "--all")
    assert found(repo) == []


def test_a_folder_called_like_an_env_file_is_none(repo, write, git):
    write({".gitignore": ".env*\n", ".env/bin/python": "", ".env.d/x": ""})
    git("add", "--force", "--all")
    assert found(repo) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_folders_may_have_any_name(repo, write, git):
    write({".gitignore": ".env*\n", "-a\nb ü/.env": "", "-a\nb ü/.env.example": ""})
    git("add", "--force", "--all")
    assert found(repo) == [("-a\nb ü/.env", 1, TRACKED)]


STAGED = (
    pytest.param(".env*\n", "*.pyc\n", [], id="dropped in the work tree only"),
    pytest.param("*.pyc\n", ".env*\n", [(".gitignore", 1, OPEN)], id="dropped in the index only"),
)


@pytest.mark.parametrize(("index", "tree", "expected"), STAGED)
def test_the_index_counts_for_a_commit(repo, write, git, index, tree, expected):
    write({".gitignore": index, "a b/.gitignore": "x\n"})
    git("add", ".")
    write({".gitignore": tree})
    reported = ignored.findings(str(repo), ENVIRONMENTS, staged=True)
    assert [(one.path, one.line, one.rule) for one in reported] == expected
    assert (found(repo) == []) is (expected != [])
