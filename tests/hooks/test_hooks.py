import re
from importlib import import_module

import pytest

from envfence.detect import copied, credentials, endpoints, provider
from envfence_hooks import copied_values, envfence, hardcoded_values, provider_secrets

FAULT = 'password = "hunter2secret"\n'
GOOD = {".gitignore": ".env*\n!.env.example\n"}
MODULES = (
    "envfence",
    "hardcoded_values",
    "copied_values",
    "provider_secrets",
    "env_files_ignored",
    "env_contract",
)


@pytest.fixture(autouse=True)
def inside(repo, monkeypatch):
    monkeypatch.chdir(repo)


@pytest.fixture
def hook(capsys):
    """Return a function that runs a hook and returns its code and its findings as (place, rule)."""

    def run(name, *argv):
        code = import_module(f"envfence_hooks.{name}").main(argv)
        return code, re.findall(r"^(\S+?:\d+)(?::\d+)?: ([a-z-]+) ", capsys.readouterr().out, re.MULTILINE)

    return run


# What each hook says about one and the same commit.
FOUND = (
    pytest.param("hardcoded_values", [("a.py:1", "hardcoded-credential")], id="hardcoded-values"),
    pytest.param("env_files_ignored", [(".env.staging:1", "env-file-tracked")], id="env-files-ignored"),
    pytest.param("env_contract", [(".env.staging:1", "missing-key")], id="env-contract"),
)
COMMIT = {
    **GOOD,
    ".env.example": "DB_HOST=<DB_HOST>\nDB_PASSWORD=<DB_PASSWORD>\n",
    ".env.staging": "DB_HOST=x.example.com\n",
    ".env.development": "DB_HOST=db.staging.example.com\nDB_PASSWORD=correct-horse-battery\n",
    "a.py": FAULT,
    "b.py": 'greeting = "correct-horse-battery"\n',
    "c.py": 'x = "' + "AK" + "IA" + 'QWERTYUIOPASDFGH"\n',
}


@pytest.mark.parametrize(("name", "expected"), FOUND)
@pytest.mark.parametrize("with_names", (True, False), ids=("names", "staged"))
def test_a_hook_finds_its_own_faults(write, git, hook, name, expected, with_names):
    write(COMMIT)
    git("add", "--force", *(path for path in COMMIT if path != ".env.development"))
    names = [path for path in COMMIT if path != ".env.development"] if with_names else []
    assert hook(name, *names) == (1, expected)


def test_the_hook_envfence_finds_them_all(write, git, hook):
    write(COMMIT)
    git("add", "--force", *(path for path in COMMIT if path != ".env.development"))
    code, found = hook("envfence")
    assert code == 1
    assert {finding for _, one in (case.values for case in FOUND) for finding in one} <= set(found)


def test_findings_of_one_line_are_told_in_order(write, git, hook):
    write({**GOOD, ".env.staging": "DB_PASSWORD=hunter2secret\n"})
    git("add", "--force", ".env.staging", ".gitignore")
    place = ".env.staging:1"
    assert hook("envfence") == (1, [(place, "env-file-tracked"), (place, "hardcoded-credential")])


@pytest.mark.parametrize("name", MODULES)
def test_a_clean_commit_is_silent(write, git, name, capsys):
    write({**GOOD, "a.py": "x = 1\n", ".env.example": "A=<A>\n"})
    git("add", ".")
    for argv in ([], ["a.py", ".gitignore", ".env.example", "deleted.py"]):
        assert import_module(f"envfence_hooks.{name}").main(argv) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("name", MODULES)
def test_help_says_what_a_hook_does(name, capsys):
    module = import_module(f"envfence_hooks.{name}")
    assert module.main(["--help"]) == 0
    assert module.__doc__ in capsys.readouterr().out


def test_options_of_a_hook(write, hook):
    write({**GOOD, "a.py": FAULT, "b.py": "x = 1  # envfence: ignore[hardcoded-host] nothing\n"})
    assert hook("hardcoded_values", "--ignore=hardcoded-credential", "a.py") == (0, [])
    assert hook("hardcoded_values", "b.py") == (0, [("b.py:1", "unused-suppression")])
    assert hook("hardcoded_values", "--strict", "b.py") == (1, [("b.py:1", "unused-suppression")])
    assert hook("hardcoded_values", "--colour", "b.py") == (2, [])


def test_settings_of_a_hook(write, git, hook):
    write({**COMMIT, "envfence.toml": 'exclude = [".env.staging", "?.py"]\n'})
    git("add", "--force", *(path for path in COMMIT if path != ".env.development"))
    assert hook("envfence") == (0, [])
    env, code = '".env.*" = ["env-file-tracked", "missing-key"]', '"?.py" = ["hardcoded-credential"]'
    write({"envfence.toml": f"[per-path]\n{env}\n{code}\n"})
    assert hook("env_files_ignored") == hook("env_contract") == hook("hardcoded_values") == (0, [])


def test_the_index_counts_when_no_file_is_named(write, git, hook):
    write({**GOOD, "a.py": FAULT})
    git("add", ".")
    write({"a.py": "x = 1\n"})
    assert hook("envfence") == (1, [("a.py:1", "hardcoded-credential")])
    assert hook("envfence", "a.py") == (0, [])


def test_a_push_is_held_against_the_lines_that_it_adds(write, git, hook, monkeypatch):
    write({**GOOD, "a.py": FAULT, "b.py": ""})
    git("add", ".")
    git("commit", "-qm", "x")
    write({"a.py": FAULT + "x = 1\n", "b.py": FAULT})
    git("commit", "-qam", "y")
    write({"a.py": FAULT * 9})
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "HEAD~1")
    monkeypatch.setenv("PRE_COMMIT_TO_REF", "HEAD")
    assert hook("envfence", "a.py", "b.py") == (1, [("b.py:1", "hardcoded-credential")])
    assert hook("envfence", "a.py") == (0, [])
    assert hook("hardcoded_values") == (1, [("b.py:1", "hardcoded-credential")])


def test_an_env_file_that_cannot_be_read_is_an_error(write, hook, monkeypatch):
    from envfence import contract

    def fail(root, names):
        raise PermissionError(13, "Permission denied", names[0])

    write({".env.staging": ""})
    monkeypatch.setattr(contract, "hook_findings", fail)
    assert hook("env_contract", ".env.staging") == (2, [])


def test_hooks_select_every_rule_of_their_kind():
    shared = {"suppression-without-reason", "unused-suppression"}
    assert set(hardcoded_values.RULES) - shared == {rule.id for rule in (*endpoints.RULES, *credentials.RULES)}
    assert set(copied_values.RULES) - shared == {rule.id for rule in copied.RULES}
    assert set(provider_secrets.RULES) - shared == {rule.id for rule in provider.RULES}
    assert envfence.main.__doc__ == hardcoded_values.main.__doc__
