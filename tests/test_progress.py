import io
import os
import subprocess
import sys

import pytest

from envfence import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "PATIENCE", -1)
    monkeypatch.setattr(progress, "PAUSE", -1)


def told(stream, total=2000, items=(500, 1000, 9000)):
    assert list(progress.shown(items, total, "files", lambda item: item, stream)) == list(items)
    return stream.getvalue()


def test_a_terminal_sees_how_far_it_is_and_then_nothing():
    assert told(Terminal()).split("\r") == [
        "",
        f"[{'#' * 7}{' ' * 23}] 500 of 2,000 files",
        f"[{'#' * 15}{' ' * 15}] 1,000 of 2,000 files",
        f"[{'#' * 30}] 2,000 of 2,000 files",
        " " * 53,
        "",
    ]


def test_a_short_run_says_nothing(monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 60)
    monkeypatch.setattr(progress, "PAUSE", 60)
    assert told(Terminal()) == ""


def test_nobody_else_sees_anything(monkeypatch):
    assert told(io.StringIO()) == ""
    assert told(Terminal(), total=0) == ""
    monkeypatch.setenv("TERM", "dumb")
    assert told(Terminal()) == ""


def test_it_is_wiped_out_when_a_run_fails():
    def failing():
        yield 1
        raise KeyboardInterrupt

    stream = Terminal()
    with pytest.raises(KeyboardInterrupt):
        list(progress.shown(failing(), 2, "files", lambda item: item, stream))
    assert stream.getvalue().endswith(" \r")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty")
@pytest.mark.parametrize(("environment", "expected"), (({}, True), ({"TERM": "dumb"}, False)), ids=("xterm", "dumb"))
def test_a_long_scan_of_a_real_terminal(tmp_path, write, environment, expected):
    import pty

    write({f"{number}.py": "x = 1\n" for number in range(1700)})
    main, terminal = pty.openpty()
    program = (
        "from envfence import progress, cli; progress.PATIENCE = progress.PAUSE = -1\n"
        "raise SystemExit(cli.main(['check', '--no-flows']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, **environment, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=terminal,
        check=True,
    )
    os.close(terminal)
    said = b""
    while chunk := _read(main):
        said += chunk
    os.close(main)
    assert done.stdout == b""
    assert (b"1,700 of 1,700 files" in said) is expected
    assert b"\x1b" not in said


def _read(terminal):
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux tells the end of a terminal so
        return b""
