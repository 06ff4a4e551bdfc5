"""What is written down, and read again."""

import json

import pytest

from envfence.delivery.changes.survey import newest
from envfence.delivery.releases.record import Intent, Migration, Release, State, release_of, state_of
from envfence.errors import FenceError

DOCUMENT = {
    "id": "20261123T0912-2f3c4d5e6f70",
    "commit": "2f3c",
    "branch": "main",
    "images": {"BACKEND_IMAGE": {"reference": "stock/backend:2f3c", "digest": "sha256:aa", "version": "2f3c"}},
    "versions": {"backend": "2f3c"},
    "services": {"backend": "BACKEND_IMAGE"},
    "after": {"proxy": {"backend": "service_healthy"}},
    "schema": {
        "head": "b2",
        "oldest": "a1",
        "migrations": [
            {"id": "a1", "down": None, "phase": "expand", "destructive": False, "drops": []},
            {"id": "b2", "down": "a1", "phase": "contract", "destructive": True, "drops": ["stocks.market"]},
        ],
    },
    "needs": ["stocks.id"],
    "contract": "sha256:bb",
    "compose": "sha256:cc",
    "files": {"dags": "dd"},
}


def test_release_is_read():
    assert release_of(json.dumps(DOCUMENT)) == Release(
        "20261123T0912-2f3c4d5e6f70",
        "2f3c",
        "main",
        {"BACKEND_IMAGE": ("stock/backend:2f3c", "sha256:aa")},
        "b2",
        (Migration("a1", ()), Migration("b2", ("a1",), True, True, ("stocks.market",))),
        frozenset({"stocks.id"}),
        "sha256:cc",
        {"dags": "dd"},
        {"proxy": {"backend": "service_healthy"}},
        {"backend": "2f3c"},
        {"backend": "BACKEND_IMAGE"},
    )


@pytest.mark.parametrize("text", (pytest.param("no", id="no JSON"), pytest.param("[]", id="no table"), "{}"))
def test_what_is_no_release_is_refused(text):
    with pytest.raises(FenceError, match=r"^release\.json is "):
        release_of(text)


def test_migrations_between_two_revisions_are_the_newest_first():
    every = (Migration("a", ()), Migration("b", ("a",)), Migration("c", ("a",)), Migration("d", ("b", "c")))
    release = Release("r", "1", head="d", migrations=every)
    assert [one.id for one in release.between("", "d")] == ["d", "b", "c", "a"]
    assert [one.id for one in release.between("b", "d")] == ["d", "c"]
    assert release.between("d", "d") == []
    assert release.lineage("unknown") == []


@pytest.mark.parametrize(
    "state",
    (
        pytest.param(State(), id="none yet"),
        pytest.param(State("r2", "r1", "e.env", "b2", None, "r2", "ada", "2026-11-23T09:12:00Z"), id="settled"),
        pytest.param(State("r1", intent=Intent("r2", "ada", "2026-11-23T09:12:00Z")), id="half-way"),
    ),
)
def test_state_comes_back_as_it_was_written(state):
    assert state_of(json.dumps(state.document)) == state


@pytest.mark.parametrize(
    ("states", "expected"),
    (
        pytest.param([State(), State()], "", id="never rolled out"),
        pytest.param([State("r1"), State("r1")], "r1", id="settled"),
        pytest.param([State("r1", intent=Intent("r2"))] * 2, "r1", id="died before the end"),
        pytest.param([State("r2"), State("r1", intent=Intent("r2"))], "r2", id="died while writing that down"),
        pytest.param([State("r1"), State("r2", intent=Intent("r1"))], "r1", id="likewise, on the way back"),
    ),
)
def test_newest_is_what_the_whole_fleet_runs(states, expected):
    assert newest(states) == expected
