import io
import json
import re
import subprocess
import sys

import pytest

from envfence import __version__
from envfence.cli import main

FAULT = 'password = "hunter2secret"\n'
SECRET = "hunter2secret"
RULE = "hardcoded-credential"
IGNORE = {".gitignore": ".env*\n!.env.example\n"}


@pytest.fixture(autouse=True)
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def check(capsys):
    """Return a function that runs `envfence check` and returns its code, findings as (path, line, rule), and stderr."""

    def run(*arguments):
        code = main(["check", "--output-format", "json", *arguments])
        out, err = capsys.readouterr()
        return code, [(one["path"], one["line"], one["rule"]) for one in json.loads(out or "[]")], err

    return run


def test_the_report(write, capsys):
    write({"app/db.py": "\n" + FAULT, "web.min.js": "x" * 5000})
    assert main(["check"]) == 1
    out, err = capsys.readouterr()
    assert out == (
        "app/db.py:2:12: hardcoded-credential a credential is written into the file\n"
        "  |\n"
        '2 | password = "***"\n'
        "  |\n"
        "  = help: read it from settings, keep its value in .env.<environment>, and change it: it has been seen\n"
        "\n"
    )
    assert err == "skipped 1 file, 5 kB: 1 minified\nfound 1 error\n"


def test_a_clean_tree_is_silent(write, capsys):
    write({"a.py": "x = 1\n"})
    assert main(["check"]) == 0
    assert capsys.readouterr() == ("", "")


def test_paths_narrow_what_is_read(write, check):
    write({"a/x.py": FAULT, "b/x.py": FAULT, "c.py": FAULT})
    assert check("b", "c.py")[:2] == (1, [("c.py", 1, RULE), ("b/x.py", 1, RULE)])


def test_checking_nothing_is_said(repo, write, check):
    write({**IGNORE, ".env.staging": "A=b\n", "a.py": "x = 1\n"})
    said = "no file was checked: git ignores them, the settings exclude them, or none of that name has changed\n"
    assert check(".env.staging") == (0, [], said)
    assert check(".env.staging", "a.py") == (0, [], "")


def test_exit_zero_reports_all_the_same(write, check):
    write({"a.py": FAULT})
    assert check("--exit-zero")[:2] == (0, [("a.py", 1, RULE)])


def test_strict_lets_a_warning_fail(write, check):
    write({"a.py": "x = 1  # envfence: ignore[hardcoded-host] no reason to\n"})
    warning = [("a.py", 1, "unused-suppression")]
    assert check()[:2] == (0, warning)
    assert check("--strict")[:2] == (1, warning)


SELECTIONS = (
    pytest.param(("--select", RULE), [RULE], id="select"),
    pytest.param(("--select", "hardcoded-host"), [], id="select another"),
    pytest.param(("--select", f"hardcoded-host,{RULE}"), [RULE], id="select two"),
    pytest.param(("--select", "hardcoded-host", "--select", RULE), [RULE], id="select twice"),
    pytest.param(("--ignore", RULE), [], id="ignore"),
)


@pytest.mark.parametrize(("arguments", "expected"), SELECTIONS)
def test_rules_can_be_chosen(write, check, arguments, expected):
    write({"a.py": FAULT})
    assert [rule for _, _, rule in check(*arguments)[1]] == expected


ERRORS = (
    pytest.param(
        ("--select", "hardcoded-hots"), "unknown rule 'hardcoded-hots'; did you mean 'hardcoded-host'?", id="rule"
    ),
    pytest.param(("--ignore", "xyzzy"), "unknown rule 'xyzzy'; `envfence rule` lists them", id="no such rule"),
    pytest.param(("gone.py",), "gone.py: no such file or folder", id="path"),
    pytest.param(("--staged",), "git rev-parse failed: fatal: not a git repository", id="no repository"),
    pytest.param(("--diff", "main"), "git rev-parse failed: fatal: not a git repository", id="nothing to compare"),
    pytest.param(("--to-ref", "HEAD"), "--to-ref needs --from-ref", id="half a range"),
    pytest.param(("--stdin", "a.py"), "--stdin takes no PATH: --stdin-filename names", id="two inputs"),
)


