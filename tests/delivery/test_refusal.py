"""What a rollout is refused for before it begins."""

import pytest

from envfence.delivery.changes.refusal import refusals
from envfence.delivery.releases.record import Intent, Migration, Release, State

A = Migration("a1", ())
B = Migration("b2", ("a1",))
DROPS = Migration("c3", ("b2",), is_contract=True, drops=("stocks.market",))
TIGHTENS = Migration("c3", ("b2",), is_contract=True)
OLD = Release("old", "1" * 40, head="b2", migrations=(A, B), needs=frozenset({"stocks.id", "stocks.market"}))
SPARE = OLD._replace(id="spare", needs=frozenset({"stocks.id"}))
NEW = Release("new", "2" * 40, head="b2", migrations=(A, B))
CONTRACT = NEW._replace(head="c3", migrations=(A, B, DROPS))
STRICT = NEW._replace(head="c3", migrations=(A, B, TIGHTENS))
RUNS = State(release="old", schema="b2")


@pytest.mark.parametrize(
    ("new", "states", "running", "descends", "said"),
    (
        pytest.param(NEW, {"db": State()}, [], True, "", id="the first rollout"),
        pytest.param(NEW, {"db": RUNS}, [OLD], True, "", id="a newer commit"),
        pytest.param(NEW._replace(commit=OLD.commit), {"db": RUNS}, [OLD], False, "", id="the same commit"),
        pytest.param(NEW, {"db": RUNS}, [OLD], False, "commit 222222222222 does not hold 111111111111", id="older"),
        pytest.param(NEW, {"db": RUNS._replace(pinned="old")}, [OLD], True, "pinned to old", id="pinned"),
        pytest.param(CONTRACT, {"db": RUNS}, [OLD], True, "stocks.market away, which old on db needs", id="contract"),
        pytest.param(CONTRACT, {"db": RUNS._replace(release="spare")}, [SPARE], True, "", id="nobody needs it"),
        pytest.param(
            CONTRACT,
            {"db": RUNS._replace(release="spare"), "app": RUNS._replace(release="spare", intent=Intent("old"))},
            [SPARE, OLD],
            True,
            "which old on app needs",
            id="a host that was left half-way",
        ),
        pytest.param(CONTRACT, {"db": RUNS._replace(schema="c3")}, [OLD], True, "", id="it has run already"),
        pytest.param(STRICT, {"db": RUNS}, [OLD], True, "", id="tightens what is rolled out"),
        pytest.param(
            STRICT, {"db": RUNS._replace(schema="a1")}, [OLD._replace(head="a1", migrations=(A,))], True,
            "tightens what it builds on", id="tightens what comes along",
        ),
    ),
)  # fmt: skip
def test_refusal(new, states, running, descends, said):
    schema = next((state.schema for state in states.values() if state.schema), "")
    found = list(refusals(new, states, {one.id: one for one in running}, schema, lambda *_: descends))
    assert len(found) == bool(said)
    assert said in "".join(found)
