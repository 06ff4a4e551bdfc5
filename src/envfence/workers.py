"""Share out work among processes, as many as there are processors, and take the results in order."""

import gc
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST = 16  # more of them wait for the disk, and Windows allows 61
AHEAD = 3  # batches in flight for each process: neither idle processes nor a growing queue


def in_order(work: Callable[[T], R], batches: Iterable[T], prepare: Callable[[], object] = int) -> Iterator[R]:
    """Yield ``work(batch)`` for each batch. Both travel to a process of their own, so they must be picklable.

    ``prepare`` is called first: once, where processes begin as copies of this one, else in each of them.
    """
    count = min(os.cpu_count() or 1, MOST)
    as_copies = _may_copy()
    if as_copies:
        prepare()
        gc.freeze()
    context = get_context("fork" if as_copies else "spawn")
    with ProcessPoolExecutor(count, context, _begin, (None if as_copies else prepare,)) as pool:
        running: deque[Future[R]] = deque()
        for batch in batches:
            running.append(pool.submit(work, batch))
            if len(running) > AHEAD * count:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def _may_copy() -> bool:
    """Elsewhere, and beside another thread, a copy of a process may hang."""
    return sys.platform == "linux" and threading.active_count() == 1


def _begin(prepare: Callable[[], object] | None) -> None:
    gc.disable()  # what a batch leaves behind holds no cycles, and looking for them takes a sixth of the time
    if prepare:
        prepare()