@pytest.mark.parametrize(("arguments", "message"), ERRORS)
def test_what_cannot_run_says_why(check, arguments, message):
    code, findings, err = check(*arguments)
    assert (code, findings) == (2, [])
    assert err.startswith(f"envfence: {message}")


def test_outside_of_git_the_way_back_is_said(check):
    assert check("--staged")[2].endswith("; run this inside of a work tree of git\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a folder that somebody is in")
@pytest.mark.parametrize("arguments", ((), ("--staged",)), ids=("tree", "staged"))
def test_a_working_directory_that_is_gone_is_named(tmp_path, monkeypatch, check, arguments):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert check(*arguments) == (2, [], "envfence: the working directory: No such file or directory\n")


RANGES = (("--diff", "gone"), ("--from-ref", "gone"), ("--from-ref", "main", "--to-ref", "gone"))


@pytest.mark.parametrize("arguments", RANGES, ids=" ".join)
@pytest.mark.parametrize("commits", (0, 1), ids=("no commit", "one commit"))
def test_a_revision_that_is_not_here_is_told_with_what_to_do(repo, write, git, check, arguments, commits):
    if commits:
        write({"a.py": FAULT})
        git("add", ".")
        git("commit", "-qm", "x")
    code, findings, err = check(*arguments)
    assert (code, findings) == (2, [])
    assert re.fullmatch(r"envfence: git diff failed: .+; if the revision is not here, fetch it: .+\n", err)


def test_wrong_settings_cannot_run(write, check):
    write({"envfence.toml": "selct = []\n", "a.py": FAULT})
    assert check()[::2] == (
        2,
        "envfence: envfence.toml: unknown key 'selct' of envfence; did you mean 'select'?\n",
    )


def test_unknown_rules_in_the_settings_cannot_run(write, check):
    write({"envfence.toml": 'ignore = ["hardcoded-hots"]\n', "a.py": FAULT})
    assert check()[::2] == (
        2,
        "envfence: envfence.toml: unknown rule 'hardcoded-hots'; did you mean 'hardcoded-host'?\n",
    )


def test_staged_has_the_bytes_of_the_index(repo, write, git, check):
    write({**IGNORE, "a.py": FAULT, "b.py": "x = 1\n", "c.py": FAULT})
    git("add", ".gitignore", "a.py", "b.py")
    write({"a.py": "x = 1\n", "b.py": FAULT})
    assert check("--staged")[:2] == (1, [("a.py", 1, RULE)])


def test_staged_is_the_whole_commit_wherever_it_is_asked_for(repo, write, git, check, monkeypatch):
    write({**IGNORE, "a.py": FAULT, "sub/b.py": FAULT, "sub/.env.staging": "A=1\n"})
    git("add", "--force", ".")
    monkeypatch.chdir(repo / "sub")
    assert check("--staged")[1] == [
        ("../a.py", 1, RULE),
        (".env.staging", 1, "env-file-tracked"),
        ("b.py", 1, RULE),
    ]
    assert check("--staged", ".")[1] == [("b.py", 1, RULE)]
    assert check("--staged", "../a.py")[1] == [("../a.py", 1, RULE)]


def test_staged_sees_a_gitignore_that_goes(repo, write, git, check):
    write({**IGNORE, "a.py": ""})
    git("add", ".")
    git("commit", "-qm", "x")
    assert check("--staged")[:2] == (0, [])
    git("rm", "-q", ".gitignore")
    assert check("--staged")[:2] == (1, [(".gitignore", 1, "env-file-not-ignored")])


@pytest.fixture
def branch(repo, write, git):
    """A branch that adds a fault to one that is there already, and a commit on main that it does not know."""
    write({"a.py": FAULT, "gone.py": ""})
    git("add", ".")
    git("commit", "-qm", "x")
    git("checkout", "-qb", "side")
    write({"a.py": f"{FAULT}x = 1\n{FAULT}", "sub/b.py": FAULT})
    (repo / "gone.py").unlink()
    git("add", ".")
    git("commit", "-qm", "y")
    git("checkout", "-q", "main")
    write({"main.py": FAULT})
    git("add", ".")
    git("commit", "-qm", "z")


