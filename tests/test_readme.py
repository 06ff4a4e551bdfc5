"""The README is true: its commands run and print what it shows, its examples work, its names exist."""

import re

import pytest

from envfence import rules
from envfence.check import findings_in
from envfence.config import Config, parsed
from envfence.demo.__main__ import Shell

from .documents import ROOT, blocks_of, commands_of, run, write_private

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = blocks_of("README.md")
CI = "in continuous integration"  # sessions take minutes there, and a test cannot run all tests
WEAK_PRODUCTION = """\
ENVIRONMENT=production
DB_HOST=localhost
DB_PORT=5432
DB_PASSWORD=admin123
LOG_LEVEL=info
SMTP_PORT=25
"""


def consoles():
    """Return a parameter for each console block but CI's: where it runs, and its commands with their outputs."""
    blocks = [(where, commands_of(text)) for where, language, text in BLOCKS if language == "console" and where != CI]
    return [pytest.param(where, pairs, id=f"{where}: {pairs[0][0]}") for where, pairs in blocks]


def the(language):
    """Return the only block of a language."""
    (text,) = [text for _, each, text in BLOCKS if each == language]
    return text


@pytest.fixture
def literals(tmp_path):
    """Return a repository whose files hold literals, guarded by the hook and not committed to yet."""
    shell = Shell(tmp_path / "stock-trading", tmp_path / "cache")
    shell.write("before.txt")
    shell.repository.joinpath(".gitignore").write_text(".env*\n!.env.example\n", encoding="utf-8")
    for command in ("git init --quiet", "pre-commit install"):
        assert shell(*command.split()) == 0
    return shell.repository


@pytest.fixture
def adopted(repo, write):
    """Return a repository with the lines to paste, where the published address is that of this checkout."""
    lines = the("yaml").replace("https://github.com/envfence/envfence", ROOT.as_uri())
    write({".pre-commit-config.yaml": re.sub("rev: .+", f"rev: {run('git rev-parse HEAD', ROOT).strip()}", lines)})
    return repo


@pytest.fixture
def contracted(repo, write):
    """Return a repository with the contract that is shown, and with a production's file written by hand."""
    write({".gitignore": ".env*\n!.env.example\n", ".env.example": the("ini")})
    write_private(repo, {".env.production": WEAK_PRODUCTION})
    return repo


@pytest.fixture
def folders(literals, adopted, contracted):
    """Return the folder of each place that the README's commands run in."""
    return {
        "in this repository": ROOT,
        "in a repository with literals": literals,
        "in a repository with the five lines": adopted,
        "in a repository with this contract": contracted,
    }


@pytest.mark.parametrize(("where", "pairs"), consoles())
def test_commands_print_what_is_shown(where, pairs, folders):
    assert [(command, run(command, folders[where])) for command, _ in pairs] == pairs


def test_six_lines_are_six():
    assert the("yaml").count("\n") + 1 == 6


def test_six_lines_refuse_a_literal(adopted, write, tmp_path_factory, monkeypatch):
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path_factory.mktemp("pre-commit")))
    run("pre-commit install", adopted)
    write({"app.py": 'API_BASE_URL = "http://10.20.30.40:8000/api/v1"\n'})
    run("git add .", adopted)
    assert "hardcoded-url" in run("git commit -m Client", adopted)
    assert run("git log", adopted).startswith("fatal:")


def test_ci_runs_the_two_commands(root):
    (block,) = [text for where, _, text in BLOCKS if where == CI]
    script = (root / ".ci/run").read_text(encoding="utf-8")
    assert [command for command, _ in commands_of(block)] == re.findall(
        r"^nox -s (?:demo|test)\b", script, re.MULTILINE
    )


def test_every_hook_is_described(root):
    hooks = re.findall(r"^- id: (\S+)$", (root / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    assert [hook for hook in hooks if f"`{hook}`" not in TEXT] == []


def test_table_names_rules_that_exist_and_all_that_hooks_report():
    named = {
        rule for row in re.findall(r"^\| `.+\|(.+)\|$", TEXT, re.MULTILINE) for rule in re.findall(r"`(.+?)`", row)
    }
    known = rules.all_rules()
    assert named - set(known) == set()
    assert {rule.id for rule in known.values() if rule.family in {"endpoint", "credential"}} - named == set()


def test_configuration_is_read():
    config = parsed(the("toml").encode(), "pyproject.toml")
    assert [field for field in Config._fields if not getattr(config, field)] == ["select", "fleets", "root"]


@pytest.mark.parametrize(("comment", "expected"), ((True, []), (False, ["hardcoded-url"])))
def test_suppression_works(comment, expected):
    line = the("python")
    text = line if comment else line.partition("#")[0]
    assert [found.rule for found in findings_in("app.py", text.encode(), Config())] == expected
