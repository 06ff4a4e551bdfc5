import pytest

from envfence.errors import FenceError
from envfence.hook import Asked, asked

CASES = (
    pytest.param([], Asked(), id="nothing"),
    pytest.param(["a.py", "b c.py"], Asked(("a.py", "b c.py")), id="names"),
    pytest.param(["--strict", "a.py"], Asked(("a.py",), strict=True), id="strict"),
    pytest.param(["--ignore=a,b", "--ignore=c", "x"], Asked(("x",), ("a", "b", "c")), id="ignore"),
    pytest.param(["--", "--strict"], Asked(("--strict",)), id="names behind two hyphens"),
    pytest.param(["a.py", "--strict"], Asked(("a.py", "--strict")), id="no option behind a name"),
    pytest.param(["-x.py", "--strict"], Asked(("-x.py", "--strict")), id="a file that looks like an option"),
    pytest.param(["--help"], Asked(help=True), id="help"),
)


@pytest.mark.parametrize(("argv", "expected"), CASES)
def test_asked(write, tmp_path, monkeypatch, argv, expected):
    monkeypatch.chdir(tmp_path)
    write({"-x.py": ""})
    assert asked(argv) == expected


def test_an_unknown_option_is_an_error():
    with pytest.raises(FenceError, match=r"^unknown option --fix; --help lists them$"):
        asked(["--fix", "a.py"])
