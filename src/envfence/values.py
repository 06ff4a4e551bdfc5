"""Files to findings by what stands in them: skip what nobody wrote by hand, ask the families of rules, share it out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from envfence import families, files
from envfence.config import Config, Nearest
from envfence.finding import Finding, Rule, finding
from envfence.neighbours import Neighbours
from envfence.sources import Source

if TYPE_CHECKING:
    from envfence.detect.needles import Needles
    from envfence.migration.around import Around

UNREADABLE = Rule(
    "unreadable-file",
    "check",
    "the file cannot be read, so nothing is known about it",
    "let the user that runs the check read it, or exclude it in [tool.envfence]",
)
RULES = (UNREADABLE,)

# Above one of these, loading a faster search pays; above so much more, other processes do, which take longer to start.
MANY_FILES = 500
MANY_BYTES = 4_000_000
SHARED_FILES = 1000
SHARED_BYTES = 8_000_000
# What a process is given at a time.
BATCH_FILES = 100
BATCH_BYTES = 1_000_000


class Options(NamedTuple):
    """What the caller asks for, over the settings of each file: rule ids, and whether to show the lines.

    ``strict`` says that a rule which the settings name has to exist, ``many`` that there are so many files that loading
    a faster search pays. Without ``baseline`` the caller wants what was found before, too. With ``flows`` semgrep is
    asked as well, without ``values`` it alone. With ``cache`` files that have not changed are not looked at again,
    with ``progress`` a terminal shows how far a long run is.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    lines: bool = False
    strict: bool = False
    many: bool = False
    baseline: bool = True
    flows: bool = False
    values: bool = True
    cache: bool = False
    progress: bool = False

    def over(self, config: Config) -> Config:
        """Return the settings with what was asked for."""
        return config._replace(select=self.select or config.select, ignore=(*config.ignore, *self.ignore))


class Examined(NamedTuple):
    """One file: its findings, their lines with every value masked, and how much of it was not read, and why."""

    findings: list[Finding]
    lines: dict[int, str]
    skipped: str = ""
    skipped_bytes: int = 0


class Report(NamedTuple):
    """All files: ``lines`` by path and line, ``skipped`` by path with the kind and the bytes that were not read.

    ``files`` is how many files there were, skipped ones too.
    """

    findings: list[Finding]
    lines: dict[tuple[str, int], str]
    skipped: dict[str, tuple[str, int]]
    files: int = 0


def findings_in(path: str, data: bytes, config: Config) -> list[Finding]:
    """Return what is wrong in one file, sorted by place."""
    return [] if files.skipped_as(path, data) else families.findings(path, data, config)


def examined(
    source: Source,
    config: Config,
    options: Options,
    needles: "Needles" = (),
    changed: Sequence[range] | None = None,
    around: "Callable[[], Around] | None" = None,
) -> Examined:
    """Return what one file holds; ``needles`` are the values of env files that must not stand in it.

    With ``changed`` only what is around these lines is looked for, and found. ``around`` gives what knows the files
    around a migration.
    """
    try:
        data, size = source.read()
    except OSError:
        return Examined(config.reported([finding(UNREADABLE, source.path, 1)], source.path), {})
    if kind := files.skipped_as(source.path, data):
        return Examined([], {}, kind, size)
    found = families.findings(source.path, data, config, needles, changed, around, many=options.many)
    shown: dict[int, str] = {}
    if found and options.lines:
        from envfence.report.mask import masked_lines

        shown = masked_lines(files.decoded(data), source.path, {one.line for one in found})
    rest = size - len(data)
    return Examined(found, shown, files.HUGE if rest else "", rest)


def check(sources: Iterable[Source], options: Options) -> Report:
    """Return what all files hold. Many files, or large ones, are shared out among processes."""
    total = 0
    if options.progress and _is_told():
        sources = list(sources)
        total = len(sources)
    sources = iter(sources)
    few = _batch(sources, MANY_FILES, MANY_BYTES)
    more = _batch(sources, SHARED_FILES, SHARED_BYTES)
    rest = _batch(sources, 1, 1)
    options = options._replace(many=bool(more))
    sources = chain(few, more, rest, sources)
    if not rest or not rest[0].file:  # no other process reaches bytes that are in no file
        return _report(examine(sources, options))
    from envfence import workers
    from envfence.detect.preparing import prepare

    batches = iter(partial(_batch, sources, BATCH_FILES, BATCH_BYTES), [])
    places = ([(source.path, source.file) for source in batch] for batch in batches)
    reports = workers.in_order(partial(_examine_all, options), places, prepare)
    return _merged(_shown(reports, total) if total else reports)


def _is_told() -> bool:
    from envfence import progress

    return progress.is_told()


def _shown(reports: Iterable[Report], total: int) -> Iterator[Report]:
    from envfence import progress

    done = 0

    def place(report: Report) -> int:
        nonlocal done
        done += report.files
        return done

    return progress.shown(reports, total, "files", place)


def _batch(sources: Iterator[Source], most_files: int, most_bytes: int) -> list[Source]:
    """Take sources until there are as many files, or as many bytes; return an empty list at the end."""
    batch: list[Source] = []
    size = 0
    while len(batch) < most_files and size < most_bytes and (source := next(sources, None)):
        batch.append(source)
        size += min(source.size, files.LIMIT)
    return batch


def _examine_all(options: Options, places: list[tuple[str, str]]) -> Report:
    """Return what the files hold: each is given by how it is shown, and by where it lies."""
    sources = (Source(path, partial(files.read, file), file) for path, file in places)
    return _report(examine(sources, options, _of_process(options)))


class _Folders:
    """What is known of the folders around files, each read once: settings, env files, migrations."""

    def __init__(self, options: Options) -> None:
        self.neighbours = Neighbours()
        self._nearest = Nearest(strict=options.strict, may_hold=self.neighbours.may_hold)
        self._options = options
        self._configs: dict[str, Config] = {}

    def config(self, path: str) -> Config:
        """Return the settings that count for the file."""
        folder = path[: path.rfind("/") + 1]
        if (config := self._configs.get(folder)) is None:
            config = self._configs[folder] = self._options.over(self._nearest.of(path))
        return config


@cache
def _of_process(options: Options) -> _Folders:
    """Return what batches share that one process is given: it lives for this run only."""
    return _Folders(options)


def examine(
    sources: Iterable[Source], options: Options, folders: _Folders | None = None
) -> Iterator[tuple[str, Examined]]:
    """Yield the path of each file with what it holds; excluded files are left out."""
    folders = folders or _Folders(options)
    neighbours = folders.neighbours
    for source in sources:
        config = folders.config(source.path)
        if not config.is_excluded(source.path):
            needles = neighbours.of(source.path, config.allowed_hosts)
            yield source.path, examined(source, config, options, needles, None, neighbours.migrations)


def _report(files_examined: Iterable[tuple[str, Examined]]) -> Report:
    report, count = Report([], {}, {}), 0
    for path, one in files_examined:
        count += 1
        report.findings.extend(one.findings)
        report.lines.update(((path, line), text) for line, text in one.lines.items())
        if one.skipped:
            report.skipped[path] = one.skipped, one.skipped_bytes
    return report._replace(files=count)


def _merged(reports: Iterable[Report]) -> Report:
    merged, count = Report([], {}, {}), 0
    for report in reports:
        count += report.files
        merged.findings.extend(report.findings)
        merged.lines.update(report.lines)
        merged.skipped.update(report.skipped)
    return merged._replace(files=count)
