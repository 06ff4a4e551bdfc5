"""1,000, 10,000 and 100,000 files of one mean size: time per megabyte and peak memory must not grow.

The time per megabyte holds what a start costs, which weighs most in the smallest tree; that of each further megabyte,
from one tree to the next larger, does not.
"""

import shutil
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from large import envfence_check
from measure import Command, peak_memory, timed
from samples import compose, module

COUNTS = (1_000, 10_000, 100_000)
SIZES = (2_000, 6_000, 16_000)  # mean 8 kB, as in the large tree
PER_FOLDER = 100


def results(scratch: Path, rounds: int) -> dict[str, Any]:
    """Return time and memory of each count, and how far the times per megabyte lie apart."""
    table = {f"{count:,} files": _of_count(scratch / str(count), count, rounds) for count in COUNTS}
    times = [row["ms_per_mb"] for row in table.values()]
    further = [_per_further_mb(fewer, more) for fewer, more in pairwise(table.values())]
    return {
        **table,
        "highest_to_lowest_time_per_mb": _apart(times),
        "ms_per_further_mb": further,
        "highest_to_lowest_time_per_further_mb": _apart(further),
    }


def _per_further_mb(fewer: dict[str, Any], more: dict[str, Any]) -> float:
    seconds, megabytes = more["seconds"] - fewer["seconds"], more["megabytes"] - fewer["megabytes"]
    return round(seconds / megabytes * 1000, 1)


def _apart(times: list[float]) -> float:
    return round(max(times) / min(times), 2)


def _of_count(tree: Path, count: int, rounds: int) -> dict[str, Any]:
    size = write_tree(tree, count) / 1e6
    command = Command("envfence", envfence_check(tree))
    runs = [timed(command, tree) for _ in range(rounds if count < max(COUNTS) else 1)]
    memory = peak_memory(command, tree)
    shutil.rmtree(tree)
    elapsed = median(run.wall for run in runs)
    return {
        "megabytes": round(size, 1),
        "seconds": round(elapsed, 3),
        "ms_per_mb": round(elapsed / size * 1000, 1),
        "processor_ms_per_mb": round(median(run.processor for run in runs) / size * 1000, 1),
        "peak_memory_mb": memory,
    }


def write_tree(tree: Path, count: int) -> int:
    """Write so many files, and return their bytes."""
    return sum(_write(tree, number) for number in range(count))


def _write(tree: Path, number: int) -> int:
    """Write one file: half have nothing to find, every tenth is a compose file, every twentieth has faults."""
    folder = tree / f"{number // PER_FOLDER:04}"
    if number % PER_FOLDER == 0:
        folder.mkdir(parents=True)
    size = SIZES[number % len(SIZES)]
    is_yaml = number % 10 == 0
    text = compose(size, number) if is_yaml else module(size, faults=number % 20 == 1, number=number)
    path = folder / f"{number}.{'yml' if is_yaml else 'py'}"
    return path.write_bytes(text.encode())
