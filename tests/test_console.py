import os
import subprocess
import sys

import pytest

from envfence import console
from envfence.check import Report
from envfence.errors import FenceError
from envfence.finding import Rule, finding

ERROR = finding(Rule("r", "check", "m", "a"), "a.py", 1)
WARNING = ERROR._replace(severity="warning")

TOLD = (
    pytest.param([], {}, "", id="nothing"),
    pytest.param([ERROR], {}, "found 1 error\n", id="one error"),
    pytest.param([ERROR, ERROR, WARNING], {}, "found 2 errors, 1 warning\n", id="errors and a warning"),
    pytest.param([WARNING], {}, "found 1 warning\n", id="one warning"),
    pytest.param([], {"a": ("binary", 999)}, "skipped 1 file, 999 bytes: 1 binary\n", id="bytes"),
    pytest.param(
        [],
        {"a": ("lock", 20_000), "b": ("minified", 100_000), "c": ("minified", 400)},
        "skipped 3 files, 120 kB: 2 minified, 1 lock\n",
        id="kilobytes",
    ),
    pytest.param([], {"a": ("huge", 95_800_000)}, "skipped 1 file, 95.8 MB: 1 huge\n", id="megabytes"),
)


@pytest.mark.parametrize(("findings", "skipped", "expected"), TOLD)
def test_told_says_the_rest_on_standard_error(capsys, findings, skipped, expected):
    console.told(Report(findings, {}, skipped))
    assert capsys.readouterr().err == expected


def test_told_prints_findings_on_standard_output(capsys):
    console.told(Report([ERROR], {}, {}), "github")
    assert capsys.readouterr().out == "::error file=a.py,line=1,endLine=1,title=r::m; a\n"


def test_a_program_reads_an_answer_even_if_nothing_is_found(capsys):
    console.told(Report([], {}, {}), "json")
    assert capsys.readouterr().out == "[]\n"


CODES = (
    pytest.param([], False, 0, id="clean"),
    pytest.param([WARNING], False, 0, id="a warning"),
    pytest.param([WARNING], True, 1, id="a warning, strictly"),
    pytest.param([WARNING, ERROR], False, 1, id="an error"),
)


@pytest.mark.parametrize(("findings", "strict", "expected"), CODES)
def test_exit_code(findings, strict, expected):
    assert console.exit_code(findings, strict=strict) == expected


def test_guarded_says_what_can_be_mended(capsys):
    def run():
        raise FenceError("do this")

    assert console.guarded(run) == 2
    assert capsys.readouterr() == ("", "envfence: do this\n")


SYSTEM = (
    pytest.param(PermissionError(13, "Permission denied", "a.py"), "a.py: Permission denied", id="file"),
    pytest.param(FileNotFoundError(2, "No such file"), "the working directory: No such file", id="nowhere"),
    pytest.param(OSError(28, "No space left"), "could not run: No space left", id="disk"),
)


@pytest.mark.parametrize(("error", "said"), SYSTEM)
def test_guarded_says_what_the_system_refuses(capsys, error, said):
    def run():
        raise error

    assert console.guarded(run) == 2
    assert capsys.readouterr() == ("", f"envfence: {said}\n")


def test_guarded_lets_a_bug_be_seen():
    with pytest.raises(ZeroDivisionError):
        console.guarded(lambda: 1 // 0)


def run(code, **options):
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, **options)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other pipes")
def test_a_reader_that_has_seen_enough_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    code = "import sys; from envfence import console; sys.exit(console.guarded(lambda: print('x' * 100_000) or 0))"
    process = run(code, stdout=writing)
    os.close(writing)
    assert process.communicate() == (None, b"")
    assert process.returncode == 1


def test_names_that_are_no_text_are_printed():
    code = (
        "from envfence.console import told; from envfence.check import Report; from envfence.finding import *;"
        r"told(Report([finding(Rule('r', 'check', '가', ''), '\udcff.py', 1)], {}, {}), 'github')"
    )
    process = run(code, stdout=subprocess.PIPE, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    out, err = process.communicate()
    assert (out.decode().strip(), err.decode().strip()) == (
        r"::error file=\udcff.py,line=1,endLine=1,title=r::가;",
        "found 1 error",
    )


def test_an_interruption_is_no_traceback(capsys):
    def interrupted():
        raise KeyboardInterrupt

    assert console.guarded(interrupted) == 130
    assert capsys.readouterr().err == "envfence: interrupted\n"
