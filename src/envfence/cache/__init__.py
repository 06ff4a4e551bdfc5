"""What files held when they were last looked at: a second run looks only at those that have changed since.

The cache lies in git's own folder, so outside of a repository there is none. It holds findings and masked lines, which
hold no values.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from envfence.cache import keys, store
from envfence.cache.store import Entry
from envfence.config import Nearest
from envfence.neighbours import Neighbours
from envfence.sources import Source
from envfence.values import Options, Report

Look = Callable[[Iterable[Source], Options], Report]


def check(sources: Iterable[Source], options: Options, look: Look) -> Report:
    """Return what all files hold: those that have not changed by what is known of them, the others by a ``look``."""
    sources = iter(sources)
    first = list(islice(sources, 1))
    top = keys.top_of(first)
    if top is None:
        return look(chain(first, sources), options)  # while more are listed the first are looked at
    neighbours = Neighbours()
    nearest = Nearest(strict=options.strict, may_hold=neighbours.may_hold)
    listed = [one for one in chain(first, sources) if not nearest.of(one.path).is_excluded(one.path)]
    now = keys.now(listed, top, options, nearest, neighbours)
    file = store.file_of(top, now.program)
    known = store.read(file)
    fresh = [source for source in listed if not _is_known(source.path, known, now, options)]
    report = look(fresh, options)
    found = dict(_entries(fresh, report, now))
    every = known | found
    gone = [path for path in known.keys() - {source.path for source in listed} if not os.path.lexists(path)]
    if gone or not found.keys().isdisjoint(now.files):
        kept = every.keys() - gone - {path for path in found if path not in now.files}
        store.write(file, {path: every[path] for path in sorted(kept)})
    return _report((source.path, every[source.path]) for source in listed)


def _is_known(path: str, known: dict[str, Entry], now: keys.Now, options: Options) -> bool:
    entry = known.get(path)
    if entry is None or entry.state != now.files.get(path):
        return False
    return bool(entry.lines) or not (entry.findings and options.lines)


def _entries(sources: Iterable[Source], report: Report, now: keys.Now) -> Iterator[tuple[str, Entry]]:
    """Yield what a report says of each file."""
    entries = {source.path: Entry(now.files.get(source.path, ""), [], {}, None) for source in sources}
    for found in report.findings:
        entries[found.path].findings.append(found)
    for (path, line), text in report.lines.items():
        entries[path].lines[line] = text
    for path, entry in entries.items():
        yield path, entry._replace(skipped=report.skipped.get(path))


def _report(entries: Iterable[tuple[str, Entry]]) -> Report:
    report, count = Report([], {}, {}), 0
    for path, entry in entries:
        count += 1
        report.findings.extend(entry.findings)
        report.lines.update(((path, line), text) for line, text in entry.lines.items())
        if entry.skipped:
            report.skipped[path] = entry.skipped
    return report._replace(files=count)
