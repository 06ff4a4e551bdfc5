"""Completion, asked in the shells themselves: what is offered for a line that is begun."""

import os
import shlex
import shutil
import subprocess
import sys
import time

import pytest

from envfence import commands, completion
from envfence.cli import COMMANDS, main
from envfence.rules import all_rules

BASH = """
source ./script
complete -p envfence >&2 || exit
COMP_WORDS=({words}) COMP_CWORD={last}
_envfence
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
POWERSHELL = """
. ./script.ps1
(TabExpansion2 -inputScript {line} -cursorColumn {length}).CompletionMatches | ForEach-Object CompletionText
"""
CASES = (
    pytest.param("envfence ", ["check", *COMMANDS], id="commands"),
    pytest.param("envfence ba", ["baseline"], id="a command"),
    pytest.param("envfence env f", ["fill", "fingerprint"], id="a command of a command"),
    pytest.param("envfence stack lo", ["lock", "logs"], id="also of one with a parser of its own"),
    pytest.param("envfence check --no-b", ["--no-baseline"], id="an option"),
    pytest.param("envfence check --strict a.py --exit", ["--exit-zero"], id="an option behind others"),
    pytest.param("envfence env check --m", ["--matrix"], id="an option of a command of a command"),
    pytest.param("envfence check --output-format git", ["github", "gitlab"], id="a choice"),
    pytest.param("envfence history --output-format ", ["json", "text"], id="the choices of that command"),
    pytest.param("envfence rule hardcoded-ho", ["hardcoded-host"], id="a rule"),
    pytest.param("envfence check --select hardcoded-ho", ["hardcoded-host"], id="a rule to look for"),
    pytest.param("envfence env new prod", ["production"], id="an environment"),
    pytest.param("envfence check --diff to", ["topic", "topic2"], id="branches"),
    pytest.param("envfence history -", ["--help", "--output-format", "--select", "--since"], id="all options"),
    pytest.param("envfence baseline --reason che", [], id="no command where a text stands"),
    pytest.param("envfence completion ", ["bash", "fish", "powershell", "zsh"], id="shells"),
)


@pytest.fixture
def asked(repo, git, monkeypatch):
    """Return a function that runs a program of a shell, in a repository with two branches, and returns its words."""
    git("commit", "-qm", "Begin", "--allow-empty")
    git("branch", "topic")
    git("branch", "topic2")
    monkeypatch.setenv("XDG_DATA_HOME", str(repo))

    def ask(*command):
        done = subprocess.run(
            command, cwd=repo, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60
        )
        assert (done.returncode, done.stderr.replace("complete -o default -F _envfence envfence\n", "")) == (0, "")
        return sorted(line.partition("\t")[0] for line in done.stdout.splitlines() if line)

    return ask


def found(*names):
    """Return the path of the first of these programs that is there; else skip."""
    paths = [path for name in names if (path := shutil.which(name))]
    return paths[0] if paths else pytest.skip(f"{names[0]} is not installed")


def in_bash(line):
    words = shlex.split(line.replace("=", " = "))
    words += [""] if line.endswith(" ") else []
    return BASH.format(words=" ".join(map(shlex.quote, words)), last=len(words) - 1)


@pytest.mark.skipif(sys.platform == "win32", reason="bash is WSL's there, which has no such folder")
@pytest.mark.parametrize(
    ("line", "offered"),
    (
        *CASES,
        pytest.param("envfence check --output-format=sa", ["sarif"], id="behind an equals sign"),
        pytest.param("envfence check --select a,fallback", ["a,fallback-value"], id="behind a comma"),
        pytest.param("envfence check REA", [], id="files are left to readline"),
    ),
)
def test_bash(line, offered, asked, repo):
    (repo / "script").write_text(completion.script("bash"), encoding="utf-8", newline="\n")
    assert asked(found("bash"), "--norc", "-c", in_bash(line)) == sorted(offered)


@pytest.mark.parametrize(
    ("line", "offered"),
    (
        *CASES,
        pytest.param("envfence check --output-format=sa", ["--output-format=sarif"], id="behind an equals sign"),
        pytest.param("envfence check --select a,fallback", ["a,fallback-value"], id="behind a comma"),
        pytest.param("envfence check REA", ["README"], id="files"),
    ),
)
def test_fish(line, offered, asked, repo):
    (repo / "README").touch()
    (repo / "script").write_text(completion.script("fish"), encoding="utf-8", newline="\n")
    program = f"source ./script; complete --do-complete {shlex.quote(line)}"
    assert asked(found("fish"), "--no-config", "--command", program) == sorted(offered)


@pytest.mark.parametrize(
    ("line", "offered"),
    (*CASES, pytest.param("envfence check REA", ["README"], id="files")),
)
def test_powershell(line, offered, asked, repo):
    shell = found("pwsh", "powershell")
    (repo / "README").touch()
    (repo / "script.ps1").write_text(completion.script("powershell"), encoding="utf-8")
    program = POWERSHELL.format(line=f"'{line}'", length=len(line))
    command = (shell, "-NoProfile", "-ExecutionPolicy", "Bypass", "-Command", program)
    assert [word.removeprefix("./").removeprefix(".\\") for word in asked(*command)] == sorted(offered)


@pytest.fixture
def typed(repo):
    """Return a function that types into a zsh of a terminal, and returns the line as completion leaves it."""
    zsh = found("zsh")
    import pty

    (repo / "functions").mkdir()
    (repo / "functions/_envfence").write_text(completion.script("zsh"), encoding="utf-8")
    (repo / "README").touch()

    def type_in(line, setup):
        setup = f"PS1=; autoload -Uz compinit; {setup}; show() {{ print -r -- $BUFFER >line }}; "
        setup += "zle -N show; bindkey '^I' complete-word; bindkey '^X' show; touch ready\n"
        terminal, inside = pty.openpty()
        with subprocess.Popen(
            (zsh, "-f", "-i", "+m"),
            cwd=repo,
            env={**os.environ, "TERM": "dumb"},
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
        ) as shell:
            try:
                os.write(terminal, setup.encode())
                wait_for(repo / "ready")
                os.write(terminal, f"{line}\t\x18".encode())
                wait_for(repo / "line")
            finally:
                shell.kill()
        os.close(terminal)
        os.close(inside)
        return (repo / "line").read_text(encoding="utf-8").rstrip("\n")

    return type_in


def wait_for(path):
    deadline = time.monotonic() + 30
    while not (path.exists() and (path.name == "ready" or path.stat().st_size)):
        assert time.monotonic() < deadline, path.name
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("line", "completed"),
    (
        pytest.param("envfence ba", "envfence baseline ", id="a command"),
        pytest.param("envfence env fil", "envfence env fill ", id="a command of a command"),
        pytest.param("envfence check --no-b", "envfence check --no-baseline ", id="an option"),
        pytest.param("envfence check --output-format gith", "envfence check --output-format github ", id="a choice"),
        pytest.param("envfence check --output-format=gith", "envfence check --output-format=github ", id="behind ="),
        pytest.param(
            "envfence check --select a,fallb", "envfence check --select a,fallback-value ", id="behind a comma"
        ),
        pytest.param("envfence check REA", "envfence check README ", id="a file"),
        pytest.param("envfence baseline --reason che", "envfence baseline --reason che", id="a text"),
    ),
)
def test_zsh(line, completed, typed):
    assert typed(line, "compinit -D; source functions/_envfence") == completed


def test_zsh_loads_it_when_it_is_needed(typed):
    assert typed("envfence ba", "fpath+=($PWD/functions); compinit -D") == "envfence baseline "


def test_every_rule_and_option_is_in_the_table():
    rows = [row.split("|", 3) for row in completion.table()]
    assert {word for command, before, word, _ in rows if (command, before) == ("rule", "")} == set(all_rules())
    for command, parser in commands.parsers():
        options = {action.option_strings[-1] for action in commands.actions(parser) if action.option_strings}
        assert {word for name, before, word, _ in rows if (name, before) == (command, "-")} == options


def test_table_holds_nothing_that_a_shell_would_read_otherwise():
    assert [row for row in completion.table() if "\\" in row or "\n" in row or not row.isascii()] == []


@pytest.mark.parametrize("shell", completion.SCRIPTS)
def test_the_command_prints_the_script(shell, capsys):
    assert main(["completion", shell]) == 0
    printed = capsys.readouterr().out
    assert printed == completion.script(shell)
    assert "@TABLE@" not in printed
