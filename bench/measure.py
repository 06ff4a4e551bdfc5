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


Samples = dict[str, list[float | None]]


def seconds(command: Command, cwd: Path, env: Mapping[str, str] | None = None) -> float:
    """Return the wall time of one run. Raises SystemExit for a command that does not do its work."""
    start = time.perf_counter()
    done = subprocess.run(command.argv, cwd=cwd, env=env, capture_output=True, check=False)
    elapsed = time.perf_counter() - start
    if done.returncode not in command.exits:
        output = (done.stdout + done.stderr).decode(errors="replace")[-2000:]
        raise SystemExit(f"{command.name} ended with {done.returncode}: {' '.join(command.argv)}\n{output}")
    return elapsed


def interleaved(commands: Sequence[Command], rounds: int, cwd: Path) -> Samples:
    """Return the seconds of each command, round by round, None where it sat out. A first round warms the caches."""
    for command in commands:
        if rounds > 1:
            seconds(command, cwd)
    samples: Samples = {command.name: [] for command in commands}
    for number in range(rounds):
        first = number % len(commands)
        for command in (*commands[first:], *commands[:first]):
            runs = number % command.every == 0
            samples[command.name].append(seconds(command, cwd) if runs else None)
    return samples


def compared(samples: Samples, base: str) -> dict[str, dict[str, float | int]]:
    """Return of each command the median in milliseconds, and the median of its ratios to ``base`` in the same round."""
    table: dict[str, dict[str, float | int]] = {}
    for name, values in samples.items():
        pairs = [(value, other) for value, other in zip(values, samples[base], strict=True) if value and other]
        table[name] = {
            "median_ms": round(median(value for value, _ in pairs) * 1000, 1),
            "lowest_ms": round(min(value for value, _ in pairs) * 1000, 1),
            "ratio": round(median(value / other for value, other in pairs), 2),
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
