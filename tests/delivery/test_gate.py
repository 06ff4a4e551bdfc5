"""What is missing until a host is as a release wants it."""

import pytest

from envfence.delivery.changes.gate import Answer, Replica, Wanted, answer_of, changed, failed, unmet
from envfence.operate.engine import Container


def replica(service="backend", state="running", health="healthy", digest="h1", identity="c1", code=0):
    return Replica(Container(identity, service, state, health, code), "shop/backend:2", digest)


ONE = Wanted({"backend": 1}, {"backend": "h1"}, {})
TWO = Wanted({"backend": 2}, {"backend": "h1"}, {})
ASKED = Wanted({"backend": 1}, {"backend": "h1"}, {"backend": "2"}, "b2")
READY = Answer("ready", "2", "b2")


@pytest.mark.parametrize(
    ("wanted", "found", "answers", "said"),
    (
        pytest.param(ONE, [replica()], [], "", id="healthy"),
        pytest.param(ONE, [replica(health="")], [], "", id="nothing checks it"),
        pytest.param(ONE, [], [], "backend does not run", id="not there"),
        pytest.param(ONE, [replica(health="starting")], [], "backend is starting", id="starting"),
        pytest.param(ONE, [replica(state="exited", health="")], [], "backend is done", id="ended, though well"),
        pytest.param(ONE, [replica(state="exited", health="", code=3)], [], "backend is exited (3)", id="ended"),
        pytest.param(ONE, [replica(digest="h0")], [], "backend runs another configuration", id="the old one"),
        pytest.param(TWO, [replica()], [], "backend has 1 of 2 replicas", id="one of two"),
        pytest.param(ONE, [replica(), replica(digest="h0")], [], "backend runs another configuration", id="old too"),
        pytest.param(ASKED, [replica()], [READY], "", id="says that it is ready"),
        pytest.param(ASKED, [replica()], [], "backend answers from 0 of 1 replicas", id="says nothing"),
        pytest.param(
            ASKED, [replica()], [READY._replace(status="unready")], "backend says that it is unready", id="no"
        ),
        pytest.param(
            ASKED, [replica()], [READY._replace(version="1")], "backend says that it is version 1, not 2", id="version"
        ),
        pytest.param(ASKED, [replica()], [READY._replace(schema="a1")], "backend sees schema a1, not b2", id="schema"),
        pytest.param(
            ASKED, [replica()], [READY._replace(schema="")], "backend sees schema none, not b2", id="no schema"
        ),
    ),
)
def test_unmet(wanted, found, answers, said):
    assert unmet(wanted, found, {"backend": answers}) == ([said] if said else [])


@pytest.mark.parametrize(
    ("found", "expected"),
    (
        pytest.param([replica(), replica()], [], id="as wanted"),
        pytest.param([replica(health="unhealthy"), replica()], [], id="not well, but the same"),
        pytest.param([replica()], ["backend"], id="too few"),
        pytest.param([replica(), replica(), replica()], ["backend"], id="too many"),
        pytest.param([replica(), replica(digest="h0")], ["backend"], id="another configuration"),
        pytest.param([replica(), replica(state="exited")], ["backend"], id="one has ended"),
        pytest.param([], ["backend"], id="none"),
    ),
)
def test_changed(found, expected):
    assert changed(TWO, found) == expected


def test_failed_are_those_that_waiting_does_not_help():
    gone, bad = replica(state="restarting", code=1), replica(health="unhealthy")
    assert failed([replica(), replica(health="starting"), gone, bad]) == [gone, bad]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param('{"status": "ready", "version": "2", "schema": "b2"}', READY, id="all"),
        pytest.param('{"status": "ready"}', Answer("ready"), id="no version"),
        pytest.param('{"status": "ready", "version": "2", "schema": null}', Answer("ready", "2"), id="no schema yet"),
        pytest.param("Traceback", Answer("silent"), id="no JSON"),
        pytest.param("[1]", Answer("silent"), id="no table"),
        pytest.param("", Answer("silent"), id="nothing"),
    ),
)
def test_answer(text, expected):
    assert answer_of(text) == expected
