import importlib
import sys

import pytest

from envfence import workers
from envfence.workers import in_order


@pytest.fixture(params=(True, False), ids=("copies", "fresh processes"))
def started(request, monkeypatch):
    """Processes as they begin on Linux, and as they begin elsewhere."""
    if request.param and not workers._may_copy():
        pytest.skip("processes do not begin as copies here")
    monkeypatch.setattr(workers, "_may_copy", lambda: request.param)


def test_results_come_in_the_order_of_the_work(started):
    assert list(in_order(abs, (-number for number in range(100)))) == list(range(100))


def test_no_work_gives_no_result(started):
    assert list(in_order(abs, [])) == []


MODULE = """
prepared = []

def prepare():
    prepared.append(1)

def times_prepared(_):
    return len(prepared)
"""


def test_every_process_is_prepared(started, write, monkeypatch):
    monkeypatch.syspath_prepend(write({"counting.py": MODULE}))  # a fresh process has to find it, too
    counting = importlib.import_module("counting")
    monkeypatch.setitem(sys.modules, "counting", counting)
    counting.prepared.clear()
    assert set(in_order(counting.times_prepared, range(9), counting.prepare)) == {1}
