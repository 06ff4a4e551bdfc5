import pytest

from envfence.globs import matches

CASES = (
    pytest.param("*.py", "a.py", True, id="name"),
    pytest.param("*.py", "a/b/c.py", True, id="name at any depth"),
    pytest.param("a/*.py", "a/b.py", True, id="in a folder"),
    pytest.param("a/*.py", "a/b/c.py", False, id="a star stays in its folder"),
    pytest.param("a/*.py", "x/a/b.py", False, id="a slash ties to the root"),
    pytest.param("/a.py", "a.py", True, id="at the root"),
    pytest.param("/a.py", "b/a.py", False, id="only at the root"),
    pytest.param("a/**", "a/b/c.py", True, id="everything below"),
    pytest.param("a/**", "ab/c.py", False, id="not a longer name"),
    pytest.param("**/a.py", "a.py", True, id="any folders, none too"),
    pytest.param("**/a.py", "b/c/a.py", True, id="any folders"),
    pytest.param("a/**/b.py", "a/b.py", True, id="no folders between"),
    pytest.param("a/**/b.py", "a/c/d/b.py", True, id="folders between"),
    pytest.param("a", "a/b/c.py", True, id="a folder"),
    pytest.param("a/", "x/a/b.py", True, id="a folder with a slash"),
    pytest.param("a/b", "a/b/c.py", True, id="a folder in a folder"),
    pytest.param("a?.py", "ab.py", True, id="one character"),
    pytest.param("a?.py", "a/.py", False, id="but no slash"),
    pytest.param("[ab].py", "b.py", True, id="one of"),
    pytest.param("[!ab].py", "b.py", False, id="none of"),
    pytest.param("[a-c].py", "b.py", True, id="a range"),
    pytest.param("[z-a].py", "b.py", False, id="a range that runs backwards"),
    pytest.param("[a&&b--[].py", "&.py", True, id="characters that mean something to Python"),
    pytest.param("[!a].py", "/.py", False, id="none of, but no slash"),
    pytest.param("[!].py", "!.py", True, id="nothing turned round"),
    pytest.param("a+(b).py", "a+(b).py", True, id="other characters stand for themselves"),
    pytest.param("*.py", "a\n.py", True, id="newline"),
    pytest.param("a.py", "a.pyc", False, id="longer name"),
)


@pytest.mark.parametrize(("pattern", "path", "expected"), CASES)
def test_matches(pattern, path, expected):
    assert matches(pattern, path) is expected
