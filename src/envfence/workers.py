"""Share out work among processes, as many as there are processors, and take the results in order."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST = 16  # more of them wait for the disk, and Windows allows 61
AHEAD = 3  # batches in flight for each process: neither idle processes nor a growing queue


def in_order(work: Callable[[T], R], batches: Iterable[T]) -> Iterator[R]:
    """Yield ``work(batch)`` for each batch. Both travel to a process of their own, so they must be picklable."""
    count = min(os.cpu_count() or 1, MOST)
    with ProcessPoolExecutor(count) as pool:
        running: deque[Future[R]] = deque()
        for batch in batches:
            running.append(pool.submit(work, batch))
            if len(running) > AHEAD * count:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
