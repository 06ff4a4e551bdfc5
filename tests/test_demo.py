"""The demonstration: refused for every planted value, accepted once mended, no value shown, nothing left behind."""

import os
import re
import subprocess
import sys
from importlib.resources import files

import pytest

from envfence.contract.command import checked
from envfence.demo import __main__ as demo


def files_of(state):
    return demo.files_of((files("envfence.demo") / state).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Return (exit code, output) of the demonstration, run in an empty folder where it may leave nothing."""
    folder = tmp_path_factory.mktemp("temporary")
    command = [sys.executable, "-m", "envfence.demo"]
    environment = {**os.environ, "NO_COLOR": "1", "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert list(folder.iterdir()) == []
    return done.returncode, done.stdout


def test_first_commit_is_refused_and_second_accepted(shown):
    code, output = shown
    assert re.findall(r"^envfence\.+(\w+)$", output, re.MULTILINE) == ["Failed", "Passed"]
    assert code == 0


@pytest.mark.parametrize(
    ("path", "rule"),
    (
        (".env.staging", "env-file-tracked"),
        (".gitignore", "env-file-not-ignored"),
        ("backend/calculate_all_indicators.py", "hardcoded-credential"),
        ("backend/celery_app.py", "fallback-value"),
        ("backend/celery_app.py", "hardcoded-url"),
        ("backend/simple_indicators.py", "hardcoded-url"),
        ("frontend/src/api.ts", "fallback-value"),
        ("docker-compose.yml", "fallback-value"),
    ),
)
def test_refusal_names_file_and_rule(path, rule, shown):
    assert re.search(rf"^{re.escape(path)}:\d+:(\d+:)? .*{rule}", shown[1], re.MULTILINE)


def test_no_value_is_shown(shown):
    secrets = {"admin123", "kestrel-4417"}
    assert [secret for secret in secrets if secret not in str(files_of("before.txt"))] == []
    assert [secret for secret in secrets if secret in shown[1]] == []


def test_mended_python_compiles():
    for name, text in files_of("after.txt").items():
        if name.endswith(".py"):
            compile(text, name, "exec")


@pytest.mark.parametrize(
    ("path", "old", "new", "rule"),
    (
        ("backend/config.py", "    ENVIRONMENT:", "    class Config: ...\n    ENVIRONMENT:", "settings-class-config"),
        ("backend/config.py", 'Literal["development", "staging", "production"]', "str", "settings-open-environment"),
        ("backend/config.py", "DB_PASSWORD: SecretStr", "DB_PASSWORD: str", "settings-plain-secret"),
        ("backend/config.py", ", hide_input_in_errors=True", "", "settings-shown-input"),
        (
            "backend/config.py",
            'URL.create("postgresql+psycopg", ',
            'f"a://b:{password}@c"  # ',
            "settings-unquoted-dsn",
        ),
        ("backend/config.py", 'extra="ignore", ', "", "settings-extra-undecided"),
        ("docker-compose.yml", "PASSWORD: ${DB_PASSWORD:?", "PASSWORD: ${DB_PASSWORD:-", "secret-with-default"),
        ("docker-compose.yml", "127.0.0.1:", "", "stack-open-port"),
        ("docker-compose.yml", "    image:", "    container_name: db\n    image:", "stack-container-name"),
        ("docker-compose.yml", "services:", "version: '3'\nservices:", "stack-version-key"),
    ),
)
def test_mended_settings_and_stack_hold_their_rules(path, old, new, rule, write, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    mended = files_of("after.txt")
    assert old in mended[path]
    for text, is_found in ((mended[path], False), (mended[path].replace(old, new), True)):
        write(mended | {path: text})
        assert (rule in {finding.rule for finding in checked(".", None, "port")}) is is_found


def test_mending_changes_what_was_faulty_and_adds_the_settings():
    before, after = files_of("before.txt"), files_of("after.txt")
    assert set(after) - set(before) == {"backend/config.py"}
    assert [name for name in after if after[name] == before.get(name)] == []


@pytest.mark.parametrize(
    ("always", "complaint"),
    (
        pytest.param(("before.txt", "after.txt"), "The commit was accepted", id="mended from the start"),
        pytest.param(("before.txt",), "The commit was refused", id="never mended"),
    ),
)
def test_a_hook_that_decides_wrongly_fails_the_demonstration(always, complaint, monkeypatch, capfd):
    write = demo.Shell.write

    def write_always(shell, _):
        for state in always:
            write(shell, state)
        (shell.repository / ".env.staging").unlink()

    monkeypatch.setattr(demo.Shell, "write", write_always)
    assert demo.main() == 1
    assert complaint in capfd.readouterr().err


def test_without_git_it_says_what_is_missing(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert demo.main() == 2
    assert "git is not installed" in capsys.readouterr().err
