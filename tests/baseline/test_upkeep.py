import pytest

from envfence.baseline.entries import Baseline, Entry, Key
from envfence.baseline.upkeep import Scope, stale, told, updated

A, B = Key("a.py", "r", "x"), Key("b.py", "r", "x")
GONE = Key("gone/b.py", "r", "x")
ELSEWHERE = Key("other/c.py", "r", "x")
SCOPE = Scope(lambda entry: entry.key != ELSEWHERE, lambda path: path.startswith("gone/"))

UPDATED = (
    pytest.param([], {A: 1}, [Entry(A, 1, "new")], [], id="new"),
    pytest.param([Entry(A, 1, "why")], {A: 1}, [Entry(A, 1, "why")], [Entry(A, 1, "why")], id="still there"),
    pytest.param([Entry(A, 1, "why")], {A: 3}, [Entry(A, 3, "why")], [Entry(A, 1, "why")], id="more of them"),
    pytest.param([Entry(A, 3)], {A: 1}, [Entry(A, 1)], [Entry(A, 1)], id="fewer of them"),
    pytest.param([Entry(A)], {}, [], [], id="gone"),
    pytest.param([Entry(ELSEWHERE)], {}, [Entry(ELSEWHERE)], [Entry(ELSEWHERE)], id="not looked at"),
    pytest.param([Entry(GONE, 1, "why", ("# c",))], {B: 1}, [Entry(B, 1, "why", ("# c",))], [], id="renamed"),
    pytest.param([Entry(A, 1, "why")], {B: 1}, [Entry(B, 1, "new")], [], id="not renamed: the file is there"),
    pytest.param(
        [Entry(GONE, 1, "second"), Entry(Key("gone/a.py", "r", "x"), 1, "first")],
        {A: 1, B: 1},
        [Entry(A, 1, "first"), Entry(B, 1, "second")],
        [],
        id="two renamed, told apart by their names",
    ),
)


@pytest.mark.parametrize(("entries", "found", "updates", "prunes"), UPDATED)
def test_updated(entries, found, updates, prunes):
    baseline = Baseline(entries=tuple(entries))
    assert updated(baseline, found, SCOPE, reason="new").entries == tuple(updates)
    assert updated(baseline, found, SCOPE, prune=True).entries == tuple(prunes)


def test_comments_outlive_their_entry():
    entries = (Entry(A, 1, "", ("# one",)), Entry(B, 1, "", ("# two",)))
    baseline = Baseline(entries=entries, tail=("# end",))
    assert updated(baseline, {B: 1}, SCOPE).entries == (Entry(B, 1, "", ("# one", "# two")),)
    assert updated(baseline, {A: 1}, SCOPE).tail == ("# two", "# end")


def test_stale():
    entries = [Entry(A, 2, line=3), Entry(B, 1, line=4), Entry(GONE, 1, line=5), Entry(ELSEWHERE, line=6)]
    left = list(stale(entries, {A: 1, B: 1}, SCOPE))
    assert left == [entries[0], entries[2]]
    assert told("f", left, SCOPE.is_gone) == [
        "f: gone/b.py is gone; `envfence baseline --update` moves its entries, or drops them",
        "f:3: covers nothing any more: a.py r x",
        "f: `envfence baseline --prune` drops what covers nothing",
    ]
    assert told("f", [], SCOPE.is_gone) == []
    assert told("f", [Entry(A, line=line) for line in range(12)], SCOPE.is_gone)[-2:] == [
        "f: 2 more entries cover nothing any more",
        "f: `envfence baseline --prune` drops what covers nothing",
    ]
