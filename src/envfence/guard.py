"""What a commit is held against: the files that it changes, and what git makes of env files."""

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from envfence import git
from envfence.check import Options, Report, check
from envfence.config import Nearest
from envfence.errors import FenceError
from envfence.finding import Finding, finding
from envfence.sources import Source, from_names, shown

if TYPE_CHECKING:
    from envfence.changes import Added


def everything(names: Sequence[str], options: Options) -> Report:
    """Return all that a commit is held against. Without ``names`` of files it is what is staged."""
    if names or _pushed():
        report, contract = files(names, options), env_contract(names, options)
    else:
        commit = _Staged()
        report, contract = commit.checked(options), _held_to_contract(commit.names(), options)
    found = {*report.findings, *contract.findings, *env_files_ignored(names, options).findings}
    return report._replace(findings=sorted(found, key=_place))


def files(names: Sequence[str], options: Options) -> Report:
    """Return what is wrong in the files. A hook runner may ask about the lines that are added between two revisions."""
    if pushed := _pushed():
        return between(*pushed, options, names)
    return _not_covered(check(from_names(names), options), options) if names else staged(options)


def env_contract(names: Sequence[str], options: Options) -> Report:
    """Return how the env files among the files differ from their contracts."""
    return _held_to_contract(names or _Staged().names(), options)


def env_files_ignored(names: Sequence[str], options: Options) -> Report:
    """Return env files that git has, or would take in."""
    from envfence.contract.exposure import ignored

    folder = top()
    environments = Nearest().of(os.path.join(folder, ".gitignore")).environments
    return Report(_reported(ignored.findings(folder, environments, staged=not names), folder, options), {}, {})


def staged(options: Options, paths: Sequence[str] = ()) -> Report:
    """Return what the files of the next commit hold, as the index has them; ``paths`` narrow them."""
    return _Staged().checked(options, paths)


def top() -> str:
    """Return the top of the work tree that the commit is made in; raise FenceError outside of one."""
    return git.top_above(".") or git.top()


class _Staged:
    """What the next commit adds or changes: git is asked once."""

    def __init__(self) -> None:
        from envfence import changes

        self._top = top()
        self._changes = changes.staged(self._top)

    def names(self) -> list[str]:
        return [shown(os.path.join(self._top, change.path)) for change in self._changes]

    def checked(self, options: Options, paths: Sequence[str] = ()) -> Report:
        from envfence import changes

        with git.Blobs(self._top) as blobs:
            report = check(_among(changes.sources(self._changes, self._top, blobs), paths), options)
        return _not_covered(report, options)


def _not_covered(report: Report, options: Options) -> Report:
    """Return the report without what the baseline covers: nothing on a line that the next commit adds."""
    if not (report.findings and options.baseline):
        return report
    from envfence.baseline import cover

    return cover.covered(report, cover.Baselines(), _Commit().adds).report


class _Commit:
    """The lines that the next commit adds; git is asked when the first is in question."""

    def __init__(self) -> None:
        self._added: list[Added] | None = None

    def adds(self, found: Finding) -> bool:
        """Return whether the finding is on a line that no parent of the commit has."""
        from envfence import changes

        if self._added is None:
            folder = git.top_above(".")
            self._added = changes.added_staged(folder) if folder else []
        return bool(self._added) and all(added.has(found.path, found.line, found.end_line) for added in self._added)


def _pushed() -> tuple[str, str] | None:
    """Return the revisions that pre-commit and prek name before a push, and with --from-ref and --to-ref."""
    from_ref, to_ref = os.environ.get("PRE_COMMIT_FROM_REF"), os.environ.get("PRE_COMMIT_TO_REF")
    return (from_ref, to_ref) if from_ref and to_ref else None


def _held_to_contract(names: Sequence[str], options: Options) -> Report:
    existing = [name for name in names if os.path.basename(name).startswith(".env") and os.path.isfile(name)]
    if not existing:
        return Report([], {}, {})  # reading a contract costs more than all the rest of a commit
    from envfence import contract

    try:
        return Report(_reported(contract.hook_findings(".", existing), ".", options), {}, {})
    except OSError as error:
        raise FenceError(f"{error.filename}: {error.strerror}") from error


def between(from_ref: str, to_ref: str, options: Options, paths: Sequence[str] = ()) -> Report:
    """Return what is on the lines that ``to_ref`` has added since it left ``from_ref``."""
    from envfence import changes

    folder = top()
    with git.Blobs(folder) as blobs:
        sources = changes.sources(changes.between(folder, from_ref, to_ref), folder, blobs)
        among = list(_among(sources, paths))
        report = check(among, options)
    only = changes.added_between(folder, from_ref, to_ref).only(report)
    return _with_env_files(only, (source.path for source in among), options)


def since(ref: str, options: Options, paths: Sequence[str] = ()) -> Report:
    """Return what is on the lines that the work tree has added since it left ``ref``."""
    from envfence import changes

    added = changes.added_since(top(), ref)
    among = list(_among(from_names(sorted({*added.lines, *added.whole})), paths))
    known = (source.path for source in among if source.path not in added.whole)
    return _with_env_files(added.only(check(among, options)), known, options)


def _with_env_files(report: Report, names: Iterable[str], options: Options) -> Report:
    """Return the report with the env files among ``names``, which are files that git has: it should have none."""
    from envfence.contract.exposure import ignored

    tracked = [finding(ignored.TRACKED, name, 1) for name in names if ignored.holds_values(name)]
    if not tracked:
        return report
    found = (*_reported(tracked, ".", options), *report.findings)
    return report._replace(findings=sorted(found, key=_place))


def _among(sources: Iterable[Source], paths: Sequence[str]) -> Iterable[Source]:
    if not paths:
        return sources
    wanted = [shown(path) for path in paths]
    folders = tuple("" if path == "." else f"{path}/" for path in wanted)
    return (
        source
        for source in sources
        if source.path in wanted or (source.path.startswith(folders) and not source.path.startswith("../"))
    )


def _place(found: Finding) -> tuple[str, int, int, str]:
    return found.path, found.line, found.column or 0, found.rule


def _reported(findings: Iterable[Finding], folder: str, options: Options) -> list[Finding]:
    """Return findings of paths below ``folder`` with the paths as shown, without those that are not wanted there."""
    nearest = Nearest()
    result: list[Finding] = []
    for found in findings:
        path = shown(os.path.join(folder, found.path))
        config = options.over(nearest.of(path))
        if not config.is_excluded(path):
            result += config.reported([found._replace(path=path)], path)
    return result
