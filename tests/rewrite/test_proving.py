"""Modules are run before and after: what is compared, what is chance, and what ends a module."""

import os
import sys
from pathlib import PurePosixPath

import pytest

from envfence.errors import FenceError
from envfence.rewrite.proving import server, verify
from envfence.rewrite.proving.server import Outcome, Server
from envfence.rewrite.proving.trial.comparing import difference
from envfence.rewrite.proving.trial.texts import shown


def handed(*seen, ends="", **names):
    return {"seen": [list(call) for call in seen], "names": names, "ends": ends}


NOTHING = handed()
CALL = ("redis.Redis", "host='a'", "port=1")
OTHER = ("redis.Redis", "host='b'", "port=1")
TIMED = [("client.send", "'a'", f"at={second}") for second in (1, 2, 3)]


@pytest.mark.parametrize(
    ("before", "after", "again", "imported", "expected"),
    (
        pytest.param(handed(CALL), handed(CALL), None, NOTHING, "", id="equal"),
        pytest.param(handed(CALL), handed(OTHER), None, NOTHING, "redis.Redis is given something else", id="argument"),
        pytest.param(handed(CALL), NOTHING, None, NOTHING, "redis.Redis is given something else", id="call missing"),
        pytest.param(handed(CALL), handed(OTHER, CALL), None, handed(OTHER), "", id="brought by the settings"),
        pytest.param(handed(CALL), handed(CALL, CALL), None, NOTHING, "redis.Redis is given something else", id="2"),
        pytest.param(handed(TIMED[0]), handed(TIMED[1]), handed(TIMED[2]), NOTHING, "", id="a time"),
        pytest.param(
            handed(TIMED[0]), handed(("client.send", "'b'", "at=2")), handed(TIMED[2]), NOTHING,
            "client.send is given something else", id="beside a time",
        ),
        pytest.param(handed(TIMED[0]), handed(*TIMED), handed(*TIMED[:2]), NOTHING,
                     "client.send is given something else", id="as often as chance has it"),
        pytest.param(handed(), handed(ends="KeyError"), None, NOTHING, "it ends with KeyError", id="ends"),
        pytest.param(handed(ends="KeyError"), handed(), None, NOTHING, "it ends with no error", id="goes on"),
        pytest.param(handed(), handed(ends="KeyError"), handed(ends="OSError"), NOTHING, "", id="ends by chance"),
        pytest.param(handed(URL="'a'"), handed(URL="'b'"), None, NOTHING, "URL is something else", id="name"),
        pytest.param(handed(URL="'a'"), handed(), None, NOTHING, "URL is something else", id="name missing"),
        pytest.param(handed(NOW="1"), handed(NOW="2"), handed(NOW="3"), NOTHING, "", id="name by chance"),
        pytest.param(handed(), handed(settings="'a'"), None, NOTHING, "", id="name added"),
    ),
)  # fmt: skip
def test_a_difference_is_told_by_its_name(before, after, again, imported, expected):
    assert difference(before, after, again or before, imported) == expected


class Word:
    def get_secret_value(self):
        return "w"


@pytest.mark.parametrize(
    ("value", "expected"),
    (
        pytest.param({"b": {2, 1}, "a": (1.5, None)}, "{'b': [1, 2], 'a': [1.5, None]}", id="containers"),
        pytest.param(PurePosixPath("a/b"), "'a/b'", id="path"),
        pytest.param(Word(), "'w'", id="secret"),
        pytest.param("<Engine at 0x7f1a2b>", "'<Engine>'", id="address"),
        pytest.param(Outcome, "<type>", id="anything else"),
    ),
)
def test_equal_values_are_equal_texts(value, expected):
    assert shown(value) == expected


def tried(fix, capsys, code, *more):
    """Return what `fix --verify` says of a module that holds a URL and this code."""
    fix({"app.py": 'U = "@DSN@"\n' + code, **dict(more)}, "--verify")
    told = ("before and after", "stand-ins")
    return [line for line in capsys.readouterr().err.splitlines() if any(word in line for word in told)]


SAME = "verified: 1 modules hand out the same {} values before and after"


