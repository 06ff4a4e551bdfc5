"""The locks of all hosts: taken in one order, renewed, lost, given back."""

import time
from types import SimpleNamespace

import pytest

from envfence.delivery import lease
from envfence.delivery.remote import Answer
from envfence.errors import FenceError


class Remote:
    """A host that answers as it is told, and remembers what it was asked."""

    def __init__(self, name, asked, take=(0,), renew=0):
        self.host = SimpleNamespace(name=name, address=f"{name}.example.com", port=22)
        self.asked = asked
        self.take = list(take)
        self.renew = renew

    def ask(self, *words, **_):
        self.asked.append((self.host.name, words[1]))
        if words[1] == "take":
            code = self.take.pop(0)
            holder = f"token=1 until={int(time.time()) + 9} owner=ada@example:7 since=0 now={int(time.time())}"
            return Answer(code, "5\n" if code == 0 else holder, "")
        return Answer(self.renew if words[1] == "renew" else 0, "", "the lock is not yours")


def quiet(*_):
    pass


def test_locks_are_taken_in_one_order_and_given_back():
    asked = []
    with lease.held([Remote("b", asked), Remote("a", asked)], 0, quiet) as held:
        assert held.tokens == {"a": "5", "b": "5"}
    assert asked[:2] == [("a", "take"), ("b", "take")]
    assert sorted(asked[2:]) == [("a", "drop"), ("b", "drop")]


def test_one_lock_that_is_held_frees_the_others():
    asked = []
    with (
        pytest.raises(FenceError, match=r"^b is locked by ada@example:7, unless renewed for \d s more$"),
        lease.held([Remote("a", asked), Remote("b", asked, [75])], 0, quiet),
    ):
        pass
    assert asked == [("a", "take"), ("b", "take"), ("a", "drop")]


def test_a_lock_is_waited_for(monkeypatch):
    monkeypatch.setattr(lease, "_AGAIN", 0)
    told = []
    with lease.held([Remote("a", [], [75, 75, 0])], 5, lambda *said: told.append(said)):
        pass
    assert len(told) == 1


@pytest.mark.parametrize(("code", "is_lost"), ((0, False), (76, True), (75, True), (1, False)))
def test_a_lock_that_cannot_be_renewed_is_lost(code, is_lost, monkeypatch):
    monkeypatch.setattr(lease, "RENEWED", 0.01)
    asked = []
    with lease.held([Remote("a", asked, renew=code)], 0, quiet) as held:
        end = time.monotonic() + 10
        while ("a", "renew") not in asked and time.monotonic() < end:
            time.sleep(0.01)
        held.end()
        if is_lost:
            with pytest.raises(lease.LostError, match=r"^a: the lock is not yours$"):
                held.check()
        else:
            held.check()


@pytest.mark.parametrize(
    ("line", "said"),
    (
        pytest.param("token=0 until=0 owner=- since=0 now=50", "", id="free"),
        pytest.param("token=1 until=40 owner=ada since=0 now=50", "", id="passed"),
        pytest.param(
            "token=1 until=80 owner=ada since=0 now=50", "locked by ada, unless renewed for 30 s more", id="held"
        ),
    ),
)
def test_holder_is_shown(line, said):
    assert lease.shown(line) == said
