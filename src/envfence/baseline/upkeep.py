"""Keep a baseline in step with the files: what it covers no more, and how it reads once it is brought up to date."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from envfence.baseline.entries import Baseline, Entry, Key, merged


class Scope(NamedTuple):
    """What was looked at: ``covers`` says so of an entry, ``is_gone`` of a path that no file is there any more."""

    covers: Callable[[Entry], bool]
    is_gone: Callable[[str], bool]


def told(file: str, stale: Iterable[Entry], is_gone: Callable[[str], bool], most: int = 10) -> list[str]:
    """Return a sentence for each entry that covers less than it says, and for each file that is gone."""
    entries = list(stale)
    gone = dict.fromkeys(entry.key.path for entry in entries if is_gone(entry.key.path))
    lines = [f"{file}: {path} is gone; `envfence baseline --update` moves its entries, or drops them" for path in gone]
    lines += [
        f"{file}:{entry.line}: covers nothing any more: {entry.key.path} {entry.key.rule} {entry.key.anchor}"
        for entry in entries
        if entry.key.path not in gone
    ]
    if len(lines) > most:
        lines[most:] = [f"{file}: {len(lines) - most} more entries cover nothing any more"]
    return (
        [*lines, f"{file}: `envfence baseline --prune` drops what covers nothing"] if len(gone) < len(lines) else lines
    )


def stale(entries: Iterable[Entry], used: Mapping[Key, int], scope: Scope) -> Iterator[Entry]:
    """Yield the entries that were looked at and cover less than they say."""
    return (entry for entry in entries if scope.covers(entry) and used.get(entry.key, 0) < entry.times)


def updated(
    baseline: Baseline, found: Mapping[Key, int], scope: Scope, *, prune: bool = False, reason: str = ""
) -> Baseline:
    """Return the baseline with one entry for all that is found. With ``prune`` nothing is added.

    Reasons and comments stay. A new finding in place of one in a file that is gone takes over its entry.
    """
    kept: list[Entry] = []
    dropped: list[Entry] = []
    for entry in merged(baseline.entries):
        count = found.get(entry.key, 0)
        if not scope.covers(entry):
            kept.append(entry)
        elif count:
            kept.append(entry._replace(times=min(count, entry.times) if prune else count))
        else:
            dropped.append(entry)
    if not prune:
        known = {entry.key for entry in kept}
        fresh = [Entry(key, count, reason) for key, count in found.items() if key not in known]
        kept += [_moved(entry, dropped, scope) for entry in sorted(fresh)]
    return _with_comments(baseline, sorted(kept), dropped)


def _moved(fresh: Entry, dropped: list[Entry], scope: Scope) -> Entry:
    """Return the entry with what was said of the one that it comes instead of, which is taken out of ``dropped``."""
    alike = [entry for entry in dropped if entry.key[1:] == fresh.key[1:] and scope.is_gone(entry.key.path)]
    if not alike:
        return fresh
    name = os.path.basename(fresh.key.path)
    old = next((entry for entry in alike if os.path.basename(entry.key.path) == name), alike[0])
    dropped.remove(old)
    return fresh._replace(reason=old.reason or fresh.reason, comments=old.comments)


def _with_comments(baseline: Baseline, kept: list[Entry], dropped: list[Entry]) -> Baseline:
    """Give the comments above an entry that is dropped to the one that follows it."""
    tail = baseline.tail
    for entry in reversed(dropped):
        at = next((at for at, other in enumerate(kept) if other.key > entry.key), None)
        if at is None:
            tail = (*entry.comments, *tail)
        else:
            kept[at] = kept[at]._replace(comments=(*entry.comments, *kept[at].comments))
    return baseline._replace(entries=tuple(kept), tail=tail)
