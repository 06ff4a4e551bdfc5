"""Run commands in turn and compare them: time in pairs, so that what else the machine does strikes all alike."""

import os
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

POLL = 0.01  # seconds between two looks at the memory


class Command(NamedTuple):
    """What to run: ``exits`` are the codes of success, ``every`` leaves slow ones out of most rounds."""

    name: str
    argv: tuple[str, ...]
    exits: tuple[int, ...] = (0,)
    every: int = 1


class Run(NamedTuple):
    """Seconds of one run: by the clock, and of all processors together, workers included."""

    wall: float
    processor: float


Samples = dict[str, list[Run | None]]


def timed(command: Command, cwd: Path, env: Mapping[str, str] | None = None) -> Run:
    """Run the command and return its times. Raises SystemExit for a command that does not do its work."""
    start, used = time.perf_counter(), _used_by_children()
    done = subprocess.run(command.argv, cwd=cwd, env=env, capture_output=True, check=False)
    run = Run(time.perf_counter() - start, _used_by_children() - used)
    if done.returncode not in command.exits:
        output = (done.stdout + done.stderr).decode(errors="replace")[-2000:]
        raise SystemExit(f"{command.name} ended with {done.returncode}: {' '.join(command.argv)}\n{output}")
    return run


def _used_by_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def interleaved(commands: Sequence[Command], rounds: int, cwd: Path) -> Samples:
    """Return the runs of each command, round by round, None where it sat out. A first round warms the caches."""
    for command in commands:
        if rounds > 1:
            timed(command, cwd)
    samples: Samples = {command.name: [] for command in commands}
    for number in range(rounds):
        first = number % len(commands)
        for command in (*commands[first:], *commands[:first]):
            runs = number % command.every == 0
            samples[command.name].append(timed(command, cwd) if runs else None)
    return samples


def compared(samples: Samples, base: str) -> dict[str, dict[str, float | int]]:
    """Return of each command the median times in milliseconds, and the medians of their ratios to ``base``.

    A ratio is taken within a round. Processor time depends little on what else the machine does.
    """
    table: dict[str, dict[str, float | int]] = {}
    for name, runs in samples.items():
        pairs = [(run, other) for run, other in zip(runs, samples[base], strict=True) if run and other]
        table[name] = {
            "median_ms": round(median(run.wall for run, _ in pairs) * 1000, 1),
            "lowest_ms": round(min(run.wall for run, _ in pairs) * 1000, 1),
            "ratio": round(median(run.wall / other.wall for run, other in pairs), 2),
            "processor_ms": round(median(run.processor for run, _ in pairs) * 1000, 1),
            "runs": len(pairs),
        }
    return table


def peak_memory(command: Command, cwd: Path) -> float | None:
    """Return the most megabytes that the command and its workers held at a time, or None where /proc does not tell.

    Pages that several of them share count once.
    """
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    with subprocess.Popen(command.argv, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        peak = 0
        ended = threading.Event()
        threading.Thread(target=lambda: (process.wait(), ended.set()), daemon=True).start()
        while not ended.wait(POLL):
            peak = max(peak, sum(map(_held, _tree(process.pid))))
    return round(peak / 1024, 1)


def _tree(root: int) -> Iterable[int]:
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                stat = Path(entry.path, "stat").read_text(encoding="ascii", errors="replace")
            except OSError:  # it has just ended
                continue
            children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    pending = [root]
    while pending:
        yield (process := pending.pop())
        pending += children.get(process, [])


def _held(process: int) -> int:
    """Return the kilobytes of a process, shared pages in proportion."""
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
