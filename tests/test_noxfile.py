"""The sessions read like a help page, and the noxfile knows no environment."""

import ast
import re
import subprocess
import sys

import pytest


def session_functions(text):
    """Return the functions of a noxfile that carry @nox.session."""
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return [node for node in functions if any("nox.session" in ast.unparse(each) for each in node.decorator_list)]


@pytest.fixture
def noxfile(root):
    return (root / "noxfile.py").read_text(encoding="utf-8")


def test_every_session_is_told_in_one_imperative_line(noxfile):
    for function in session_functions(noxfile):
        told = ast.get_docstring(function) or ""
        assert re.fullmatch(r"[A-Z][a-z]+ [^\n]{1,85}\.", told), f"{function.name}: {told!r}"
        assert not re.match(r"\w+s ", told), f"{function.name}: say `Run`, not `Runs`"


def test_sessions_stay_short(noxfile):
    for function in session_functions(noxfile):
        assert function.end_lineno - function.lineno <= 11, f"{function.name}: move the work to envfence.sessions"


def test_list_is_the_help_page(root, noxfile):
    command = [sys.executable, "-m", "nox", "--list", "--noxfile", str(root / "noxfile.py")]
    listed = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    for function in session_functions(noxfile):
        assert f"{function.name} -> {ast.get_docstring(function)}" in listed


def test_noxfile_names_no_host_and_no_port(noxfile):
    assert re.findall(r"localhost|\d+\.\d+\.\d+\.\d+|://|:\d{2,5}\b", noxfile) == []
