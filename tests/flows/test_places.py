import pytest

from envfence.flows.places import literal_at, literals_in

PLACES = (
    pytest.param("a.py", 'connect("10.1.2.3")\n', '"10.1.2.3"', '"10.1.2.3"', id="the literal itself"),
    pytest.param("a.py", 'HOST = "db"\nconnect(HOST)\n', "(HOST", '"db"', id="a constant"),
    pytest.param("a.py", 'h = "db1"\nh = "db2"\nconnect(h)\nh = "db3"\n', "(h", '"db2"', id="the nearest above"),
    pytest.param("a.py", 'def f():\n    g(HOST)\n\n\nHOST = "db"\n', "(HOST", '"db"', id="a constant below"),
    pytest.param("a.py", 'self.host = "db"\nconnect(self.host)\n', "(self.host", '"db"', id="an attribute"),
    pytest.param("a.py", 'c = {"host": "db"}\nconnect(c["host"])\n', '(c["host"]', '"db"', id="an entry"),
    pytest.param("a.go", 'const host = "db"\nfunc f() { Dial(host) }\n', "(host", '"db"', id="Go"),
    pytest.param("a.js", 'const host = "db";\nnew Redis({host });\n', "{host", '"db"', id="JavaScript"),
    pytest.param("a.sh", 'T="ops@db1"\nssh "$T" ls\n', '"$T"', '"ops@db1"', id="shell"),
    pytest.param("a.yaml", "a:\n  password: hunter2\n", "hunter2", "hunter2", id="YAML"),
    pytest.param("a.py", "connect(other)\n", "(other", None, id="from elsewhere"),
    pytest.param("a.py", "connect(f() + 1)\n", "f() + 1", None, id="no name"),
)


@pytest.mark.parametrize(("path", "text", "sink", "expected"), PLACES)
def test_literal_at(path, text, sink, expected):
    start = text.index(sink) + len(sink) - len(sink.lstrip("({"))
    end = text.index(sink) + len(sink)
    literal = literal_at(literals_in(path, text), text, start, end)
    assert (literal and text[literal.start : literal.end]) == expected
