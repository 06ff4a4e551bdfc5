"""The locks of all hosts: taken in one order, renewed, lost, given back."""

import contextlib
import time
from types import SimpleNamespace

import pytest

from envfence.delivery.changes import lease
from envfence.delivery.servers.remote import Answer
from envfence.errors import FenceError

from ..docker.system import until


class Remote:
    """A host that answers as it is told, and remembers what it was asked."""

    def __init__(self, name, asked, take=(5,), renew=0):
        self.host = SimpleNamespace(name=name, address=f"{name}.example.com", port=22)
        self.asked = asked
        self.take = list(take)
        self.renew = renew

    def ask(self, *words, **_):
        self.asked.append((self.host.name, words[1]))
        if words[1] == "take":
            token = self.take.pop(0)
            holder = f"token=1 until={int(time.time()) + 9} owner=ada@example:7 since=0 now={int(time.time())}"
            return Answer(0, f"{token}\n", "") if token else Answer(75, holder, "")
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
        lease.held([Remote("a", asked), Remote("b", asked, [0])], 0, quiet),
    ):
        pass
    assert asked == [("a", "take"), ("b", "take"), ("a", "drop")]


def test_a_lock_is_waited_for(monkeypatch):
    monkeypatch.setattr(lease, "_AGAIN", 0)
    told = []
    with lease.held([Remote("a", [], [0, 0, 5])], 5, lambda *said: told.append(said)):
        pass
    assert len(told) == 1


@pytest.mark.parametrize(
    ("code", "again", "token", "why"),
    (
        pytest.param(0, [], "5", "", id="renewed"),
        pytest.param(1, [], "5", "", id="the host has other troubles"),
        pytest.param(76, [6], "6", "", id="its lease has passed, and nobody came"),
        pytest.param(76, [7], "5", "a: its lock was somebody else's meanwhile", id="somebody came and went"),
        pytest.param(76, [0], "5", "a: locked by ada@example:7, unless renewed for 9 s more", id="somebody is there"),
    ),
)
def test_a_lock_that_is_somebody_elses_is_lost(code, again, token, why, monkeypatch):
    monkeypatch.setattr(lease.time, "time", lambda: 0)
    remote = Remote("a", [], [5, *again], renew=code)
    with lease.held([remote], 0, quiet) as held:
        held.renew(remote)
        assert held.tokens == {"a": token}
        assert "; ".join(f"{host}: {said}" for host, said in held.lost.items()) == why
        with pytest.raises(lease.LostError) if why else contextlib.nullcontext():
            held.check()


def test_locks_are_renewed_while_work_goes_on(monkeypatch):
    monkeypatch.setattr(lease, "RENEWED", 0.01)
    asked = []
    with lease.held([Remote("a", asked)], 0, quiet):
        until(lambda: ("a", "renew") in asked, pause=0.01)


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