@pytest.mark.parametrize(
    ("code", "expected"),
    (
        pytest.param("import time, uuid\nNOW, ID = time.time(), str(uuid.uuid4())\n", [SAME.format(3)], id="chance"),
        pytest.param("import redis\nredis.Redis(host=U)\n", [SAME.format(2)], id="client"),
        pytest.param(
            "class C:\n    url = U\n\n    def __init__(self):\n        self.port = 1\n\n\nc = C()\nc.port, c.url\n",
            [SAME.format(4)],
            id="classes and objects",
        ),
        pytest.param(
            "class C:\n    def __init__(self, url=U, port=None):\n        self.url, self.port = url, port or 1\n\n\n"
            "class D:\n    def __init__(self, url):\n        self.url = url\n\n\nC().port, D(U).url\n",
            [SAME.format(3)],
            id="what an object is made with",
        ),
        pytest.param(
            "import nowhere\nclass A(nowhere.B, nowhere.C):\n    pass\n\n\nA(1).x\n"
            "try:\n    nowhere.go(U)\nexcept nowhere.GoError:\n    pass\n",
            [
                "not installed here, or of no use without a server, so that stand-ins took their place: nowhere",
                SAME.format(3),
            ],
            id="not installed",
        ),
        pytest.param(
            "import os\nos.environ['NOT_THERE']\n",
            ["app.py:3: run up to here, before and after: KeyError", SAME.format(0) + "; 1 of them end early here"],
            id="a variable",
        ),
        pytest.param(
            "import time\nwhile True:\n    time.sleep(60)\n",
            ["app.py:4: run up to here, before and after: WaitError", SAME.format(0) + "; 1 of them end early here"],
            id="waits",
        ),
        pytest.param(
            "import os\nos._exit(3)\n",
            ["app.py:1: run up to here, before and after: exit code 3", SAME.format(0) + "; 1 of them end early here"],
            id="ends the process",
        ),
    ),
)
def test_it_is_told_how_modules_fare(fix, capsys, code, expected):
    assert tried(fix, capsys, code) == expected


def test_a_module_that_never_ends_is_ended(fix, capsys, monkeypatch):
    monkeypatch.setattr(server, "LONGEST", 2)
    said = "app.py:1: run up to here, before and after: it does not end within 2 seconds"
    assert tried(fix, capsys, "while True:\n    pass\n")[0] == said


def test_packages_of_the_project_need_not_be_installed(fix, capsys):
    files = {
        "packages/shared/shared_words/__init__.py": "import beside\nWORD = beside.WORD\n",
        "packages/shared/beside.py": "WORD = 1\n",
    }
    assert tried(fix, capsys, "from shared_words import WORD\n", *files.items()) == [SAME.format(2)]


def test_a_module_of_a_package_does_not_hide_a_library(fix, capsys):
    files = {"core/app.py": 'import json\nU = "@DSN@"\nJ = json.dumps(1)\n', "core/json.py": "", "core/__init__.py": ""}
    fix(files, "--verify")
    assert SAME.format(2) in capsys.readouterr().err


def test_a_package_may_have_no_init_file(fix, capsys):
    files = {
        "core/app.py": 'from .word import W\nU = "@DSN@"\n',
        "core/word.py": "W = 1\n",
        "run.py": "import core.app\n",
    }
    fix(files, "--verify")
    assert SAME.format(2) in capsys.readouterr().err


@pytest.fixture
def one(tmp_path):
    """Return a server with one folder for both sides, and a module to ask about."""
    (tmp_path / "app.py").write_text("N = 1\n", encoding="utf-8")
    setting = {"roots": [str(tmp_path)] * 2, "needed": [], "attributes": [], "others": [], "name": "verified"}
    made = Server(setting, dict(os.environ))
    yield made, {"path": "app.py", "base": ".", "settings": "settings"}
    made.close()


def test_the_process_is_started_again_after_it_has_ended(one):
    made, module = one
    assert made.outcome(module) == Outcome("app.py", handed=1, missing=[])
    server._kill(made._process)
    assert made.outcome(module) == Outcome("app.py", ends="it ends the process")
    assert made.outcome(module) == Outcome("app.py", handed=1, missing=[])


def test_an_interpreter_that_does_not_start_is_told(one, monkeypatch):
    monkeypatch.setattr(server, "_FOLDER", os.sep)
    with pytest.raises(FenceError, match="cannot be started"):
        one[0].outcome(one[1])


def test_what_reads_the_settings_has_to_be_installed(one):
    one[0]._setting["needed"].append("nowhere")
    with pytest.raises(FenceError, match="nowhere is not installed here"):
        one[0].outcome(one[1])


def test_the_interpreter_is_that_of_the_active_environment(tmp_path, monkeypatch):
    file = tmp_path / "bin/python"
    file.parent.mkdir()
    file.touch()
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    assert server._interpreter() == str(file)
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "nowhere"))
    assert server._interpreter() == sys.executable


def test_nothing_is_told_where_no_module_changes():
    assert verify.told([]) == []


def test_a_command_that_is_printed_keeps_its_password(fix, capsys):
    code = 'U = "@DSN@"\nprint("  APP_PASSWORD=@TOKEN@ \\\\")\n'
    assert "APP_PASSWORD=tok-" in fix({"app.py": code})["app.py"]
    assert (
        "app.py:2: hardcoded-credential: left alone: the value is a piece of a longer text" in capsys.readouterr().err
    )
