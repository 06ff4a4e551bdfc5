import pytest

from envfence.baseline.entries import HEAD, Baseline, Entry, Key, merged, parsed, rendered
from envfence.errors import FenceError

KEY = Key("app/db.py", "hardcoded-host", "DB_HOST")
OTHER = Key("app/db.py", "hardcoded-port", "connect:1")

LINES = (
    pytest.param("app/db.py hardcoded-host DB_HOST 1", Entry(KEY), id="plain"),
    pytest.param("app/db.py hardcoded-host DB_HOST 12", Entry(KEY, 12), id="several"),
    pytest.param("app/db.py hardcoded-host DB_HOST 1  # moves in May", Entry(KEY, 1, "moves in May"), id="reason"),
    pytest.param("app/db.py hardcoded-host DB_HOST 1 # a # b", Entry(KEY, 1, "a # b"), id="reason with a mark"),
    pytest.param("app/db.py\thardcoded-host  DB_HOST\t1  \r", Entry(KEY), id="tabs, CRLF"),
    pytest.param('"a b.py" r "x y" 1', Entry(Key("a b.py", "r", "x y")), id="spaces"),
    pytest.param('"#a.py" r \\u 1', Entry(Key("#a.py", "r", "\\u")), id="a path like a comment"),
    pytest.param('"a\\nb.py" r x:0 1', Entry(Key("a\nb.py", "r", "x:0")), id="line break in a path"),
    pytest.param('"\\udcff.py" r * 1', Entry(Key("\udcff.py", "r", "*")), id="a path that is no text"),
    pytest.param(
        "암호/a.py r services.db.PASSWORD 1", Entry(Key("암호/a.py", "r", "services.db.PASSWORD")), id="Korean"
    ),
)


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_a_line(line, expected):
    (entry,) = parsed(f"\ufeff\n{line}\n", "f").entries
    assert entry == expected._replace(line=2)
    (again,) = parsed(rendered(Baseline(entries=(entry,))), "f").entries
    assert again == entry._replace(line=4)


BAD = (
    pytest.param("app/db.py hardcoded-host DB_HOST", id="no count"),
    pytest.param("app/db.py hardcoded-host DB_HOST 0", id="none of them"),
    pytest.param("app/db.py hardcoded-host DB_HOST 1 why", id="reason without its mark"),
    pytest.param("app/db.py hardcoded-host", id="cut off"),
    pytest.param("my app/db.py hardcoded-host DB_HOST 1", id="a space without quotes"),
    pytest.param('"app/db.py hardcoded-host DB_HOST 1', id="open quote"),
    pytest.param('"\\x" r a 1', id="wrong escape"),
    pytest.param("<<<<<<< HEAD", id="open conflict"),
    pytest.param("=======", id="middle of a conflict"),
    pytest.param(">>>>>>> topic", id="end of a conflict"),
)


@pytest.mark.parametrize("line", BAD)
def test_a_bad_line_is_named_and_not_repeated(line):
    with pytest.raises(FenceError, match=r"^f:3: [^/]+$"):
        parsed(f"# head\n\n{line}\n", "f")


def test_comments_stay_where_they_are():
    text = "# head\n# more\n\n# about the first\na.py r x 1\n\nb.py r x 1  # why\n# below\n"
    baseline = parsed(text, "f")
    assert baseline.head == ("# head", "# more")
    assert [entry.comments for entry in baseline.entries] == [("# about the first",), ()]
    assert rendered(baseline) == text


def test_a_comment_above_the_first_entry_is_no_head():
    assert parsed("# about a\na.py r x 1\n", "f") == Baseline(
        (), (Entry(Key("a.py", "r", "x"), 1, "", ("# about a",), 2),)
    )


def test_an_empty_baseline_says_what_it_is():
    assert rendered(Baseline()) == HEAD
    assert parsed(HEAD, "f") == Baseline()


def test_what_a_merge_left_twice_counts_once():
    entries = (
        Entry(OTHER),
        Entry(KEY, 1, "", ("# a",)),
        Entry(KEY, 3, "why", ("# a", "# b")),
        Entry(KEY, 2, "other"),
    )
    assert merged(entries) == [Entry(KEY, 3, "why", ("# a", "# b")), Entry(OTHER)]