def test_only_lines_that_a_branch_adds_are_reported(branch, check):
    expected = [("a.py", 3, RULE), ("sub/b.py", 1, RULE)]
    assert check("--from-ref", "main", "--to-ref", "side")[:2] == (1, expected)
    assert check("--from-ref", "main", "--to-ref", "side", "sub")[1] == expected[1:]


def test_the_range_ends_at_the_head(branch, check, git):
    git("checkout", "-q", "side")
    assert check("--from-ref", "main")[1] == [("a.py", 3, RULE), ("sub/b.py", 1, RULE)]


def test_only_lines_that_the_work_tree_adds_are_reported(branch, check, git, write):
    git("checkout", "-q", "side")
    write({"new.py": FAULT, "sub/b.py": FAULT + FAULT})
    assert check("--diff", "HEAD")[:2] == (1, [("new.py", 1, RULE), ("sub/b.py", 2, RULE)])
    assert [path for path, _, _ in check("--diff", "main")[1]] == ["a.py", "new.py", "sub/b.py", "sub/b.py"]
    assert check("--diff", "HEAD", "new.py")[1] == [("new.py", 1, RULE)]


def test_an_env_file_that_a_branch_commits_is_reported(branch, check, git, write):
    git("checkout", "-q", "side")
    write({".env.staging": "DB_NAME=stocks\n", "sub/.env.example": "DB_NAME=\n"})
    git("add", "--force", ".")
    git("commit", "-qm", "w")
    found = (".env.staging", 1, "env-file-tracked")
    assert found in check("--from-ref", "main")[1]
    assert check("--from-ref", "main", "sub")[1] == [("sub/b.py", 1, RULE)]
    assert check("--diff", "HEAD~1")[:2] == (1, [found])
    write({".env.production": "DB_NAME=stocks\n"})
    assert check("--diff", "HEAD")[:2] == (0, [])  # git does not have it


def test_an_unknown_revision_cannot_run(branch, check):
    for arguments in (("--diff", "gone"), ("--from-ref", "gone"), ("--diff", "--output=x")):
        with_equals = [f"{arguments[0]}={arguments[1]}"]
        code, findings, err = check(*with_equals)
        assert (code, findings) == (2, [])
        assert err.startswith("envfence: git diff failed: fatal: ")


def test_standard_input_is_read_as_the_file_it_would_be(write, check, monkeypatch):
    write({"sub/envfence.toml": f'ignore = ["{RULE}"]\n'})
    for name, expected in (("a.yml", [("a.yml", 1, RULE)]), ("sub/a.yml", [])):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"password: hunter2secret\n")))
        assert check("--stdin", "--stdin-filename", name)[1] == expected


@pytest.mark.parametrize("output_format", ("text", "json", "sarif", "github"))
@pytest.mark.parametrize("colour", ("NO_COLOR", "FORCE_COLOR"))
def test_no_format_shows_a_value(write, capsys, monkeypatch, output_format, colour):
    monkeypatch.setenv(colour, "1")
    write({"a.py": FAULT * 2, "b.yml": f"a:\n  password: {SECRET}\n", ".env": f"PASSWORD={SECRET}\n"})
    assert main(["check", "--output-format", output_format]) == 1
    out, err = capsys.readouterr()
    assert RULE in out
    assert SECRET not in out + err


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert (stop.value.code, capsys.readouterr().out) == (0, f"envfence {__version__}\n")


@pytest.mark.parametrize("arguments", ([], ["chek"], ["check", "--staged", "--diff", "HEAD"], ["check", "--colour"]))
def test_wrong_usage_cannot_run(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith("usage: envfence")


def test_env_has_its_own_commands(write, capsys):
    write({".env.example": "A=<A>\n"})
    with pytest.raises(SystemExit):
        main(["env", "--help"])
    assert capsys.readouterr().out.startswith("usage: envfence env ")


def test_the_command_is_installed(script, write):
    write({"-a.py": FAULT})
    result = subprocess.run([script("envfence"), "check", "--", "-a.py"], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout.splitlines()[0].split(" ")[0]) == (1, "-a.py:1:12:")
    module = subprocess.run([sys.executable, "-m", "envfence.cli", "--version"], capture_output=True, check=False)
    assert module.returncode == 0
